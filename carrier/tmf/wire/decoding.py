"""Rows out of the body of an answer: as structs at once, and one by one when that fails.

The fast way decodes a whole list into structs and refuses it whole for one wrong row, for half a
letter, for a bare NaN. So after any failure each row is taken alone: decoded without types, with
`json` where the strict decoder gives up, and out of the text of the body when even that does. What
then fits no struct is `Unread`: it names the field and knows whose it is, if that could be read.

A row that is no object at all is nobody's, and is dropped; a list without one object in it is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar, cast

import msgspec

from carrier.tmf.wire.parts import Owned, RelatedParty
from carrier.tmf.wire.values import Malformed

Item: TypeAlias = Mapping[str, Any]
Row = TypeVar("Row")

_FAULTS = (msgspec.MsgspecError, RecursionError, UnicodeError, ValueError)
_UNFIT = (msgspec.ValidationError, UnicodeError)
"""What does not fit its type; half a letter in its place is told as an error of encoding."""
_UNTYPED: Final = msgspec.json.Decoder(float_hook=Decimal)


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
    def parties(self) -> list[RelatedParty] | None:
        """The parties of the row, None when they cannot be read: then it is nobody's."""
        try:
            return msgspec.convert(self._raw, Owned).relatedParty
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
        try:
            return cast("list[Row | Unread]", _list_decoder(cast("Any", kind)).decode(body))
        except _FAULTS:
            pass
    told = parsed_rows(body)
    objects = [row for row in told if row.__class__ is dict]
    if told and not objects:
        raise Malformed("not a list of objects")
    if kind is dict:
        return cast("list[Row | Unread]", objects)
    return [_row(one, kind) for one in objects]


def as_struct(raw: Any, kind: type[Row]) -> Row:
    """One part of an answer as a struct of `kind`. Raises `Malformed`."""
    if not isinstance(raw, dict):
        raise Malformed("not an object")
    found = _row(raw, kind)
    if isinstance(found, Unread):
        raise Malformed(found.field)
    return found


def _row(raw: dict[str, Any], kind: type[Row]) -> Row | Unread:
    try:
        return msgspec.convert(raw, kind)
    except _UNFIT:
        pass
    try:
        return msgspec.convert(_without_null(raw), kind)
    except _UNFIT as error:
        return Unread(raw, _field(error))


def _field(error: Exception) -> str:
    """`contactMedium.characteristic` of "… - at `$.contactMedium[1].characteristic`"."""
    _, _, path = str(error).rpartition(" - at `$.")
    return re.sub(r"\[[^\]]*\]|[^A-Za-z.]", "", path) or "row"


def _without_null(value: Any) -> Any:
    """The same without what is null, in objects and in lists."""
    if isinstance(value, dict):
        return {key: _without_null(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_null(one) for one in value if one is not None]
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
    row = _row(raw, kind)
    if isinstance(row, Unread):
        raise Malformed(row.field)
    return row


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
