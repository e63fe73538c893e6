"""Reads of one kind that are asked for at the same moment share one statement.

A statement costs more than its rows, and updates come by the dozen: whatever is asked for until the
event loop comes round is read at once, after it was asked for. Nobody waits for somebody to come.
When it fails, each is read by itself, unless the database is away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from storage.errors import StatementRefused, StorageUnavailable

Asked = TypeVar("Asked")
Found = TypeVar("Found")

MOST_TOGETHER = 32


class GroupRead(Generic[Asked, Found]):
    """Hands what is asked for to `read`, which answers each in the same order.

    `alone`: each by itself and at once, where nothing is won by it (`Database.reads_in_place`).
    """

    def __init__(
        self,
        read: Callable[[Sequence[Asked]], Awaitable[Sequence[Found]]],
        *,
        alone: bool = False,
    ) -> None:
        self._read = read
        self._alone = alone
        self._waiting: list[tuple[Asked, asyncio.Future[Found]]] = []
        self._reading: set[asyncio.Task[None]] = set()

    async def read(self, asked: Asked) -> Found:
        """Have it read. Raises what its reading raises, and `StorageUnavailable`."""
        if self._alone:
            return (await self._read([asked]))[0]
        loop = asyncio.get_running_loop()
        if self._waiting and self._waiting[0][1].get_loop() is not loop:
            self._waiting = []  # nobody of another loop, which has ended, waits any more
        answer: asyncio.Future[Found] = loop.create_future()
        self._waiting.append((asked, answer))
        if len(self._waiting) == 1:
            loop.call_soon(self._begin, loop)
        elif len(self._waiting) == MOST_TOGETHER:
            self._begin(loop)
        return await answer

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        together, self._waiting = self._waiting, []
        if together:
            task = loop.create_task(self._all(together), name="group-read")
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)

    async def _all(self, together: list[tuple[Asked, asyncio.Future[Found]]]) -> None:
        try:
            found = await self._read([asked for asked, _answer in together])
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
            away = isinstance(error, StorageUnavailable) and not isinstance(error, StatementRefused)
            if len(together) > 1 and not away:
                for one in together:
                    await self._all([one])
                return
            for _asked, answer in together:
                if not answer.done():
                    answer.set_exception(error)
        except asyncio.CancelledError:
            for _asked, answer in together:
                answer.cancel()
            raise
        else:
            for (_asked, answer), told in zip(together, found, strict=True):
                if not answer.done():
                    answer.set_result(told)
