"""TMF635: several records of one use, of which the last rating counts.

What was rejected, or rated again, may come again as a record of its own. It has the moment of what
it stands for, so both lie beside each other in a list by time, though a page may end between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.tmf import paging
from carrier.tmf.rows import Part
from carrier.tmf.wire import values
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.parts import characteristics
from carrier.tmf.wire.tmf635 import Usage
from carrier.tmf.wire.values import Malformed
from carrier.tmf.words import USAGE

OUTGOING_TO, INCOMING_FROM = "destinationNumber", "originatingNumber"
"""The other party of what went out and of what came in."""
_FURTHER, _FURTHEST = 50, 1000
"""Rows read on at a time where a page is cut within one moment, and when that ends."""


async def with_versions(
    http: OperatorHttp, conditions: list[tuple[str, str | int]], offset: int, limit: int
) -> Part[Usage]:
    """The rows of a page, and before and behind them all that are of the same moments.

    What was rated again has the moment of what it stands for, and so lies beside it.
    """

    async def rows(begin: int, end: int) -> Part[Usage]:
        return await paging.part(
            http,
            Api.USAGE,
            "usage",
            conditions,
            Usage,
            offset=begin,
            limit=end - begin,
            versions=True,
        )

    begin, end = max(0, offset - 1), offset + limit
    told = await rows(begin, end + 1)
    read = list(told.rows)
    while begin > 0 and offset - begin < _FURTHEST and _at(read, 0) == _at(read, offset - begin):
        before = await rows(max(0, begin - _FURTHER), begin)
        if not before.rows or before.total != told.total:
            break
        read, begin = [*before.rows, *read], before.offset
    while (
        begin + len(read) < told.total
        and len(read) < end - begin + _FURTHEST
        and _at(read, -1) == _at(read, end - begin - 1)
    ):
        behind = await rows(begin + len(read), begin + len(read) + _FURTHER)
        if not behind.rows or behind.total != told.total:
            break
        read += behind.rows
    return Part(http, Api.USAGE, read, begin, told.total)


def _at(rows: Sequence[Usage | Unread], place: int) -> object:
    """The moment of the row in that place; what is not there has one of its own."""
    if not -len(rows) <= place < len(rows):
        return object()
    return _moment_of(rows[place])


Call: TypeAlias = tuple[object, ...]


def superseded(rows: Sequence[Usage | Unread]) -> set[int]:
    """Which of these objects were rejected, or rated again and told again: their `id()`."""
    versions: dict[Call, list[Usage]] = {}
    odd = False
    for row in rows:
        if not isinstance(row, Unread) and row.status is not None:
            odd = odd or not (row.status in _USUAL or values.word(row.status) in USAGE.replaced)
    if not odd:
        return set()
    for row in rows:
        if not isinstance(row, Unread):
            versions.setdefault(_call(row), []).append(row)
    return {id(row) for calls in versions.values() for row in _given_up(calls)}


_USUAL = tuple(USAGE.replaced)
"""As nearly all rows have it: looked at before it is read."""


def _given_up(versions: Sequence[Usage]) -> list[Usage]:
    """Of what looks like one call: what was rejected, and what newer ratings stand for.

    Messages of one second look alike: as many stand as were rated at first.
    """
    by_status: dict[str, list[Usage]] = {"rejected": [], "replaced": [], "replacing": []}
    for row in versions:
        status = values.word(row.status)
        for name, words in (
            ("rejected", USAGE.rejected),
            ("replaced", USAGE.replaced),
            ("replacing", USAGE.replacing),
        ):
            if status in words:
                by_status[name].append(row)
    first, again = by_status["replaced"], sorted(by_status["replacing"], key=_rated_at)
    if not again:
        return by_status["rejected"]
    stands = max(1, len(first))
    return [*by_status["rejected"], *first[: len(again)], *again[: max(0, len(again) - stands)]]


def _rated_at(row: Usage) -> str:
    return max((str(one.ratingDate or "") for one in row.ratedProductUsage or ()), default="")


def _call(row: Usage) -> Call:
    """What tells a call from another one: its moment, kind, ends and length, not its price."""
    known = characteristics(row.usageCharacteristic)
    told = tuple(str(known.get(name)) for name in (INCOMING_FROM, OUTGOING_TO, *_AMOUNTS))
    return (_moment_of(row), values.word(row.usageType), *told)


def _moment_of(row: Usage | Unread) -> object:
    """When it was used, whatever that is written like; what is no moment, as it came."""
    told = row.as_it_came.get("usageDate") if isinstance(row, Unread) else row.usageDate
    try:
        return values.moment(told, "usageDate")
    except Malformed:
        return str(told)


_AMOUNTS = tuple(sorted({name for names in USAGE.amounts.values() for name in names}))
