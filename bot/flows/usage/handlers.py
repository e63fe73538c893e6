"""Choosing the period and type, and asking for pages or a file."""

from __future__ import annotations

from datetime import date

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import ChatEvent, DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, ManagedCalendar, Select

from account.documents import DocumentFormat, DocumentKind
from account.errors import DayInvalid, PeriodRefused
from account.periods import Period, UsagePreset, check_usage_period, parse_day, usage_window
from account.usage import UsageKind
from bot.flows import states
from bot.flows.documents.handlers import order_file
from bot.flows.usage.getters import wish_of
from bot.sentences import refusal
from bot.visit import visit_of
from bot.widgets.calendar import today_of
from bot.widgets.page import OnClick, notice


def window_of(manager: DialogManager) -> Period:
    """The days that can be asked for now."""
    return usage_window(today_of(manager))


async def choose_preset(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """One of the periods that need no calendar."""
    if chosen in set(UsagePreset):
        manager.dialog_data.update(preset=chosen, first=None, last=None)


async def choose_type(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """What the report is about."""
    if chosen in set(UsageKind):
        manager.dialog_data["type"] = chosen


async def own_period(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Pick the first day, then the last."""
    manager.dialog_data["picked_first"] = None
    await manager.switch_to(states.Usage.first_day)


async def pick_day(
    _event: ChatEvent, _calendar: ManagedCalendar, manager: DialogManager, day: date, /
) -> None:
    """A day of the calendar."""
    await _take_day(manager, day)


async def type_day(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """A typed day."""
    try:
        day = parse_day(message.text or "")
    except DayInvalid as invalid:
        notice(manager, refusal(invalid))
        return
    await _take_day(manager, day)


async def _take_day(manager: DialogManager, day: date) -> None:
    data = manager.dialog_data
    picked = data.get("picked_first")
    try:
        period = Period(date.fromisoformat(picked) if picked else day, day)
        check_usage_period(period, today_of(manager))
    except PeriodRefused as refused:
        notice(manager, refusal(refused))
        return
    if picked is None:
        data["picked_first"] = day.isoformat()
        await manager.switch_to(states.Usage.last_day)
        return
    data.update(
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        preset=None,
        picked_first=None,
    )
    await manager.switch_to(states.Usage.order)


async def show_here(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Open the pages on screen, if the period can be asked for."""
    visit = visit_of(manager)
    try:
        await visit.house.usage.check(await visit.actor(), wish_of(manager))
    except PeriodRefused as refused:
        await visit.tell(refusal(refused))
        return
    manager.dialog_data.update(page=0, read=False, totals=None, counting=False)
    await manager.switch_to(states.Usage.screen)


def ordering(kind: DocumentKind, form: DocumentFormat) -> OnClick:
    """A button that orders the details as a file; it arrives as a message of its own."""

    async def place(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        await order_file(manager, kind, form, wish_of(manager).ordered())

    return place
