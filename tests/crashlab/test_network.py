"""The proxy between a process and the database: it carries, it resets, it swallows for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from crashlab.world.network import RESET, SILENT, Network

LONG = 30.0


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    """The way to a server that says everything again."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(100):
                writer.write(data)
            writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    network = Network(f"postgresql://postgres@127.0.0.1:{port}/lab?sslmode=disable")
    await network.open()
    yield network
    await network.close()
    server.close()


class Line:
    """A connection through the network."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def says_again(self) -> bytes:
        """What comes back of a letter; empty when the connection is no more."""
        try:
            self._writer.write(b"a")
            return await self._reader.read(1)
        except ConnectionError:
            return b""


Connect = Callable[[], Awaitable[Line]]


@pytest.fixture
async def connect(network: Network) -> AsyncIterator[Connect]:
    writers = []

    async def connect() -> Line:
        port = int(network.through.rpartition(":")[2].partition("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writers.append(writer)
        return Line(reader, writer)

    yield connect
    for writer in writers:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def test_the_address_differs_in_the_port_alone(network: Network) -> None:
    assert network.through.startswith("postgresql://postgres@127.0.0.1:")
    assert network.through.endswith("/lab?sslmode=disable")


async def test_what_is_sent_passes_both_ways(connect: Connect) -> None:
    line = await connect()
    assert await line.says_again() == b"a"


async def test_a_reset_ends_connections_and_refuses_new_ones(
    network: Network, connect: Connect
) -> None:
    before = await connect()
    assert await before.says_again() == b"a"
    cut = asyncio.create_task(network.cut(RESET, LONG))
    await asyncio.sleep(0)
    assert await before.says_again() == b""
    assert await (await connect()).says_again() == b""
    cut.cancel()


async def test_in_silence_nothing_arrives_and_all_of_it_later(
    network: Network, connect: Connect
) -> None:
    line = await connect()
    assert await line.says_again() == b"a"
    cut = asyncio.create_task(network.cut(SILENT, LONG))
    await asyncio.sleep(0)
    answer = asyncio.create_task(line.says_again())
    _done, waiting = await asyncio.wait({answer}, timeout=0.2)
    assert waiting, "nothing came while it was cut"
    cut.cancel()
    assert await answer == b"a"
    assert network.cuts == {SILENT: 1}
