"""Lists of the operator's, whole or a page of one: a part is never taken for all of it.

An operator may cut a page shorter than it was asked for and say so in `X-Total-Count` alone (TMF630
allows it). Balances would be missing from a sum, administrators from who is warned. So what was cut
is read on, and a list that says it has more rows than it gives is refused.

A row that comes twice is taken once when both say the same; two that differ are refused, since
nobody can tell which is true.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Generic, TypeVar, cast

from account.errors import CarrierUnavailable
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.tmf import fields, full_scan
from carrier.tmf.full_scan import Conditions
from carrier.tmf.query import listed, query_string
from carrier.tmf.rows import Part
from carrier.tmf.wire import decoding
from carrier.tmf.wire.decoding import Item, Unread
from carrier.tmf.wire.values import Malformed
from carrier.transport import Answer

Row = TypeVar("Row")


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
    every = http.list_cache.known(full_scan.key(api, resource, conditions, group))
    read = _Part(api, kind, offset, versions=versions)
    while every is None and not read.ended and len(read.rows) < limit:
        at, left = offset + len(read.rows), limit - len(read.rows)
        wanted = query_string(*conditions, ("offset", at), ("limit", left))
        answer = await http.read(api, resource, wanted + (group and f"&{group}"))
        total = _total(http, api, answer)
        if total is None and answer.status != 206:
            total = _told_by_its_end(http, answer, at, left)
        if total is None:
            every = await full_scan.cached(
                http, api, resource, conditions, kind, group=group, versions=versions
            )
        else:
            read.add(answer, total, left)
    if every is not None:
        return Part(http, api, every[offset : offset + limit], offset, len(every))
    return Part(http, api, read.rows, offset, read.total)


async def all_of(
    http: OperatorHttp,
    api: Api,
    resource: str,
    conditions: Conditions,
    kind: type[Row],
    *,
    limit: int,
    proof: bool = False,
) -> list[Row | Unread]:
    """All rows, asked for by `limit` at a time. Raises as `part`.

    A list without its total is read on until nothing comes; where the profile says that totals are
    told, one that is not told is of a whole list, unless it is answered 206, or as long as it could
    be. `proof` is as of `OperatorHttp.read`.
    """
    read = _Part(api, kind, 0)
    told = http.profile.totals(api.value) == "filtered"
    while not read.ended:
        at = len(read.rows)
        further = [("offset", at)] if at else []
        wanted = query_string(*conditions, *further, ("limit", limit))
        answer = await http.read(api, resource, wanted, proof=proof)
        total = _total(http, api, answer)
        if total is None and answer.status != 206:
            total = _told_by_its_end(http, answer, at, limit)
        count = (
            len(decoding.rows(answer.body, dict))
            if total is None and told and answer.status != 206
            else limit
        )
        if count < limit:
            total = at + count
        if total is None:
            first = None if at else answer.body
            return await full_scan.walk(
                http, api, resource, conditions, kind, limit=limit, first=first
            )
        read.add(answer, total, limit)
    return read.rows


_AT_ONCE = 8


async def each_of(
    http: OperatorHttp,
    api: Api,
    resource: str,
    name: str,
    values: Sequence[str],
    conditions: Conditions,
    kind: type[Row],
    *,
    limit: int,
) -> list[Row | Unread]:
    """All rows that have one of the values under that name; `limit` at a time.

    One by one where the operator does not understand a list of values. Raises as `part`.
    """

    async def ask(wanted: Sequence[str], most: int) -> list[Row | Unread]:
        asked = [(name, listed(wanted)), *conditions]
        return await all_of(http, api, resource, asked, kind, limit=most)

    if http.profile.find.lists:
        return await ask(values, limit)
    alone, found = max(2, limit // len(values)), list[Row | Unread]()
    for begin in range(0, len(values), _AT_ONCE):
        some = values[begin : begin + _AT_ONCE]
        for told in await asyncio.gather(*(ask([one], alone) for one in some)):
            found += told
    return found


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
    http: OperatorHttp,
    api: Api,
    resource: str,
    conditions: Conditions,
    *,
    limit: int,
    proof: bool = False,
) -> list[Item]:
    """As `all_of`, the rows as they came."""
    rows = await all_of(http, api, resource, conditions, dict, limit=limit, proof=proof)
    return cast("list[Item]", rows)


def _total(http: OperatorHttp, api: Api, answer: Answer) -> int | None:
    """How many rows there are in all, None where the operator does not tell, or not truly."""
    if http.profile.totals(api.value) != "filtered":
        return fields.range_total(answer)
    if answer.headers.get("X-Total-Count", "").strip():
        return fields.total(answer)
    told = answer.headers.get("Content-Range", "").strip()
    if (told or answer.status == 206) and not told.endswith("/*"):
        return fields.total(answer)  # of `items 0-19/*` nobody knows
    return None


def _told_by_its_end(http: OperatorHttp, answer: Answer, at: int, limit: int) -> int | None:
    """How many rows there are where a page from `at` on is the last; None where it may not be."""
    longest, count = http.profile.find.page_rows, len(decoding.rows(answer.body, dict))
    if count == 0 and at == 0:
        return 0
    return at + count if longest is not None and count < min(limit, longest) else None


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

    def add(self, answer: Answer, total: int, limit: int) -> None:
        """Take the rows of one more answer, to a request for `limit`. Raises `Malformed`."""
        at = self._begin + len(self.rows)
        told = decoding.rows(answer.body, self._kind)
        if self.rows and total != self.total:
            raise CarrierUnavailable("X-Total-Count: the list changed while it was read")
        found = full_scan.once(told, self._api, versions=self._versions)
        again = full_scan.ids(self.rows) & full_scan.ids(found) if self.rows else set()
        if again and (not self._versions or again == full_scan.ids(found)):
            raise Malformed("id: the same rows again")
        if at == self._begin and at + len(told) == total and answer.status != 206:
            total = at + len(found)  # it counted what it told twice
        self.rows, self.total = [*self.rows, *found], total
        self.ended = at + len(found) >= total
        if not self.ended and (not found or len(found) < min(len(told), limit)):
            # Less than it tells; or cut, and told twice: where the next page begins nobody knows.
            raise Malformed("X-Total-Count: more rows than there are")
