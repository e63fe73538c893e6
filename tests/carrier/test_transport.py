"""The network itself: a real server on loopback that does what servers do to clients."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import httpx
import pytest
import pytest_asyncio

from account.changes.ports import DispatchGuard
from account.errors import CarrierNotReached
from carrier import transport as module
from carrier.apis import Api
from carrier.breaker import BreakerState
from carrier.exchange import Exchanges
from carrier.http import OperatorHttp
from carrier.httpx_transport import HttpxTransport
from carrier.transport import (
    Answer,
    NoAnswerError,
    NotConnectedError,
    PooledTransport,
    Transport,
)

METHODS = ["GET", "DELETE", "PUT", "PATCH", "POST"]
Behaviour: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Reads requests, keeps them, and then does what the test says."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.behaviour: Behaviour = says(b"[]")
        self.port = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = [
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                ]
                body = await reader.readexactly(length[0]) if length else b""
                self.requests.append(head + body)
                await self.behaviour(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def close(self) -> None:
        for writer in self.writers:
            writer.close()


def says(body: bytes, status: str = "200 OK", *headers: str) -> Behaviour:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write("\r\n".join(lines).encode() + body)

    return answer


async def hangs_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


def hangs_up_once(server: Server) -> Behaviour:
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        server.behaviour = says(b"[]")
        writer.close()

    return hang_up


async def resets(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def says_half(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[")
    writer.close()


async def says_nonsense(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


async def never_ends(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(1000):
        writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
        await writer.drain()


async def keeps_silent(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    tasks = asyncio.all_tasks()
    yield server
    server.close()
    listening.close()
    for task in asyncio.all_tasks() - tasks:
        if task is not asyncio.current_task():
            task.cancel()
    await asyncio.sleep(0)


@pytest_asyncio.fixture
async def directly() -> AsyncIterator[PooledTransport]:
    made = PooledTransport()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def by_session(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PooledTransport]:
    """The way of calls through a proxy."""
    monkeypatch.setattr(Exchanges, "parts", lambda *_: None)
    made = PooledTransport()
    yield made
    await made.close()


@pytest.fixture(params=["directly", "by_session"])
def transport(request: pytest.FixtureRequest) -> PooledTransport:
    """Both ways that a call can go."""
    made: PooledTransport = request.getfixturevalue(request.param)
    return made


@pytest_asyncio.fixture
async def over_httpx() -> AsyncIterator[HttpxTransport]:
    made = HttpxTransport(httpx.AsyncClient(trust_env=False))
    yield made
    await made.close()


async def send(
    transport: Transport, server: Server, method: str = "GET", path: str = "/a", read: float = 2.0
) -> Answer:
    body = b'{"a":1}' if method in ("POST", "PUT", "PATCH") else None
    return await transport.send(
        method,
        f"http://127.0.0.1:{server.port}{path}",
        {"Authorization": "Bearer x", **({"Content-Type": "application/json"} if body else {})},
        body,
        connect=2.0,
        read=read,
    )


@pytest.mark.parametrize("method", METHODS)
async def test_both_ways_say_the_same(
    server: Server, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = PooledTransport()
    sessions: list[str] = []
    by_session = aiohttp.ClientSession.request

    def noted(self: aiohttp.ClientSession, *asked: Any, **options: Any) -> Any:
        sessions.append(method)
        return by_session(self, *asked, **options)

    monkeypatch.setattr(aiohttp.ClientSession, "request", noted)
    direct = await send(transport, server, method)
    assert not sessions
    monkeypatch.setattr(Exchanges, "parts", lambda *_: None)
    other = await send(transport, server, method)
    assert sessions == [method]
    await transport.close()
    assert direct == other
    lines = [sorted(told.splitlines()) for told in server.requests]
    assert lines[0] == lines[1]


async def test_what_is_said_meanwhile_is_no_answer(
    transport: PooledTransport, server: Server
) -> None:
    async def hints(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
        await says(b"[1]")(writer)

    server.behaviour = hints
    assert (await send(transport, server)).body == b"[1]"


async def test_a_header_cannot_begin_another_one(
    transport: PooledTransport, server: Server
) -> None:
    url = f"http://127.0.0.1:{server.port}/a"
    with pytest.raises(ValueError, match=r"Newline|newline|header"):
        await transport.send("GET", url, {"X": "a\r\nY: b"}, None, connect=2.0, read=2.0)
    assert not server.requests
    assert (await send(transport, server)).body == b"[]"


async def test_a_connection_whose_server_says_so_is_not_used_again(
    transport: PooledTransport, server: Server
) -> None:
    server.behaviour = says(b"[]", "200 OK", "Connection: close")
    await send(transport, server)
    await send(transport, server)
    assert server.connections == 2


async def test_the_address_goes_out_letter_by_letter(
    transport: PooledTransport, server: Server
) -> None:
    path = "/a?x.regex=%3B%5C.%2B%D1%8F;b&date=2026-10-22T00:00:00Z&ids=1,2"
    await send(transport, server, path=path)
    assert server.requests[0].startswith(f"GET {path} HTTP/1.1\r\n".encode())
    assert b"\r\nAuthorization: Bearer x\r\n" in server.requests[0]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_redirect_is_an_answer_and_is_not_followed(
    transport: PooledTransport, server: Server, method: str, status: str
) -> None:
    server.behaviour = says(b"", status, f"Location: http://127.0.0.1:{server.port}/elsewhere")
    answer = await send(transport, server, method)
    assert answer.status == int(status[:3])
    assert len(server.requests) == 1


async def test_status_headers_and_body_come_back_as_they_are(
    transport: PooledTransport, server: Server
) -> None:
    server.behaviour = says(b"moved", "302 Found", "Location: /b", "X-Total-Count: 5")
    answer = await send(transport, server)
    assert (answer.status, answer.body) == (302, b"moved")
    assert answer.headers["x-total-count"] == "5"
    assert len(server.requests) == 1


async def test_one_connection_stays_warm(transport: PooledTransport, server: Server) -> None:
    for method in ("GET", "POST", "GET"):
        await send(transport, server, method)
    assert server.connections == 1
    assert server.requests[1].endswith(b'{"a":1}')


async def test_a_compressed_answer_is_read(transport: PooledTransport, server: Server) -> None:
    server.behaviour = says(gzip.compress(b"[1]"), "200 OK", "Content-Encoding: gzip")
    assert (await send(transport, server)).body == b"[1]"


async def test_cookies_are_not_kept(transport: PooledTransport, server: Server) -> None:
    server.behaviour = says(b"[]", "200 OK", "Set-Cookie: a=b")
    await send(transport, server)
    await send(transport, server)
    assert b"Cookie" not in server.requests[1]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nobody_listens(transport: PooledTransport, server: Server, method: str) -> None:
    server.port = 1
    with pytest.raises(NotConnectedError):
        await send(transport, server, method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("behaviour", [hangs_up, resets, says_half, says_nonsense])
async def test_one_send_is_one_request_when_the_connection_breaks(
    transport: PooledTransport, server: Server, method: str, behaviour: Behaviour
) -> None:
    server.behaviour = behaviour
    with pytest.raises(NoAnswerError) as lost:
        await send(transport, server, method)
    assert not lost.value.timed_out
    assert not lost.value.stale
    assert len(server.requests) == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("behaviour", [hangs_up, resets])
async def test_one_send_is_one_request_over_a_connection_that_was_warm(
    transport: PooledTransport, server: Server, method: str, behaviour: Behaviour
) -> None:
    await send(transport, server)
    server.behaviour = behaviour
    with pytest.raises(NoAnswerError) as lost:
        await send(transport, server, method)
    assert lost.value.stale
    assert len(server.requests) == 2


async def test_an_answer_that_began_was_no_stale_connection(
    transport: PooledTransport, server: Server
) -> None:
    await send(transport, server)
    server.behaviour = says_half
    with pytest.raises(NoAnswerError) as lost:
        await send(transport, server)
    assert not lost.value.stale


async def test_a_read_over_a_stale_connection_is_asked_again_by_us_and_seen(
    transport: PooledTransport, server: Server
) -> None:
    tries: list[str] = []
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    http = OperatorHttp(
        f"http://127.0.0.1:{server.port}",
        None,
        transport=transport,
        observer=lambda _, outcome, __: tries.append(outcome),
        sleep=sleep,
    )
    await http.read(Api.PARTY, "individual", "limit=0")
    server.behaviour = hangs_up_once(server)
    await http.read(Api.PARTY, "individual", "limit=0")
    assert tries == ["answered", "lost", "answered"]
    assert pauses == [0.0]
    assert len(server.requests) == 3


async def test_many_stale_connections_at_once_are_no_failure_of_the_operator(
    transport: PooledTransport, server: Server
) -> None:
    """A balancer cuts what was idle: each read is answered, and the breaker stays closed."""
    http = OperatorHttp(f"http://127.0.0.1:{server.port}", None, transport=transport)
    together = asyncio.Barrier(8)

    async def all_together(writer: asyncio.StreamWriter) -> None:
        await together.wait()
        await says(b"[]")(writer)

    async def reads() -> list[Answer]:
        return await asyncio.gather(
            *(http.read(Api.PARTY, "individual", "limit=0") for _ in range(8))
        )

    server.behaviour = all_together
    await reads()
    assert server.connections == 8
    warm = set(server.writers)

    async def cuts_the_warm(writer: asyncio.StreamWriter) -> None:
        await (hangs_up if writer in warm else says(b"[]"))(writer)

    server.behaviour = cuts_the_warm
    assert {answer.status for answer in await reads()} == {200}
    assert http.breakers[Api.PARTY] is BreakerState.CLOSED


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_silence_is_a_timeout(
    transport: PooledTransport, server: Server, method: str
) -> None:
    server.behaviour = keeps_silent
    with pytest.raises(NoAnswerError) as lost:
        await send(transport, server, method, read=0.05)
    assert lost.value.timed_out
    assert len(server.requests) == 1


async def test_an_answer_without_end_is_none(
    transport: PooledTransport, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST_BODY", 4096)
    server.behaviour = never_ends
    with pytest.raises(NoAnswerError):
        await send(transport, server)


async def test_nothing_leaves_after_it_was_closed(
    transport: PooledTransport, server: Server
) -> None:
    await send(transport, server)
    await transport.close()
    with pytest.raises(NotConnectedError):
        await send(transport, server)
    assert len(server.requests) == 1
    assert transport._session is None


# --- Over httpx ---


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary"])
async def test_over_httpx_a_redirect_is_an_answer_and_kept(
    over_httpx: HttpxTransport, server: Server, status: str
) -> None:
    server.behaviour = says(b"", status, f"Location: http://127.0.0.1:{server.port}/elsewhere")
    answer = await send(over_httpx, server, "POST")
    assert (answer.status, over_httpx.last) == (int(status[:3]), answer)
    assert len(server.requests) == 1


@pytest.mark.parametrize("method", METHODS)
async def test_over_httpx_a_lost_answer_is_not_asked_for_again(
    over_httpx: HttpxTransport, server: Server, method: str
) -> None:
    await send(over_httpx, server, method)
    server.behaviour = hangs_up
    with pytest.raises(NoAnswerError) as lost:
        await send(over_httpx, server, method)
    assert not lost.value.timed_out
    assert over_httpx.last is None
    assert len(server.requests) == 2


async def test_over_httpx_silence_is_a_timeout(over_httpx: HttpxTransport, server: Server) -> None:
    server.behaviour = keeps_silent
    with pytest.raises(NoAnswerError) as silent:
        await send(over_httpx, server, read=0.05)
    assert silent.value.timed_out


async def test_over_httpx_what_cannot_leave_has_not_left(
    over_httpx: HttpxTransport, server: Server
) -> None:
    server.port = 1
    with pytest.raises(NotConnectedError):
        await send(over_httpx, server)
    for url in ("ftp://operator.test/a", "http://operator.test:x/a"):
        with pytest.raises(NotConnectedError):
            await over_httpx.send("GET", url, {}, None, connect=1.0, read=1.0)


# --- The guard -------------------------------------------------------------------------------


@pytest.fixture(params=["directly", "by_session", "over_httpx"])
def either(request: pytest.FixtureRequest) -> Transport:
    made: Transport = request.getfixturevalue(request.param)
    return made


async def test_the_guard_is_asked_with_the_connection_in_hand(
    either: Transport, server: Server
) -> None:
    seen: list[tuple[int, int]] = []

    async def guard() -> None:
        await asyncio.sleep(0.01)
        seen.append((server.connections, len(server.requests)))

    await guarded(either, server, guard)
    assert seen == [(1, 0)]
    assert len(server.requests) == 1


async def test_what_the_guard_refuses_never_leaves(either: Transport, server: Server) -> None:
    async def guard() -> None:
        raise CarrierNotReached("too late")

    for _ in range(3):
        with pytest.raises(CarrierNotReached):
            await guarded(either, server, guard)
    await asyncio.sleep(0.05)
    assert server.requests == []
    await send(either, server, "POST")
    assert len(server.requests) == 1, "and the next one is not held to it"


async def test_the_kernel_gives_up_what_is_not_acknowledged(
    transport: PooledTransport, server: Server
) -> None:
    await send(transport, server)
    session = transport._session
    assert session is not None
    assert session.connector is not None
    [pool] = session.connector._conns.values()
    below = pool[0][0].transport
    assert below is not None
    made = below.get_extra_info("socket")
    assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 8000


async def guarded(transport: Transport, server: Server, guard: DispatchGuard) -> Answer:
    url = f"http://127.0.0.1:{server.port}/a"
    return await transport.send("POST", url, {}, b"{}", connect=2.0, read=2.0, guard=guard)
