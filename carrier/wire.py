"""One HTTP exchange with the operator, and the one question that matters when it fails.

That question is whether the request may have arrived. A connection that was never made cannot
have changed anything; after the first byte everything is possible. So there are two faults here
and no third.
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from carrier.connection import Answer, Connection, NotHttpError

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes of an answer; a thousand usage records are under one MiB."""
CONNECTIONS = 200
_KEEP_WARM = 30.0
_TARGET = re.compile(r"/[!-~]*")

__all__ = ["Answer", "NoAnswerError", "NotConnectedError", "PooledWire", "Wire"]


class NotConnectedError(Exception):
    """No connection was had: the request never left."""


class NoAnswerError(Exception):
    """The request may have arrived, the answer did not. `timed_out`: nobody hung up."""

    def __init__(self, *, timed_out: bool = False) -> None:
        super().__init__("timed out" if timed_out else "connection lost")
        self.timed_out = timed_out


class Wire(Protocol):
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
    ) -> Answer:
        """Send exactly once; `url` is absolute and percent-encoded, the waits are seconds.

        A POST never goes twice. Redirects are answers. Raises `NotConnectedError` and
        `NoAnswerError`.
        """

    async def close(self) -> None:
        """Hang up all connections."""


class _Origin(NamedTuple):
    """Where a connection leads, and what every request on it begins with."""

    host: str
    port: int
    tls: bool
    head: str


class PooledWire:
    """Connections that stay warm for half a minute, shared by all APIs.

    A GET that meets a connection which the operator has just closed goes out again on a fresh one
    by itself; a POST does not.
    """

    def __init__(self, most: int = CONNECTIONS) -> None:
        self._places = asyncio.Semaphore(most)
        self._idle: dict[_Origin, list[Connection]] = {}
        self._busy: set[Connection] = set()
        self._context: ssl.SSLContext | None = None

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        connect: float,
        read: float,
    ) -> Answer:
        """Send by the contract of `Wire.send`. Raises ValueError for a malformed address."""
        begin = url.find("/", url.find("://") + 3)
        target = url[begin:]
        if begin < 0 or _TARGET.fullmatch(target) is None:
            raise ValueError("not a percent-encoded address")
        origin = _origin(url[:begin])
        request = _request(method, target, origin, headers, body)
        if self._places.locked():
            await self._place(connect)
        else:
            await self._places.acquire()
        try:
            connection = self._warm(origin)
            if connection is not None:
                try:
                    return await self._exchange(origin, connection, request, read)
                except NoAnswerError as lost:
                    if method != "GET" or connection.answering or lost.timed_out:
                        raise
            connection = await self._connect(origin, connect)
            return await self._exchange(origin, connection, request, read)
        finally:
            self._places.release()

    async def close(self) -> None:
        """Hang up; the wire may be used again afterwards."""
        for connection in [*self._busy, *(one for idle in self._idle.values() for one in idle)]:
            connection.drop()
        self._idle.clear()
        await asyncio.sleep(0)

    async def _exchange(
        self, origin: _Origin, connection: Connection, request: bytes, read: float
    ) -> Answer:
        self._busy.add(connection)
        try:
            answer = await connection.exchange(request, read)
        except TimeoutError as error:
            raise NoAnswerError(timed_out=True) from error
        except (NotHttpError, OSError) as error:
            raise NoAnswerError from error
        finally:
            self._busy.discard(connection)
        if connection.usable:
            self._keep(origin, connection)
        return answer

    def _warm(self, origin: _Origin) -> Connection | None:
        """The connection that was used last, if it still stands."""
        idle = self._idle.get(origin)
        while idle:
            connection = idle.pop()
            if connection.usable and _now() - connection.idle_since < _KEEP_WARM:
                return connection
            connection.drop()
        return None

    def _keep(self, origin: _Origin, connection: Connection) -> None:
        now = connection.idle_since = _now()
        idle = self._idle.setdefault(origin, [])
        idle.append(connection)
        while now - idle[0].idle_since > _KEEP_WARM:
            idle.pop(0).drop()

    async def _place(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._places.acquire()
        except TimeoutError as error:
            raise NotConnectedError from error

    async def _connect(self, origin: _Origin, seconds: float) -> Connection:
        if origin.tls and self._context is None:
            self._context = ssl.create_default_context()
        try:
            async with asyncio.timeout(seconds):
                _transport, connection = await asyncio.get_running_loop().create_connection(
                    lambda: Connection(LARGEST_BODY),
                    origin.host,
                    origin.port,
                    ssl=self._context if origin.tls else None,
                    happy_eyeballs_delay=0.25,
                )
        except (TimeoutError, OSError, UnicodeError) as error:
            raise NotConnectedError from error
        return connection


def _now() -> float:
    return asyncio.get_running_loop().time()


@lru_cache(maxsize=64)
def _origin(address: str) -> _Origin:
    """`https://host:8443` in its parts. Raises ValueError."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("not an http(s) address")
    tls = parts.scheme == "https"
    head = f"Host: {parts.netloc.rpartition('@')[2]}\r\nAccept-Encoding: gzip, deflate\r\n"
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        head += f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}\r\n"
    return _Origin(parts.hostname, parts.port or (443 if tls else 80), tls, head)


def _request(
    method: str, target: str, origin: _Origin, headers: Mapping[str, str], body: bytes | None
) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if body is None:
        return f"{method} {target} HTTP/1.1\r\n{origin.head}{lines}\r\n".encode("ascii")
    head = f"{method} {target} HTTP/1.1\r\n{origin.head}{lines}Content-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii") + body
