"""Asks Telegram for updates, as the only one of all processes on this database.

The offset confirms what was kept, and is forgotten once it has: Telegram remembers what is
confirmed, and begins its numbers anew after a quiet week. An old offset would then confirm updates
that nobody has seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog

from account.values.durations import boottime
from bot.updates.intake import ALLOWED_UPDATES, BATCH, usable
from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from account.values.clock import Clock
    from bot.updates.intake import Intake
    from storage.queue.leases import Leases

log = structlog.get_logger(__name__)

POLLER = "poller"
LONG_POLL = 25
LEASE = timedelta(seconds=3)
RENEW_EVERY = 1.0
FIRST_PAUSE, SLOWEST_PAUSE = 0.2, 5.0
FRESH_SECONDS = LONG_POLL + 20.0
"""So long after the last sign of life there is something wrong with polling."""

_OUTCOMES: dict[object, str] = {400: "refused", 401: "refused", 409: "conflict", 429: "flood"}


class Poller:
    """Polls while this process holds the poller's lease."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        url: str,
        intake: Intake,
        leases: Leases,
        clock: Clock,
        owner: str,
        first_poll: Callable[[], None],
        drop_webhook: Callable[[], Awaitable[None]],
        fit: Callable[[], bool] = lambda: True,
        told_date: Callable[[str | None], None] = lambda _date: None,
        observer: Callable[[str, str, float], None] = lambda _method, _outcome, _seconds: None,
    ) -> None:
        self._session = session
        self._url = url
        self._intake = intake
        self._leases = leases
        self._clock = clock
        self._owner = owner
        self._first_poll = first_poll
        self._fit = fit
        self._told_date = told_date
        self._drop_webhook = drop_webhook
        self._observer = observer
        self._lived_at = boottime()

    @property
    def fresh(self) -> bool:
        """Whether Telegram has answered of late, or another process polls and this one could."""
        return boottime() - self._lived_at < FRESH_SECONDS

    async def run(self) -> None:
        """Poll until cancelled; then let another process poll at once."""
        pause = FIRST_PAUSE
        while True:
            try:
                fence = None
                if self._fit():
                    fence = await self._leases.take(POLLER, self._owner, self._clock.now(), LEASE)
                if fence is None:
                    self._lived_at = boottime()
                    await asyncio.sleep(0.5)
                    continue
                pause = FIRST_PAUSE
                await self._hold(fence)
            except StorageUnavailable as fault:
                log.warning("storage.unavailable", error=type(fault).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, SLOWEST_PAUSE)

    async def _hold(self, fence: int) -> None:
        """Poll until the lease is lost."""
        polling = asyncio.get_running_loop().create_task(self._poll_on(), name="poll")
        try:
            while not polling.done():
                await asyncio.wait({polling}, timeout=RENEW_EVERY)
                if not self._fit():
                    return
                now = self._clock.now()
                if not await self._leases.renew(POLLER, self._owner, fence, now, LEASE):
                    log.warning("poller.lease_lost")
                    return
            polling.result()
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)
            with suppress(StorageUnavailable):
                await self._leases.release(POLLER, self._owner, fence)

    async def _poll_on(self) -> None:
        self._first_poll()
        # What this process confirmed before is confirmed; what came since must not be skipped.
        offset: int | None = None
        pause = FIRST_PAUSE
        while True:
            try:
                updates = await self._ask(offset)
                await self._intake.keep(updates)
                offset = max((update["update_id"] + 1 for update in updates), default=None)
                pause = FIRST_PAUSE
            except _Pause as told:
                await asyncio.sleep(told.seconds)
            except (
                aiohttp.ClientError,
                TimeoutError,
                ValueError,
                RecursionError,
                StorageUnavailable,
            ) as fault:
                # The offset has not moved: what was not kept comes again.
                log.warning("poll.failed", error=type(fault).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, SLOWEST_PAUSE)

    async def _ask(self, offset: int | None) -> list[dict[str, Any]]:
        body: dict[str, Any] = {
            "timeout": LONG_POLL,
            "limit": BATCH,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        if offset is not None:
            body["offset"] = offset
        began, outcome = boottime(), "network"
        try:
            told = await self._called(body)
            outcome = "ok" if told.get("ok") else _OUTCOMES.get(told.get("error_code"), "fault")
        except asyncio.CancelledError:
            outcome = "given_up"
            raise
        finally:
            self._observer("getUpdates", outcome, boottime() - began)
        if told.get("ok"):
            self._lived_at = boottime()
            return [update for update in told.get("result") or [] if usable(update)]
        raise _Pause(await self._refused(told))

    async def _called(self, body: dict[str, Any]) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=LONG_POLL + 10, connect=5)
        call = self._session.post(self._url, json=body, timeout=timeout, allow_redirects=False)
        async with call as answer:
            self._told_date(answer.headers.get("Date"))
            told = await answer.json(content_type=None)
        if not isinstance(told, dict):
            raise aiohttp.ClientPayloadError("not an answer of the Bot API")
        return told

    async def _refused(self, told: dict[str, Any]) -> float:
        """How long to wait after a refusal; a conflict means somebody else holds the token."""
        code = told.get("error_code")
        if code == 409:
            log.error("poll.conflict", alarm="another process or webhook uses this bot's token")
            if "webhook" not in str(told.get("description")):
                return 3.0
            await self._drop_webhook()
            return 0.5
        if code == 401:
            log.error("poll.unauthorized", alarm="Telegram does not know this bot's token")
            return 10.0
        log.warning("poll.refused", code=code)
        parameters = told.get("parameters")
        seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
        return float(seconds) if isinstance(seconds, int | float) else 1.0


class _Pause(Exception):  # noqa: N818 - not a fault, an order to wait
    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
