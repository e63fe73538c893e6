"""What is typed into the order of a document: months, days, an account, an invoice, an address."""

from __future__ import annotations

from contextlib import suppress

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.documents.invoices import Invoices
from account.documents.parameters.base import (
    ACCOUNT,
    ACCOUNTING,
    ESF,
    MONTH,
    NUMBER,
    SEARCH,
    InDays,
    InMonths,
)
from account.documents.parameters.invoice import Invoice
from account.documents.parameters.months import AccountMonth, Months
from account.errors import (
    DayInvalid,
    EmailInvalid,
    InputRefused,
    MyAccountError,
    PeriodRefused,
    PeriodReversed,
    ReferenceInvalid,
    ReferenceKind,
)
from account.values.capabilities import Capability
from account.values.day_parser import is_dated
from account.values.identifiers import (
    AccountingNumber,
    AccountNumber,
    Email,
    EsfRegistrationNumber,
    Msisdn,
)
from account.values.periods import Month, MonthSpan, typed_period
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.documents import order
from bot.flows.documents.handlers import take_days, take_email, take_month, take_months
from bot.texts.errors import refusal
from bot.widgets.calendar import today_of
from bot.widgets.page import notice
from bot.widgets.search_offer import offer_number


async def type_month(text: str, manager: DialogManager) -> None:
    """A typed month where one is picked; two of them where a span is."""
    try:
        if manager.dialog_data.get("picking", MONTH) == MONTH:
            order.tell(manager, **{MONTH: str(Month.parse(text, today_of(manager)))})
        else:
            span = MonthSpan.parse(text, today_of(manager))
            if len(span) == 1:
                await take_month(manager, span.first)
                return
            take_months(manager, span)
    except DayInvalid:
        notice(manager, _not_a_month())
        offer_number(manager, text)
        return
    except PeriodReversed as refused:
        notice(manager, refusal(refused))
        return
    await manager.switch_to(states.Ordering.form)


async def type_into_form(text: str, manager: DialogManager) -> bool:
    """Whatever of the order is typed: its month or days, its account or number, an address."""
    parameters = order.spec_of(manager).parameters
    try:
        if "@" in text:
            await take_email(manager, Email.typed(text))
        elif issubclass(parameters, InDays):
            period = typed_period(text, today_of(manager))
            order.check_days(manager, period)
            take_days(manager, period)
        elif parameters is Months:
            take_months(manager, MonthSpan.parse(text, today_of(manager)))
        elif parameters is Invoice:
            order.tell(manager, **_invoice(manager, text, either=True))
        elif issubclass(parameters, InMonths):
            order.tell(manager, **{MONTH: str(Month.parse(text, today_of(manager)))})
        else:
            return False
    except (EmailInvalid, PeriodRefused) as refused:
        notice(manager, refusal(refused))
    except InputRefused:
        if is_dated(text):
            # An account has as many digits as a date, and is not meant by one.
            month = not issubclass(parameters, InDays)
            notice(manager, _not_a_month() if month else refusal(DayInvalid()))
            return True
        return parameters is AccountMonth and await _take_account(text, manager) is None
    return True


def _not_a_month() -> str:
    return _("This is not a month. Enter it like 09.2026.")


async def type_account(text: str, manager: DialogManager) -> None:
    """A typed account, or a phone number that finds its account of that month (S31-5)."""
    refused = await _take_account(text, manager)
    if refused is not None:
        notice(manager, refusal(refused))


async def _take_account(text: str, manager: DialogManager) -> InputRefused | None:
    """Go on with that account; why it is none, or None where the window has its answer."""
    context = context_of(manager)
    try:
        account = AccountNumber.parse(text)
    except InputRefused as not_an_account:
        try:
            msisdn = Msisdn.parse(text)
        except InputRefused:
            return not_an_account
    else:
        order.tell(manager, **{ACCOUNT: account.digits})
        await manager.switch_to(states.Ordering.form)
        return None
    try:
        month = Month.parse(order.parameters_of(manager)[MONTH])
        accounts = await context.use(Invoices).accounts_of(await context.actor(), msisdn, month)
    except MyAccountError as refused:
        notice(manager, refusal(refused))
        return None
    if len(accounts) == 1:
        order.tell(manager, **{ACCOUNT: accounts[0]})
        await manager.switch_to(states.Ordering.form)
        return None
    manager.dialog_data["accounts_of_phone"] = list(accounts)
    await manager.switch_to(states.Ordering.account)
    return None


async def type_number(text: str, manager: DialogManager) -> None:
    """The number of an invoice."""
    try:
        number = _invoice(manager, text)
    except InputRefused as refused:
        notice(manager, refusal(refused))
        return
    order.tell(manager, **number)
    await manager.switch_to(states.Ordering.form)


def _invoice(manager: DialogManager, text: str, *, either: bool = False) -> dict[str, str]:
    """The number an invoice is looked for by, and by which of the two where it shows that itself.

    `either`: digits that are no phone number are an accounting number, whatever was chosen. Raises
    `ReferenceInvalid`.
    """
    if Capability.REGISTERED_INVOICES not in context_of(manager).lacks:
        with suppress(InputRefused):
            return {SEARCH: ESF, NUMBER: EsfRegistrationNumber.parse(text).text}
    if order.parameters_of(manager).get(SEARCH) == ESF and not (either and _no_phone(text)):
        raise ReferenceInvalid(ReferenceKind.ESF_REGISTRATION)
    return {SEARCH: ACCOUNTING, NUMBER: AccountingNumber.parse(text).digits}


def _no_phone(text: str) -> bool:
    try:
        Msisdn.parse(text)
    except InputRefused:
        return True
    return False


async def type_email(text: str, manager: DialogManager) -> None:
    """A typed address."""
    try:
        email = Email.typed(text)
    except EmailInvalid as invalid:
        notice(manager, refusal(invalid))
        return
    await take_email(manager, email)
