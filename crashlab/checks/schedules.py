"""What was promised of changes that were confirmed for later, against what began.

| Name | Broken when |
|---|---|
| LOST | a date of a schedule began no change; a schedule is not there, or not as it has to be |
| DOUBLE | a date began more than one change, or one that had to begin nothing began one |
| SILENT | a date that was missed, overtaken or late, and nobody was told |
| LIE | something was said of a schedule about which there was nothing to say |
| EARLY | a change took effect before its minute (where no clock was moved) |
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crashlab.actors.planners import PlannedChange, Planner
    from crashlab.checks.final_state import Change, Database
    from crashlab.world.outside import World

_SCHEDULES = "SELECT id, msisdn, state, at_wall, due, action_id FROM schedules ORDER BY id"


@dataclass(frozen=True)
class KnownSchedule:
    """A schedule as the bot remembers it."""

    id: str
    number: str
    state: str
    at: str
    due: Any
    change: str | None


async def known_schedules(database: Database) -> list[KnownSchedule]:
    """Every one there is."""
    return [KnownSchedule(*row) for row in await database.rows(_SCHEDULES)]


def broken_schedules(
    world: World,
    schedules: list[KnownSchedule],
    changes: list[Change],
    *,
    stepped: bool = False,
    restored: bool = False,
) -> Iterator[tuple[str, str]]:
    """Every promise about them that was broken, with its name; `stepped`: clocks were moved.

    `restored`: backups were put back, after which what had not begun waits for its person.
    """
    known = {one.id: one for one in schedules}
    begun: defaultdict[tuple[int, str], list[Change]] = defaultdict(list)
    for change in changes:
        begun[change.chat_id, change.number].append(change)
    for planner in world.planners:
        wanted = Counter(plan.number for plan in planner.plans for _n in range(plan.fate.begins))
        for plan in () if restored else planner.plans:
            name = f"{plan.reference} ({plan.fate.name}, {plan.number})"
            for kind, what in _of_one(world, planner, plan, known.get(plan.id), stepped=stepped):
                yield kind, f"{name}: {what}"
        for number in planner.numbers:
            there = len(begun[planner.id, number])
            if there > wanted[number] or (there < wanted[number] and not restored):
                name = "LOST" if there < wanted[number] else "DOUBLE"
                yield name, f"{number}: {there} changes began, and {wanted[number]} were due"


def _of_one(
    world: World,
    planner: Planner,
    plan: PlannedChange,
    there: KnownSchedule | None,
    *,
    stepped: bool,
) -> Iterator[tuple[str, str]]:
    if there is None or there.number != plan.number:
        yield "LOST", "is not there"
        return
    fate = plan.fate
    if there.state != fate.state:
        yield "LOST", f"is {there.state}, and has to be {fate.state}"
    elif fate.state == "repeating" and there.at <= f"{plan.at:%Y-%m-%dT%H:%M}":
        yield "LOST", f"has {there.at} as its next date still"
    told = [
        one.text
        for one in planner.chat.said
        if one.kind == "message" and plan.reference in one.text
    ]
    if fate.word and not any(text.startswith(fate.word) for text in told):
        yield "SILENT", f"nobody was told of it by {fate.word}"
    if told and not fate.word and not stepped:
        yield "LIE", f"was told as {told[0]!r}"
    for order in world.operator.books.ordered(there.change) if there.change else ():
        early = timedelta(seconds=plan.due.timestamp() - order.at)
        if order.applied and early > timedelta() and not stepped:
            yield "EARLY", f"took effect {early} before its minute"
