"""The rooms put together into one application on one port.

`Sandbox` runs in a test's own event loop as well as in a process of its own; several may run side
by side, each with its own data folder.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import Any, Self

from aiohttp import web

from sandbox.faults import BadFaultError
from sandbox.operator import open_operator
from sandbox.post import open_post
from sandbox.telegram import open_telegram
from sandbox.world import Routes, World

UPLOAD_BYTES = 64 << 20


class Controls:
    """`/sandbox/faults`, `/sandbox/clock`, `/sandbox/health`: the world itself."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def routes(self) -> list[web.RouteDef]:
        """The addresses."""
        return [
            web.get("/sandbox/health", self.health),
            web.get("/sandbox/faults", self.faults),
            web.post("/sandbox/faults", self.lay_fault),
            web.delete("/sandbox/faults", self.clear_faults),
            web.get("/sandbox/clock", self.clock),
            web.post("/sandbox/clock", self.set_clock),
        ]

    async def health(self, _request: web.Request) -> web.Response:
        """Ready to serve."""
        found = {"status": "ok", "smtp_port": self._world.smtp_port, "process": os.getpid()}
        return web.json_response(found)

    async def faults(self, _request: web.Request) -> web.Response:
        """All faults, spent ones included."""
        return web.json_response([fault.as_json() for fault in self._world.faults.laid()])

    async def lay_fault(self, request: web.Request) -> web.Response:
        """Lay a fault."""
        try:
            fault = self._world.faults.lay(await _object(request))
        except BadFaultError as error:
            return _refusal(str(error))
        return web.json_response(fault.as_json(), status=201)

    async def clear_faults(self, _request: web.Request) -> web.Response:
        """Everything works again."""
        self._world.faults.clear()
        return web.json_response([])

    async def clock(self, _request: web.Request) -> web.Response:
        """The world's time."""
        return web.json_response({"now": self._world.clock.now().isoformat()})

    async def set_clock(self, request: web.Request) -> web.Response:
        """Move the clock to `now` (with a zone) or on by `advance` seconds."""
        body = await _object(request)
        try:
            if "now" in body:
                moment = datetime.fromisoformat(str(body["now"]))
                if moment.tzinfo is None:
                    return _refusal("now needs a time zone, e.g. 2022-01-24T16:04:00+06:00")
                self._world.clock.set(moment)
            elif "advance" in body:
                self._world.clock.advance(float(body["advance"]))
            else:
                return _refusal("now or advance is needed")
        except (TypeError, ValueError) as error:
            return _refusal(str(error))
        return await self.clock(request)


async def _object(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(
            text='{"error": "the body is not a JSON object"}', content_type="application/json"
        )
    return body


def _refusal(reason: str) -> web.Response:
    return web.json_response({"error": reason}, status=400)


class Sandbox:
    """One outside world, running."""

    def __init__(self, world: World, bot: str | None = None) -> None:
        """`bot`: the token of the bot that user-side calls mean; the first to call if None."""
        self.world = world
        self._bot = bot
        self._routes: list[Routes] = []
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Open the rooms, listen, and return the address (also in `world.http_url`)."""
        self.world.data.mkdir(parents=True, exist_ok=True)
        telegram = await open_telegram(self.world, self._bot)
        self._routes = [telegram, await open_operator(self.world), await open_post(self.world)]
        app = web.Application(client_max_size=UPLOAD_BYTES)
        app.add_routes(Controls(self.world).routes)
        for room in self._routes:
            app.add_routes(room.routes)
        app.on_shutdown.append(self._end_waiting)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, backlog=1024)
        await site.start()
        reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
        shown = f"[{reachable}]" if ":" in reachable else reachable
        self.world.http_url = f"http://{shown}:{self._runner.addresses[0][1]}"
        for room in self._routes:
            await room.start()
        return self.world.http_url

    async def _end_waiting(self, _app: web.Application) -> None:
        for room in self._routes:
            end_waiting = getattr(room, "end_waiting", None)
            if end_waiting is not None:
                end_waiting()

    async def close(self) -> None:
        """Stop listening, then close the rooms."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        for room in reversed(self._routes):
            await room.close()
        self._routes = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()
