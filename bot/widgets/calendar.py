"""The calendar of a period: the person's language, Almaty's today, only days that can be asked for.

A button is no promise: the day that comes back may be forged, so the use case checks it (trap 7).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import chain
from typing import Any

from aiogram_dialog import DialogManager
from aiogram_dialog.api.internal import RawKeyboard
from aiogram_dialog.widgets.kbd import Calendar, CalendarConfig, CalendarScope
from aiogram_dialog.widgets.kbd.calendar_kbd import (
    DATE_TEXT,
    CalendarDaysView,
    CalendarMonthView,
    CalendarScopeView,
    CalendarUserConfig,
    CalendarYearsView,
    OnDateSelected,
)
from aiogram_dialog.widgets.text import Format, Text
from babel.dates import get_day_names, get_month_names
from typing_extensions import override

from account.values.periods import Period, today
from bot.context.update_context import context_of
from bot.texts.facts import language

Window = Callable[[DialogManager], Period]


class Weekday(Text):
    """The two letters of a weekday."""

    @override
    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return str(get_day_names("short", locale=language())[data["date"].weekday()]).title()


class Month(Text):
    """The name of a month, standing alone."""

    @override
    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        names = get_month_names("wide", "stand-alone", locale=language())
        return str(names[data["date"].month]).capitalize()


class MonthAndYear(Month):
    """The head of the calendar."""

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return f"{await super()._render_text(data, manager)} {data['date'].year}"


class PeriodCalendar(Calendar):
    """A calendar whose days are bounded by what `window` says now."""

    def __init__(self, id: str, window: Window, on_click: OnDateSelected) -> None:  # noqa: A002
        super().__init__(id=id, on_click=on_click, config=CalendarConfig())
        self._window = window

    def _init_views(self) -> dict[CalendarScope, CalendarScopeView]:
        return {
            CalendarScope.DAYS: CalendarDaysView(
                self._item_callback_data,
                date_text=DATE_TEXT,
                # The widget takes today from the machine, the product from its own clock.
                today_text=DATE_TEXT,
                weekday_text=Weekday(),
                header_text=MonthAndYear(),
                zoom_out_text=Month(),
                next_month_text=Month() + Format(" ›"),
                prev_month_text=Format("‹ ") + Month(),
            ),
            CalendarScope.MONTHS: CalendarMonthView(
                self._item_callback_data,
                month_text=Month(),
                this_month_text=Month(),
                header_text=Format("{date:%Y}"),
                zoom_out_text=Format("{date:%Y}"),
                next_year_text=Format("{date:%Y} ›"),
                prev_year_text=Format("‹ {date:%Y}"),
            ),
            CalendarScope.YEARS: CalendarYearsView(self._item_callback_data),
        }

    @override
    async def _get_user_config(
        self,
        data: dict[str, Any],
        manager: DialogManager,
    ) -> CalendarUserConfig:
        window = self._window(manager)
        return CalendarUserConfig(min_date=window.first, max_date=window.last)

    async def _render_keyboard(self, data: dict[str, Any], manager: DialogManager) -> RawKeyboard:
        if self.get_offset(manager) is None:
            self.set_offset(self._window(manager).last, manager)
        rows = await super()._render_keyboard(data, manager)
        weeks = [row for row in rows if any(button.text.strip() for button in row)]
        for button in chain.from_iterable(weeks):
            # Telegram drops a button without a visible text, and the week would slide.
            button.text = button.text.strip() or "·"
        return weeks


def today_of(manager: DialogManager) -> date:
    """Today in Almaty, by the product's clock."""
    return today(context_of(manager).now())
