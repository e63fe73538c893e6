"""Days and months as people write them, told from what they may stand between.

The day comes before the month wherever the year does not come first. What could be two things (a
month and a year of two digits, eight digits in a row) is read as neither.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
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


_ENDING = r"(?:[дт][ае]н?|[ғқгк][ае])?\b\.?"
_SINGLE = rf"(?P<alone>{'|'.join(_WHOLE)}){_ENDING}(?: ай(?:ы(?:нда)?)?\b)?"
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
    rf"{_D}(?:st|nd|rd|th)?[ \-/]?{_WORD},?[ \-/]?{_Y}",
    f"{_WORD} {_D}(?:st|nd|rd|th)?,? {_Y}",
    f"{_Y}{_YEAR_WORD} ?{_D}[ -]?{_WORD}",
)
_MONTHS_OF_YEARS = _writings(
    f"{_Y}{_BY}{_M}",
    f"{_M}{_BY}{_Y}",
    f"{_WORD},? ?{_Y}",
    f"{_Y}{_YEAR_WORD} ?{_WORD}",
)
_ORDINAL = r"(?:st|nd|rd|th|-?(?:го|е|і|ші))?"
_NEAR_DAYS = tuple(
    re.compile(one)
    for one in (
        rf"(?<![0-9]){_D}{_ORDINAL}[ -]?(?:of )?{_SINGLE}(?![ -]?[0-9]{{4}})",
        rf"{_SINGLE} {_D}(?:st|nd|rd|th)(?!,? ?[0-9])",
        r"(?P<ago>today|сегодня|бүгін|yesterday|вчера|кеше|позавчера)\b",
    )
)
"""Days that are told from the day it is."""
_AGO = {"yesterday": 1, "вчера": 1, "кеше": 1, "позавчера": 2}
_TWO = re.compile(
    rf"(?<![0-9.])(?P<one>[0-9]{{1,2}}(?:\.[0-9]{{1,2}})?) ?(?:-|по|to|до) ?"
    rf"(?P<two>[0-9]{{1,2}})(?P<rest>\.[0-9]{{1,2}}\.[0-9]{{4}}|[ -]?(?:{'|'.join(_WHOLE)})\b"
    r"(?: [0-9]{4})?)(?![0-9])"
)
"""Two days of one month or year, which is told once: `24-26.01.2026`, `24.01-26.01.2026`."""
_NEAR = tuple(map(re.compile, (_SINGLE, _LAST, _THIS)))
"""Months that are told from the day it is."""
_BETWEEN = re.compile(
    r"(?:[\s\-.,;:()\"]|\b(?:с|от|по|до|и|за|for|from|to|till|until|and|бастап|дейін|года|месяц|(?:[дтн][ае]н|[ғқгк][ае]))\b)*"
)


def days_in(text: str, day: date | None = None, *, ahead: bool = False) -> tuple[date, ...]:
    """The days of a text, in its order: `24.01.2022`, `2022-01-24`, `24 января 2022 г.`, `24.1.22`.

    Any day of the calendar. With the day it is, `yesterday` and days without a year, too: the
    latest one so called, or the one before the day that follows in the text; `ahead`, the next one.
    Raises DayInvalid for a text that is anything besides, or has none.
    """
    if day is None:
        return tuple(map(_day, _read(_DAYS, text)))
    found: list[date] = []
    end = day
    for parts in reversed(list(_read((*_DAYS, *_NEAR_DAYS), text))):
        end = _near_day(parts, day, end, ahead=ahead)
        found.append(end)
    return tuple(reversed(found))


def is_dated(text: str) -> bool:
    """Whether it is written as days or months, of the calendar or not: `12.2021`, `13.2021`."""
    try:
        return bool(list(_read((*_DAYS, *_MONTHS_OF_YEARS), text)))
    except DayInvalid:
        return False


def is_no_day(text: str) -> bool:
    """Whether it is written as days of the calendar, and one of them is none: `31.02.2022`."""
    try:
        written = list(_read(_DAYS, text))
    except DayInvalid:
        return False
    for parts in written:
        try:
            _day(parts)
        except DayInvalid:
            return True
    return False


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
    written = _TWO.sub(_both_written_out, written.replace("\u2026", "-"))
    at = _past_words(written, 0)
    if at == len(written):
        raise DayInvalid
    while at < len(written):
        match = next(filter(None, (one.match(written, at) for one in writings)), None)
        if match is None:
            raise DayInvalid
        yield match.groupdict()
        at = _past_words(written, match.end())


def _both_written_out(found: re.Match[str]) -> str:
    """`24.01.2026 - 26.01.2026` of `24-26.01.2026`."""
    one, two, rest = found["one"], found["two"], found["rest"]
    if "." in one and rest.count(".") != 2:
        return found[0]
    year = rest[rest.rindex(".") :] if "." in one else rest
    return f"{one}{year} - {two}{rest}"


def _near_day(parts: dict[str, str | None], day: date, end: date, *, ahead: bool) -> date:
    """A day; where its year is not told one that is not after `end`, or `ahead`, not before it."""
    if (ago := parts.get("ago")) is not None:
        return day - timedelta(days=_AGO.get(ago, 0))
    name = parts.get("alone")
    if name is None:
        return _day(parts)
    number, month = int(parts["d"] or 0), _number_of(name)
    nine = range(9) if ahead else range(0, -9, -1)  # of each nine years one has a 29 February
    for year in (end.year + more for more in nine):
        with suppress(ValueError):
            found = date(year, month, number)
            if found >= end if ahead else found <= end:
                return found
    raise DayInvalid


def _number_of(name: str) -> int:
    return next(n for n, names in enumerate(_WHOLE, 1) if re.fullmatch(names, name))


def _near(parts: dict[str, str | None], day: date, end: date) -> date:
    """The first day of a month, which is not after `end` where its year is not told."""
    if parts.get("this"):
        return day.replace(day=1)
    if parts.get("last"):
        return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    name = parts.get("alone")
    if name is None:
        return _day(parts)
    month = _number_of(name)
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
