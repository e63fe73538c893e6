"""The doctor binds to the message centre, really, and says what it answers."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from bot.cli.doctor import connections
from bot.cli.doctor.verdict import Wrong
from bot.config.settings import Settings
from carrier.sms.smpp.pdu import Command
from tests.ports import free_port
from tests.settings import plain

WORD = "s3cret"


@dataclass
class Centre:
    """Answers every unit with its status, or hangs up; `heard` are the units' commands."""

    status: int | None
    heard: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.read(16):
                length, command, _status, sequence = struct.unpack("!IIII", head)
                self.heard.append(command)
                self.bodies.append(await reader.readexactly(length - 16))
                if self.status is None:
                    break
                writer.write(
                    struct.pack("!IIII", 18, command | 0x80000000, self.status, sequence) + b"c\0"
                )
        finally:
            writer.close()
            self.ended.set()


@asynccontextmanager
async def listening(centre: Centre) -> AsyncIterator[Settings]:
    server = await asyncio.start_server(centre.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield replace(plain(), smpp_url=f"smpp://us@127.0.0.1:{port}", smpp_password=WORD)


async def test_it_binds_and_unbinds() -> None:
    centre = Centre(0)
    async with listening(centre) as settings:
        said = await connections.sms(settings)
        await centre.ended.wait()
    assert said == f"{str(settings.smpp_url).replace('us@', '')} binds us"
    assert centre.heard == [Command.BIND_TRANSCEIVER, Command.UNBIND]
    assert centre.bodies[0].startswith(b"us\0" + WORD.encode() + b"\0")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0x0E, "bind refused, status 0xe: it does not take the password: correct it."),
        (0x0F, "bind refused, status 0xf: it does not take the system_id: correct it."),
        (0x0D, "bind refused, status 0xd: it is bound already or lets in no more:"),
        (0x401, "bind refused, status 0x401: ask the centre's engineers what it stands for."),
        (None, "it does not answer the bind: correct the port, or write smpps:// for TLS."),
    ],
)
async def test_what_the_centre_answers(status: int | None, words: str) -> None:
    centre = Centre(status)
    async with listening(centre) as settings:
        with pytest.raises(Wrong) as bad:
            await connections.sms(settings)
        await centre.ended.wait()
    assert words in str(bad.value)
    assert str(bad.value).startswith("MYACCOUNT_SMPP_URL: smpp://127.0.0.1:")
    assert WORD not in str(bad.value)


async def test_a_closed_port() -> None:
    settings = replace(plain(), smpp_url=f"smpp://us@127.0.0.1:{free_port()}", smpp_password=WORD)
    with pytest.raises(Wrong, match="the port is closed"):
        await connections.sms(settings)
