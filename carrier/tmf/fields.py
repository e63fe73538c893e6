"""Reading what the operator answered, field by field, where a resource has no struct.

Each field that is needed is asked for here by its kind, and read by `carrier.tmf.wire.values` in
every writing that leaves no doubt; what cannot be read so is `Malformed`, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from carrier.tmf.wire import decoding, values
from carrier.tmf.wire.values import Malformed as Malformed
from carrier.transport import Answer

Item: TypeAlias = Mapping[str, Any]


def item(answer: Answer) -> Item:
    """The one resource of an answer. Raises `Malformed`."""
    body = decoding.parsed(answer.body)
    if not isinstance(body, dict):
        raise Malformed("not an object")
    return body


def items(answer: Answer) -> list[Item]:
    """The resources of a list. Raises `Malformed`."""
    body = decoding.parsed(answer.body)
    if not isinstance(body, list) or not all(isinstance(one, dict) for one in body):
        raise Malformed("not a list of objects")
    return body


_COUNT = re.compile(r"[0-9]{1,12}")
_RANGE = re.compile(r"(?:[a-z]+[ =])?\s*(?:[0-9]+-[0-9]+|\*)/([0-9]{1,12})", re.IGNORECASE)


def optional_total(answer: Answer) -> int | None:
    """How many resources the whole list has, None when neither header tells it."""
    # A proxy joins two headers of one name: `37, 37`.
    told = {one.strip() for one in answer.headers.get("X-Total-Count", "").split(",")}
    if len(told) == 1 and _COUNT.fullmatch(count := told.pop()):
        return int(count)
    return range_total(answer)


def range_total(answer: Answer) -> int | None:
    """How many resources the whole list has by `Content-Range` alone."""
    spread = _RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
    return None if spread is None else int(spread[1])


def total(answer: Answer) -> int:
    """How many resources the whole list has. Raises `Malformed` when it is not told."""
    count = optional_total(answer)
    if count is None:
        raise Malformed("X-Total-Count")
    return count


def text(of: Item, field: str) -> str:
    """A text that must be there. Raises `Malformed`."""
    return values.text(of.get(field), field)


def entries(of: Item, field: str) -> list[Item]:
    """A list of objects, empty when it is missing. Raises `Malformed`."""
    value = of.get(field)
    if value.__class__ is not list:
        if value is None:
            return []
        raise Malformed(field)
    for one in value:
        if one.__class__ is not dict:
            raise Malformed(field)
    found: list[Item] = value
    return found


def related(of: Item, roles: Collection[str]) -> list[str]:
    """Ids of the parties to whom a resource belongs, v4 or v5; nobody where that is no list."""
    told = of.get("relatedParty")
    parties = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    for role in roles:
        found = [party_id(one) for one in parties if values.word(one.get("role")) == role]
        if found:
            return [party for party in found if party is not None]
    return []


def party_id(of: Item) -> str | None:
    """The party of a reference; since v5 it is one level further down."""
    inner = of.get("partyOrPartyRole")
    told = of.get("id")
    if isinstance(inner, dict):
        told = inner.get("id") if inner.get("partyId") is None else inner["partyId"]
    if told.__class__ is int:
        return str(told)
    return told if isinstance(told, str) and told else None


def flag(of: Item, field: str) -> bool:
    """A boolean, also in a string; a missing one is false. Raises `Malformed`."""
    return values.flag(of.get(field), field)


def whole(of: Item, field: str, default: int | None = None) -> int:
    """A whole number, zero or more, also in a string. Raises `Malformed`."""
    return values.whole(of.get(field), field, default)


def valid_at(of: Item, now: datetime) -> bool:
    """Whether `validFor` holds at a moment; without one it always does. Raises `Malformed`."""
    between = of.get("validFor")
    if between is None:
        return True
    if not isinstance(between, dict):
        raise Malformed("validFor")
    begins, ends = between.get("startDateTime"), between.get("endDateTime")
    if begins is not None and values.moment(begins, "validFor.startDateTime") > now:
        return False
    return ends is None or values.moment(ends, "validFor.endDateTime") > now
