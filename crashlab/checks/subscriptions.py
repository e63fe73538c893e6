"""What was promised of monthly papers: of each month that was due one order, and no other.

What becomes of an order is judged as of all documents (`crashlab.actors.document_users`).

| Name | Broken when |
|---|---|
| LOST | a month was dealt with and not ordered, or neither dealt with nor put off |
| DOUBLE | a month was ordered twice, or another one, or by a subscription that has ended |
| SILENT | months were missed, or have no bills yet, and nobody was told |
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crashlab.actors.subscribers import Subscriber
    from crashlab.checks.final_state import Database, OrderedDocument
    from crashlab.world.outside import World

_SUBSCRIPTIONS = "SELECT id, month, state, due, waits_since FROM subscriptions ORDER BY id"
CALENDAR = "🗓"


@dataclass(frozen=True)
class KnownSubscription:
    """A subscription as the bot remembers it. `due`: microseconds, UTC."""

    id: str
    month: str
    state: str
    due: int
    waits_since: int | None = None


async def known_subscriptions(database: Database) -> list[KnownSubscription]:
    """Every one there is."""
    return [KnownSubscription(*row) for row in await database.rows(_SUBSCRIPTIONS)]


def broken_subscriptions(
    world: World,
    subscriptions: Sequence[KnownSubscription],
    papers: Sequence[OrderedDocument],
    *,
    restored: bool = False,
) -> Iterator[tuple[str, str]]:
    """Every promise about them that was broken; where backups were put back, what was ordered in
    the time that is lost is ordered once more.
    """
    known = {one.id: one for one in subscriptions}
    for one in () if restored else world.subscribers:
        name = f"register of {one.company_id} ({one.way})"
        ordered = [
            months
            for paper in papers
            if paper.chat_id == one.id
            for months in [set(json.loads(paper.parameters).values())]
        ]
        there = known.get(one.subscription)
        if there is None or there.state != one.state:
            yield "LOST", f"{name}: is {there and there.state}, and has to be {one.state}"
        else:
            yield from ((kind, f"{name}: {what}") for kind, what in _of_one(one, there, ordered))


def _of_one(
    one: Subscriber, there: KnownSubscription, ordered: list[set[str]]
) -> Iterator[tuple[str, str]]:
    done = there.month == one.month and one.state == "active" and one.billed
    if done and not ordered:
        yield "LOST", f"{one.month} was not ordered"
    if len(ordered) > done or any(months != {one.month} for months in ordered):
        yield "DOUBLE", f"{sorted(map(sorted, ordered))} were ordered, and {one.month} was due"
    put_off = there.month == one.before and there.due != int(one.due.timestamp()) * 10**6
    if one.state == "active" and not done and not put_off:
        yield "LOST", f"{one.month} was neither dealt with nor put off: {there}"
    words = done if one.way == "missed" else there.waits_since is not None
    if words and not any(said.text.startswith(CALENDAR) for said in one.chat.said):
        yield "SILENT", "nobody was told"
