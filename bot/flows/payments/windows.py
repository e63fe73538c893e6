"""Payments of one number on screen: when, how much, by what, which document (S26)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Button, Row

from account.chapters.payments import SCREEN_ROWS, Payment, PaymentMeans, PaymentState
from account.documents.document import MSISDN, DocumentFormat, DocumentKind
from account.documents.parameters import days_told
from account.values.money import Money
from account.values.periods import (
    Period,
    check_history_period,
    history_window,
    shown_day,
    shown_time,
    today,
)
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.documents.handlers import order_file
from bot.flows.numbers.getters import card_of
from bot.flows.usage.getters import period_shown
from bot.texts.facts import language
from bot.widgets.calendar import today_of
from bot.widgets.days import OwnPeriod
from bot.widgets.months import is_own, keep_days, months_row, months_words, period_of
from bot.widgets.page import OnClick, page
from bot.widgets.paging import pages_row, read_page
from bot.widgets.text import Html, Said, Shown, said


def means_word(means: PaymentMeans) -> str:
    """How it was paid."""
    return {
        PaymentMeans.BANK_TRANSFER: _("Bank transfer"),
        PaymentMeans.CARD: _("Bank card"),
        PaymentMeans.WALLET: _("Digital wallet"),
        PaymentMeans.CASH: _("Cash"),
        PaymentMeans.BALANCE_TRANSFER: _("Balance transfer"),
        PaymentMeans.OTHER: _("Other"),
    }[means]


def payment_state_word(state: PaymentState) -> str:
    """Where it stands."""
    return {
        PaymentState.DONE: _("✅ carried out"),
        PaymentState.PENDING: _("⏳ pending"),
        PaymentState.CANCELLED: _("⚠️ cancelled"),
        PaymentState.FAILED: _("⚠️ not received"),
    }[state]


def payment_line(payment: Payment) -> Html:
    """One payment below its day."""
    how = means_word(payment.means)
    if payment.channel and payment.means is not PaymentMeans.BALANCE_TRANSFER:
        how += f" ({payment.channel})"
    document = _("document {number}").format(number=payment.document) if payment.document else ""
    return said(
        "{at} <b>{amount}</b> · {how}\n{more}",
        at=shown_time(payment.at),
        amount=payment.amount.shown(language()),
        how=how,
        more=" · ".join(filter(None, (payment_state_word(payment.state), document))),
    )


def by_day(payments: Iterable[Payment]) -> Iterator[Html]:
    """The payments below their days."""
    for day, those in groupby(payments, key=lambda payment: today(payment.at)):
        yield said("\n<u>{day}</u>", day=shown_day(day))
        yield from (payment_line(payment) for payment in those)


async def get_payments(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A page of the number's payments, newest first, with the total of the period."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    msisdn = card_of(dialog_manager)
    period = period_of(dialog_manager)
    of_number = context.use_cases.payments
    found, turning = await read_page(
        dialog_manager,
        SCREEN_ROWS,
        lambda offset: of_number.page(actor, msisdn, period, offset),
    )
    lines = [said("\n" + _("Period: <b>{period}</b>"), period=period_shown(period))]
    if found.total:
        total = await of_number.total(actor, msisdn, period)
        lines.append(total_line(found.total, total))
    else:
        lines.append(Html(_("There is nothing for this period.")))
    lines.extend(by_day(found.rows))
    return {
        "where": await _where(dialog_manager),
        "text": Html("\n".join(lines)),
        "periods": months_words(dialog_manager, period),
        "own": _("Own period…") + (" ✓" if is_own(dialog_manager, period) else ""),
        **turning,
    }


def total_line(count: int, total: Money) -> Html:
    """How many payments, and their sum."""
    payments = ngettext("{n} payment", "{n} payments", count).format(n=count)
    return said(
        _("{payments}, in all <b>{amount}</b>"), payments=payments, amount=total.shown(language())
    )


def _ordering(form: DocumentFormat) -> OnClick:
    """A button that orders the same payments as a file."""

    async def place(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        told = {MSISDN: card_of(manager).digits} | days_told(period_of(manager))
        await order_file(manager, DocumentKind.PAYMENTS, form, told)

    return place


async def _where(manager: DialogManager) -> list[str]:
    actor = await context_of(manager).actor()
    return [actor.company.name, card_of(manager).shown, _("Payments")]


def _window(manager: DialogManager) -> Period:
    return history_window(today_of(manager))


def _check(manager: DialogManager, period: Period) -> None:
    check_history_period(period, today_of(manager))


own_period = OwnPeriod(
    first_day=states.Payments.first_day,
    last_day=states.Payments.last_day,
    back=states.Payments.list,
    where=_where,
    window=_window,
    check=_check,
    take=keep_days,
)

payments_dialog = Dialog(
    page(
        states.Payments.list,
        Shown("text"),
        keyboard=[
            months_row(),
            Button(Shown("own"), id="own", on_click=own_period.open),
            pages_row(),
            Row(
                Button(Said("📄 XLSX file"), id="xlsx", on_click=_ordering(DocumentFormat.XLSX)),
                Button(Said("📄 PDF file"), id="pdf", on_click=_ordering(DocumentFormat.PDF)),
            ),
        ],
        getter=get_payments,
    ),
    *own_period.windows(),
)
