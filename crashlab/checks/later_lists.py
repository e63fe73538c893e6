"""What was promised of lists that were confirmed for later, beside what holds for any list.

| Name | Broken when |
|---|---|
| LOST | a list did not come to its end; a number that its list had changed was not taken back |
| DOUBLE | a number that its list had not changed was taken back |
| EARLY | a number took effect before the minute of its list (where no clock was moved) |
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crashlab.actors.later_lists import LaterList
    from crashlab.checks.sets import KnownSet
    from crashlab.world.outside import World


def broken_later_lists(
    world: World, sets: list[KnownSet], *, stepped: bool = False
) -> Iterator[tuple[str, str]]:
    """Every promise about them that was broken, with its name; `stepped`: clocks were moved."""
    known = {one.id: one for one in sets}
    for user in world.set_users:
        for plan in user.later:
            for name, what in _of_one(world, plan, known, stepped=stepped):
                yield name, f"{plan.reference} ({plan.kind} for later): {what}"


def _of_one(
    world: World, plan: LaterList, known: dict[str, KnownSet], *, stepped: bool
) -> Iterator[tuple[str, str]]:
    books, there = world.operator.books, known.get(plan.id)
    if there is None or there.state != "ended":
        yield "LOST", "is not there" if there is None else f"is {there.state} still"
        return
    changed = {each.number for each in there.numbers if each.change and books.effects(each.change)}
    first = known.get(plan.takes_back or "")
    if first is not None:
        before = {one.number for one in first.numbers if one.change and books.effects(one.change)}
        if before - changed:
            yield "LOST", f"{sorted(before - changed)} were not taken back"
        if changed - before:
            yield "DOUBLE", f"{sorted(changed - before)} were taken back"
    for each in () if stepped else there.numbers:
        for order in books.ordered(each.change) if each.change else ():
            if order.applied and order.at < plan.due:
                yield "EARLY", f"{each.number} took effect {plan.due - order.at:.1f} s too soon"
