"""Again and again: on which days a change begins, until when, and the two windows that ask it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

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
from bot.flows.schedules.texts import days_of, next_dates_line, repeat_line
from bot.texts.errors import refusal
from bot.widgets.page import notice
from bot.widgets.text import Html, said

MONTHS = (1, 3, 6, 12)


def asked_days(manager: DialogManager) -> Html | None:
    """In the question: the days, and its next dates; None for once."""
    at, repeat = chosen_time(manager), chosen_repeat(manager)
    first = None if at is None or repeat is None else repeat.first(at)
    if repeat is None or first is None:
        return None
    return said(
        "{days}\n{dates}",
        days=repeat_line(first, repeat),
        dates=next_dates_line(_dates(first, repeat)),
    )


def _dates(first: WallTime, repeat: Repeat) -> list[WallTime]:
    dates: list[WallTime] = []
    at: WallTime | None = first
    while at is not None and len(dates) < 3:
        dates.append(at)
        at = repeat.after(at)
    return dates


async def get_repeat(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """On which days."""
    options = [(days_of(one), one.kept) for one in _rhythms(dialog_manager)]
    if chosen_repeat(dialog_manager) is not None:
        options.append((_("Once only"), ONCE))
    ask = _("On which days? Pick, or type days like “Mon, Wed, Fri” or a day of the month.")
    return {**await _asked(dialog_manager, ask), "days": options}


async def get_until(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Until which day."""
    options = [(shown_day(one), one.isoformat()) for one in _ends(dialog_manager)]
    ask = _("Until which day? Pick, or type one like {example}.").format(example=options[0][0])
    return {**await _asked(dialog_manager, ask), "ends": options}


async def _asked(manager: DialogManager, ask: str) -> dict[str, Any]:
    actor = await context_of(manager).actor()
    number = Msisdn(offer_of(manager)["msisdn"]).shown
    return {"where": [actor.company.name, number], "text": said("\n{ask}", ask=ask)}


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


def _ends(manager: DialogManager) -> list[date]:
    here = today(context_of(manager).now())
    if context_of(manager).use(ChangeSchedules).by_code(ActionKind(offer_of(manager)["kind"])):
        return [here + timedelta(days=days) for days in (30, LONGEST_DAYS_WITH_CODE)]
    return [add_months(here, months) for months in MONTHS]


async def choose_days(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Take days from a button, which may be forged."""
    if value == ONCE:
        manager.dialog_data.pop(RHYTHM, None)
        await back_to_question(manager)
    elif value in {one.kept for one in _rhythms(manager)}:
        await _take_days(manager, Rhythm.read(value))


async def days_given(text: str, manager: DialogManager) -> None:
    """Take typed days; what is none is said and asked for again."""
    try:
        days = rhythm(text)
    except InputRefused as refused:
        notice(manager, refusal(refused))
        return
    await _take_days(manager, days)


async def _take_days(manager: DialogManager, days: Rhythm) -> None:
    manager.dialog_data[RHYTHM] = days.kept
    manager.dialog_data.pop(UNTIL, None)
    await manager.switch_to(states.Confirm.until)


async def choose_until(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Take the last day from a button."""
    if value in {one.isoformat() for one in _ends(manager)}:
        await take_until(manager, date.fromisoformat(value))


async def until_given(text: str, manager: DialogManager) -> None:
    """Take a typed last day; what is none, or out of bounds, is said and asked for again."""
    try:
        days = days_in(text, today(context_of(manager).now()), ahead=True)
    except InputRefused as refused:
        notice(manager, refusal(refused))
        return
    await take_until(manager, days[-1])


async def take_until(manager: DialogManager, until: date) -> None:
    """Have the days end then; what is out of bounds is said, and taken not."""
    at, kept = chosen_time(manager), manager.dialog_data.get(RHYTHM)
    if at is None or not kept:
        await back_to_question(manager)
        return
    kind = ActionKind(offer_of(manager)["kind"])
    try:
        context_of(manager).use(ChangeSchedules).check_repeat(
            kind, at, Repeat(Rhythm.read(kept), until)
        )
    except (InputRefused, ChangeRefused) as refused:
        notice(manager, refusal(refused))
        return
    manager.dialog_data[UNTIL] = until.isoformat()
    await back_to_question(manager)
