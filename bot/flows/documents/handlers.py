"""Choosing what a document is about and where it goes, ordering it, and having it again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.access.profile import Profile
from account.chapters.shortlist import Shortlist
from account.documents.document import Document, DocumentState
from account.documents.invoices import Invoices
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.orders import Documents
from account.documents.paper_languages import CHOICES, PAPER
from account.documents.parameters.base import (
    ACCOUNT,
    ACCOUNTING,
    ESF,
    FIRST_OF_MONTHS,
    LAST_OF_MONTHS,
    MONTH,
    NUMBER,
    SEARCH,
    YEAR,
    days_told,
    months_told,
)
from account.errors import (
    AccessRefused,
    CarrierUnavailable,
    DayInvalid,
    EmailOutside,
    InputRefused,
)
from account.values.identifiers import (
    Email,
)
from account.values.periods import Month, MonthSpan, Period
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.documents import order
from bot.flows.documents.getters import may_have
from bot.flows.documents.titles import CHARTS, MENU, short_title, title
from bot.texts.errors import refusal
from bot.widgets.days import OwnPeriod
from bot.widgets.named import Named
from bot.widgets.page import notice

ACCOUNTS_SHOWN = 3
"""In the window of the order; the others are a window away."""


async def pick(number: int, manager: DialogManager) -> bool:
    """A typed number opens the document of that line, where the person may have it."""
    actor = await context_of(manager).actor()
    if number > len(MENU) or not may_have(actor, kind := MENU[number - 1]):
        return False
    await _open_kind(manager, kind.value)
    return True


async def typed_kinds(manager: DialogManager) -> list[Named]:
    """The documents and charts that the person may have, by both of their names."""
    actor = await context_of(manager).actor()
    return [
        Named((title(kind), short_title(kind)), partial(_open_kind, value=kind.value))
        for kind in (*MENU, *CHARTS)
        if may_have(actor, kind)
    ]


async def open_kind(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """The window of one document; the actions history has a window of its own."""
    if value in {kind.value for kind in (*MENU, *CHARTS)}:
        await _open_kind(manager, value)


async def _open_kind(manager: DialogManager, value: str) -> None:
    if value == DocumentKind.HISTORY:
        await manager.start(states.History.list)
        return
    await manager.start(states.Ordering.form, data={"kind": value})


async def begin(_start_data: object, manager: DialogManager) -> None:
    """An order of one account begins with the account of the last one, or with the first."""
    if order.missing(manager) != ACCOUNT:
        return
    context = context_of(manager)
    actor = await context.actor()
    # Without an answer the window asks for the account.
    with suppress(CarrierUnavailable, AccessRefused):
        last = await context.use(Shortlist).account(actor)
        found = await context.use(Invoices).accounts_from(actor, last)
        manager.dialog_data["accounts"] = [one.number for one in found.rows[:ACCOUNTS_SHOWN]]
        if found.rows:
            order.tell(manager, **{ACCOUNT: found.rows[0].number})


# --- days ---


def take_days(manager: DialogManager, period: Period) -> None:
    """The period of the order."""
    order.tell(manager, **days_told(period))


async def where(manager: DialogManager) -> list[str]:
    """The crumbs of the order."""
    actor = await context_of(manager).actor()
    return [actor.company.name, title(order.kind_of(manager))]


own_period = OwnPeriod(
    first_day=states.Ordering.first_day,
    last_day=states.Ordering.last_day,
    back=states.Ordering.form,
    where=where,
    window=order.days_window,
    check=order.check_days,
    take=take_days,
)


async def take_ready(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """One of the ready periods of a statement."""
    for _label, key, period in order.ready_periods(manager):
        if value == key:
            take_days(manager, period)


# --- months ---


def picking(what: str) -> Any:
    """A button that opens the months to pick that parameter."""

    async def pick(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        manager.dialog_data.update(picking=what, year=None)
        await manager.switch_to(states.Ordering.month)

    return pick


pick_month, pick_months = picking(MONTH), picking(FIRST_OF_MONTHS)


async def turn_year(_event: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """A year back or forth."""
    step = -1 if button.widget_id == "earlier" else 1
    manager.dialog_data["year"] = int(manager.dialog_data.get("year") or 0) + step


async def choose_month(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """A month; of two the last is picked after the first."""
    try:
        month = Month.parse(value)
    except DayInvalid:
        return
    await take_month(manager, month)


async def take_month(manager: DialogManager, month: Month) -> None:
    """Go on with that month: to the last one of two, or back to the order."""
    data = manager.dialog_data
    what = data.get("picking", MONTH)
    if what == FIRST_OF_MONTHS:
        data.update(picking=LAST_OF_MONTHS, first_month=str(month))
        return
    if what == LAST_OF_MONTHS:
        first = Month.parse(data["first_month"])
        take_months(manager, MonthSpan(*sorted((first, month))))
    else:
        order.tell(manager, **{MONTH: str(month)})
    await manager.switch_to(states.Ordering.form)


def take_months(manager: DialogManager, span: MonthSpan) -> None:
    """Whole months as the order has its period."""
    told = days_told(span.period) if order.is_statement(manager) else months_told(span)
    order.tell(manager, **told)


# --- accounts and invoices ---


async def to_accounts(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The accounts to choose from."""
    manager.dialog_data.update(page=0, accounts_of_phone=None)
    await manager.switch_to(states.Ordering.account)


