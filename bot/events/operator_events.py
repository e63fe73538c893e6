"""What one process has to do with the operator's events: listener, looks, and the subscriptions.

Only a process with conversations (`run`) listens; whatever it wakes any process may take up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog

from bot.events.listener import EventListener
from bot.events.subscriber import LEASE_NAME, Subscriber
from bot.events.wakeups import EventWakeups
from bot.workers.leased_task import LeasedTask
from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from account.values.clock import Clock
    from bot.config.settings import Settings
    from bot.http.server import HttpServer
    from bot.ops.metrics import Metrics
    from carrier.http import OperatorHttp
    from storage.open import Stores

log = structlog.get_logger(__name__)


class OperatorEvents:
    """Begun and ended with the process; without `MYACCOUNT_EVENTS_URL` it ends what was left."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        clock: Clock,
        operator: OperatorHttp,
        metrics: Metrics,
        owner: str,
        *,
        fit: Callable[[], bool],
        ring: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._rows = stores.event_subscriptions
        self._server: HttpServer | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._wakes = EventWakeups(
            stores.action_wakeups,
            self._rows,
            clock,
            counted=metrics.operator_event,
            ring=ring,
            looks=stores.alerts,
        )
        self._listener = None
        if settings.events_url is not None:
            self._listener = EventListener(
                settings.events_url,
                stores.keys.event_paths,
                settings.profile.events.apis,
                self._wakes,
                counted=metrics.operator_event,
            )
        callback = None if self._listener is None else self._listener.callback
        subscriber = Subscriber(operator, self._rows, clock, callback)
        self._subscription = LeasedTask(
            LEASE_NAME,
            subscriber.run,
            stores.leases,
            clock,
            owner,
            fit,
            failed=_failed,
            leave=subscriber.leave,
        )

    async def begin(self) -> list[asyncio.Task[None]]:
        """Listen first, then have events sent; what runs from now on.

        Raises `PortBusy`, `BadSetting`.
        """
        if self._listener is not None:
            host, port = self._settings.events_host, self._settings.events_port
            self._server = await self._listener.serve(host, port)
            self._tasks.append(_task(self._wakes.run(), "events"))
        if self._listener is not None or await self._left():
            self._tasks.append(_task(self._subscription.run(), "subscription"))
        return self._tasks

    async def end(self) -> None:
        """End the subscriptions, then what they lead to."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.close()

    async def _left(self) -> bool:
        """Whether a process before us, which was told to listen, has left something behind."""
        with suppress(StorageUnavailable):
            return bool(await self._rows.all())
        return False


def _failed(error: BaseException) -> None:
    log.error("events.failed", error=type(error).__name__)


def _task(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(work, name=name)
