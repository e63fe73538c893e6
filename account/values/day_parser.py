"""Days and months as people write them, told from what they may stand between.

The day comes before the month wherever the year does not come first. What could be two things (a
month and a year of two digits, eight digits in a row) is read as neither.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from account.errors.input import DayInvalid
from account.values.identifiers.plain_text import fold

_MONTHS = (
    ("янв", "қаң", "jan"),
    ("фев", "ақп", "feb"),
    ("мар", "нау", "mar"),
    ("апр", "сәу", "apr"),
    ("май", "мая", "мам", "may"),
    ("июн", "мау", "jun"),
    ("июл", "шіл", "jul"),
    ("авг", "там", "aug"),
    ("сен", "қыр", "sep"),
    ("окт", "қаз", "oct"),
    ("ноя", "қар", "nov"),
    ("дек", "жел", "dec"),
)
_WHOLE = (
    r"январ[ьяе]|қаңтар|january|jan",
    r"феврал[ьяе]|ақпан|february|feb",
    r"март[ае]?|наурыз|march|mar",
    r"апрел[ьяе]|сәуір|april|apr",
    r"ма[йяе]|мамыр|may",
    r"июн[ьяе]|маусым|june|jun",
    r"июл[ьяе]|шілде|july|jul",
    r"август[ае]?|тамыз|august|aug",
    r"сентябр[ьяе]|қыркүйек|september|sept?",
    r"октябр[ьяе]|қазан|october|oct",
    r"ноябр[ьяе]|қараша|november|nov",
    r"декабр[ьяе]|желтоқсан|december|dec",
)
"""Where no year stands beside it only the whole name is a month: `маркетинг` is none."""
_NUMBER_OF = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}
"""By the first three letters: no two months of the three languages share them."""

_D, _M, _Y = r"(?P<d>[0-9]{1,2})", r"(?P<m>[0-9]{1,2})", r"(?P<y>[0-9]{4})"
_WORD = rf"(?P<word>(?:{'|'.join(_NUMBER_OF)})[^\W\d_]*)\.?"
_BY = r" ?[./\- ] ?"
_YEAR_WORD = r"(?: ?(?:ж|г|жыл(?:ғы)?|год(?:а)?)\b\.?)?"


def _writings(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<![0-9]){one}{_YEAR_WORD}(?![0-9])") for one in patterns)


_SINGLE = rf"(?P<alone>{'|'.join(_WHOLE)})(?:[дт][ае])?\b\.?"
_LAST = (
    r"(?P<last>(?:last|previous) month|прошл(?:ый|ого|ом) месяце?а?|предыдущ(?:ий|его) месяца?"
    r"|(?:өткен|алдыңғы) ай(?:ды|дың|да)?)\b"
)
_THIS = (
    r"(?P<this>(?:this|current) month|эт(?:от|ого|ом) месяце?а?|текущ(?:ий|его|ем) месяце?а?"
    r"|(?:осы|ағымдағы) ай(?:ды|дың|да)?)\b"
)

_DAYS = _writings(
    f"{_Y}{_BY}{_M}{_BY}{_D}",
    f"{_D}{_BY}{_M}{_BY}{_Y}",
    rf"{_D}\.{_M}\.(?P<yy>[0-9]{{2}})",
    f"{_D}[ -]?{_WORD},? ?{_Y}",
    f"{_WORD} {_D},? {_Y}",
    f"{_Y}{_YEAR_WORD} ?{_D}[ -]?{_WORD}",
)
_MONTHS_OF_YEARS = _writings(
    f"{_Y}{_BY}{_M}",
    f"{_M}{_BY}{_Y}",
    f"{_WORD},? ?{_Y}",
    f"{_Y}{_YEAR_WORD} ?{_WORD}",
)
_NEAR = tuple(map(re.compile, (_SINGLE, _LAST, _THIS)))
"""Months that are told from the day it is."""
_BETWEEN = re.compile(
    r"(?:[\s\-.,;:()\"]|\b(?:с|по|до|и|за|for|from|to|till|until|and|бастап|дейін)\b)*"
)


def days_in(text: str) -> tuple[date, ...]:
    """The days of a text, in its order: `24.01.2022`, `2022-01-24`, `24 января 2022 г.`, `24.1.22`.

    Any day of the calendar. Raises DayInvalid for a text that is anything besides, or has none.
    """
    return tuple(map(_day, _read(_DAYS, text)))


def months_in(text: str, day: date | None = None) -> tuple[date, ...]:
    """The first days of the months of a text: `12.2021`, `2021-12`, `желтоқсан 2021`. Raises as
    `days_in`.

    With the day it is, names without a year and `last month`, too: the latest one of that name, or
    the one before the month that follows in the text (`October to December 2021`).
    """
    if day is None:
        return tuple(_day(parts) for parts in _read(_MONTHS_OF_YEARS, text))
    found: list[date] = []
    end = day
    for parts in reversed(list(_read((*_MONTHS_OF_YEARS, *_NEAR), text))):
        end = _near(parts, day, end)
        found.append(end)
    return tuple(reversed(found))


def _read(writings: tuple[re.Pattern[str], ...], text: str) -> Iterator[dict[str, str | None]]:
    written = re.sub(r"[ \t]+", " ", fold(text)).casefold().strip()
    at = _past_words(written, 0)
    if at == len(written):
        raise DayInvalid
    while at < len(written):
        match = next(filter(None, (one.match(written, at) for one in writings)), None)
        if match is None:
            raise DayInvalid
        yield match.groupdict()
        at = _past_words(written, match.end())


def _near(parts: dict[str, str | None], day: date, end: date) -> date:
    """The first day of a month, which is not after `end` where its year is not told."""
    if parts.get("this"):
        return day.replace(day=1)
    if parts.get("last"):
        return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    name = parts.get("alone")
    if name is None:
        return _day(parts)
    month = next(n for n, names in enumerate(_WHOLE, 1) if re.fullmatch(names, name))
    return date(end.year - (month > end.month), month, 1)


def _past_words(written: str, at: int) -> int:
    """Where what stands between days ends."""
    match = _BETWEEN.match(written, at)
    return at if match is None else match.end()


def _day(parts: dict[str, str | None]) -> date:
    year = parts.get("y") or f"20{parts['yy']}"
    word = parts.get("word")
    month = int(parts["m"] or 0) if word is None else _NUMBER_OF[word[:3]]
    try:
        return date(int(year), month, int(parts.get("d") or 1))
    except ValueError:
        raise DayInvalid from None
