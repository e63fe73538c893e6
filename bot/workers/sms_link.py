"""The one bind to the message centre: whoever holds its lease has it, all others claim no SMS.

Centres count binds, and receipts come to any of them. So one process of all on this database sends
texts; when it dies, the next one binds as soon as the lease is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from account.values.durations import boottime
from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from account.values.clock import Clock
    from storage.queue.leases import Leases

log = structlog.get_logger(__name__)

BIND = "smpp"
LEASE = timedelta(seconds=10)
HELD_ON_EVERY = 2.0


class SmsLink:
    """`bind` is bound until it is cancelled. `fit`: whether this process may claim anything."""

    def __init__(
        self,
        bind: Callable[[], Awaitable[None]],
        leases: Leases,
        clock: Clock,
        owner: str,
        fit: Callable[[], bool],
    ) -> None:
        self._bind = bind
        self._leases = leases
        self._clock = clock
        self._owner = owner
        self._fit = fit
        self._held_at: float | None = None
        self._bound: asyncio.Task[None] | None = None

    @property
    def held(self) -> bool:
        """Whether this process is the one that sends texts."""
        return self._bound is not None

    async def run(self) -> None:
        """Bind while the lease is held, until cancelled; then let another process bind at once."""
        try:
            while True:
                if await self._hold():
                    self._begin()
                else:
                    await self._end()
                await asyncio.sleep(HELD_ON_EVERY)
        finally:
            await self._end()
            await self._let_go()

    async def _hold(self) -> bool:
        """Take the lease, or hold on to it; while the database is away, until it would be over."""
        asked = boottime()
        try:
            if not self._fit():
                return False
            fence = await self._leases.take(BIND, self._owner, self._clock.now(), LEASE)
        except StorageUnavailable:
            since = None if self._held_at is None else asked - self._held_at
            return since is not None and since + HELD_ON_EVERY < LEASE.total_seconds()
        self._held_at = None if fence is None else asked
        return fence is not None

    def _begin(self) -> None:
        if self._bound is None or self._bound.done():
            if self._bound is not None and not self._bound.cancelled():
                log.error("smpp.failed", error=type(self._bound.exception()).__name__)
            self._bound = asyncio.get_running_loop().create_task(self._run(), name="smpp")

    async def _run(self) -> None:
        await self._bind()

    async def _end(self) -> None:
        if self._bound is not None:
            self._bound.cancel()
            await asyncio.gather(self._bound, return_exceptions=True)
            self._bound = None

    async def _let_go(self) -> None:
        with suppress(StorageUnavailable):
            fence = await self._leases.take(BIND, self._owner, self._clock.now(), LEASE)
            if fence is not None:
                await self._leases.release(BIND, self._owner, fence)
