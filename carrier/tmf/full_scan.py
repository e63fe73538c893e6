"""Lists read to their end, where nobody tells how long they are.

A short page is not the last one for sure, so what has no total is read on until nothing comes;
where the profile says how long the operator's pages are, a shorter one is the last, and several
are asked for at once. A page on which rows come twice is asked for again: where the next one begins
depends on whether the operator has them twice, or only told them twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

import structlog

from carrier.apis import Api
from carrier.decoding_faults import asked_api
from carrier.http import OperatorHttp
from carrier.tmf.query import query_string
from carrier.tmf.wire import decoding
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.values import Malformed

log = structlog.get_logger(__name__)

Row = TypeVar("Row")
Conditions: TypeAlias = Sequence[tuple[str, str | int]]

_PAGE = 500
_MOST_PAGES, _MOST_ROWS = 400, 200_000
_AT_ONCE = 8
_LOOKS = 3
"""At a page on which rows come twice; then the operator is believed to have them so."""


def key(api: Api, resource: str, conditions: Conditions, group: str = "") -> str:
    """What a list that was read whole is kept by."""
    return f"{api.value} {resource}?{query_string(*conditions)}&{group}"


async def cached(
    http: OperatorHttp,
    api: Api,
    resource: str,
    conditions: Conditions,
    kind: type[Row],
    *,
    group: str = "",
    versions: bool = False,
) -> list[Row | Unread]:
    """All rows of a list, as `walk`, or as they were a moment ago. Raises as `walk`."""
    return await http.list_cache.whole(
        key(api, resource, conditions, group),
        lambda: walk(http, api, resource, conditions, kind, group=group, versions=versions),
    )


async def walk(
    http: OperatorHttp,
    api: Api,
    resource: str,
    conditions: Conditions,
    kind: type[Row],
    *,
    limit: int = _PAGE,
    group: str = "",
    versions: bool = False,
    first: bytes | None = None,
    forgiving: bool = False,
) -> list[Row | Unread]:
    """All rows of a list, each once, whatever its totals say; asked for by `limit` at a time.

    `first` is its first page, where that has been read already. Rows that come again on another
    page end a `forgiving` walk, which takes what is new until nothing is; another one is refused.
    Raises `CarrierUnavailable`.
    """
    longest = http.profile.find.page_rows
    stride = limit if longest is None else min(limit, longest)
    read = _Read(api, kind, versions=versions, forgiving=forgiving)

    last = 0 if longest is None else stride - 1

    async def asked(at: int) -> _Page[Row]:
        wanted = query_string(*conditions, ("offset", at), ("limit", stride))
        for _look in range(_LOOKS):
            body = (await http.read(api, resource, wanted + (group and f"&{group}"))).body
            page = read.page(body)
            if not page.repeats or page.count <= last:
                break
        return page

    if first is not None:
        page = read.page(first)
        unsure = page.repeats and page.count > last
        read.add(await asked(0) if unsure else page, last=last)
    at_once, pages = 1 if longest is None or first is None else _AT_ONCE, 0
    while not read.ended and pages < _MOST_PAGES:
        offsets = [read.at + place * stride for place in range(at_once)]
        several = await asyncio.gather(*(asked(at) for at in offsets))
        asked_api.set(api.value)  # they were asked by tasks of their own
        for page in several:
            read.add(page, last=last)
        pages += 1
        at_once = 1 if longest is None else _AT_ONCE
        await asyncio.sleep(0)
    if not read.ended:
        raise Malformed(f"{resource}: more than can be walked through")
    return read.rows


@dataclass(frozen=True, slots=True)
class _Page(Generic[Row]):
    """What came on one page: its rows, each once, and how many there were."""

    rows: list[Row | Unread]
    count: int

    @property
    def repeats(self) -> bool:
        """Whether some came more than once."""
        return len(self.rows) < self.count


class _Read(Generic[Row]):
    """What has come so far. `ended`: there is no more."""

    def __init__(self, api: Api, kind: type[Row], *, versions: bool, forgiving: bool) -> None:
        self._api = api
        self._kind = kind
        self._versions = versions
        self._forgiving = forgiving
        self._seen: set[object] = set()
        self.rows: list[Row | Unread] = []
        self.at = 0
        self.ended = False

    def page(self, body: bytes) -> _Page[Row]:
        """The rows of an answer. Raises `Malformed`."""
        told = decoding.rows(body, self._kind)
        return _Page(once(told, self._api, versions=self._versions), len(told))

    def add(self, page: _Page[Row], last: int) -> None:
        """Take the next page; one of `last` rows or fewer is the last. Raises `Malformed`."""
        found = page.rows
        if self.ended:
            if found and not self._forgiving:
                raise Malformed("page_rows: rows behind the last page")
            return
        names = {told_apart(row) for row in found} if self._forgiving else ids(found)
        again = names & self._seen
        if again and self._forgiving:
            found = [row for row in found if told_apart(row) not in self._seen]
        elif again and (not self._versions or again == names):
            raise Malformed("offset: the same rows again")
        self._seen |= names
        self.rows += found
        self.at += page.count
        self.ended = page.count <= last or not found
        if len(self.rows) > _MOST_ROWS:
            raise Malformed("more rows than can be walked through")


# --- rows that come twice ---


def row_id(row: object) -> object:
    """What a row calls itself; None when it does not say."""
    told = row.get("id") if isinstance(row, dict) else getattr(row, "id", None)
    return None if isinstance(told, (dict, list)) else told


def told_apart(row: object) -> object:
    """What tells a row from the others: its id, or all that it says."""
    name = row_id(row)
    if name is not None:
        return name
    return repr(row.as_it_came if isinstance(row, Unread) else row)


def ids(rows: Sequence[object]) -> set[object]:
    """What those rows call themselves that do."""
    try:
        found: set[object] = {row.id for row in rows}  # type: ignore[attr-defined]
    except (AttributeError, TypeError):
        return {told for row in rows if (told := row_id(row)) is not None}
    found.discard(None)
    return found


def once(rows: list[Row | Unread], api: Api, *, versions: bool) -> list[Row | Unread]:
    """The rows without those that are there already. Raises `Malformed` for two that differ.

    With `versions`, rows that differ are all kept.
    """
    told = ids(rows)
    if len(told) == len(rows) or not told:
        return rows
    kept: dict[object, Row | Unread] = {}
    repeated: set[str] = set()
    for row in rows:
        # What has no id is told from the others by nothing, and stays.
        name = row_id(row) or object()
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
