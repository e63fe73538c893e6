"""Events that came, waiting to bring looks at open changes forward; a bounded number of them.

The caller is answered before anything is looked up. What comes faster than it can be looked up is
dropped and counted: the change is asked about in its time anyway.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from account.values.durations import boottime
from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from account.values.clock import Clock
    from storage.stores.action_wakeups import ActionWakeups
    from storage.stores.alerts import AlertRows
    from storage.stores.event_subscriptions import EventSubscriptionRows

log = structlog.get_logger(__name__)

MOST_WAITING, MOST_AT_ONCE = 1000, 100
PAUSE = 0.05
"""Between two transactions, so that a flood leaves the database to others."""
AGAIN_AFTER = 1.0
HEARD_EVERY = 5.0
"""How often at most it is noted that a subscription works."""


class EventWakeups:
    """`counted` is told what became of each event, `ring` that there may be something to do.

    `looks` are those for alerts: a company that an event names is looked at soon.
    """

    def __init__(
        self,
        action_wakeups: ActionWakeups,
        subscriptions: EventSubscriptionRows,
        clock: Clock,
        *,
        counted: Callable[[str], None],
        ring: Callable[[], None],
        looks: AlertRows | None = None,
    ) -> None:
        self._action_wakeups = action_wakeups
        self._subscriptions = subscriptions
        self._clock = clock
        self._counted = counted
        self._ring = ring
        self._looks = looks
        self._waiting: deque[frozenset[str]] = deque()
        self._heard: dict[str, float] = {}
        self._unnoted: set[str] = set()
        self._bell = asyncio.Event()

    def offer(self, api: str, names: frozenset[str]) -> bool:
        """Take an event that came by that API's subscription; False where too many wait."""
        self._unnoted.add(api)
        self._bell.set()
        if len(self._waiting) >= MOST_WAITING:
            return False
        self._waiting.append(names)
        return True

    async def run(self) -> None:
        """Look up what came, until cancelled."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            try:
                await self._look()
                await self._note()
            except StorageUnavailable as fault:
                log.warning("storage.unavailable", error=type(fault).__name__)
                self._bell.set()
                await asyncio.sleep(AGAIN_AFTER)
            await asyncio.sleep(PAUSE)

    async def _look(self) -> None:
        batch = [self._waiting[n] for n in range(min(len(self._waiting), MOST_AT_ONCE))]
        for outcome in await self._action_wakeups.wake(batch, self._clock.now()):
            self._waiting.popleft()
            self._counted(outcome)
        if batch and self._looks is not None:
            # A company that an event names is looked at for its alerts; what it says is not read.
            await self._looks.wake(sorted(frozenset().union(*batch)), self._clock.now())
        if batch:
            self._ring()
        if self._waiting:
            self._bell.set()

    async def _note(self) -> None:
        for api in sorted(self._unnoted):
            if boottime() - self._heard.get(api, -HEARD_EVERY) >= HEARD_EVERY:
                await self._subscriptions.heard(api, self._clock.now())
                self._heard[api] = boottime()
        self._unnoted.clear()
