"""What the menu of documents, the order's windows and the requests show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from babel.dates import get_month_names

from account.access.profile import Profile
from account.chapters.billing.bills import BilledNumber
from account.chapters.payments import SCREEN_ROWS as PAYMENT_ROWS
from account.chapters.payments import Payments
from account.documents.catalogue import DocumentCatalogue
from account.documents.invoices import SCREEN_ROWS, Invoices
from account.documents.kinds import SPECS, DocumentKind, offered
from account.documents.paper_languages import CHOICES, PAPER, shown
from account.documents.parameters.base import (
    ACCOUNT,
    ACCOUNTING,
    ESF,
    FIRST_OF_MONTHS,
    LAST_OF_MONTHS,
    MONTH,
    SEARCH,
    YEAR,
    InDays,
    period_of,
)
from account.documents.parameters.days import HistoryDays, StatementDays
from account.documents.parameters.invoice import Invoice
from account.documents.parameters.months import AccountMonth, AllAccounts, Months, OneMonth
from account.errors import MyAccountError
from account.identity.permissions import Actor, may
from account.values.capabilities import Capability
from account.values.identifiers import Email
from account.values.periods import FIRST_MONTH, Month, shown_day
from bot.context.update_context import context_of
from bot.flows.documents import order
from bot.flows.documents.titles import (
    CHARTS,
    MENU,
    facts,
    format_word,
    short_title,
    title,
    told,
)
from bot.flows.payments.texts import company_payment_line, total_lines
from bot.texts.errors import refusal
from bot.texts.facts import language, left_out_line
from bot.widgets.calendar import today_of
from bot.widgets.months import months_words
from bot.widgets.paging import page_here, paging
from bot.widgets.text import Html, said
from bot.widgets.timeline import by_day

ON_SCREEN = {DocumentKind.INVOICE_SEARCH, DocumentKind.PAYMENTS}


async def get_menu(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The nine documents by their full names; the buttons bear short ones."""
    actor = await context_of(dialog_manager).actor()
    can = [kind for kind in MENU if may_have(actor, kind)]
    lines = [
        said("{n}. {title}", n=n, title=title(kind))
        for n, kind in enumerate(MENU, 1)
        if kind in can
    ]
    if not can:
        lines.append(Html(_("Your role in this company does not allow this.")))
    if may_have(actor, DocumentKind.USAGE):
        lines.append(Html("\n" + _("Usage details of a number are ordered on its card.")))
    return {
        "where": [actor.company.name, _("Documents & reports")],
        "text": Html("\n" + "\n".join(lines)),
        "kinds": [(short_title(kind), kind.value) for kind in can],
        "charts": any(may_have(actor, kind) for kind in CHARTS),
    }


def may_have(actor: Actor, kind: DocumentKind) -> bool:
    """Whether the operator has it and the person's role lets them order it."""
    company = actor.company
    return offered(kind, company.lacks) and may(actor, SPECS[kind].right, company.id)


