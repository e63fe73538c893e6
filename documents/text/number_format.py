"""Figures as people of a language read them, where no office program formats them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from account.kazakhstan.currency import SIGN
from account.values.identifiers import Msisdn
from account.values.languages import language_of

_NBSP = "\u00a0"
_ENDLESS = re.compile(r"\S{26,}")
_STEP = re.compile(r"[^-]{1,8}-?|-")
"""Where a long word may be broken: behind its hyphens, and in a part without them."""
_BEFORE_UNIT = re.compile(
    rf"(?<=[^\s]) (?=[{SIGN}%](?:\W|$))"
    r"|(?<=№) (?=\S)"
    r"|(?<=[0-9]) (?=(?:[kKMGкКМГ][bBбБ]|pcs|шт|дана|min|мин|sec|сек|km|км)\b)"
    r"|(?<=,) (?=[^\W\d_]{1,3}\.?$)"
)
"""Spaces between a figure or a word and what it is counted in; a heading ends with its unit."""
_PART = "\0"
"""No text has it: `cells.text` takes it out."""


def shown(kind: str, value: Any, language: str) -> str:
    """A cell as people of that language read it."""
    match kind, value:
        case _, None:
            return ""
        case "moment", str():
            return _dated(value, "%d.%m.%Y %H:%M:%S")
        case "day", str():
            return _dated(value, "%d.%m.%Y")
        case "phone", str():
            # The word of a totals row stands in such a column, too.
            return Msisdn(value).shown if value.isdecimal() else value
        case "money", _:
            whole, tiyn = divmod(abs(value), 100)
            return language_of(language).figures(f"{'-' if value < 0 else ''}{whole:,}.{tiyn:02}")
        case "megabytes", _:
            thousandths = round(value * 1000 / (1024 * 1024))
            whole, rest = divmod(thousandths, 1000)
            return language_of(language).figures(f"{whole:,}.{rest:03}")
        case "duration", _:
            return f"{value // 3600}:{value // 60 % 60:02}:{value % 60:02}"
        case "pieces", _:
            return count(value, language)
        case _:
            return str(value)


def breakable(text: str) -> str | dict[str, list[str]]:
    """A word longer than a column in pieces, between which print may break the line.

    Not by a sign of no width in the text: who copies a number out of the file must get the number.
    """
    if not _ENDLESS.search(text):
        return text
    return {"broken": _ENDLESS.sub(_parted, text).split(_PART)}


def bound(text: str) -> str:
    """The text with no-break spaces where a line must not end: before a sign or unit that would
    stand alone on the next one (`Debit, ₸`, `16 %`, `5 МБ`), and between `№` and its number.
    """
    return _BEFORE_UNIT.sub(_NBSP, text)


def _parted(word: re.Match[str]) -> str:
    return _PART.join(_STEP.findall(word[0]))


def count(number: int, language: str) -> str:
    """`12 345` with no-break spaces; in English `12,345`."""
    return language_of(language).figures(f"{number:,}")


def _dated(value: str, form: str) -> str:
    """The word of a totals row stands in a column of dates, too."""
    try:
        return datetime.fromisoformat(value).strftime(form)
    except ValueError:
        return value
