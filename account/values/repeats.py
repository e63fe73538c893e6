"""The days on which a minute of Almaty's clock comes again: daily, on weekdays, monthly (SC-1).

No calendar of working days: they are moved by decree each year, and the next dates are shown.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from account.errors.input import RhythmInvalid
from account.values.identifiers.plain_text import fold
from account.values.wall_times import WallTime, weekday

LONGEST_MONTHS = 12
"""From the day of the confirmation to the end."""
WEEKDAYS = frozenset(range(1, 6))
LAST_DAY, DAYS_OF_WEEK = 31, 7
SHORTEST_MONTH = 28
_DAY = timedelta(days=1)


class Every(StrEnum):
    """How far the dates are apart. Values are persisted."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Which days: every one; those weekdays (1 is Monday); that day of each month.

    A month that is shorter has its last day instead, so that `LAST_DAY` is the last one of each.
    """

    every: Every
    on: frozenset[int] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        ends = {
            Every.DAY: (),
            Every.WEEK: range(1, DAYS_OF_WEEK + 1),
            Every.MONTH: range(1, LAST_DAY + 1),
        }
        fits = len(self.on) == 1 if self.every is Every.MONTH else bool(self.on)
        if not self.on.issubset(ends[self.every]) or (self.every is not Every.DAY and not fits):
            raise ValueError(f"no such days: {sorted(self.on)}")

    @classmethod
    def read(cls, kept: str) -> Rhythm:
        """Of what `kept` wrote. Raises ValueError."""
        every, _blank, on = kept.partition(" ")
        return cls(Every(every), frozenset(map(int, filter(None, on.split(",")))))

    @property
    def kept(self) -> str:
        """As a row keeps it: `day`, `week 1,2,3`, `month 31`."""
        return f"{self.every.value} {','.join(map(str, sorted(self.on)))}".strip()

    def falls_on(self, day: date) -> bool:
        """Whether that day is one of them."""
        if self.every is Every.DAY:
            return True
        if self.every is Every.WEEK:
            return day.isoweekday() in self.on
        last = monthrange(day.year, day.month)[1]
        return day.day == min(next(iter(self.on)), last)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A rhythm with its last day."""

    rhythm: Rhythm
    until: date

    @classmethod
    def read(cls, kept: str) -> Repeat:
        """Of what `kept` wrote. Raises ValueError."""
        rhythm, _blank, until = kept.rpartition(" ")
        return cls(Rhythm.read(rhythm), date.fromisoformat(until))

    @property
    def kept(self) -> str:
        """As a row keeps it: `week 1,2,3 2027-03-01`."""
        return f"{self.rhythm.kept} {self.until.isoformat()}"

    def first(self, at: WallTime) -> WallTime | None:
        """That minute of the first of the days, from that day on; None when all are over."""
        day = at.naive.date()
        while day <= self.until:
            if self.rhythm.falls_on(day):
                return WallTime.of(day, at.naive.time())
            day += _DAY
        return None

    def shifted(self, days: int) -> Repeat | None:
        """The same, each date so many days later; None where that is no rhythm any more."""
        on = self.rhythm.on
        if self.rhythm.every is Every.WEEK:
            on = frozenset((day + days - 1) % DAYS_OF_WEEK + 1 for day in on)
        elif self.rhythm.every is Every.MONTH and days:
            on = frozenset(day + days for day in on)
            if max(on) > SHORTEST_MONTH:
                return None
        return Repeat(Rhythm(self.rhythm.every, on), self.until + days * _DAY)

    def after(self, at: WallTime) -> WallTime | None:
        """The next one; None after the last."""
        return self.first(WallTime(at.naive + _DAY))


def rhythm(typed: str) -> Rhythm:
    """The rhythm of a text: `every day`, `пн-пт`, `Mon, Wed, Fri`, `31`, `last day`.

    Raises `RhythmInvalid` for anything else.
    """
    if fold(typed).casefold().strip(" .!") in _DAILY:
        return Rhythm(Every.DAY)
    text = re.sub(r"\s*[-–—]\s*", "-", fold(typed)).casefold()
    words = [word for word in re.split(r"[\s,.;/+&]+", text) if word not in _FILLERS]
    if (every := _NAMED.get(" ".join(words))) is not None:
        return every
    if len(words) == 1 and words[0].isascii() and words[0].isdigit():
        if _EACH_FEW_DAYS.search(text):
            raise RhythmInvalid
        day = int(words[0])
        if 1 <= day <= LAST_DAY:
            return Rhythm(Every.MONTH, frozenset({day}))
    days: set[int] = set()
    for word in words:
        first, dash, last = word.partition("-")
        begin, end = _weekday(first), _weekday(last if dash else first)
        if end < begin:
            raise RhythmInvalid
        days.update(range(begin, end + 1))
    if not days:
        raise RhythmInvalid
    if len(days) == DAYS_OF_WEEK:
        return Rhythm(Every.DAY)
    return Rhythm(Every.WEEK, frozenset(days))


def _weekday(word: str) -> int:
    """1 for a Monday in any of its forms. Raises `RhythmInvalid`."""
    found = weekday(word) if weekday(word) is not None else _FORMS.get(word)
    if found is None:
        raise RhythmInvalid
    return found + 1


_FILLERS = frozenset(
    {"", "on", "the", "every", "each", "and", "по", "в", "во", "и", "каждый", "каждую", "каждое"}
    | {"каждого", "число", "әр", "әрбір"}
    | {
        "және",
        "сайын",
        "күні",
        "күндері",
        "числа",
        "число",
        "каждого",
        "әр",
        "әрбір",
        "день",
        "day",
        "of",
        "month",
        "месяца",
        "айдың",
    }
)
_FORMS = {
    form: number
    for number, forms in enumerate(
        (
            "mon mondays понедельникам дс",
            "tue tues tuesdays вторникам сс",
            "wed wednesdays средам",
            "thu thur thurs thursdays четвергам бс",
            "fri fridays пятницам жм",
            "sat saturdays субботам сн",
            "sun sundays воскресеньям жс",
        )
    )
    for form in forms.split()
}
_DAILY = frozenset(
    {"daily", "every day", "each day", "ежедневно", "каждый день", "күн сайын", "күнделікті"}
)
_EACH_FEW_DAYS = re.compile(
    r"(?:кажд\w+|every|each)\s+[0-9]+\s+(?:день|day)\b|[0-9]+\s+күн\w*\s+сайын"
)
"""`every 3 day` is no day of the month."""
_NAMED = {
    **dict.fromkeys(("weekdays", "будням", "будни", "жұмыс"), Rhythm(Every.WEEK, WEEKDAYS)),
    **dict.fromkeys(
        ("last", "last monthly", "последний", "последнее", "соңғы"),
        Rhythm(Every.MONTH, frozenset({LAST_DAY})),
    ),
}
"""Without the fillers."""
