"""Moments as the libraries of servers write them without being told how."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

from account.values.periods import ALMATY

_NAMED_ZONE = re.compile(r"(.*(?:[Zz]|[+-]\d\d:?\d\d))\[[A-Za-z0-9_/+-]{1,40}\]", re.ASCII)
_ZULU = re.compile(r"(.*\d)\s?(?:UTC|GMT)", re.ASCII | re.IGNORECASE)
_OF_NET = re.compile(r"/Date\((\d{12,13})(?:[+-]\d{4})?\)/", re.ASCII)
_MILLISECONDS = re.compile(r"\d{13}", re.ASCII)
_MAIL = re.compile(
    r"(?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d:\d\d "
    r"(?:GMT|UTC|\+\d{4}|-(?!0000)\d{4})",
    re.ASCII,
)
_SINCE_1970, _TO_2100 = 946_684_800, 4_102_444_800
"""Seconds from 1970 to 2000, and to 2100: a number between is a moment, in seconds or, a thousand
times as much, in milliseconds; any other is none.
"""


def told(value: Any) -> Any:
    """A moment as aware UTC, or the text in which it may be one; None for what is neither.

    Read are seconds or milliseconds since 1970, `/Date(…)/`, `[2026, 9, 14, 10, 5]` in Almaty, the
    name of a zone behind its offset, `UTC` for `Z`, and the form of mail and HTTP.
    """
    if value.__class__ is str:
        text = value.strip()
        if (named := _NAMED_ZONE.fullmatch(text)) is not None:
            return named[1]
        if _MAIL.fullmatch(text) is not None:
            try:
                return parsedate_to_datetime(text).astimezone(UTC)
            except (ValueError, OverflowError):
                return None
        if (zulu := _ZULU.fullmatch(text)) is not None:
            return f"{zulu[1]}Z"
        if (of_net := _OF_NET.fullmatch(text)) is not None:
            return _since_1970(Decimal(of_net[1]))
        return _since_1970(Decimal(text)) if _MILLISECONDS.fullmatch(text) is not None else text
    if value.__class__ in (int, Decimal):
        return _since_1970(Decimal(value))
    if (
        value.__class__ is list
        and 3 <= len(value) <= 7
        and {one.__class__ for one in value} == {int}
    ):
        *whole, nanoseconds = (*value, 0) if len(value) < 7 else value
        try:
            year, month, day, hour, minute, second = (*whole, 0, 0, 0)[:6]
            micro = nanoseconds // 1000
            at = datetime(year, month, day, hour, minute, second, micro, ALMATY)
            return at.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
    return None


def _since_1970(told: Decimal) -> datetime | None:
    if not told.is_finite():
        return None
    for each in (1, 1000):
        if _SINCE_1970 <= (seconds := told / each) < _TO_2100:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds * 10**6))
    return None
