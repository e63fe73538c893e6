"""Where those who run this process look: `/metrics` for Prometheus, two pages for probes.

All are on a port of their own, on the loopback unless set otherwise: they are for the machine's
keeper, not for the world. `/health` is 200 while every part works and 503 with the part that does
not: whether this process is ready. `/live` is 200 while the event loop goes round, whatever else is
broken: an operator or a database that is away is no reason to start a process again.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.config.errors import BadSetting
from bot.http.application import application
from bot.http.server import HttpServer, PortBusy

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.ops.metrics import Metrics, Waiting

log = structlog.get_logger(__name__)

LOOP_EVERY = 0.1
LOOKS_REMEMBERED = 300
"""Looks at the loop that health judges by: half a minute."""
SLOWEST_LOOP = 2.0
"""Seconds of lag that are a fault."""
LARGEST_REQUEST = 1024
MOST_CONNECTIONS = 32


class HealthPages:
    """Measures the event loop, and answers whoever looks."""

    def __init__(self, metrics: Metrics, waiting: Waiting) -> None:
        self.metrics = metrics
        self._waiting = waiting
        self._parts: dict[str, Callable[[], str | bool]] = {}
        self._lags: deque[float] = deque(maxlen=LOOKS_REMEMBERED)
        self._server: HttpServer | None = None

    def watch(self, part: str, well: Callable[[], str | bool]) -> None:
        """Have health ask a part of this process, too; a word says how it does not work."""
        self._parts[part] = well

    async def measure(self) -> None:
        """Look at the event loop until cancelled."""
        while True:
            asked = time.monotonic()
            await asyncio.sleep(LOOP_EVERY)
            lag = max(0.0, time.monotonic() - asked - LOOP_EVERY)
            self._lags.append(lag)
            self.metrics.loop_lag(lag)

    async def serve(self, settings: Settings) -> int | None:
        """Answer on the configured port; the port, or None when it is off or taken.

        A port that was chosen must be had. Raises `PortBusy`, `BadSetting`.
        """
        if settings.metrics_port == 0:
            return None
        self._server = HttpServer(self.application(), MOST_CONNECTIONS)
        chosen = settings.metrics_port_chosen
        try:
            return await self._server.start(
                settings.metrics_host,
                settings.metrics_port,
                "MYACCOUNT_METRICS_PORT",
                None if chosen else 0.0,
            )
        except (PortBusy, BadSetting):
            self._server = None
            if chosen:
                raise
        # Usually another process of ours on this machine: it must not keep this one from work.
        log.warning("metrics.off", why="port_in_use", code=settings.metrics_port)
        return None

    async def close(self) -> None:
        """Answer nobody any more."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError):
                await server.close()

    def application(self) -> web.Application:
        """The pages."""
        pages = {
            ("GET", "/metrics"): self._metrics,
            ("GET", "/health"): self._health,
            ("GET", "/live"): self._live,
        }
        return application(pages, LARGEST_REQUEST)

    async def _metrics(self, _request: web.Request) -> web.Response:
        await self._waiting.figures()
        body = generate_latest(self.metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _health(self, _request: web.Request) -> web.Response:
        parts = {
            "database": await self._waiting.figures() is not None,
            "loop": max(self._lags, default=0.0) < SLOWEST_LOOP,
            **{name: well() for name, well in self._parts.items()},
        }
        told_of = {name: _word(works) for name, works in parts.items()}
        well = all(word == "ok" for word in told_of.values())
        told = {
            "status": "ok" if well else "failing",
            "parts": told_of,
        }
        return web.json_response(told, status=200 if well else 503)

    async def _live(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})


def _word(works: str | bool) -> str:
    if isinstance(works, str):
        return works
    return "ok" if works else "failing"
