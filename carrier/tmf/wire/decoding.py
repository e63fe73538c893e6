"""Rows out of the body of an answer: as structs at once, and one by one when that fails.

The fast way decodes a whole list into structs and refuses it whole for one wrong row, for half a
letter, for a bare NaN. So after any failure halves of letters are made U+FFFD and each row is taken
alone: as a struct, or without types, with `json` where the strict decoder gives up, and out of the
text of the body when even that does. What then fits no struct is `Unread`: it names the field and
knows whose it is, if that could be read. A struct names in `tolerated` what may be odd without
that: it is left away, and the row is read.

A row that is no object at all is nobody's, and is dropped; a list without one object in it is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar, cast

import msgspec

from carrier.tmf.wire.parts import Owned, RelatedParty
from carrier.tmf.wire.values import Malformed

Item: TypeAlias = Mapping[str, Any]
Row = TypeVar("Row")

_FAULTS = (msgspec.MsgspecError, RecursionError, UnicodeError, ValueError)
_UNFIT = (msgspec.ValidationError, UnicodeError, RecursionError)
"""What does not fit its type; half a letter in its place is told as an error of encoding."""
_UNTYPED: Final = msgspec.json.Decoder(float_hook=Decimal)
_RAW_ROWS: Final = msgspec.json.Decoder(list[msgspec.Raw])


class Unread:
    """A row that fits no struct. `field` is where it does not, without places in lists."""

    __slots__ = ("_raw", "field")

    def __init__(self, raw: Item, field: str) -> None:
        self._raw = raw
        self.field = field

    @property
    def id(self) -> object:
        """What the row calls itself, if that can be compared."""
        told = self._raw.get("id")
        return told if isinstance(told, (str, int)) else None

    @property
    def as_it_came(self) -> Item:
        """All that the row says."""
        return self._raw

    @property
    def parties(self) -> list[RelatedParty] | None:
        """The parties of the row, None when they cannot be read: then it is nobody's."""
        try:
            return msgspec.convert(_without_null(self._raw), Owned).relatedParty
        except _UNFIT:
            return None

    def part(self, kind: type[Row]) -> Row | None:
        """So much of the row as whose it is, None when that cannot be read either."""
        try:
            return msgspec.convert(_without_null(self._raw), kind)
        except _UNFIT:
            return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unread) and self._raw == other._raw

    __hash__ = None  # type: ignore[assignment]


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, float_hook=Decimal)


@cache
def _list_decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(list[kind], float_hook=Decimal)


def rows(body: bytes, kind: type[Row]) -> list[Row | Unread]:
    """The rows of a list as structs of `kind`, or as dicts. Raises `Malformed`."""
    if kind is not dict:
        decode = _list_decoder(cast("Any", kind)).decode
        try:
            return cast("list[Row | Unread]", decode(body))
        except msgspec.ValidationError:
            mended = body
        except _FAULTS:
            mended = _mended(body)
            with suppress(*_FAULTS):
                return cast("list[Row | Unread]", decode(mended))
        with suppress(*_FAULTS):
            return _each(_RAW_ROWS.decode(mended), kind)
    told = parsed_rows(body)
    objects = [row for row in told if row.__class__ is dict]
    if told and not objects:
        raise Malformed("not a list of objects")
    if kind is dict:
        return cast("list[Row | Unread]", objects)
    return [row(one, kind) for one in objects]


def _each(told: Sequence[msgspec.Raw], kind: type[Row]) -> list[Row | Unread]:
    """Each row alone: most of them fit. Raises `Malformed`."""
    decode = _decoder(cast("Any", kind)).decode
    found: list[Row | Unread] = []
    for one in told:
        try:
            found.append(decode(one))
            continue
        except _FAULTS:
            pass
        with suppress(Malformed):
            raw = parsed(bytes(one))
            if isinstance(raw, dict):
                found.append(_odd_row(raw, kind))
    if told and not found:
        raise Malformed("not a list of objects")
    return found


_SURROGATES = re.compile(
    rb"\\(?:\\|u[dD][89abAB][0-9a-fA-F]{2}(?:\\u[dD][c-fC-F][0-9a-fA-F]{2})?|u[dD][c-fC-F][0-9a-fA-F]{2})"
)
_ESCAPED, _PAIR = 2, 12
"""Octets of a backslash for itself, and of both halves of a letter."""


def _mended(body: bytes) -> bytes:
    """The body with U+FFFD for each half of a letter, which no strict decoder reads."""
    return _SURROGATES.sub(
        lambda told: told[0] if len(told[0]) in (_ESCAPED, _PAIR) else b"\\ufffd", body
    )


def as_struct(raw: Any, kind: type[Row]) -> Row:
    """One part of an answer as a struct of `kind`. Raises `Malformed`."""
    if not isinstance(raw, dict):
        raise Malformed("not an object")
    found = row(raw, kind)
    if isinstance(found, Unread):
        raise Malformed(found.field)
    return found


def row(raw: Item, kind: type[Row]) -> Row | Unread:
    """One row as it came as a struct of `kind`."""
    try:
        return msgspec.convert(raw, kind)
    except _UNFIT:
        return _odd_row(_without_null(raw), kind)


