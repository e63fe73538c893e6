"""Payments of one number (S26): what is done in its windows."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.parameters.base import MSISDN, days_told
from account.values.periods import Period, check_history_period, history_window
from bot.flows.documents.handlers import order_file
from bot.flows.numbers.getters import card_of
from bot.widgets.calendar import today_of
from bot.widgets.months import period_of
from bot.widgets.page import OnClick


def ordering(form: DocumentFormat) -> OnClick:
    """A button that orders the same payments as a file."""

    async def place(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        told = {MSISDN: card_of(manager).digits} | days_told(period_of(manager))
        await order_file(manager, DocumentKind.PAYMENTS, form, told)

    return place


def window(manager: DialogManager) -> Period:
    """The days that can be asked for now."""
    return history_window(today_of(manager))


def check(manager: DialogManager, period: Period) -> None:
    """Raises `PeriodRefused`."""
    check_history_period(period, today_of(manager))
