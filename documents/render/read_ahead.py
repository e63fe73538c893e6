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

from account.errors import CarrierUnavailable

if TYPE_CHECKING:
    from account.values.page import Page

Row = TypeVar("Row")


async def read_ahead(
    read: Callable[[int], Awaitable[Page[Row]]],
) -> AsyncGenerator[tuple[Row, ...], None]:
    """All pages of a list, `read` being told where each begins; close it when it is left early.

    One page is read ahead, no more. What comes to the head of a list meanwhile is left out; a list
    that changed otherwise is read again by whoever orders: `CarrierUnavailable`. Raises what `read`
    raises.
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
            begin += len(page.rows)
            more = begin < page.total
            if more and not page.rows:
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


async def begun(pages: AsyncIterable[Sequence[Row]]) -> AsyncIterator[Sequence[Row]] | None:
    """The same pages, or None when not one row comes: then no file is made (G-16)."""
    there = aiter(pages)
    async for page in there:
        if page:
            return _joined(page, there)
    return None


async def _joined(
    first: Sequence[Row], rest: AsyncIterator[Sequence[Row]]
) -> AsyncIterator[Sequence[Row]]:
    yield first
    async for page in rest:
        yield page
