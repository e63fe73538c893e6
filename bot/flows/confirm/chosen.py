"""What a question keeps of when its change is to begin."""

from __future__ import annotations

from datetime import date

from aiogram_dialog import DialogManager

from account.changes.schedules import Plan
from account.values.periods import ALMATY
from account.values.repeats import Repeat, Rhythm
from account.values.wall_times import WallTime
from bot.context.update_context import context_of

STARTS_AT, AT_ONCE = "starts_at", "now"
"""In the dialog's data: when the change is to begin, as `WallTime.kept`; what takes that back."""
RHYTHM, UNTIL, ONCE = "rhythm", "until", "once"
"""In the dialog's data: the days on which it begins again, and the last one; what takes both back.
"""
ASKS_UNTIL = "asks_until"
"""In the dialog's data: days were typed without a time, and their last one is asked after it."""
THEN = "then"
"""In the dialog's data: when it is to be taken back, as `WallTime.kept`."""


def chosen_time(manager: DialogManager) -> WallTime | None:
    """When the change is to begin; None for at once."""
    kept = manager.dialog_data.get(STARTS_AT)
    return WallTime.read(kept) if kept else None


def chosen_repeat(manager: DialogManager) -> Repeat | None:
    """On which days it is to begin again; None for once."""
    kept, until = manager.dialog_data.get(RHYTHM), manager.dialog_data.get(UNTIL)
    if chosen_time(manager) is None or not kept or not until:
        return None
    return Repeat(Rhythm.read(kept), date.fromisoformat(until))


def chosen_end(manager: DialogManager) -> WallTime | None:
    """When it is to be taken back; None for never."""
    kept = manager.dialog_data.get(THEN)
    return WallTime.read(kept) if kept else None


def chosen_plan(manager: DialogManager) -> Plan | None:
    """All of it; None where it is to begin at once and stay."""
    at, then = chosen_time(manager), chosen_end(manager)
    if at is None and then is None:
        return None
    here = context_of(manager).now().astimezone(ALMATY)
    begins = WallTime.of(here.date(), here.time()) if at is None else at
    return Plan(begins, chosen_repeat(manager), then, at_once=at is None)


def forget_time(manager: DialogManager) -> None:
    """At once, after all."""
    for key in (STARTS_AT, RHYTHM, UNTIL, ASKS_UNTIL):
        manager.dialog_data.pop(key, None)
