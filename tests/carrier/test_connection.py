"""What an answer of HTTP/1.1 may look like, however its bytes are cut on their way."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrier.connection import Answer, Connection, NotHttpError

LARGEST = 4096
WHOLE = {
    "a length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Total-Count:  7 \r\n\r\nhello",
    "chunks": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    b"2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\n\r\n",
    "trailers": b"HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n"
    b"5\r\nhello\r\n0\r\nA: b\r\n\r\n",
    "hints first": b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "the same length twice": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
    b"Content-Length: 5\r\n\r\nhello",
}
CLOSING = {
    "the end of the connection": b"HTTP/1.1 200 OK\r\n\r\nhello",
    "an old server": b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "a close": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
}
BROKEN = {
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "no status": b"HTTP/1.1 abc\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
    "a huge length": b"HTTP/1.1 200 OK\r\nContent-Length: 4097\r\n\r\n",
    "more than announced": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhello",
    "an unknown coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "an unknown packing": b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
    "a chunk without size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a negative chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello",
    "a folded header": b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n",
    "a head without end": b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000,
    "a body without end": b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000,
}


class Transport(asyncio.Transport):
    """Keeps what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True


async def exchange(*pieces: bytes, end: bool = False) -> tuple[Answer, Connection]:
    """An exchange whose answer comes in these pieces."""
    connection = Connection(LARGEST)
    connection.connection_made(Transport())
    asked = asyncio.ensure_future(connection.exchange(b"GET", 5.0))
    await asyncio.sleep(0)
    for piece in pieces:
        if not asked.done():
            connection.data_received(piece)
    if end:
        connection.eof_received()
        connection.connection_lost(None)
    return await asked, connection


@pytest.mark.parametrize("name", WHOLE)
async def test_an_answer_is_whole_and_the_connection_stays(name: str) -> None:
    answer, connection = await exchange(WHOLE[name])
    assert (answer.status, answer.body) == (200, b"hello")
    assert connection.usable


async def test_headers_are_read_without_regard_to_case() -> None:
    answer, _ = await exchange(WHOLE["a length"])
    assert answer.headers["x-total-COUNT"] == answer.headers.get("X-Total-Count") == "7"
    assert "Content-Length" in answer.headers


@given(name=st.sampled_from(sorted(WHOLE)), cuts=st.lists(st.integers(1, 90), max_size=12))
def test_pieces_do_not_matter(name: str, cuts: list[int]) -> None:
    places = sorted({0, len(WHOLE[name]), *(cut for cut in cuts if cut < len(WHOLE[name]))})
    pieces = [WHOLE[name][a:b] for a, b in itertools.pairwise(places)]
    answer, connection = asyncio.run(exchange(*pieces))
    assert answer.body == b"hello"
    assert connection.usable


@pytest.mark.parametrize("name", CLOSING)
async def test_an_answer_may_end_the_connection(name: str) -> None:
    answer, connection = await exchange(CLOSING[name], end=True)
    assert answer.body == b"hello"
    assert not connection.usable


async def test_a_status_without_a_body() -> None:
    answer, connection = await exchange(b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n")
    assert answer.body == b""
    assert connection.usable


@pytest.mark.parametrize("name", BROKEN)
async def test_what_is_no_answer_is_refused(name: str) -> None:
    with pytest.raises(NotHttpError):
        await exchange(BROKEN[name])


@pytest.mark.parametrize("cut", range(1, len(WHOLE["chunks"])))
async def test_half_an_answer_is_none(cut: int) -> None:
    with pytest.raises(NotHttpError):
        await exchange(WHOLE["chunks"][:cut], end=True)


def packed(body: bytes) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    ) + body


async def test_packed_answers_are_unpacked() -> None:
    assert (await exchange(packed(gzip.compress(b"hello"))))[0].body == b"hello"
    assert (await exchange(packed(zlib.compress(b"hello"))))[0].body == b"hello"


@pytest.mark.parametrize(
    "body", [b"not packed", gzip.compress(b"hello")[:-9], gzip.compress(b"x" * 100_000)]
)
async def test_packed_badly_or_without_measure(body: bytes) -> None:
    with pytest.raises(NotHttpError):
        await exchange(packed(body))


async def test_what_nobody_asked_for_ends_the_connection() -> None:
    _, connection = await exchange(WHOLE["a length"])
    connection.data_received(b"HTTP/1.1 200 OK\r\n\r\n")
    assert not connection.usable


async def test_who_gives_up_leaves_no_half_answer_behind() -> None:
    connection = Connection(LARGEST)
    connection.connection_made(Transport())
    asked = asyncio.ensure_future(connection.exchange(b"GET", 5.0))
    await asyncio.sleep(0)
    connection.data_received(WHOLE["a length"][:30])
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert not connection.usable
    connection.data_received(WHOLE["a length"][30:])
    connection.connection_lost(None)


async def test_a_slow_answer_has_patience_for_each_piece() -> None:
    connection = Connection(LARGEST)
    connection.connection_made(Transport())
    asked = asyncio.ensure_future(connection.exchange(b"GET", 0.2))
    for n in range(0, 60, 20):
        await asyncio.sleep(0.12)
        connection.data_received(WHOLE["chunks"][n : n + 20])
    connection.data_received(WHOLE["chunks"][60:])
    assert (await asked).body == b"hello"
    asked = asyncio.ensure_future(connection.exchange(b"GET", 0.05))
    with pytest.raises(TimeoutError):
        await asked
