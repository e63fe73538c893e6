"""The ports of our own: slow strangers are let go, quick ones answered, a busy port waited for."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from bot.__main__ import main
from bot.config.errors import BadSetting
from bot.http import server as http_server
from bot.http.application import application
from bot.http.server import HttpServer, PortBusy
from tests.settings import ENOUGH

LONG = 20.0
"""Seconds after which something that was waited for never comes."""
Page = Callable[[web.Request], Awaitable[web.Response]]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


@asynccontextmanager
async def serving(page: Page = hello, *, most: int = 8) -> AsyncIterator[int]:
    server = HttpServer(application({("GET", "/"): page}, 1024), most)
    port = await server.start("127.0.0.1", 0, "MYACCOUNT_WEBHOOK_PORT")
    try:
        yield port
    finally:
        await server.close()


async def half(port: int, begin: bytes = b"G") -> Streams:
    """A connection that has sent the beginning of a head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(begin)
    await writer.drain()
    return reader, writer


async def asked(port: int) -> bytes:
    reader, writer = await half(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    try:
        return await asyncio.wait_for(reader.read(), LONG)
    finally:
        writer.close()


async def ended(streams: Streams) -> bool:
    """Wait until the other side has closed."""
    try:
        return await asyncio.wait_for(streams[0].read(), LONG) == b""
    except ConnectionError:
        return True
    finally:
        streams[1].close()


@pytest.mark.parametrize("begin", [b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_who_never_finishes_a_head_is_let_go(
    begin: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 0.3)
    async with serving() as port:
        assert await ended(await half(port, begin))


async def test_a_byte_now_and_then_wins_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 0.3)
    async with serving() as port:
        reader, writer = await half(port, b"GET / HTTP/1.1\r\nX-Slow: ")

        async def drip() -> None:
            while True:
                writer.write(b"a")
                await asyncio.sleep(0.02)

        dripping = asyncio.get_running_loop().create_task(drip())
        try:
            assert await ended((reader, writer))
        finally:
            dripping.cancel()


async def test_a_second_head_is_as_slow_as_a_first_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 0.3)
    async with serving() as port:
        reader, writer = await half(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.wait_for(reader.readuntil(b"hello"), LONG)
        writer.write(b"GET / HT")
        assert await ended((reader, writer))


async def test_many_who_say_nothing_do_not_keep_out_one_who_asks() -> None:
    async with serving(most=8) as port:
        slow = [await half(port) for _ in range(40)]
        assert b"hello" in await asked(port)
        # All but the last of them are gone; the one who asked took one more place.
        assert [await ended(one) for one in slow[:33]] == [True] * 33
        for _reader, writer in slow:
            writer.close()


async def test_all_at_once_are_no_more_than_the_bound() -> None:
    async with serving(most=4) as port:
        slow = await asyncio.gather(*(half(port) for _ in range(60)))
        assert b"hello" in await asked(port)
        gone = [asyncio.ensure_future(ended(one)) for one in slow]
        for let_go, one in enumerate(asyncio.as_completed(gone), 1):
            assert await one, "more are open than the bound"
            if let_go == 57:
                break
        for one in gone:
            one.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        for _reader, writer in slow:
            writer.close()


async def test_one_who_is_being_answered_is_not_the_one_to_go() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(_request: web.Request) -> web.Response:
        begun.set()
        await go_on.wait()
        return web.Response(text="hello")

    async with serving(slowly, most=2) as port:
        answer = asyncio.ensure_future(asked(port))
        await asyncio.wait_for(begun.wait(), LONG)
        slow = [await half(port) for _ in range(6)]
        go_on.set()
        assert b"hello" in await answer
        for _reader, writer in slow:
            writer.close()


HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
        b"Content-Length: +4\r\n\r\nabcd",
        b"Content-Length : 4\r\n\r\nabcd",
    ],
)
async def test_a_request_whose_end_is_in_doubt_is_refused_with_all_behind_it(
    framing: bytes,
) -> None:
    """Else a proxy and we would see another request each (ASVS 5.0 V4.2.1)."""
    async with serving() as port:
        reader, writer = await half(port, HEAD + framing + HEAD + b"\r\n")
        answer = await asyncio.wait_for(reader.read(), LONG)
        writer.close()
    assert answer.split(b"\r\n", 1)[0].endswith(b" 400 Bad Request")
    assert answer.count(b"HTTP/1.") == 1
    assert b"hello" not in answer


# --- a port that somebody has ---


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other


def server() -> HttpServer:
    return HttpServer(application({("GET", "/"): hello}, 1024), 8)


async def test_a_port_that_becomes_free_is_taken(
    taken: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = taken.getsockname()[1]
    tries = 0
    pause = asyncio.sleep

    async def sleep(seconds: float) -> None:
        nonlocal tries
        tries += 1
        if tries == 3:
            taken.close()
        await pause(0)

    monkeypatch.setattr("bot.http.server.asyncio.sleep", sleep)
    listening = server()
    assert await listening.start("127.0.0.1", port, "MYACCOUNT_WEBHOOK_PORT") == port
    assert tries == 3
    await listening.close()


async def test_a_port_that_stays_busy_is_named(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    with pytest.raises(
        PortBusy, match=rf"^MYACCOUNT_WEBHOOK_PORT: 127.0.0.1 port {port} is in use"
    ):
        await server().start("127.0.0.1", port, "MYACCOUNT_WEBHOOK_PORT", patience=0.0)


async def test_a_name_that_is_nobodys_is_a_fault_of_the_settings() -> None:
    with pytest.raises(BadSetting, match=r"^MYACCOUNT_WEBHOOK_PORT: "):
        await server().start("no such host", 0, "MYACCOUNT_WEBHOOK_PORT")


@pytest.mark.parametrize("which", ["WEBHOOK", "METRICS"])
def test_a_busy_port_is_exit_code_1_which_is_started_again(
    which: str,
    taken: socket.socket,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    port = str(taken.getsockname()[1])
    environment = {
        **ENOUGH,
        "MYACCOUNT_TELEGRAM_URL": "http://127.0.0.1:9",
        "MYACCOUNT_DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
        "MYACCOUNT_SECRET_KEY_FILE": str(tmp_path / "key"),
        "MYACCOUNT_WEBHOOK_URL": "https://bot.example/hook",
        "MYACCOUNT_WEBHOOK_SECRET": "s3cr3t-of-the-webhook-1234567890",
        "MYACCOUNT_METRICS_PORT": "0",
        f"MYACCOUNT_{which}_PORT": port,
    }
    (tmp_path / "key").write_text("9f86d081884c7d659a2feaa0c55ad015" * 2)
    (tmp_path / "key").chmod(0o600)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("bot.ops.logs.set_up", lambda _level: None)
    monkeypatch.setattr("bot.__main__.gc.freeze", lambda: None)
    monkeypatch.setattr("bot.__main__.gc.set_threshold", lambda *_thresholds: None)
    monkeypatch.setattr(http_server, "PORT_SECONDS", 0.0)
    assert main(["run"]) == 1
    assert f"MYACCOUNT_{which}_PORT: 127.0.0.1 port {port} is in use" in capsys.readouterr().err