async def get_charts(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The pictures of the company's spend."""
    actor = await context_of(dialog_manager).actor()
    return {
        "where": [actor.company.name, _("Documents & reports"), _("Charts")],
        "kinds": [
            (title(kind), kind.value) for kind in CHARTS if offered(kind, actor.company.lacks)
        ],
    }


async def get_form(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The order as it stands, and what can still be chosen."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    kind = order.kind_of(dialog_manager)
    about = SPECS[kind].parameters
    parameters = order.parameters_of(dialog_manager)
    missing = order.missing(dialog_manager)
    lines = [said("{line}", line=fact.line) for fact in facts(kind, parameters)]
    if missing == ACCOUNT:
        lines.append(Html(_("Choose the account, or the phone number it belongs to.")))
    elif missing is not None:
        lines.append(Html(_("Enter the number of the invoice.")))
    problem = None if missing else await _problem(dialog_manager, parameters)
    if problem:
        lines.append(said("⚠️ {problem}", problem=problem))
    lines += [Html(line) for line in _notes(kind)]
    email = order.email_of(dialog_manager)
    where = _("Goes to this chat and to {address}.") if email else _("Goes to this chat.")
    lines.append(said(where, address=email.address if email else ""))
    ready = missing is None and problem is None
    return {
        "where": [actor.company.name, title(kind)],
        "text": Html("\n" + "\n".join(lines)),
        "of_days": issubclass(about, InDays),
        "periods": _presets(dialog_manager, parameters),
        "ready": _ready(dialog_manager, parameters),
        "of_months": about in (Months, StatementDays),
        "of_one_month": about in (OneMonth, AccountMonth, AllAccounts),
        "of_account": about is AccountMonth,
        "near": _near(dialog_manager, parameters.get(ACCOUNT)),
        "of_invoice": about is Invoice,
        "papers": _papers(kind, parameters),
        "searches": _searches(parameters, actor.company.lacks),
        "years": [] if parameters.get(SEARCH) == ESF else _years(dialog_manager, parameters),
        "formats": _formats(kind) if ready else [],
        "on_screen": kind in ON_SCREEN and ready,
        "email": _("✉️ E-mail: {address}").format(address=email.address)
        if email
        else _("✉️ Also by e-mail"),
    }


def _near(manager: DialogManager, chosen: str | None) -> list[tuple[str, str]]:
    """The accounts that are chosen by one tap, the last one first; none where there is one."""
    near = [str(one) for one in manager.dialog_data.get("accounts") or []]
    return [(f"{one} ✓" if one == chosen else one, one) for one in near] if len(near) > 1 else []


def _formats(kind: DocumentKind) -> list[tuple[str, str]]:
    return [(format_word(form), form.value) for form in SPECS[kind].formats]


async def _problem(manager: DialogManager, parameters: dict[str, str]) -> str | None:
    """Why this cannot be ordered now; None when it can."""
    context = context_of(manager)
    kind = order.kind_of(manager)
    try:
        await context.use(DocumentCatalogue).check(
            await context.actor(), kind, SPECS[kind].formats[0], parameters
        )
    except MyAccountError as refused:
        return refusal(refused)
    return None


def _notes(kind: DocumentKind) -> list[str]:
    """What is to be known before the order."""
    if kind is DocumentKind.CERTIFICATE:
        return [
            _(
                "Certificates of the previous month are available after the 5th, since 01.2018. "
                "Since 4 July 2021 they can be obtained and signed with the digital signature at "
                "the Electronic Invoicing Portal; the file here is a copy without a signature."
            )
        ]
    if kind is DocumentKind.CLOSING_SET:
        return [
            _(
                "Certificates with their breakdowns, of all accounts that were billed, and the "
                "invoice register. ZIP: each in a file of its own, all in one print, and a "
                "workbook with the sums of each account. PDF: the print alone. It may take time."
            ),
            _("If numbers have cost centres, what these cost is in it as well."),
        ]
    if kind is DocumentKind.REGISTER:
        return [_("The previous month is available after the 3rd; at most 12 months at a time.")]
    if kind is DocumentKind.RECONCILIATION:
        return [
            _(
                "The last 12 months; the previous month after the 3rd. Only for the services "
                "Mobile communications, Fixed Internet, Auto Monitoring, Telemetry, Contract Phone."
            )
        ]
    if SPECS[kind].slow:
        return [_("It may take time; the file comes as soon as it is made.")]
    return []


def _presets(manager: DialogManager, parameters: dict[str, str]) -> list[tuple[str, str]]:
    if not issubclass(order.spec_of(manager).parameters, HistoryDays):
        return []
    return months_words(manager, period_of(parameters))


def _papers(kind: DocumentKind, parameters: dict[str, str]) -> list[tuple[str, str]]:
    if not SPECS[kind].of_books:
        return []
    return [
        (f"{shown(paper)} ✓" if parameters.get(PAPER) == paper else shown(paper), paper)
        for paper in CHOICES
    ]


def _ready(manager: DialogManager, parameters: dict[str, str]) -> list[tuple[str, str]]:
    """The ready periods of a statement, marked where one is the present period."""
    return [
        (f"{label} ✓" if period == period_of(parameters) else label, key)
        for label, key, period in order.ready_periods(manager)
    ]


def _searches(parameters: dict[str, str], lacks: frozenset[Capability]) -> list[tuple[str, str]]:
    words = {ESF: _("Registration number"), ACCOUNTING: _("Accounting number")}
    if Capability.REGISTERED_INVOICES in lacks:
        del words[ESF]
    return [
        (f"{word} ✓" if parameters.get(SEARCH) == value else word, value)
        for value, word in words.items()
    ]


def _years(manager: DialogManager, parameters: dict[str, str]) -> list[tuple[str, str]]:
    last = today_of(manager).year
    years = range(max(FIRST_MONTH.year, last - 9), last + 1)
    return [
        (f"{year} ✓" if parameters.get(YEAR) == str(year) else str(year), str(year))
        for year in years
    ]


async def get_month(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The months of one year that can be chosen."""
    actor = await context_of(dialog_manager).actor()
    data = dialog_manager.dialog_data
    first, last = order.months_allowed(dialog_manager)
    year = min(max(int(data.get("year") or last.year), first.year), last.year)
    data["year"] = year
    names = get_month_names("abbreviated", "stand-alone", locale=language())
    months = [Month(year, month) for month in range(1, 13)]
    question = {
        MONTH: _("Choose the month."),
        FIRST_OF_MONTHS: _("Choose the first month."),
        LAST_OF_MONTHS: _("Choose the last month."),
    }[data.get("picking", MONTH)]
    span = _("Months from {first} to {last} can be chosen.").format(
        first=first.shown, last=last.shown
    )
    return {
        "where": [actor.company.name, title(order.kind_of(dialog_manager))],
        "text": said(
            "\n{question}\n{span}\n{typed}",
            question=question,
            span=span,
            typed=_("It can be typed as well, for example 09.2026."),
        ),
        "year": str(year),
        "earlier": f"‹ {year - 1}",
        "later": f"{year + 1} ›",
        "has_earlier": year > first.year,
        "has_later": year < last.year,
        "months": [
            (str(names[month.month]).capitalize(), str(month))
            for month in months
            if first <= month <= last
        ],
    }


async def get_accounts(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A page of the company's accounts; or those that billed the number that was typed."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    of_phone = dialog_manager.dialog_data.get("accounts_of_phone")
    text = _("Choose the account, or type it. A phone number finds its account.")
    left_out: list[str] = []
    if of_phone:
        rows, turning = list(of_phone), paging(dialog_manager, 0, SCREEN_ROWS)
        text = _("The number was billed on several accounts in that month. Choose one.")
    else:
        found = await context.use(Invoices).accounts(actor, page_here(dialog_manager) * SCREEN_ROWS)
        turning = paging(dialog_manager, found.total, SCREEN_ROWS)
        rows = [account.number for account in found.rows]
        left_out = left_out_line(found.left_out)
    return {
        "where": [actor.company.name, title(order.kind_of(dialog_manager)), _("Account")],
        "text": Html("\n".join([said("\n{text}", text=text), *map(Html, left_out)])),
        "accounts": [(number, number) for number in rows],
        **turning,
    }


async def get_number(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Which number of the invoice is asked for."""
    actor = await context_of(dialog_manager).actor()
    asked = order.parameters_of(dialog_manager)
    question = (
        _("Enter the IS ESF registration number, for example ESF-180140000018-20220124-00000001.")
        if asked.get(SEARCH) == ESF
        else _("Enter the accounting number of the electronic invoice, 1 to 30 digits.")
    )
    return {
        "where": [actor.company.name, title(DocumentKind.INVOICE_SEARCH)],
        "text": said("\n{question}", question=question),
    }


async def get_found(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The numbers in the invoices that were found (S28)."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    asked = order.parameters_of(dialog_manager)
    offset = page_here(dialog_manager) * SCREEN_ROWS
    page = await context.use(Invoices).find(actor, asked, offset)
    turning = paging(dialog_manager, page.total, SCREEN_ROWS)
    about = " · ".join(told(DocumentKind.INVOICE_SEARCH, asked))
    lines = [said("\n{about}", about=about), Html(""), *map(_found_line, page.rows)]
    if not page.total and not page.left_out:
        by_year = asked.get(SEARCH) == ACCOUNTING
        nothing = (
            _("No invoice was found for this number and year.")
            if by_year
            else _("No invoice was found for this number.")
        )
        lines.append(Html(nothing))
    lines.extend(map(Html, left_out_line(page.left_out)))
    return {
        "where": [actor.company.name, title(DocumentKind.INVOICE_SEARCH)],
        "text": Html("\n".join(lines)),
        "formats": _formats(DocumentKind.INVOICE_SEARCH) if page.total else [],
        **turning,
    }


def _found_line(row: BilledNumber) -> Html:
    invoice = _("invoice {number} of {day}").format(
        number=row.bill.number, day=shown_day(row.bill.issued)
    )
    return said(
        "<code>{number}</code> · {account} · <b>{amount}</b>\n{invoice}",
        number=row.msisdn.shown,
        account=row.bill.account,
        amount=row.amount.shown(language()),
        invoice=invoice,
    )


async def get_payments(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The company's payments on screen, newest first (S35)."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    period = period_of(order.parameters_of(dialog_manager))
    offset = page_here(dialog_manager) * PAYMENT_ROWS
    of_company = context.use(Payments)
    page = await of_company.of_company(actor, period, offset)
    turning = paging(dialog_manager, page.total, PAYMENT_ROWS)
    lines = [said("\n{first} – {last}", first=shown_day(period.first), last=shown_day(period.last))]
    if page.total:
        total = await of_company.total_of_company(actor, period)
        lines.extend(total_lines(total))
    else:
        lines.append(Html(_("There is nothing for this period.")))
    lines.extend(by_day(page.rows, company_payment_line))
    lines.extend(map(Html, left_out_line(page.left_out)))
    return {
        "where": [actor.company.name, title(DocumentKind.PAYMENTS)],
        "text": Html("\n".join(lines)),
        "formats": _formats(DocumentKind.PAYMENTS) if page.total else [],
        **turning,
    }


async def get_email(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Where the file may go besides the chat; the registered address stands first (G-13)."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    own = await context.use(Profile).email(actor)
    chosen = order.email_of(dialog_manager)
    lines = [Html("\n" + _("Type the e-mail address, or choose yours."))]
    if actor.company.domains:
        lines.append(
            said(_("Domains of your company: {domains}."), domains=", ".join(actor.company.domains))
        )
    if chosen is not None:
        lines.append(said(_("Chosen: {address}"), address=chosen.address))
    return {
        "where": [actor.company.name, title(order.kind_of(dialog_manager)), _("E-mail")],
        "text": Html("\n".join(lines)),
        "own": own.address if own is not None else "",
        "has_own": own is not None,
        "chosen": chosen is not None,
    }


async def get_outside(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The question before data leaves the company (G-13)."""
    actor = await context_of(dialog_manager).actor()
    email = Email(dialog_manager.dialog_data["outside_email"])
    return {
        "where": [actor.company.name, title(order.kind_of(dialog_manager)), _("E-mail")],
        "text": said(
            "\n"
            + _(
                "⚠️ <b>{address}</b> is outside of your company's domains. The file holds data of "
                "the company and its employees; the actions history keeps that you sent it."
            ),
            address=email.address,
        ),
        "send": _("Send to {address}").format(address=email.address),
    }
