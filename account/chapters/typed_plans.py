"""When a typed command is to begin, on which days again, and when it is to be taken back.

`every friday 18:00`, `по будням с 22:00 до 08:00`, `с 20.12 до 08.01`, `20.12-ден 08.01-ге дейін`.
Words of three languages, in the order in which they are said. Of two days without a time each is
meant from its morning on. What is not wholly understood is no plan at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from account.errors.input import RhythmInvalid, TimeInvalid
from account.values.identifiers.plain_text import fold
from account.values.periods import ALMATY
from account.values.repeats import Every, Rhythm, rhythm
from account.values.wall_times import WallTime, wall_time

MORNING = time(8)
_DAY = timedelta(days=1)
_FROM_OF = r"-?(?:нен|нан|ден|дан|тен|тан)(?!\w)| бастап(?!\w)"
_TO_OF = r"(?:-?(?:ге|ға|ке|қа)(?!\w))? дейін(?!\w)"
_SPOKEN = r"[0-9](?:[0-9.:\-]*[0-9])?(?: [0-9]{1,2}:[0-9]{2})?"
_KAZAKH = re.compile(
    rf"(?:(?P<a>{_SPOKEN})(?:{_FROM_OF}) )?(?P<b>{_SPOKEN}){_TO_OF}",
)
_KAZAKH_FROM = re.compile(rf"(?P<a>{_SPOKEN})(?:{_FROM_OF})")
_TO = re.compile(r"(?:^| )(?:до|to|till|until|по(?= [0-9]))(?= )")
_BETWEEN = re.compile(r"(?<=[0-9]) ?[-–—] ?(?=[0-9]{1,2}[.:][0-9]{2})")
_FROM = frozenset({"с", "со", "from"})
_NEAR = re.compile(r"(?<![0-9.:])([0-9]{1,2})\.([0-9]{1,2})(?![0-9]|[.:][0-9])")
_CLOCK = re.compile(r"(?:(?:at|в|во|сағат) )?([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
_AGAIN = frozenset(
    {"every", "each", "daily", "weekdays", "ежедневно", "каждый", "каждую", "каждое", "каждого"}
    | {"будням", "сайын", "әр", "әрбір", "күнделікті"}
)
_EVERY = re.compile(
    r"(?:понедельник|вторник|сред|четверг|пятниц|суббот|воскресень)(?:ам|ям)|[a-z]+days"
)
_DAYS = re.compile(r"[^\W\d]+[-–—][^\W\d]+")
_LONGEST = 8
"""Words of a text about days."""


@dataclass(frozen=True, slots=True)
class TypedPlan:
    """What was typed of it; None for what was not. Of days that repeat `then` is a time alone."""

    at: WallTime | None = None
    rhythm: Rhythm | None = None
    until: date | None = None
    then: WallTime | None = None


def typed_plan(words: str, now: datetime) -> TypedPlan | None:
    """The plan of a text that repeats or ends; None for any other, and for a time alone."""
    text = re.sub(r"\s+", " ", fold(words)).casefold().strip(" .!")
    text = _KAZAKH.sub(_in_russian_order, text)
    text = _KAZAKH_FROM.sub(lambda one: f"с {one['a']}", text)
    text = _BETWEEN.sub(" до ", text)
    ends = list(_TO.finditer(text))
    if len(ends) > 2:
        return None
    parts = [text[: ends[0].start()] if ends else text]
    for n, end in enumerate(ends):
        parts.append(text[end.end() : ends[n + 1].start() if n + 1 < len(ends) else None])
    begins, *others = (part.split() for part in parts)
    days, begins = _days_of(begins)
    for n, other in enumerate(others):
        if days is None:
            days, others[n] = _days_of(other)
    if days is None and len(others) != 1:
        return None
    return _plan(begins, days, others, now)


def _in_russian_order(found: re.Match[str]) -> str:
    begins = f"с {found['a']} " if found["a"] else ""
    return f"{begins}до {found['b']}"


def _plan(
    begins: list[str], days: Rhythm | None, others: list[list[str]], now: datetime
) -> TypedPlan | None:
    here = now.astimezone(ALMATY).date()
    begun = _moment([one for one in begins if one not in _FROM], here, now)
    if begun is None:
        return None
    on, at = begun
    until: date | None = None
    then: WallTime | None = None
    if days is None:
        ended = _moment(others[0], on or here, now)
        if ended is None or ended == (None, None):
            return None
        end_on, end_at = ended
        if on is None and at is None:
            return TypedPlan(then=_of(end_on or here, end_at, now))
        first = _of(on or here, at, now)
        then = WallTime.of(end_on or first.naive.date(), end_at or MORNING)
        if then <= first and end_on is None:
            then = WallTime(then.naive + _DAY)
        return TypedPlan(first, then=then)
    for other in others:
        ended = _moment(other, on or here, now)
        if ended is None:
            return None
        end_on, end_at = ended
        if end_on is not None and until is None and end_at is None:
            until = end_on
        elif end_at is not None and then is None and end_on is None:
            then = WallTime.of(here, end_at)
        else:
            return None
    if at is None:
        return TypedPlan(None, days, until) if on is None and then is None else None
    begin = _of(on or here, at, now)
    while not days.falls_on(begin.naive.date()):
        begin = WallTime(begin.naive + _DAY)
    return TypedPlan(begin, days, until, then)


def _of(day: date, at: time | None, now: datetime) -> WallTime:
    found = WallTime.of(day, at or MORNING)
    today = now.astimezone(ALMATY).date()
    return WallTime(found.naive + _DAY) if found.moment <= now and day == today else found


def _days_of(words: list[str]) -> tuple[Rhythm | None, list[str]]:
    """The longest run of words that are days which come again, and the words beside it."""
    for length in range(min(len(words), _LONGEST), 0, -1):
        for begin in range(len(words) - length + 1):
            run = words[begin : begin + length]
            if not _is_again(run):
                continue
            try:
                found = rhythm(" ".join(run))
            except RhythmInvalid:
                continue
            return found, words[:begin] + words[begin + length :]
    return None, words


def _is_again(run: list[str]) -> bool:
    """Whether such words can mean more than one day."""
    return (
        not _AGAIN.isdisjoint(run)
        or any(_EVERY.fullmatch(word) or _DAYS.fullmatch(word) for word in run)
        or sum(_is_weekday(word) for word in run) > 1
    )


def _is_weekday(word: str) -> bool:
    try:
        return rhythm(word).every is Every.WEEK
    except RhythmInvalid:
        return False


def _moment(words: list[str], day: date, now: datetime) -> tuple[date | None, time | None] | None:
    """The day and the time of some words, each where it is told; None where they are neither."""
    text = " ".join(words)
    if not text:
        return None, None
    near = _NEAR.search(text)
    if near is not None and (found := _next(int(near[1]), int(near[2]), day)) is not None:
        text = f"{text[: near.start()]}{found:%d.%m.%Y}{text[near.end() :]}"
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        return None, time(int(clock[1]), int(clock[2]))
    for tail, timed in (("", True), (" 08:00", False)):
        try:
            at = wall_time(text + tail, now)
        except TimeInvalid:
            continue
        return at.naive.date(), at.naive.time() if timed else None
    return None


def _next(day: int, month: int, after: date) -> date | None:
    """The next such day of the year from that day on; None for one that no year has."""
    for year in range(after.year, after.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= after:
            return found
    return None
