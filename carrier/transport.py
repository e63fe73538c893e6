"""One HTTP exchange with the operator, and the one question that matters when it fails.

That question is whether the request may have arrived. A connection that was never made cannot
have changed anything; after the first byte everything is possible. So there are two faults here
and no third.

The client underneath is aiohttp, which the Telegram side brings along: an exchange over a warm
connection costs 0.15 ms of CPU, with httpx 0.8 ms, and a tap makes three.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakSet

import aiohttp
from yarl import URL

from carrier.exchange import Exchanges

if TYPE_CHECKING:
    from aiohttp.client import ClientTimeout
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace

    from account.changes.ports import DispatchGuard

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes of an answer; a thousand usage records are under one MiB."""
_CONNECTIONS = 200
_KEEP_WARM = 30.0
_UNACKNOWLEDGED = 8.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status. `headers` are read without regard to case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NotConnectedError(Exception):
    """No connection was had: the request never left."""


class NoAnswerError(Exception):
    """The request may have arrived, the answer did not.

    `timed_out`: nobody hung up. `stale`: a connection that was kept warm was hung up before one
    byte of an answer, as happens when the other side closes it while the request is on its way; it
    tells nothing about the other side's health, and nothing about whether the request arrived.
    """

    def __init__(self, *, timed_out: bool = False, stale: bool = False) -> None:
        super().__init__("timed out" if timed_out else "connection lost")
        self.timed_out = timed_out
        self.stale = stale


class Transport(Protocol):
    """Carries one request to the operator and one answer back; tests put their own in its place."""

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        connect: float,
        read: float,
        guard: DispatchGuard | None = None,
    ) -> Answer:
        """Send exactly once; `url` is absolute and percent-encoded, the waits are seconds.

        Nothing goes twice, whatever its method: who asks again is above and counts. Redirects are
        answers. `guard` is asked with the connection in hand, right before the first byte; what it
        raises comes out, and nothing has left. Raises `NotConnectedError` and `NoAnswerError`.
        """

    async def close(self) -> None:
        """Hang up all connections for good: what is sent later never leaves."""


class PooledTransport:
    """Connections that stay warm for half a minute, shared by all APIs.

    `tls` is what our side knows and shows, the public authorities without it; `proxy` the address
    of an HTTP proxy, name and password in it, through which everything goes.
    """

    def __init__(
        self,
        connections: int = _CONNECTIONS,
        *,
        unacknowledged: float = _UNACKNOWLEDGED,
        tls: ssl.SSLContext | None = None,
        proxy: str | None = None,
    ) -> None:
        self._connections = connections
        self._unacknowledged = unacknowledged
        self._tls = tls
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None
        self._exchanges: Exchanges | None = None
        self._closed = False

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        connect: float,
        read: float,
        guard: DispatchGuard | None = None,
    ) -> Answer:
        """Send by the contract of `Transport.send`."""
        if self._closed:
            # Whoever comes late must not open a session that nobody would close.
            raise NotConnectedError
        session = self._session or self._open()
        exchanges = self._exchanges
        _reused.set(False)
        try:
            parts = None if exchanges is None else exchanges.parts(method, url, headers, body)
            if exchanges is None or parts is None:
                asked = (method, url, headers, body)
                return await _by_session(session, *asked, connect, read, guard)
            origin, target = parts
            try:
                connection, about = await exchanges.connected(origin, connect)
            except TimeoutError as error:
                raise NotConnectedError from error
            if guard is not None:
                await _guarded(guard, connection)
            head = (method, target, headers)
            return Answer(
                *await exchanges.send(connection, about, head, body, read, _has_begun, _bytes_of)
            )
        except _NEVER_LEFT as error:
            raise NotConnectedError from error
        except TimeoutError as error:
            raise NoAnswerError(timed_out=True) from error
        except (aiohttp.ClientError, OSError) as error:
            raise NoAnswerError(stale=_reused.get()) from error

    async def close(self) -> None:
        """Hang up for good."""
        self._closed = True
        session, self._session, self._exchanges = self._session, None, None
        if session is not None:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        # Made at the first call: a session belongs to the loop that runs.
        self._session = aiohttp.ClientSession(
            connector=_Connector(
                limit=self._connections,
                keepalive_timeout=_KEEP_WARM,
                socket_factory=partial(_a_socket, self._unacknowledged),
                ssl=self._tls or True,
            ),
            proxy=self._proxy,
            request_class=_GuardedRequest,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        # The client would send GET, PUT and DELETE a second time by itself when the connection
        # breaks, on a fresh connection too, unseen by breaker, budget and metrics. It has no public
        # switch for that; `test_transport.py` counts the requests of every method.
        self._session._retry_connection = False  # noqa: SLF001
        if self._proxy is None:
            self._exchanges = Exchanges(self._session, asyncio.get_running_loop())
        return self._session


async def _by_session(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    connect: float,
    read: float,
    guard: DispatchGuard | None,
) -> Answer:
    """Through a proxy, or of an unusual shape: by all of aiohttp's client."""
    guarded = _GUARD.set(guard)
    try:
        async with session.request(
            method,
            URL(url, encoded=True),
            headers=headers,
            data=body,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=connect, sock_read=read),
        ) as response:
            _reused.set(False)
            return Answer(response.status, response.headers, await _body(response))
    finally:
        _GUARD.reset(guarded)


async def _guarded(guard: DispatchGuard, connection: Connection) -> None:
    try:
        await guard()
    except BaseException:
        connection.close()
        raise


def _has_begun() -> None:
    _reused.set(False)


_NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    # The proxy has not led us to the operator.
    aiohttp.ClientHttpProxyError,
)

_reused: ContextVar[bool] = ContextVar("reused", default=False)
"""Whether the exchange of this task goes over a connection that carried one before."""


class _Connector(aiohttp.TCPConnector):
    """Notes which connections were used before."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._known: WeakSet[ResponseHandler] = WeakSet()

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 - the parent's signature
    ) -> Connection:
        connection = await super().connect(req, traces, timeout)
        protocol = connection.protocol
        if protocol is not None:
            _reused.set(protocol in self._known)
            self._known.add(protocol)
        return connection


_GUARD: ContextVar[DispatchGuard | None] = ContextVar("guard", default=None)


class _GuardedRequest(aiohttp.ClientRequest):
    """Asks the guard between having the connection and writing to it: connecting may take long."""

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        guard = _GUARD.get()
        if guard is not None:
            await guard()
        return await super().send(conn)


def _a_socket(seconds: float, address: aiohttp.AddrInfoType) -> socket.socket:
    """A socket that gives up what the other side has not acknowledged within so many seconds.

    Linux would go on repeating it for a quarter of an hour, long after the call was given up here,
    and a change could arrive when it is told to be undone.
    """
    family, kind, protocol, _name, _address = address
    made = socket.socket(family, kind, protocol)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))
    return made


async def _body(response: aiohttp.ClientResponse) -> bytes:
    try:
        return await _bytes_of(response.headers, response.content)
    except NoAnswerError:
        response.close()
        raise


async def _bytes_of(headers: Mapping[str, str], content: aiohttp.StreamReader) -> bytes:
    """The whole body, unless it is larger than any answer can be."""
    length = headers.get("Content-Length", "")
    sound = length.isascii() and length.isdigit() and len(length) < len(str(LARGEST_BODY))
    if sound and "Content-Encoding" not in headers:
        return await content.read()
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise NoAnswerError
    return bytes(body)
