"""Pages of rows that come from outside, the next one being read while the former is written."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Sequence,
)
from typing import TYPE_CHECKING, TypeVar

from account.errors import CarrierUnavailable, FiguresIncomplete

if TYPE_CHECKING:
    from account.values.page import Page, Unreadable

Row = TypeVar("Row")


async def read_ahead(
    read: Callable[[int], Awaitable[Page[Row]]],
    unreadable: Unreadable | None = None,
) -> AsyncGenerator[tuple[Row, ...], None]:
    """All pages of a list, `read` being told where each begins; close it when it is left early.

    One page is read ahead, no more. What comes to the head of a list meanwhile is left out; a list
    that changed otherwise is read again by whoever orders: `CarrierUnavailable`. Rows that could
    not be read are counted in `unreadable`. Raises what `read` raises.
    """
    loop = asyncio.get_running_loop()

    async def page_at(offset: int) -> Page[Row]:
        return await read(offset)

    ahead = loop.create_task(page_at(0), name="read ahead")
    before: tuple[Row, ...] = ()
    begin, total = 0, 0
    try:
        while True:
            page = await ahead
            there = page.end - page.offset
            begin += there
            if unreadable is not None:
                unreadable.note(page)
            more = begin < page.total
            if more and not there:
                raise CarrierUnavailable("the list has fewer rows than it tells")
            if more:
                ahead = loop.create_task(page_at(begin), name="read ahead")
            rows = page.rows
            if before and page.total != total:
                newer = page.total - total
                if newer < 0 or before[-newer:] != rows[:newer]:
                    raise CarrierUnavailable("the list changed while it was read")
                rows = rows[newer:]
            before, total = page.rows, page.total
            if rows:
                yield rows
            if not more:
                return
    finally:
        ahead.cancel()
        await asyncio.gather(ahead, return_exceptions=True)


async def begun(
    pages: AsyncIterable[Sequence[Row]], unreadable: Unreadable | None = None
) -> AsyncIterator[Sequence[Row]] | None:
    """The same pages, or None when not one row comes: then no file is made (G-16).

    Raises `FiguresIncomplete` where rows came and none of them could be read: that is not nothing.
    """
    there = aiter(pages)
    async for page in there:
        if page:
            return _joined(page, there)
    refuse_parts(unreadable)
    return None


def refuse_parts(unreadable: Unreadable | None) -> None:
    """For what is made of all rows or not at all. Raises `FiguresIncomplete` if one is missing."""
    if unreadable is not None and unreadable.rows:
        raise FiguresIncomplete("rows that could not be read")


async def _joined(
    first: Sequence[Row], rest: AsyncIterator[Sequence[Row]]
) -> AsyncIterator[Sequence[Row]]:
    yield first
    async for page in rest:
        yield page
