"""An HTTP proxy on loopback, written with nothing but streams: CONNECT, and plain requests."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Proxy:
    """Leads to wherever it is asked, for whom shows `name:password`; keeps the first lines."""

    name, password = "bot", "s3cret"

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.port = 0
        self.refuses = False
        self._writers: list[asyncio.StreamWriter] = []
        self._pipes: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        return f"http://{self.name}:{self.password}@127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line = head.splitlines()[0]
            self.lines.append(line)
            if self.refuses or f"proxy-authorization: basic {self._pair}" not in head.casefold():
                writer.write(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
                )
                await writer.drain()
                return
            method, target, _ = line.split(" ")
            address = target if method != "CONNECT" else f"//{target}"
            port = urlsplit(address).port or 0
            there, back = await asyncio.open_connection("127.0.0.1", port)
            self._writers.append(back)
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                back.write(head.encode())
            answer = asyncio.ensure_future(_pipe(there, writer))
            self._pipes.append(answer)
            await _pipe(reader, back)
            await answer
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def close(self) -> None:
        for writer in self._writers:
            writer.close()
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    @property
    def _pair(self) -> str:
        return base64.b64encode(f"{self.name}:{self.password}".encode()).decode().casefold()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while block := await reader.read(65536):
        writer.write(block)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def proxy() -> AsyncIterator[Proxy]:
    made = Proxy()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        listening.close()
        await made.close()
