"""Single values of an answer, in every writing that leaves no doubt what is meant.

Numbers and booleans may come as strings, times in any form of RFC 3339. What is computed with is
exact or `Malformed`: never rounded on the way in, never guessed. What is only shown is shown as it
came. A missing value and `null` are the same.

Texts come from outside. They stay plain text, whatever they look like; only signs that no text
needs and that choke a database or turn a line around are dropped, and half a letter becomes U+FFFD.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from account.errors import CarrierNotUnderstood
from account.values.identifiers import Msisdn
from account.values.periods import ALMATY
from carrier.decoding_faults import asked_api
from carrier.tmf.wire import server_times

_UNSAFE = re.compile("[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HALF = re.compile("[\ud800-\udfff]")

LARGEST_WHOLE = 10**18


class Malformed(CarrierNotUnderstood):
    """A value is not what the contract says; `str` names the field, and never holds the value."""

    def __init__(self, why: str) -> None:
        super().__init__(why, asked_api.get())


def text(value: Any, field: str) -> str:
    """A text that must be there; a whole number is one as well. Raises `Malformed`."""
    found = shown(value)
    if found is None or value.__class__ is bool:
        raise Malformed(field)
    return found


def optional_text(value: Any, field: str) -> str | None:
    """A text or a number, None when it is missing or empty. Raises `Malformed` for a structure."""
    if value is not None and isinstance(value, (dict, list)):
        raise Malformed(field)
    return shown(value)


def shown(value: Any) -> str | None:
    """What is only shown, as it came; None for what cannot be."""
    if value.__class__ is not str:
        if value.__class__ is int or value.__class__ is Decimal:
            return str(value)
        if value.__class__ is bool:
            return "true" if value else "false"
        return None
    if not value.isprintable():
        value = _HALF.sub("\ufffd", _UNSAFE.sub("", re.sub(r"[\t\r\n]+", " ", value)))
    return value.strip() or None


def word(value: Any) -> str:
    """A word of a state, a role or a type, to be compared: without case, empty when missing."""
    return value.strip().casefold() if value.__class__ is str else ""


def is_blank(value: Any) -> bool:
    """Whether nothing is told: what is missing, null, or a text without a letter."""
    return value is None or (value.__class__ is str and not value.strip())


_TRUE = frozenset(
    ["true", "t", "yes", "y", "1", "1.0", "on", "enabled", "active", "да", "вкл", "иә"]
)
_FALSE = frozenset(
    ["false", "f", "no", "n", "0", "0.0", "off", "disabled", "inactive", "нет", "выкл", "жоқ"]
)


def flag(value: Any, field: str, *, missing: bool = False) -> bool:
    """A boolean, also in a string. Raises `Malformed`."""
    if value is None or value == "":
        return missing
    if value.__class__ is bool:
        return bool(value)
    said = word(value) if value.__class__ is str else str(value)
    if said in _TRUE:
        return True
    if said in _FALSE:
        return False
    raise Malformed(field)


_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?")


_GROUPED = re.compile(
    r"(?P<minus>[+-]?)(?:"
    r"(?P<whole>[0-9]{1,3}(?P<between>[ \u00a0\u202f'])[0-9]{3}(?:(?P=between)[0-9]{3}){0,6})"
    r"(?:[.,](?P<part>[0-9]{1,30}))?"
    r"|(?P<english>[0-9]{1,3}(?:,[0-9]{3}){1,7})\.(?P<cents>[0-9]{1,30})"
    r"|(?P<comma>[0-9]{1,30}),(?P<after>[0-9]{1,2}|[0-9]{4,30}))"
)
"""A number as people write it: `8 475,90`, `8,475.90`, `8475,9`. `8,475` is in doubt."""


def _in_figures(told: str) -> str:
    written = _GROUPED.fullmatch(told)
    if written is None:
        return told
    whole = written["whole"] or written["english"] or written["comma"]
    part = written["part"] or written["cents"] or written["after"] or "0"
    return f"{written['minus']}{re.sub('[^0-9]', '', whole)}.{part}"


def decimal(value: Any, field: str) -> Decimal:
    """A number, exact, below a trillion trillions; also in a string. Raises `Malformed`."""
    if value.__class__ is str:
        value = value.strip()
        if (
            _NUMBER.fullmatch(value) is None
            and _NUMBER.fullmatch(value := _in_figures(value)) is None
        ):
            raise Malformed(field)
        value = Decimal(value)
    elif value.__class__ is int:
        if abs(value) >= 10**24:
            raise Malformed(field)
        return Decimal(value)
    if value.__class__ is not Decimal or not value.is_finite():
        raise Malformed(field)
    if value and not -30 <= value.adjusted() < 24:
        raise Malformed(field)
    return value


def whole(value: Any, field: str, default: int | None = None) -> int:
    """A whole number, zero or more: `65`, `65.0`, `"65"`. Raises `Malformed`."""
    if value.__class__ is int and 0 <= value < LARGEST_WHOLE:
        return value
    if value is None and default is not None:
        return default
    number = decimal(value, field)
    if number != number.to_integral_value() or not 0 <= number < LARGEST_WHOLE:
        raise Malformed(field)
    return int(number)


def percent(value: Any, field: str) -> int:
    """Whole per cent, also with their sign: `"16.00 %"`. Raises `Malformed`."""
    return whole(_without_sign(value), field)


def rate(value: Any, field: str) -> Decimal:
    """Per cent, also with their sign. Raises `Malformed`, also for a part of one: `0.16` may be
    16 % or not.
    """
    told = decimal(_without_sign(value), field)
    if 0 < told < 1 or told < 0:
        raise Malformed(field)
    return told


def _without_sign(value: Any) -> Any:
    return value.strip().removesuffix("%") if value.__class__ is str else value


_DURATION = re.compile(
    r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,7})M)?(?:(\d{1,9})(?:[.,]0+)?S)?)?", re.ASCII
)


_COUNTED = re.compile(
    r"\s*(\d{1,9})\s*(?:s|sec|secs|seconds|с|сек)\.?\s*", re.ASCII | re.IGNORECASE
)
_CLOCK = re.compile(r"\s*(\d{1,5}):([0-5]\d):([0-5]\d)\s*", re.ASCII)


def seconds(value: Any, field: str) -> int:
    """A time in whole seconds: a number of them, `65 sec`, ISO 8601's `PT1M5S`, or `00:01:05`.

    Raises `Malformed`.
    """
    if value.__class__ is str and (counted := _COUNTED.fullmatch(value)) is not None:
        return int(counted[1])
    if value.__class__ is str and (clock := _CLOCK.fullmatch(value)) is not None:
        hour, minute, second = map(int, clock.groups())
        return (hour * 60 + minute) * 60 + second
    if value.__class__ is str and value[:1] == "P":
        written = _DURATION.fullmatch(value)
        parts = written.groups() if written is not None else ()
        if any(parts):
            days, hours, minutes, rest = (int(part or 0) for part in parts)
            return ((days * 24 + hours) * 60 + minutes) * 60 + rest
        raise Malformed(field)
    return whole(value, field)


def msisdn(value: Any, field: str) -> Msisdn:
    """A number of the network in any writing of E.164, see `Msisdn.told`. Raises `Malformed`."""
    if value.__class__ is int:
        value = str(value)
    try:
        return Msisdn.told(value)
    except (AttributeError, TypeError, ValueError):
        raise Malformed(field) from None


_BASIC = re.compile(
    r"(\d{4})(\d\d)(\d\d)(?:[Tt]?(\d\d)(\d\d)(\d\d(?:[.,]\d+)?)?([Zz]|[+-]\d\d:?(?:\d\d)?)?)?",
    re.ASCII,
)
"""The basic form of ISO 8601: the same without dashes and colons."""
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s?([Zz]|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)


_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
_MIDDLE = 5000


def _within(at: datetime) -> datetime:
    """`at`, but no moment that another zone has no day for: "for ever" is written as 9999-12-31,
    "since ever" as 0001-01-01.
    """
    return at if 1 < at.year < _LAST.year else min(max(at, _FIRST), _LAST)


def moment(value: Any, field: str) -> datetime:
    """A moment as aware UTC, cut to the microsecond. Raises `Malformed`.

    A day alone begins at its midnight, and what has no offset is said, in Almaty.
    """
    try:
        # The writings of the contract, which all but few have: `2026-09-14T10:05:00+05:00`, and
        # `…Z`. As long as the first one is one with a fraction and no offset.
        if len(value) in (25, 20) and (at := datetime.fromisoformat(value)).tzinfo is not None:
            at = at if at.tzinfo is UTC else at.astimezone(UTC)
            return at if 1 < at.year < _LAST.year else _within(at)
    except (TypeError, ValueError, OverflowError):
        pass
    told = server_times.told(value)
    if isinstance(told, datetime):
        return _within(told)
    written = _MOMENT.fullmatch(_extended(told.strip())) if told.__class__ is str else None
    if written is None:
        raise Malformed(field)
    day, hour, minute, second, fraction, offset = written.groups("")
    later = timedelta()
    if hour == "24" and minute == "00" and int(second or 0) == 0 and not int(fraction or 0):
        hour, later = "00", timedelta(days=1)
    if second == "60":
        second = "59"  # a leap second, which no clock here has
    try:
        at = datetime.fromisoformat(f"{day}T{hour or '00'}:{minute or '00'}:{second or '00'}")
        at = at.replace(microsecond=int(fraction[:6].ljust(6, "0"))) + later
    except (ValueError, OverflowError):
        raise Malformed(field) from None
    try:
        return _within(_with_offset(at, offset).astimezone(UTC))
    except ValueError:
        raise Malformed(field) from None
    except OverflowError:
        return _LAST if at.year > _MIDDLE else _FIRST


_DOTTED = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})(.*)", re.ASCII | re.DOTALL)
_SLASHED = re.compile(r"(\d{4})/(\d\d)/(\d\d)(.*)", re.ASCII | re.DOTALL)


def _extended(told: str) -> str:
    """As RFC 3339 writes it, out of `20260914`, `2026/09/14` or `14.09.2026`, as people do here."""
    if (dotted := _DOTTED.fullmatch(told)) is not None:
        first, month, year, rest = dotted.groups()
        return f"{year}-{month}-{first}{rest}"
    if (slashed := _SLASHED.fullmatch(told)) is not None:
        return "-".join(slashed.groups()[:3]) + slashed[4]
    basic = _BASIC.fullmatch(told)
    if basic is None:
        return told
    year, month, day_, hour, minute, second, offset = basic.groups("")
    clock = f"T{hour}:{minute}:{second or '00'}{offset}" if hour else ""
    return f"{year}-{month}-{day_}{clock}"


def _with_offset(at: datetime, offset: str) -> datetime:
    if not offset:
        return at.replace(tzinfo=ALMATY)
    if offset in "Zz":
        return at.replace(tzinfo=UTC)
    digits = offset[1:].replace(":", "").ljust(4, "0")
    east = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if east >= timedelta(days=1):
        raise ValueError("no offset")
    return (at - (east if offset[0] == "+" else -east)).replace(tzinfo=UTC)


def day(value: Any, field: str) -> date:
    """The day of Almaty in which a moment lies. Raises `Malformed`."""
    try:
        return moment(value, field).astimezone(ALMATY).date()
    except OverflowError:
        raise Malformed(field) from None


def optional_day(told: Any) -> date | None:
    """A day that is only shown; None where it is not told or cannot be read."""
    try:
        return None if told is None else day(told, "day")
    except Malformed:
        return None
