"""One exchange over aiohttp's pool and parser, without its session, request and response.

A session makes for each call a request and a response, with cookies, redirects, forms and a task
that writes: a third of what an exchange costs, for calls that are a head, some bytes and an answer.
Here the pool gives a connection (with its TLS, limits and waits), aiohttp's writer the bytes and
its parser the answer. What is not public of it is in this file; the tests of the transport run
every way an exchange can go over both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.http import StreamWriter
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_writer import _serialize_headers
from multidict import CIMultiDict
from yarl import URL

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection
    from aiohttp.streams import StreamReader

_SWITCHED, _FINAL = 101, 200
_AT_ONCE = 32 * 1024
"""Bytes of a body that are given to the socket without waiting for room there."""


class Exchanges:
    """Exchanges of one session's connector, with servers that are reached without a proxy."""

    def __init__(self, session: aiohttp.ClientSession, loop: asyncio.AbstractEventLoop) -> None:
        self._session = session
        self._loop = loop
        self._origins: dict[str, aiohttp.ClientRequest] = {}

    def parts(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[str, str] | None:
        """Origin and target of a call that can go this way; None for one that aiohttp must see."""
        if (body is None) is not (method in {"GET", "DELETE"}):
            return None
        if body is not None and "Content-Type" not in headers:
            return None
        slash = url.find("/", 8)
        usual = url.startswith(("http://", "https://")) and slash >= 0
        if not usual or "#" in url or "@" in url[:slash]:
            return None
        return url[:slash], url[slash:]

    async def connected(
        self, origin: str, connect: float
    ) -> tuple[Connection, aiohttp.ClientRequest]:
        """A connection to that origin, warm or new. Raises as `aiohttp.BaseConnector.connect`."""
        about = self._origins.get(origin)
        if about is None:
            about = aiohttp.ClientRequest(
                "GET", URL(origin, encoded=True), loop=self._loop, session=self._session
            )
            self._origins[origin] = about
        connector = self._session.connector
        assert connector is not None
        patience = aiohttp.ClientTimeout(total=None, connect=connect)
        return await connector.connect(about, [], patience), about

    async def send(
        self,
        connection: Connection,
        about: aiohttp.ClientRequest,
        head: tuple[str, str, Mapping[str, str]],
        body: bytes | None,
        read: float,
        begun: Callable[[], None],
        bytes_of: Callable[[Mapping[str, str], StreamReader], Awaitable[bytes]],
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Write the method, target and headers of `head` and the body, and read the answer.

        `begun` is called with its first bytes, `bytes_of` reads its body. The connection goes back
        into the pool, or is closed when the answer did not come whole. Raises `aiohttp.ClientError`
        and OSError, among them TimeoutError when the head of the answer is not there after `read`
        seconds, or after as long a silence within its body.
        """
        protocol = connection.protocol
        assert protocol is not None
        silence = self._loop.call_later(read, protocol._on_read_timeout)  # noqa: SLF001
        try:
            protocol.set_response_params(read_until_eof=True)
            await self._write(protocol, about, head, body)
            message, payload = await _answer(protocol)
            begun()
            if not payload.is_eof():
                # From here on it is aiohttp that counts from one piece to the next.
                silence.cancel()
                protocol.read_timeout = read
                protocol.start_timeout()
            content = await bytes_of(message.headers, payload)
        except HttpProcessingError as error:
            connection.close()
            raise aiohttp.ClientPayloadError("not an answer of HTTP") from error
        except BaseException:
            connection.close()
            raise
        finally:
            silence.cancel()
        connection.release()
        return message.code, message.headers, content

    async def _write(
        self,
        protocol: ResponseHandler,
        about: aiohttp.ClientRequest,
        head: tuple[str, str, Mapping[str, str]],
        body: bytes | None,
    ) -> None:
        method, target, headers = head
        whole: CIMultiDict[str] = CIMultiDict(about.headers)
        whole.update(headers)
        if method != "GET":
            whole["Content-Length"] = str(len(body or b""))
        line = f"{method} {target} HTTP/1.1"
        if body and len(body) > _AT_ONCE:
            writer = StreamWriter(protocol, self._loop)
            await writer.write_headers(line, whole)
            await writer.write_eof(body)
            return
        transport = protocol.transport
        if transport is None or transport.is_closing():
            raise aiohttp.ClientConnectionResetError("the connection is closing")
        transport.write(_serialize_headers(line, whole) + (body or b""))


async def _answer(protocol: ResponseHandler) -> tuple[Any, StreamReader]:
    """The head of the answer, after what was only said meanwhile (1xx)."""
    while True:
        message, payload = await protocol.read()
        if message.code == _SWITCHED:
            raise aiohttp.ClientConnectionError("another protocol was answered")
        if message.code >= _FINAL:
            return message, payload
