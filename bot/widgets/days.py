"""A period of one's own: its first day, then its last, each from a calendar or typed.

Two windows of the dialog that wants the period. What a calendar's button says may be forged, so
each day is checked by the rule of the report it is for (trap 7, section 6).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from aiogram.enums import ContentType
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import ChatEvent, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, ManagedCalendar

from account.errors import DayInvalid, PeriodRefused
from account.values.day_parser import is_no_day
from account.values.periods import Period, shown_day, typed_period
from bot.texts.errors import refusal
from bot.widgets.calendar import PeriodCalendar, today_of
from bot.widgets.page import back_to, notice, page, typed_anything, way_back
from bot.widgets.search_offer import offer_number
from bot.widgets.text import Html, Value, said
from bot.widgets.text_input import text_input

PICKED = "picked_first"

Typed: TypeAlias = Callable[[Message, MessageInput | None, DialogManager], Awaitable[None]]
"""Takes what was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPeriod:
    """Where the two days are picked, and for what."""

    first_day: State
    last_day: State
    back: State
    """The window that the period is for."""
    where: Callable[[DialogManager], Awaitable[list[str]]]
    """The crumbs above both calendars."""
    window: Callable[[DialogManager], Period]
    """The days that can be asked for now."""
    check: Callable[[DialogManager, Period], None]
    """Raises `PeriodRefused`."""
    take: Callable[[DialogManager, Period], None]
    """Keep the period that was picked."""

    async def open(self, _event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        """Pick the first day, then the last."""
        manager.dialog_data[PICKED] = None
        await manager.switch_to(self.first_day)

    def windows(self) -> tuple[Window, Window]:
        """The two windows."""
        return self._window(self.first_day, "first"), self._window(self.last_day, "last_day")

    def _window(self, state: State, widget_id: str) -> Window:
        return page(
            state,
            Value("text"),
            keyboard=[PeriodCalendar(widget_id, self.window, self._pick)],
            typing=text_input(self._type),
            getter=self._get,
            back=way_back(back_to(self.back)),
        )

    def typing(self, other: Typed = typed_anything) -> MessageInput:
        """For the window that the period is for: typed days are it, the rest goes to `other`."""

        async def take(message: Message, _input: MessageInput, manager: DialogManager) -> None:
            await self._type_whole(message, manager, other)

        return MessageInput(take, content_types=ContentType.ANY)

    async def _type_whole(self, message: Message, manager: DialogManager, other: Typed) -> None:
        text = "" if message.forward_origin is not None else message.text or ""
        if not self.take_typed(text, manager):
            await other(message, None, manager)

    def take_typed(self, text: str, manager: DialogManager) -> bool:
        """Take typed days, or say why they cannot be; False for a text that is none."""
        try:
            period = typed_period(text, today_of(manager))
            self.check(manager, period)
        except DayInvalid:
            if not is_no_day(text):
                return False
            notice(manager, refusal(DayInvalid(self.window(manager).last)))
        except PeriodRefused as refused:
            notice(manager, refusal(refused))
        else:
            self.take(manager, period)
        return True

    async def _get(self, dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
        """Which day is being picked, and between which days."""
        allowed = self.window(dialog_manager)
        first = dialog_manager.dialog_data.get(PICKED)
        question = (
            _("Choose the last day, or type it, for example {day}.")
            if first
            else _("Choose the first day, or type it, for example {day}.")
        )
        example = shown_day(allowed.last if first else allowed.first)
        lines = [said("\n{question}", question=question.format(day=example))]
        if first:
            lines.append(said(_("First day: {day}"), day=shown_day(date.fromisoformat(first))))
        lines.append(
            said(
                _("Days from {first} to {last} can be chosen."),
                first=shown_day(allowed.first),
                last=shown_day(allowed.last),
            )
        )
        return {"where": await self.where(dialog_manager), "text": Html("\n".join(lines))}

    async def _pick(
        self, _event: ChatEvent, _calendar: ManagedCalendar, manager: DialogManager, day: date, /
    ) -> None:
        await self._chosen(manager, day)

    async def _type(self, text: str, manager: DialogManager) -> None:
        try:
            typed = typed_period(text, today_of(manager))
            if typed.days > 1:
                self.check(manager, typed)
        except (DayInvalid, PeriodRefused) as refused:
            if isinstance(refused, DayInvalid):
                refused = DayInvalid(self.window(manager).last)
            notice(manager, refusal(refused))
            offer_number(manager, text)
            return
        if typed.days > 1:
            await self._taken(manager, typed)
        else:
            await self._chosen(manager, typed.first)

    async def _chosen(self, manager: DialogManager, day: date) -> None:
        picked = manager.dialog_data.get(PICKED)
        try:
            period = Period(date.fromisoformat(picked) if picked else day, day)
            self.check(manager, period)
        except PeriodRefused as refused:
            notice(manager, refusal(refused))
            return
        if picked is None:
            manager.dialog_data[PICKED] = day.isoformat()
            await manager.switch_to(self.last_day)
            return
        await self._taken(manager, period)

    async def _taken(self, manager: DialogManager, period: Period) -> None:
        manager.dialog_data[PICKED] = None
        self.take(manager, period)
        await manager.switch_to(self.back)
