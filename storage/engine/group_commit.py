"""Writes of one kind that come at the same moment share one transaction, and its statements.

Over a network each transaction costs the same round trips and one commit whatever is in it, so what
waits while one is under way goes together with the next. Nobody is told before that commit. When
one of them fails, nothing of any is kept and each runs by itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from storage.errors import StatementRefused, StorageUnavailable

Item = TypeVar("Item")

MOST_TOGETHER = 32


@dataclass(eq=False, slots=True)
class _Waiting(Generic[Item]):
    item: Item
    settled: bool = False
    error: Exception | None = None


class GroupCommit(Generic[Item]):
    """Hands what waits to `write`, which must write all of it or nothing."""

    def __init__(self, write: Callable[[Sequence[Item]], Awaitable[None]]) -> None:
        self._write = write
        self._queue: deque[_Waiting[Item]] = deque()
        self._unit = asyncio.Lock()

    async def write(self, item: Item) -> None:
        """Have it written. Raises what its writing raised, and `StorageUnavailable`."""
        one = _Waiting(item)
        self._queue.append(one)
        try:
            async with self._unit:
                while not one.settled:
                    await self._next()
        except asyncio.CancelledError:
            if one in self._queue:
                self._queue.remove(one)
            raise
        if one.error is not None:
            raise one.error

    async def _next(self) -> None:
        """Write what waits, in the task of whoever waits longest."""
        together = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_TOGETHER))]
        try:
            if len(together) > 1:
                await self._all(together)
            for one in together:
                if not one.settled:
                    await self._alone(one)
        finally:
            # Whoever wrote was cancelled: the others wait for the next one.
            self._queue.extendleft(one for one in reversed(together) if not one.settled)

    async def _all(self, together: list[_Waiting[Item]]) -> None:
        try:
            await self._write([one.item for one in together])
        except StatementRefused:
            return
        except StorageUnavailable as away:
            # Nothing would be different for each alone.
            for one in together:
                one.settled, one.error = True, away
        except Exception:  # noqa: BLE001 - whose it is, shows when each runs alone
            return
        for one in together:
            one.settled = True

    async def _alone(self, one: _Waiting[Item]) -> None:
        try:
            await self._write([one.item])
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
            one.error = error
        one.settled = True
