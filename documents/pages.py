"""Pages of rows that come from outside: the first one tells whether there is a document at all."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from typing import TypeVar

Row = TypeVar("Row")


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
