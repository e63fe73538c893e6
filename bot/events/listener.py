"""Where the operator tells us of what became of changes: a secret in the path, and a deaf ear.

Whoever finds the address out could say anything; so what is said only names changes to be asked
about (`carrier.tmf.event`). The path is compared in constant time and stands in no log. Hubs send
to the callback as it is, or to `/listener/…` below it; both are taken.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.http.application import application
from bot.http.server import BODY_SECONDS, HttpServer
from carrier.tmf.event import ids_named

if TYPE_CHECKING:
    from bot.events.wakeups import EventWakeups

log = structlog.get_logger(__name__)

LARGEST_EVENT = 256 * 1024
MOST_CONNECTIONS = 64
UNREAD, CROWDED, TOO_LARGE, TOO_SLOW, STRANGER = (
    "unread",
    "crowded",
    "too_large",
    "too_slow",
    "stranger",
)
"""What became of a call besides the words of `storage.stores.action_wakeups`: a body that is no
event, one too many, and a call to no address of ours."""


class EventListener:
    """Takes events at `<url>/<secret>/<API>`. `secrets` are the paths that hold now."""

    def __init__(
        self,
        url: str,
        secrets: Callable[[], Sequence[str]],
        apis: Collection[str],
        wakes: EventWakeups,
        *,
        counted: Callable[[str], None],
    ) -> None:
        self._url = url
        self._secrets = secrets
        self._apis = frozenset(apis)
        self._wakes = wakes
        self._counted = counted

    def callback(self, api: str) -> str:
        """The address that the operator is told for that API; it is a secret."""
        return f"{self._url}/{self._secrets()[0]}/{api}"

    async def serve(self, host: str, port: int) -> HttpServer:
        """Listen. Raises `PortBusy`, `BadSetting`."""
        server = HttpServer(self.application(), MOST_CONNECTIONS)
        taken = await server.start(host, port, "MYACCOUNT_EVENTS_PORT")
        log.info("events.listens", address=f"{host}:{taken}{self._path}")
        return server

    @property
    def _path(self) -> str:
        return urlsplit(self._url).path

    def application(self) -> web.Application:
        """The one page, and what is below it."""
        at = f"{self._path}/{{secret}}/{{api}}"
        pages = {("POST", at): self._receive, ("POST", f"{at}/{{rest:.*}}"): self._receive}
        return application(pages, LARGEST_EVENT)

    async def _receive(self, request: web.Request) -> web.Response:
        given = request.match_info["secret"].encode(errors="replace")
        # Each of them, so that the time tells nothing.
        known = [hmac.compare_digest(given, secret.encode()) for secret in self._secrets()]
        api = request.match_info["api"]
        if not any(known) or api not in self._apis:
            self._counted(STRANGER)
            return web.Response(status=404)
        status, dropped = await self._taken(request, api)
        if dropped is not None:
            self._counted(dropped)
        return web.Response(status=status, headers={"Retry-After": "1"} if status == 503 else None)

    async def _taken(self, request: web.Request, api: str) -> tuple[int, str | None]:
        """The status to answer, and why nothing comes of it; None: it waits to be looked up."""
        if (request.content_length or 0) > LARGEST_EVENT:
            return 413, TOO_LARGE
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
        except TimeoutError:
            return 408, TOO_SLOW
        except web.HTTPRequestEntityTooLarge:
            return 413, TOO_LARGE
        except web.RequestPayloadError:
            return 400, UNREAD
        names = ids_named(body)
        if names is None:
            return 204, UNREAD
        return (204, None) if self._wakes.offer(api, names) else (503, CROWDED)
