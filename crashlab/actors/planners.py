"""Who has confirmed changes for later: blocks of their numbers, due in the run, long ago or never.

Each number has a plan of its own (but for one that a later plan overtakes), so that what was begun
for a number was begun of that plan. Nothing is typed or pressed: what a plan becomes is the
program's alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crashlab.world.chats import Chat
from crashlab.world.telegram import Telegram

ALMATY = ZoneInfo("Asia/Almaty")
SOON_WITHIN = 40
"""Seconds to the next minute at most: with more of them nobody would wait for it."""
LATE, MISSED, FUTURE = timedelta(hours=3), timedelta(hours=20), timedelta(hours=30)
"""Farther from the twelve hours of the product than any clock is set."""
UNTIL = timedelta(days=10)
NOT_DONE, BEGINS_LATE = "⚠️", "⏰"
"""How messages begin."""


@dataclass(frozen=True)
class Fate:
    """What has to become of `count` plans: so many changes each (`begins`), that state, and a
    message that begins with `word`, or none.

    They are due now or at the next minute (`soon`), and `ahead` of that. Of daily ones the first
    date is the `last` one as well, or the second one is skipped. `overtaken`: another plan of the
    number is due an hour later.
    """

    name: str
    count: int
    begins: int
    state: str
    ahead: timedelta = timedelta()
    soon: bool = False
    was: str = "scheduled"
    word: str = ""
    daily: bool = False
    last: bool = False
    skips: bool = False
    overtaken: bool = False


FATES = (
    Fate("due", 5, 1, "begun"),
    Fate("due soon", 5, 1, "begun", soon=True),
    Fate("late", 3, 1, "begun", -LATE, word=BEGINS_LATE),
    Fate("missed", 2, 0, "missed", -MISSED, word=NOT_DONE),
    Fate("overtaken", 2, 0, "overtaken", -LATE, word=NOT_DONE, overtaken=True),
    Fate("suspended", 1, 0, "missed", was="suspended", word=NOT_DONE),
    Fate("cancelled", 2, 0, "cancelled", was="cancelled"),
    Fate("far", 1, 0, "scheduled", FUTURE),
    Fate("daily", 3, 1, "repeating", -timedelta(days=2), was="repeating", daily=True),
    Fate("daily soon", 3, 1, "repeating", soon=True, was="repeating", daily=True),
    Fate(
        "skipping",
        2,
        0,
        "repeating",
        -timedelta(days=1),
        was="repeating",
        word=NOT_DONE,
        daily=True,
        skips=True,
    ),
    Fate("last", 2, 1, "begun", was="repeating", daily=True, last=True),
    Fate("stopped", 1, 0, "stopped", was="stopped", daily=True),
)
OVERTAKING = Fate("overtaking", 0, 1, "begun", word=BEGINS_LATE)
NUMBERS = sum(fate.count for fate in FATES)
"""So many a planner needs."""


@dataclass(frozen=True)
class PlannedChange:
    """A block that was confirmed for later. `at` and `skipped` are minutes on Almaty's clock."""

    id: str
    reference: str
    number: str
    fate: Fate
    at: datetime
    was: str
    repeats: str | None = None
    skipped: tuple[datetime, ...] = ()

    @property
    def due(self) -> datetime:
        """The moment."""
        return self.at.replace(tzinfo=ALMATY)


@dataclass
class Planner:
    """An administrator in a company of their own."""

    id: int
    phone: str
    administrator_id: str
    company_id: str
    numbers: list[str]
    telegram: Telegram
    was: Sequence[str] = ()
    coded: Sequence[str] = ()
    plans: list[PlannedChange] = field(default_factory=list)

    @property
    def chat(self) -> Chat:
        """The chat with the bot."""
        return self.telegram.chat(self.id)

    def plan(self, now: datetime) -> None:
        """Have everything planned as if it had been confirmed days ago. `now` is aware."""
        here = now.astimezone(ALMATY).replace(tzinfo=None)
        minute = here.replace(second=0, microsecond=0)
        soon = minute + timedelta(minutes=1)
        if soon - here > timedelta(seconds=SOON_WITHIN):
            soon = minute
        free = iter(self.numbers)
        for fate in FATES:
            for _time in range(fate.count):
                number = next(free)
                at = (soon if fate.soon else minute) + fate.ahead
                self._add(number, fate, at)
                if fate.overtaken:
                    self._add(number, OVERTAKING, at + timedelta(hours=1))

    def _add(self, number: str, fate: Fate, at: datetime) -> None:
        until = at.date() if fate.last else (at + UNTIL).date()
        n = len(self.plans) + 1
        self.plans.append(
            PlannedChange(
                id=f"plan-{self.id}-{n}",
                reference=f"P-20220124-{self.id % 1000}{n:03}",
                number=number,
                fate=fate,
                at=at,
                was=fate.was,
                repeats=f"day {until.isoformat()}" if fate.daily else None,
                skipped=(at + timedelta(days=1),) if fate.skips else (),
            )
        )
