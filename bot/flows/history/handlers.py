"""Actions history on screen (S29): what is done in its windows."""

from __future__ import annotations

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select

from account.chapters.history import HistoryKind, reference_in
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.parameters.days import HistoryOfKind
from account.errors import NumberInvalid
from account.values.identifiers import Msisdn
from account.values.periods import Period, check_history_period, history_window
from bot.context import states
from bot.flows.documents.handlers import order_file
from bot.flows.history.getters import KIND, NUMBER, REFERENCE, query_of
from bot.flows.history.getters import where as where_one_is
from bot.widgets.calendar import today_of
from bot.widgets.days import OwnPeriod
from bot.widgets.months import keep_days
from bot.widgets.page import typed_anything


async def order_xlsx(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The same entries as a file."""
    query = query_of(manager)
    told = HistoryOfKind(query.period, query.number, query.kind).told()
    await order_file(manager, DocumentKind.HISTORY, DocumentFormat.XLSX, told)


async def choose_kind(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """What entries are about; a value that is none of them is all."""
    manager.dialog_data.update({KIND: value if value in set(HistoryKind) else None, "page": 0})


async def filter_number(
    message: Message, _input: MessageInput | None, manager: DialogManager
) -> None:
    """A typed number narrows the list to its entries, and so does a typed reference."""
    text = "" if message.forward_origin is not None else message.text or ""
    if (reference := reference_in(text)) is not None:
        manager.dialog_data.update({REFERENCE: reference, NUMBER: None, "page": 0})
        return
    try:
        number = Msisdn.parse(text)
    except NumberInvalid:
        await typed_anything(message, None, manager)
    else:
        manager.dialog_data.update({NUMBER: number.digits, REFERENCE: None, "page": 0})


async def widen(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Entries of all numbers again."""
    manager.dialog_data.update({NUMBER: None, REFERENCE: None, "page": 0})


def window(manager: DialogManager) -> Period:
    """The days that can be asked for now."""
    return history_window(today_of(manager))


def check(manager: DialogManager, period: Period) -> None:
    """Raises `PeriodRefused`."""
    check_history_period(period, today_of(manager))


own_period = OwnPeriod(
    first_day=states.History.first_day,
    last_day=states.History.last_day,
    back=states.History.list,
    where=where_one_is,
    window=window,
    check=check,
    take=keep_days,
)
