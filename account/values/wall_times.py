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
_HOUR = re.compile(
    r"(?:(?<=\bat )|(?<=\bв )|(?<=\bсағат ))(?P<a>[01]?[0-9]|2[0-3])(?: ?ч(?:ас(?:а|ов)?)?)?\.?$"
    r"|(?<![0-9.:])(?P<b>(?:[01]?[0-9]|2[0-3])(?= ?[ap]m\b)|(?:1[3-9]|2[0-3])(?= ?ч\b)) ?ч?\.?"
)
"""An hour alone. `2 ч` may be in two hours as well."""
_CLOCK = re.compile(r"(?<![0-9.:\-])([01]?[0-9]|2[0-3])[- ]([0-5][0-9])$")
_SPAN = re.compile(
    r"(?:(?:через|in) )?(?P<n>[0-9]{1,3}) ?"
    r"(?:(?P<h>час(?:а|ов)?|ч\.?|hours?|сағат(?:тан)?)|мин(?:ут(?:у|ы|тан)?)?\.?|minutes?)"
    r"(?: (?:кейін|соң))?"
)
_DAYS_AHEAD = {
    **dict.fromkeys(("today", "сегодня", "бүгін", "бугин", "tonight"), 0),
    **dict.fromkeys(("tomorrow", "завтра", "ертең", "ертен"), 1),
    **dict.fromkeys(("послезавтра", "бүрсігүні"), 2),
}
_WEEKDAYS = (
    frozenset({"monday", "понедельник", "пн", "дүйсенбі", "дуйсенби"}),
    frozenset({"tuesday", "вторник", "вт", "сейсенбі", "сейсенби"}),
    frozenset({"wednesday", "среда", "среду", "ср", "сәрсенбі", "сарсенби"}),
    frozenset({"thursday", "четверг", "чт", "бейсенбі", "бейсенби"}),
    frozenset({"friday", "пятница", "пятницу", "пт", "жұма", "жума"}),
    frozenset({"saturday", "суббота", "субботу", "сб", "сенбі", "сенби"}),
    frozenset({"sunday", "воскресенье", "вс", "жексенбі", "жексенби"}),
)
"""From Monday on."""
_FILLERS = frozenset({"at", "on", "в", "во", "на", "к", "сағат", "сагат", "күні", "куни", ""})
_BEFORE_NOON = frozenset({"am", "утра", "таңғы"})
_AFTER_NOON = frozenset({"pm", "вечера", "дня", "кешкі"})
_DAY = timedelta(days=1)
_YEARS = range(1900, 2200)
"""Others are slips of the finger, and no zone has moments at the ends of the calendar."""
_MORNING = time(8)


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

    A time without a day is the next one to come, `Monday` the next one after today. Raises
    `TimeInvalid` for anything else.
    """
    try:
        return _read(typed, now)
    except DayInvalid:
        tomorrow = now.astimezone(ALMATY).date() + _DAY
        raise TimeInvalid(WallTime.of(tomorrow, _MORNING).shown) from None


def _read(typed: str, now: datetime) -> WallTime:
    """Raises DayInvalid."""
    text = re.sub(r"\s+", " ", fold(typed)).casefold().strip(" .!")
    here = now.astimezone(ALMATY)
    span = _SPAN.fullmatch(text)
    if span is not None and re.search("^(?:через|in)|(?:кейін|соң)$", text):
        return _after(here, int(span["n"]) * (60 if span["h"] else 1))
    text = re.sub(r"(?<=[0-9])t(?=[0-9])|(?<=[0-9])-?[дт][ае]\b", " ", text)
    text = _CLOCK.sub(r"\1:\2", text)
    if _TIME.search(text) is None:
        text = _HOUR.sub(lambda hour: f"{hour['a'] or hour['b']}:00 ", text)
    found = list(_TIME.finditer(text))
    if len(found) != 1:
        raise DayInvalid
    rest = f"{text[: found[0].start()]} {text[found[0].end() :]}".strip(" ,")
    words = [word.strip(",.") for word in rest.split()]
    left = [word for word in words if word not in _FILLERS | _BEFORE_NOON | _AFTER_NOON]
    at = time(_hour(int(found[0]["h"]), words), int(found[0]["m"]))
    if not left:
        day = here.date()
        soonest = WallTime.of(day, at)
        return soonest if soonest.moment > now else WallTime.of(day + _DAY, at)
    if len(left) == 1 and left[0] in _DAYS_AHEAD:
        return WallTime.of(here.date() + _DAYS_AHEAD[left[0]] * _DAY, at)
    if len(left) == 1 and (ahead_to := weekday(left[0])) is not None:
        ahead = (ahead_to - here.weekday()) % 7 or 7
        return WallTime.of(here.date() + ahead * _DAY, at)
    days = days_in(" ".join(left), here.date(), ahead=True)
    if len(days) != 1 or days[0].year not in _YEARS:
        raise DayInvalid
    return WallTime.of(days[0], at)


def weekday(word: str) -> int | None:
    """0 for a Monday, by its name in the three languages; None for another word."""
    return next((n for n, names in enumerate(_WEEKDAYS) if word in names), None)


def _hour(hour: int, words: list[str]) -> int:
    """Of 24, where the words may count but 12. Raises DayInvalid."""
    before, after = _BEFORE_NOON & set(words), _AFTER_NOON & set(words)
    if not before and not after:
        return hour
    if (before and after) or not 1 <= hour <= 11:
        raise DayInvalid
    return hour + 12 if after else hour


def _after(here: datetime, minutes: int) -> WallTime:
    """So many minutes from now, the minute that has begun counted as gone."""
    moment = (here + timedelta(minutes=minutes + 1)).astimezone(UTC).astimezone(ALMATY)
    return WallTime.of(moment.date(), moment.time())
