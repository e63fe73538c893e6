"""A minute on Almaty's clock, as people plan by it (SC-2).

What is planned is the time on the wall and the zone; the moment is derived when it is needed, since
a zone's rules change: what was planned in February 2024 for 01.03.2024 08:00 is due at 03:00 UTC,
not at 02:00.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from account.errors.input import DayInvalid, TimeInvalid
from account.values.day_parser import days_in
from account.values.identifiers.plain_text import fold
from account.values.periods import ALMATY, shown_day

_TIME = re.compile(r"(?<![0-9.])(?P<h>[01]?[0-9]|2[0-3])[:.](?P<m>[0-5][0-9])(?![0-9.])")
_TODAY = frozenset({"today", "сегодня", "бүгін", "бугин"})
_TOMORROW = frozenset({"tomorrow", "завтра", "ертең", "ертен"})
_FILLERS = frozenset({"at", "on", "в", "во", "на", "сағат", "сагат", "күні", "куни", ""})
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class WallTime:
    """A day and a minute in Almaty; `naive` has no zone and no seconds."""

    naive: datetime

    @classmethod
    def of(cls, day: date, at: time) -> WallTime:
        """That minute of that day."""
        return cls(datetime.combine(day, at.replace(second=0, microsecond=0, tzinfo=None)))

    @classmethod
    def read(cls, kept: str) -> WallTime:
        """Of what `kept` wrote."""
        return cls(datetime.fromisoformat(kept))

    @property
    def kept(self) -> str:
        """As a row keeps it: `2026-12-01T22:00`."""
        return self.naive.isoformat(timespec="minutes")

    @property
    def shown(self) -> str:
        """`01.12.2026 22:00`."""
        return f"{shown_day(self.naive.date())} {self.naive:%H:%M}"

    @property
    def moment(self) -> datetime:
        """When that is (aware, UTC), by the zone's rules as they are known now.

        Of a minute that comes twice the first; for one that does not exist the next that does.
        """
        wall = self.naive
        while True:
            moment = wall.replace(tzinfo=ALMATY, fold=0).astimezone(UTC)
            if moment.astimezone(ALMATY).replace(tzinfo=None) == wall:
                return moment
            wall += timedelta(minutes=1)


def wall_time(typed: str, now: datetime) -> WallTime:
    """The time of a text: `22:00`, `tomorrow 8:00`, `завтра 22:00`, `01.12.2026 08:00`.

    A time without a day is the next one to come. Raises `TimeInvalid` for anything else.
    """
    text = re.sub(r"\s+", " ", fold(typed)).casefold().strip()
    found = list(_TIME.finditer(text))
    if len(found) != 1:
        raise TimeInvalid
    at = time(int(found[0]["h"]), int(found[0]["m"]))
    rest = f"{text[: found[0].start()]} {text[found[0].end() :]}".strip(" ,")
    here = now.astimezone(ALMATY)
    words = [word.strip(",.") for word in rest.split()]
    left = [word for word in words if word not in _FILLERS]
    if not left:
        day = here.date()
        soonest = WallTime.of(day, at)
        return soonest if soonest.moment > now else WallTime.of(day + _DAY, at)
    if len(left) == 1 and left[0] in _TODAY:
        return WallTime.of(here.date(), at)
    if len(left) == 1 and left[0] in _TOMORROW:
        return WallTime.of(here.date() + _DAY, at)
    try:
        days = days_in(" ".join(left))
    except DayInvalid:
        raise TimeInvalid from None
    if len(days) != 1:
        raise TimeInvalid
    return WallTime.of(days[0], at)
