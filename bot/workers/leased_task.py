"""What one process of all on a database does at a time: whoever holds the lease does it.

The bind to a message centre is one such thing (centres count binds, and receipts come to any of
them), subscribing to the operator's events another. When the process dies, the next one begins as
soon as the lease is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from account.values.durations import boottime
from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from account.values.clock import Clock
    from storage.queue.leases import Leases

LEASE = timedelta(seconds=10)
HELD_ON_EVERY = 2.0


async def _nothing() -> None:
    return


class LeasedTask:
    """`work` runs until it is cancelled; one that returns is done for good in this process.

    `name` is the lease's. `fit`: whether this process may claim anything. `failed` is told of an
    error that ended `work`, which is begun anew then. `leave` is called at the end of a process
    that holds the lease, before another one may have it.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], Awaitable[None]],
        leases: Leases,
        clock: Clock,
        owner: str,
        fit: Callable[[], bool],
        *,
        failed: Callable[[BaseException], None],
        leave: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        self._name = name
        self._work = work
        self._leases = leases
        self._clock = clock
        self._owner = owner
        self._fit = fit
        self._failed = failed
        self._leave = leave
        self._held_at: float | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def held(self) -> bool:
        """Whether this process is the one that does it."""
        return self._running is not None

    async def run(self) -> None:
        """Work while the lease is held, until cancelled; then let another process at once."""
        try:
            while True:
                if not await self._hold():
                    await self._end()
                elif self._begin():
                    return
                await asyncio.sleep(HELD_ON_EVERY)
        finally:
            held = self.held
            await self._end()
            if held:
                await self._leave()
            await self._let_go()

    async def _hold(self) -> bool:
        """Take the lease, or hold on to it; while the database is away, until it would be over."""
        asked = boottime()
        try:
            if not self._fit():
                return False
            fence = await self._leases.take(self._name, self._owner, self._clock.now(), LEASE)
        except StorageUnavailable:
            since = None if self._held_at is None else asked - self._held_at
            return since is not None and since + HELD_ON_EVERY < LEASE.total_seconds()
        self._held_at = None if fence is None else asked
        return fence is not None

    def _begin(self) -> bool:
        """Work, unless that is under way; whether it is done."""
        if self._running is not None and self._running.done():
            if not self._running.cancelled():
                error = self._running.exception()
                if error is None:
                    return True
                self._failed(error)
            self._running = None
        if self._running is None:
            self._running = asyncio.get_running_loop().create_task(self._run(), name=self._name)
        return False

    async def _run(self) -> None:
        await self._work()

    async def _end(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None

    async def _let_go(self) -> None:
        with suppress(StorageUnavailable):
            fence = await self._leases.take(self._name, self._owner, self._clock.now(), LEASE)
            if fence is not None:
                await self._leases.release(self._name, self._owner, fence)
