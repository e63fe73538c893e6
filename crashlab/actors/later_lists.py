"""Lists that were confirmed days ago: for now, for the next minute, and what takes one back then.

Nothing is pressed: they are rows from before the run. The numbers are nobody else's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crashlab.actors.set_users import SetUser

ALMATY = ZoneInfo("Asia/Almaty")
IN_ONE = 4
LATE = timedelta(hours=3)
"""Farther from the twelve hours of the product than any clock is set."""
SOON_WITHIN = 45
"""Seconds to the next minute at most: with more of them nobody would wait for it."""


@dataclass(frozen=True)
class LaterList:
    """One of them; `begins` is a minute on Almaty's clock, `takes_back` the id of another."""

    id: str
    reference: str
    kind: str
    numbers: tuple[str, ...]
    begins: datetime
    takes_back: str | None = None

    @property
    def due(self) -> float:
        """The moment, in Unix seconds."""
        return self.begins.replace(tzinfo=ALMATY).timestamp()


def plan_lists(user: SetUser, now: datetime) -> list[LaterList]:
    """A block that is late, the unblock that takes it back at the next minute, and a block of then.

    Of numbers that are theirs alone. `now` is aware. Who only approves has none.
    """
    if len(user.numbers) < 3 * IN_ONE:
        return []
    numbers, others = tuple(user.numbers[-IN_ONE:]), tuple(user.numbers[-2 * IN_ONE : -IN_ONE])
    del user.numbers[-2 * IN_ONE :]
    here = now.astimezone(ALMATY).replace(tzinfo=None)
    minute = here.replace(second=0, microsecond=0)
    soon = minute + timedelta(minutes=1)
    if soon - here > timedelta(seconds=SOON_WITHIN):
        soon = minute
    late, back, then = (f"S-202201{day}-{user.id % 10_000:04}" for day in (24, 25, 26))
    first = LaterList(f"late-{user.id}", late, "block", numbers, minute - LATE)
    return [
        first,
        LaterList(f"back-{user.id}", back, "unblock", numbers, soon, first.id),
        LaterList(f"then-{user.id}", then, "block", others, soon),
    ]