def _odd_row(raw: Item, kind: type[Row]) -> Row | Unread:
    """One that does not fit as it came; what is null and what may be odd is taken out of `raw`."""
    tolerated: tuple[str, ...] = getattr(kind, "tolerated", ())
    for _ in range(_MOST_ODD):
        try:
            return msgspec.convert(raw, kind)
        except msgspec.ValidationError as error:
            said, _, path = str(error).rpartition(" - at `$.")
            path = path.rstrip("`")
            if not (_one_of_many(raw, path, said) or _left_away(raw, path, tolerated)):
                return Unread(raw, _field(path))
        except _UNFIT:
            raw = _without_null(raw)
    return Unread(raw, "row")


_MOST_ODD = 50
"""Odd places of one row that are left away; a row with more of them is nothing to be read."""
_INDEX = re.compile(r"\[[0-9]+\]")
_STEP = re.compile(r"[^.\[\]]+")


def _one_of_many(told: Any, path: str, said: str) -> bool:
    """Whether one object stands where a list of them has to, or in a list where it has to stand
    alone, or its only value without it, as gateways write them; it is mended now.
    """
    steps = _steps(path)
    if not steps or any(step in _NEVER for step in steps):
        return False
    for step in steps[:-1]:
        told = told[step]
    there = told[steps[-1]]
    if isinstance(there, dict) and said.startswith("Expected `array"):
        told[steps[-1]] = [there]
    elif isinstance(there, list) and len(there) == 1 and said.startswith("Expected `object"):
        told[steps[-1]] = there[0]
    elif _is_bare(there, steps) and said.startswith("Expected `object"):
        told[steps[-1]] = {"id": there, "name": there, "value": there}
    else:
        return False
    return True


_NEVER = frozenset(
    {
        *("relatedParty", "contactMedium", "payer"),
        *("productCharacteristic", "resourceCharacteristic", "usageCharacteristic"),
        "partyCharacteristic",
    }
)
"""Whose a row is and who logs in is not mended; and an object of open-ended values is no value."""


_NEVER_BARE = frozenset(
    {
        *("validFor", "validPeriod", "billingPeriod", "periodCoverage", "duration"),
        *("productRelationship", "resourceRelationship"),
    }
)
"""A time has no value that could stand alone; and what relies on what is not guessed."""


def _is_bare(there: Any, steps: list[Any]) -> bool:
    """Whether a reference is its id alone, or an amount its number."""
    if there.__class__ not in (str, int, Decimal) or any(step in _NEVER_BARE for step in steps):
        return False
    return not isinstance(steps[-1], int)


def _steps(path: str) -> list[Any]:
    return [int(one) if one.isdecimal() else one for one in _STEP.findall(path)]


def _left_away(told: Any, path: str, tolerated: tuple[str, ...]) -> bool:
    """Whether what stands at `contactMedium[1].characteristic` may be missing, and is out now."""
    if not path:
        return False
    steps = _steps(path)
    for step in steps[:-1]:
        told = told[step]
    if told[steps[-1]] is None and isinstance(told, list):
        told[:] = [one for one in told if one is not None]
    elif told[steps[-1]] is None or _INDEX.sub("[]", path).startswith(tolerated):
        del told[steps[-1]]
    else:
        return False
    return True


def _field(path: str) -> str:
    """`contactMedium.characteristic` of `contactMedium[1].characteristic`."""
    return re.sub(r"\[[^\]]*\]|[^A-Za-z.]", "", path) or "row"


_HALF = re.compile("[\ud800-\udfff]")
_DEEPEST = 50
"""What lies deeper in a row is nothing that is read."""


def _without_null(value: Any, depth: int = 0) -> Any:
    """The same without what is null, without halves of letters in names, and not without end."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, dict):
        return {
            key: _without_null(one, depth + 1)
            for key, one in value.items()
            if one is not None and not _HALF.search(key)
        }
    if isinstance(value, list):
        return [_without_null(one, depth + 1) for one in value if one is not None]
    return value


def one(body: bytes, kind: type[Row]) -> Row:
    """The one resource of an answer as a struct of `kind`, or as a dict. Raises `Malformed`."""
    if kind is not dict:
        try:
            return cast("Row", _decoder(cast("Any", kind)).decode(body))
        except _FAULTS:
            pass
    raw = parsed(body)
    if not isinstance(raw, dict):
        raise Malformed("not an object")
    if kind is dict:
        return cast("Row", raw)
    return as_struct(raw, kind)


def parsed(body: bytes) -> Any:
    """JSON with exact numbers. Raises `Malformed`."""
    try:
        return _UNTYPED.decode(body)
    except _FAULTS:
        pass
    try:
        return _lenient(_as_text(body))
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None


def parsed_rows(body: bytes) -> list[Any]:
    """The rows of a list, each on its own if need be. Raises `Malformed`."""
    try:
        told = parsed(body)
    except Malformed:
        told = list(_one_by_one(_as_text(body)))
    if not isinstance(told, list):
        raise Malformed("not a list of objects")
    return told


def _as_text(body: bytes) -> str:
    return body.decode("utf-8-sig", "replace")


def _lenient(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_constant=Decimal, strict=False)


_SIGN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)


def _one_by_one(text: str) -> Iterator[Any]:
    """Each member of the list that is JSON by itself. Raises `Malformed` when there is no list."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")):
        raise Malformed("not JSON")
    depth, begin, found = 0, 1, False
    for sign in _SIGN.finditer(text):
        at = sign[0]
        if at in "[{":
            depth += 1
        elif at in "]}":
            depth -= 1
        if (at == "," and depth == 1) or (at == "]" and depth == 0):
            try:
                yield _lenient(text[begin : sign.start()])
                found = True
            except (ValueError, RecursionError):
                pass
            begin = sign.end()
        if depth == 0:
            break
    if not found:
        raise Malformed("not JSON")
