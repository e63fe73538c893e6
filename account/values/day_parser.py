"""Days and months as people write them, told from what they may stand between.

The day comes before the month wherever the year does not come first. What could be two things (a
month and a year of two digits, eight digits in a row) is read as neither.
"""

import re
from collections.abc import Iterator
from datetime import date

from account.errors.typed import DayInvalid
from account.values.identifiers.typed import fold

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
_NUMBER_OF = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}
"""By the first three letters: no two months of the three languages share them."""

_D, _M, _Y = r"(?P<d>[0-9]{1,2})", r"(?P<m>[0-9]{1,2})", r"(?P<y>[0-9]{4})"
_WORD = rf"(?P<word>(?:{'|'.join(_NUMBER_OF)})[^\W\d_]*)\.?"
_BY = r" ?[./\- ] ?"
_YEAR_WORD = r"(?: ?(?:ж|г|жыл(?:ғы)?|год(?:а)?)\b\.?)?"


def _writings(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<![0-9]){one}{_YEAR_WORD}(?![0-9])") for one in patterns)


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
_BETWEEN = re.compile(r"(?:[\s\-.,;:()\"]|\b(?:с|по|до|и|from|to|till|until|and|бастап|дейін)\b)*")


def days_in(text: str) -> tuple[date, ...]:
    """The days of a text, in its order: `24.01.2022`, `2022-01-24`, `24 января 2022 г.`, `24.1.22`.

    Any day of the calendar. Raises DayInvalid for a text that is anything besides, or has none.
    """
    return tuple(_read(_DAYS, text))


def months_in(text: str) -> tuple[date, ...]:
    """The first days of the months of a text: `12.2021`, `2021-12`, `желтоқсан 2021`. Raises as
    `days_in`.
    """
    return tuple(_read(_MONTHS_OF_YEARS, text))


def _read(writings: tuple[re.Pattern[str], ...], text: str) -> Iterator[date]:
    written = re.sub(r"[ \t]+", " ", fold(text)).casefold().strip()
    at = _past_words(written, 0)
    if at == len(written):
        raise DayInvalid
    while at < len(written):
        match = next(filter(None, (one.match(written, at) for one in writings)), None)
        if match is None:
            raise DayInvalid
        yield _day(match.groupdict())
        at = _past_words(written, match.end())


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
