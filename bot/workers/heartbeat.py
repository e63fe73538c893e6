"""The other processes on this database: this one says that it lives, and inherits from the dead.

Every claim has a lease of its own and comes back when that is over; this only makes it quick: what
a killed process had is free a few seconds later, whatever it was and wherever the process ran.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from account.values.durations import boottime
from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from account.values.clock import Clock
    from bot.workers.clock_sync import ClockSync
    from storage.encryption.keyring import Keyring
    from storage.queue.orphans import Orphans

log = structlog.get_logger(__name__)

LIFE = timedelta(seconds=3)
BEAT_EVERY = 1.0


class Heartbeat:
    """`late` is called when the others may have thought this process dead; `inherited` when there
    is something to take up.
    """

    def __init__(
        self,
        orphans: Orphans,
        clock: Clock,
        clock_sync: ClockSync,
        owner: str,
        *,
        late: Callable[[], None],
        inherited: Callable[[], None],
        keys: Keyring | None = None,
    ) -> None:
        self._orphans = orphans
        self._clock = clock
        self._clock_sync = clock_sync
        clock_sync.stepped = self._stepped
        self._owner = owner
        self._late = late
        self._inherited = inherited
        self._keys = keys
        self._beat_at: float | None = None
        self._steady_since: float | None = None

    async def run(self) -> None:
        """Live, and look after the dead, until cancelled."""
        while True:
            try:
                await self._clock_sync.beat()
                if self._clock_sync.fit:
                    await self._beat()
                    await self._look()
            except StorageUnavailable as fault:
                log.warning("storage.unavailable", error=type(fault).__name__)
                self._steady_since = None
            await asyncio.sleep(BEAT_EVERY)

    def _stepped(self) -> None:
        """All that others have is late by another clock: nobody is judged by it."""
        self._steady_since = None
        self._inherited()

    async def _beat(self) -> None:
        asked = boottime()
        await self._orphans.beat(self._owner, self._clock.now(), LIFE, self._keys)
        silent = 0.0 if self._beat_at is None else asked - self._beat_at
        late = silent > LIFE.total_seconds()
        self._beat_at = asked
        if late:
            log.warning("process.late", seconds=round(silent, 1))
            self._late()
        if late or self._steady_since is None:
            self._steady_since = asked

    async def _look(self) -> None:
        """After an outage everybody is late: who has just come back judges nobody."""
        steady_since = self._steady_since
        if steady_since is None or boottime() - steady_since < LIFE.total_seconds():
            return
        dead = await self._orphans.inherit(self._owner, self._clock.now())
        if dead:
            log.warning("process.gone", count=len(dead))
            self._inherited()
