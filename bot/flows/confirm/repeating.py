"""Again and again: on which days a change begins, until when, and the two windows that ask it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Select

from account.changes.action import ActionKind
from account.changes.schedules import LONGEST_DAYS_WITH_CODE, ChangeSchedules
from account.errors import ChangeRefused, InputRefused
from account.values.day_parser import days_in
from account.values.identifiers import Msisdn
from account.values.periods import add_months, shown_day, today
from account.values.repeats import LAST_DAY, WEEKDAYS, Every, Repeat, Rhythm, rhythm
from account.values.wall_times import WallTime
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.confirm.chosen import ONCE, RHYTHM, UNTIL, chosen_repeat, chosen_time
from bot.flows.confirm.handlers import back_to_question, offer_of
from bot.flows.schedules.texts import days_line, days_of
from bot.texts.errors import refusal
from bot.widgets.page import notice
from bot.widgets.text import Html, said

MONTHS = (1, 3, 6, 12)
Where = Callable[[DialogManager], Awaitable[list[str]]]


def asked_days(manager: DialogManager) -> Html | None:
    """In the question: the days, and its next dates; None for once."""
    at, repeat = chosen_time(manager), chosen_repeat(manager)
    first = None if at is None or repeat is None else repeat.first(at)
    if repeat is None or first is None:
        return None
    return days_line(first, repeat)


@dataclass(frozen=True, slots=True)
class RepeatWindows:
    """The two windows that ask for days and their end, of one dialog.

    `where` heads them, `by_code` tells whether a code confirms what is asked about, `check` refuses
    days that are out of bounds (`InputRefused`, `ChangeRefused`), `until` is the second window, and
    `back` leads back to what is asked about.
    """

    where: Where
    by_code: Callable[[DialogManager], Awaitable[bool]]
    check: Callable[[DialogManager, WallTime, Repeat], Awaitable[None]]
    until: State
    back: Callable[[DialogManager], Awaitable[None]]

    async def get_repeat(self, dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
        """On which days."""
        options = [(days_of(one), one.kept) for one in _rhythms(dialog_manager)]
        if chosen_repeat(dialog_manager) is not None:
            options.append((_("Once only"), ONCE))
        ask = _("On which days? Pick, or type days like “Mon, Wed, Fri” or a day of the month.")
        return {**await self._asked(dialog_manager, ask), "days": options}

    async def get_until(self, dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
        """Until which day."""
        ends = await self._ends(dialog_manager)
        options = [(shown_day(one), one.isoformat()) for one in ends]
        ask = _("Until which day? Pick, or type one like {example}.").format(example=options[0][0])
        at, days = chosen_time(dialog_manager), dialog_manager.dialog_data.get(RHYTHM)
        if at is not None and days:
            ask = f"🔁 {days_of(Rhythm.read(days))} · {at.naive:%H:%M}\n\n{ask}"
        return {**await self._asked(dialog_manager, ask), "ends": options}

    async def _asked(self, manager: DialogManager, ask: str) -> dict[str, Any]:
        return {"where": await self.where(manager), "text": said("\n{ask}", ask=ask)}

    async def _ends(self, manager: DialogManager) -> list[date]:
        here = today(context_of(manager).now())
        if await self.by_code(manager):
            return [here + timedelta(days=days) for days in (30, LONGEST_DAYS_WITH_CODE)]
        return [add_months(here, months) for months in MONTHS]

    async def choose_days(
        self, _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
    ) -> None:
        """Take days from a button, which may be forged."""
        if value == ONCE:
            manager.dialog_data.pop(RHYTHM, None)
            await self.back(manager)
        elif value in {one.kept for one in _rhythms(manager)}:
            await self._take_days(manager, Rhythm.read(value))

    async def days_given(self, text: str, manager: DialogManager) -> None:
        """Take typed days; what is none is said and asked for again."""
        try:
            days = rhythm(text)
        except InputRefused as refused:
            notice(manager, refusal(refused))
            return
        await self._take_days(manager, days)

    async def _take_days(self, manager: DialogManager, days: Rhythm) -> None:
        manager.dialog_data[RHYTHM] = days.kept
        manager.dialog_data.pop(UNTIL, None)
        await manager.switch_to(self.until)

    async def choose_until(
        self, _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
    ) -> None:
        """Take the last day from a button."""
        if value in {one.isoformat() for one in await self._ends(manager)}:
            await self.take_until(manager, date.fromisoformat(value))

    async def until_given(self, text: str, manager: DialogManager) -> None:
        """Take a typed last day; what is none, or out of bounds, is said and asked for again."""
        try:
            days = days_in(text, today(context_of(manager).now()), ahead=True)
        except InputRefused as refused:
            notice(manager, refusal(refused))
            return
        await self.take_until(manager, days[-1])

    async def take_until(self, manager: DialogManager, until: date) -> None:
        """Have the days end then; what is out of bounds is said, and taken not."""
        at, kept = chosen_time(manager), manager.dialog_data.get(RHYTHM)
        if at is None or not kept:
            await self.back(manager)
            return
        try:
            await self.check(manager, at, Repeat(Rhythm.read(kept), until))
        except (InputRefused, ChangeRefused) as refused:
            notice(manager, refusal(refused))
            return
        manager.dialog_data[UNTIL] = until.isoformat()
        await self.back(manager)


def _rhythms(manager: DialogManager) -> list[Rhythm]:
    at = chosen_time(manager)
    day = today(context_of(manager).now()) if at is None else at.naive.date()
    offered = [
        Rhythm(Every.DAY),
        Rhythm(Every.WEEK, WEEKDAYS),
        Rhythm(Every.WEEK, frozenset({day.isoweekday()})),
        Rhythm(Every.MONTH, frozenset({day.day})),
        Rhythm(Every.MONTH, frozenset({LAST_DAY})),
    ]
    return list(dict.fromkeys(offered))


async def _where(manager: DialogManager) -> list[str]:
    actor = await context_of(manager).actor()
    return [actor.company.name, Msisdn(offer_of(manager)["msisdn"]).shown]


async def _by_code(manager: DialogManager) -> bool:
    return context_of(manager).use(ChangeSchedules).by_code(ActionKind(offer_of(manager)["kind"]))


async def _check(manager: DialogManager, at: WallTime, repeat: Repeat) -> None:
    use = context_of(manager).use(ChangeSchedules)
    use.check_repeat(ActionKind(offer_of(manager)["kind"]), at, repeat)


of_one_number = RepeatWindows(_where, _by_code, _check, states.Confirm.until, back_to_question)
"""Of the change of one number that is asked about."""
