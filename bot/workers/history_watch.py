"""Checks the history of a running bot now and then, and so seals it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from account.values.clock import Clock
    from storage.open import Stores

log = structlog.get_logger(__name__)

CHECK_EVERY = 300.0
LEASE = timedelta(minutes=10)
"""Of the one process that checks; given back at the end of it."""


class HistoryWatch:
    """One process's; of several one checks at a time.

    Until the next seal nobody can tell that one company's history was put back to what it was after
    the last one.
    """

    def __init__(self, stores: Stores, clock: Clock, owner: str) -> None:
        self._stores = stores
        self._clock = clock
        self._owner = owner

    async def run(self) -> None:
        """Check until cancelled."""
        while True:
            await asyncio.sleep(CHECK_EVERY)
            try:
                await self.check()
            except StorageUnavailable as fault:
                log.warning("storage.unavailable", error=type(fault).__name__)

    async def check(self) -> None:
        """Check what is new, unless another process is at it. Raises `StorageUnavailable`."""
        now = self._clock.now()
        fence = await self._stores.leases.take("audit", self._owner, now, LEASE)
        if fence is None:
            return
        verdict = await self._stores.audit.verify(now)
        await self._stores.leases.release("audit", self._owner, fence)
        if verdict.breach is not None:
            log.error(
                "audit.broken",
                alarm="the history was tampered with: see myaccount verify-audit",
                kind=verdict.breach.why,
            )