async def to_all_accounts(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The same month and language for all accounts at once."""
    told = order.parameters_of(manager)
    begun = {key: told[key] for key in (MONTH, PAPER) if key in told}
    data = {"kind": DocumentKind.CLOSING_SET, "begun": begun}
    await manager.start(states.Ordering.form, data=data)


async def choose_account(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """An account of the list; whose it is, is asked when it is ordered."""
    order.tell(manager, **{ACCOUNT: value})
    await manager.switch_to(states.Ordering.form)


async def choose_search(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """By which of its two numbers an invoice is looked for (T6)."""
    if value in (ESF, ACCOUNTING):
        told = {k: v for k, v in (manager.dialog_data.get("told") or {}).items() if k != NUMBER}
        manager.dialog_data["told"] = {**told, SEARCH: value}


async def choose_paper(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """In which language the paper is written."""
    if value in CHOICES:
        order.tell(manager, **{PAPER: value})


async def choose_year(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """The year of the invoice."""
    order.tell(manager, **{YEAR: value})


# --- e-mail ---


async def choose_own(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The registered address."""
    context = context_of(manager)
    email = await context.use(Profile).email(await context.actor())
    if email is not None:
        await take_email(manager, email)


async def take_email(manager: DialogManager, email: Email) -> None:
    """Go on with that address; outside of the company's domains it is asked about (G-13)."""
    actor = await context_of(manager).actor()
    if email.domain in actor.company.domains:
        manager.dialog_data.update(email=email.address, outside=False)
        await manager.switch_to(states.Ordering.form)
        return
    manager.dialog_data["outside_email"] = email.address
    await manager.switch_to(states.Ordering.outside)


async def confirm_outside(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The person takes the address although it is outside of the company's domains (G-13)."""
    data = manager.dialog_data
    data.update(email=data["outside_email"], outside=True)
    await manager.switch_to(states.Ordering.form)


async def no_email(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The chat alone."""
    manager.dialog_data.update(email=None, outside=False)
    await manager.switch_to(states.Ordering.form)


# --- the order ---


async def place(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Order the file in that form; it arrives as a message of its own."""
    if value not in set(DocumentFormat):
        return
    context = context_of(manager)
    try:
        document = await context.use(Documents).order(
            await context.actor(),
            order.kind_of(manager),
            DocumentFormat(value),
            order.parameters_of(manager),
            context.language,
            order.email_of(manager),
            outside=bool(manager.dialog_data.get("outside")),
        )
    except EmailOutside as refused:
        manager.dialog_data.update(email=None, outside=False)
        notice(manager, refusal(refused))
        return
    except InputRefused as refused:
        notice(manager, refusal(refused))
        return
    account = order.parameters_of(manager).get(ACCOUNT)
    if account is not None:
        await context.use(Shortlist).ordered(await context.actor(), account)
    notice(manager, ordered(document))


async def order_file(
    manager: DialogManager, kind: DocumentKind, form: DocumentFormat, told: Mapping[str, str]
) -> None:
    """Order a file from a window that shows the same data, for the chat alone."""
    context = context_of(manager)
    try:
        document = await context.use(Documents).order(
            await context.actor(), kind, form, told, context.language
        )
    except InputRefused as refused:
        await context.tell(refusal(refused))
        return
    notice(manager, ordered(document))


def ordered(document: Document) -> str:
    """What is said of an order that was taken, or was there already."""
    if document.state in {DocumentState.QUEUED, DocumentState.MAKING}:
        sentence = _("⏳ The file is being made, request {reference}. It arrives in this chat.")
    else:
        sentence = _("This file was made a moment ago, request {reference}. It is in this chat.")
    return sentence.format(reference=document.reference)


async def show_here(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """On screen what can be shown there."""
    manager.dialog_data["page"] = 0
    of_payments = order.kind_of(manager) is DocumentKind.PAYMENTS
    await manager.switch_to(states.Ordering.payments if of_payments else states.Ordering.found)
