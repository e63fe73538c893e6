"""Lists of the operator's, whole or a page of one: a part is never taken for all of it.

An operator may cut a page shorter than it was asked for and say so in `X-Total-Count` alone (TMF630
allows it). Balances would be missing from a sum, administrators from who is warned. So what was cut
is read on, and a list that says it has more rows than it gives is refused.

A row that comes twice is taken once when both say the same; two that differ are refused, since
nobody can tell which is true.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import structlog

from carrier.http import Api, OperatorHttp
from carrier.tmf import fields
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.query import query
from carrier.transport import Answer

log = structlog.get_logger(__name__)

Conditions: TypeAlias = Sequence[tuple[str, str | int]]


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
    """`limit` rows from `offset` on, or all that are left, and how many there are in all.

    `group` is a condition that is encoded already (`query.search`). Raises `CarrierUnavailable`,
    also when the list is changed between two requests.
    """
    part = _Part(api, offset)
    while not part.ended and len(part.rows) < limit:
        left = limit - len(part.rows)
        asked = query(*conditions, ("offset", offset + len(part.rows)), ("limit", left))
        answer = await http.read(api, resource, asked + (group and f"&{group}"))
        part.add(answer, fields.total(answer), left)
    return part.rows, part.total


async def whole(
    http: OperatorHttp, api: Api, resource: str, conditions: Conditions, *, limit: int
) -> list[Item]:
    """All rows, asked for by `limit` at a time. Raises as `page`.

    An operator that does not tell how many there are has told all, unless it answers 206.
    """
    part = _Part(api, 0)
    while not part.ended:
        further = [("offset", len(part.rows))] if part.rows else []
        answer = await http.read(api, resource, query(*conditions, *further, ("limit", limit)))
        part.add(answer, _total(answer, len(part.rows)), limit)
    return part.rows


def _total(answer: Answer, before: int) -> int:
    if "X-Total-Count" in answer.headers or answer.status == 206:
        return fields.total(answer)
    return before + len(fields.items(answer))


class _Part:
    """The rows of a list from `begin` on, as they come. `ended`: the list has no more."""

    def __init__(self, api: Api, begin: int) -> None:
        self._api = api
        self._begin = begin
        self.rows: list[Item] = []
        self.total = 0
        self.ended = False

    def add(self, answer: Answer, total: int, limit: int) -> None:
        """Take the rows of one more answer, to a request for `limit`. Raises `Malformed`."""
        if self.rows and total != self.total:
            raise Malformed("X-Total-Count: the list changed while it was read")
        at = self._begin + len(self.rows)
        told = fields.items(answer)
        found = _once(told, self._api)
        if self.rows and _ids(self.rows) & _ids(found):
            raise Malformed("id: the same rows again")
        if at == self._begin and at + len(told) == total and answer.status != 206:
            total = at + len(found)  # it counted what it told twice
        self.rows, self.total = [*self.rows, *found], total
        self.ended = at + len(found) >= total
        if not self.ended and (not found or len(found) < min(len(told), limit)):
            # Less than it tells; or cut, and told twice: where the next page begins nobody knows.
            raise Malformed("X-Total-Count: more rows than there are")


def _ids(rows: list[Item]) -> set[object]:
    return {row["id"] for row in rows if row.get("id") is not None}


def _once(rows: list[Item], api: Api) -> list[Item]:
    """The rows without those that are there already. Raises `Malformed` for two that differ."""
    try:
        if len({row.get("id") for row in rows}) == len(rows):
            return rows
    except TypeError:
        raise Malformed("id") from None
    kept: dict[object, Item] = {}
    repeated: set[str] = set()
    for row in rows:
        # What has no id is told from the others by nothing, and stays.
        name = row.get("id") or object()
        if kept.setdefault(name, row) is not row:
            repeated.add(f"…{str(name)[-4:]}")
            if kept[name] != row:
                raise Malformed("id: two rows that differ")
    if repeated:
        log.warning(
            "operator_repeats_rows", api=api.value, count=len(rows) - len(kept), id=min(repeated)
        )
    return list(kept.values())
