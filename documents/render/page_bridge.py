"""Pages on their way from the event loop to the thread that writes them.

A few pages may wait, no more: the operator is read ahead while the former page is written, and a
report of a million rows takes no more memory than one of ten thousand. Neither side can hang on the
other: a writer that fails stops the reader, and a reader that gives up stops the writer.
"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

Row = TypeVar("Row")

AHEAD = 2


class Abandoned(Exception):  # noqa: N818 - not an error: the other side has gone
    """Nobody wants the document any more; raised in the thread that writes it."""


class PageBridge(Generic[Row]):
    """One document's pages: `put` and `end` in the event loop, iterated in one thread."""

    def __init__(self, ahead: int = AHEAD) -> None:
        self._loop = asyncio.get_running_loop()
        self._space = asyncio.Semaphore(ahead)
        self._pages: queue.SimpleQueue[Sequence[Row] | None] = queue.SimpleQueue()
        self._abandoned = False

    async def put(self, page: Sequence[Row]) -> None:
        """Hand a page over; waits while `ahead` pages are not yet taken, or `wake` is called."""
        await self._space.acquire()
        self._pages.put(page)

    def end(self) -> None:
        """Say that there are no more pages."""
        self._pages.put(None)

    def abandon(self) -> None:
        """Stop the thread at the next page, whatever still waits."""
        self._abandoned = True
        self._pages.put(None)

    def wake(self) -> None:
        """Let a waiting `put` go: the writer has ended and takes nothing more."""
        self._space.release()

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """The pages, in the thread. Raises `Abandoned`."""
        while not self._abandoned and (page := self._pages.get()) is not None:
            # The loop may be gone when the process ends under a running document.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._space.release)
            if not self._abandoned:
                yield page
        if self._abandoned:
            raise Abandoned
