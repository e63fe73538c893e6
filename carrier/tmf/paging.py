"""Lists of the operator's, whole or a page of one: a part is never taken for all of it.

An operator may cut a page shorter than it was asked for and say so in `X-Total-Count` alone (TMF630
allows it). Balances would be missing from a sum, administrators from who is warned. So what was cut
is read on, and a list that says it has more rows than it gives is refused.

A row that comes twice is taken once when both say the same; two that differ are refused, since
nobody can tell which is true.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeAlias, TypeVar, cast

import structlog

from account.errors import CarrierUnavailable
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.tmf import fields
from carrier.tmf.query import query
from carrier.tmf.rows import Part
from carrier.tmf.wire import decoding
from carrier.tmf.wire.decoding import Item, Unread
from carrier.tmf.wire.values import Malformed
from carrier.transport import Answer

log = structlog.get_logger(__name__)

Row = TypeVar("Row")
_COUNTED_AT_ONCE, _MOST_PAGES = 500, 200
"""Rows of a page, and pages, where a list is read on only to count it."""
Conditions: TypeAlias = Sequence[tuple[str, str | int]]


async def part(
    http: OperatorHttp,
    api: Api,
    resource: str,
    conditions: Conditions,
    kind: type[Row],
    *,
    offset: int,
    limit: int,
    group: str = "",
    versions: bool = False,
) -> Part[Row]:
    """`limit` rows from `offset` on, or all that are left, and how many there are in all.

    `group` is a condition that is encoded already (`query.search`). In a list with `versions`, rows
    of one id that differ are versions of one thing. Raises `CarrierUnavailable`, also when the list
    is changed between two requests.
    """
    read = _Part(api, kind, offset, versions=versions)

    async def asked(at: int, most: int) -> Answer:
        wanted = query(*conditions, ("offset", at), ("limit", most))
        return await http.read(api, resource, wanted + (group and f"&{group}"))

    counted: int | None = None
    while not read.ended and len(read.rows) < limit:
        at, left = offset + len(read.rows), limit - len(read.rows)
        answer = await asked(at, left)
        total = counted if (told := _total(answer)) is None else told
        if total is None:
            total = counted = await _count(asked, at, answer)
        read.add(answer, total, left)
    return Part(http, api, read.rows, offset, read.total)


async def all_of(
    http: OperatorHttp,
    api: Api,
    resource: str,
    conditions: Conditions,
    kind: type[Row],
    *,
    limit: int,
) -> list[Row | Unread]:
    """All rows, asked for by `limit` at a time. Raises as `part`.

    An operator that does not tell how many there are has told all, unless it answers 206.
    """
    read = _Part(api, kind, 0)
    while not read.ended:
        further = [("offset", len(read.rows))] if read.rows else []
        answer = await http.read(api, resource, query(*conditions, *further, ("limit", limit)))
        read.add(answer, _total(answer), limit)
    return read.rows


async def page(
    http: OperatorHttp,
    api: Api,
    resource: str,
    conditions: Conditions,
    *,
    offset: int,
    limit: int,
    group: str = "",
) -> tuple[list[Item], int]:
    """As `part`, its rows as they came."""
    read = await part(
        http, api, resource, conditions, dict, offset=offset, limit=limit, group=group
    )
    return cast("list[Item]", read.rows), read.total


async def whole(
    http: OperatorHttp, api: Api, resource: str, conditions: Conditions, *, limit: int
) -> list[Item]:
    """As `all_of`, the rows as they came."""
    rows = await all_of(http, api, resource, conditions, dict, limit=limit)
    return cast("list[Item]", rows)


async def _count(asked: Callable[[int, int], Awaitable[Answer]], at: int, first: Answer) -> int:
    """How many rows there are in all where nobody tells: read on until there are none.

    A short page is not the last one for sure. Raises `Malformed` when the same rows come again.
    """
    rows = decoding.rows(first.body, dict)
    seen: set[object] = set()
    for _ in range(_MOST_PAGES):
        if not rows:
            return at
        names = {row.get("id") for row in rows if isinstance(row, dict)} - {None}
        if names & seen:
            raise Malformed("offset: the same rows again")
        seen |= names
        at += len(rows)
        rows = decoding.rows((await asked(at, _COUNTED_AT_ONCE)).body, dict)
    raise Malformed("X-Total-Count: not told, and no end of rows")


def _total(answer: Answer) -> int | None:
    """How many rows there are in all; None where the operator has told all that there are."""
    if "X-Total-Count" in answer.headers or answer.status == 206:
        return fields.total(answer)
    return None


class _Part(Generic[Row]):
    """The rows of a list from `begin` on, as they come. `ended`: the list has no more."""

    def __init__(self, api: Api, kind: type[Row], begin: int, *, versions: bool = False) -> None:
        self._api = api
        self._kind = kind
        self._versions = versions
        self._begin = begin
        self.rows: list[Row | Unread] = []
        self.total = 0
        self.ended = False

    def add(self, answer: Answer, total: int | None, limit: int) -> None:
        """Take the rows of one more answer, to a request for `limit`. Raises `Malformed`."""
        at = self._begin + len(self.rows)
        told = decoding.rows(answer.body, self._kind)
        if total is None:
            total = at + len(told)
        if self.rows and total != self.total:
            raise CarrierUnavailable("X-Total-Count: the list changed while it was read")
        found = _once(told, self._api, versions=self._versions)
        again = _ids(self.rows) & _ids(found) if self.rows else set()
        if again and (not self._versions or again == _ids(found)):
            raise Malformed("id: the same rows again")
        if at == self._begin and at + len(told) == total and answer.status != 206:
            total = at + len(found)  # it counted what it told twice
        self.rows, self.total = [*self.rows, *found], total
        self.ended = at + len(found) >= total
        if not self.ended and (not found or len(found) < min(len(told), limit)):
            # Less than it tells; or cut, and told twice: where the next page begins nobody knows.
            raise Malformed("X-Total-Count: more rows than there are")


def _id(row: object) -> object:
    """What a row calls itself; None when it does not say."""
    told = row.get("id") if isinstance(row, dict) else getattr(row, "id", None)
    if isinstance(told, (dict, list)):
        raise Malformed("id")
    return told


def _ids(rows: Sequence[object]) -> set[object]:
    return {told for row in rows if (told := _id(row)) is not None}


def _once(rows: list[Row | Unread], api: Api, *, versions: bool) -> list[Row | Unread]:
    """The rows without those that are there already. Raises `Malformed` for two that differ.

    With `versions`, rows that differ are all kept.
    """
    if len({_id(row) for row in rows}) == len(rows):
        return rows
    kept: dict[object, Row | Unread] = {}
    repeated: set[str] = set()
    for row in rows:
        # What has no id is told from the others by nothing, and stays.
        name = _id(row) or object()
        if kept.setdefault(name, row) is row:
            continue
        if kept[name] == row:
            repeated.add(f"…{str(name)[-4:]}")
        elif versions:
            kept[object()] = row
        else:
            raise Malformed("id: two rows that differ")
    if repeated:
        log.warning(
            "operator_repeats_rows", api=api.value, count=len(rows) - len(kept), id=min(repeated)
        )
    return list(kept.values())
