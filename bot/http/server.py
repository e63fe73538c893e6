"""The listening side of our pages, bounded in connections and in patience.

Whoever reaches the port can open connections and say nothing, or a byte now and then. So a head
must be whole in `HEAD_SECONDS`, and at most so many connections are held: when one more comes, the
one that has waited longest without a request is let go. Strangers who are slow make room for those
who are quick; Telegram and Prometheus are quick.

A proxy that keeps connections for later must let go of them in less than `HEAD_SECONDS`.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web

from bot.config.errors import BadSetting

log = structlog.get_logger(__name__)

HEAD_SECONDS = 15.0
"""From the beginning of a connection, or the end of its last answer, to a whole head."""
LINGER_SECONDS = 2.0
"""For reading on what was refused already."""
BODY_SECONDS = 10.0
PORT_SECONDS, PORT_PAUSE = 5.0, 0.2
"""How long a port may be somebody else's at start: the process before us may still be leaving."""
_MAY_PASS = (errno.EADDRINUSE, errno.EADDRNOTAVAIL, socket.EAI_AGAIN)


class PortBusy(Exception):  # noqa: N818 - the sentence is the error
    """A port did not become free in time: no fault of the settings, so worth a new start."""


class HttpServer:
    """Answers on one port with an application."""

    def __init__(self, application: web.Application, most: int) -> None:
        """`most` connections at once."""
        application.middlewares.append(_while_answered)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        self._most = most
        self._open: dict[_Connection, None] = {}
        self._listener: asyncio.Server | None = None

    async def start(
        self, host: str, port: int, variable: str, patience: float | None = None
    ) -> int:
        """Listen; the port. `variable` is named when that cannot be.

        Raises `PortBusy` when the port is not free after `patience` seconds, `PORT_SECONDS` unless
        said otherwise; `BadSetting` for an address that can never be listened on.
        """
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        until = loop.time() + (PORT_SECONDS if patience is None else patience)
        while True:
            try:
                self._listener = await loop.create_server(self._connection, host, port)
            except OSError as error:
                if error.errno not in _MAY_PASS:
                    await self.close()
                    raise BadSetting(
                        f"{variable}: nothing can listen on {host} port {port}: {error.strerror}."
                    ) from None
                if loop.time() >= until:
                    await self.close()
                    raise PortBusy(
                        f"{variable}: {host} port {port} is in use by another program."
                    ) from None
                await asyncio.sleep(PORT_PAUSE)
            else:
                bound: int = self._listener.sockets[0].getsockname()[1]
                return bound

    async def close(self) -> None:
        """Answer nobody any more."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        await self._runner.cleanup()

    def _connection(self) -> _Connection:
        while len(self._open) >= self._most:
            idle = next((one for one in self._open if not one.answering), None)
            # All of them at work: the oldest goes, so that there is a bound whatever they do.
            self._drop(idle or next(iter(self._open)))
        server = self._runner.server
        assert server is not None
        connection = _Connection(
            server,
            gone=lambda: self._open.pop(connection, None),
            loop=asyncio.get_running_loop(),
            access_log=None,
            keepalive_timeout=HEAD_SECONDS,
            lingering_time=LINGER_SECONDS,
        )
        self._open[connection] = None
        return connection

    def _drop(self, connection: _Connection) -> None:
        log.debug("http.crowded", count=self._most)
        del self._open[connection]
        connection.drop()


class _Connection(web.RequestHandler):
    """One connection; whoever counts them hears when it is gone."""

    __slots__ = ("_dropped", "_gone", "answering")

    def __init__(self, server: web.Server, *, gone: Callable[[], object], **options: Any) -> None:
        super().__init__(server, **options)
        self._gone = gone
        self._dropped = False
        self.answering = False

    def drop(self) -> None:
        """Close it without a word, also when it is only just beginning."""
        self._dropped = True
        self.force_close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._dropped:
            transport.close()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._gone()
        super().connection_lost(exc)


@web.middleware
async def _while_answered(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Note on the connection that a request of it is being answered."""
    connection = request.protocol
    if not isinstance(connection, _Connection):
        return await handler(request)
    connection.answering = True
    try:
        return await handler(request)
    finally:
        connection.answering = False
