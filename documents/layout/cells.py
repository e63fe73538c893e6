"""What goes into a cell of a workbook.

Names of parties, services and companies come from other people's systems: they may hold a formula,
a control character that makes the file unreadable, or half a surrogate pair that stops the writer.
A text cell is written as text and formatted as text, since a cell of the General format becomes a
formula when somebody edits it.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from account.values.periods import ALMATY

if TYPE_CHECKING:
    from account.values.money import Money

MOMENT = "dd\\.mm\\.yyyy hh:mm:ss"
"""Dots are escaped as Excel writes them: readers in browsers fail over bare ones."""
DAY = "dd\\.mm\\.yyyy"
DURATION = "[h]:mm:ss"
MEGABYTES = "#,##0.000"
PIECES = "#,##0"
MONEY = "#,##0.00"
TEXT = "@"

LONGEST_TEXT = 1000
"""Characters; the writer refuses the whole file over one cell of more than 32,767."""

_DAY = 24 * 60 * 60
_MEGABYTE = 1024 * 1024

_BLANK = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
# Controls, lone surrogates, marks that turn the direction of writing, what XML has no place for.
_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def text(value: str | None) -> str | None:
    """The text on one line, without what a cell cannot hold; None for an empty cell."""
    if not value:
        return None
    if value.isascii() and value.isprintable() and len(value) <= LONGEST_TEXT:
        return value
    return _UNSAFE.sub("", _BLANK.sub(" ", value))[:LONGEST_TEXT] or None


def day(told: str) -> date | None:
    """A day on its way to a cell; None for the word that stands where none is told."""
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None


def moment(at: datetime) -> datetime:
    """An aware moment as Almaty's clock shows it; Excel knows no zones."""
    return at.astimezone(ALMATY).replace(tzinfo=None)


def duration(seconds: int) -> float:
    """Seconds as the part of a day that Excel counts time in."""
    return seconds / _DAY


def megabytes(amount: int) -> float:
    """Bytes as megabytes of 1024 × 1024."""
    return amount / _MEGABYTE


def money(amount: Money) -> float:
    """Tenge; Excel's numbers are binary and hold two decimals exactly as shown up to 10¹³."""
    return amount.tiyn / 100
