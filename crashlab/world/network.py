"""The network between a process and PostgreSQL: a small TCP proxy that can be cut.

A cut is either seen at once (connections are reset, new ones refused) or not at all: what is sent
goes nowhere for a while, as when a cable is pulled, and arrives when it is back.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

RESET, SILENT = "reset", "silent"
LARGEST_READ = 1 << 16


class Network:
    """A way to the database at `url`; `through` is the address that goes this way."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._server: asyncio.Server | None = None
        self._open = asyncio.Event()
        self._open.set()
        self._refuses = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.cuts: Counter[str] = Counter()
        self.spans: list[tuple[float, float]] = []
        """When nothing passed, from and until, as `time.monotonic`."""

    async def open(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)

    @property
    def through(self) -> str:
        """The database's address by this way."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        parts = urlsplit(self._url)
        user = f"{parts.username}@" if parts.username else ""
        return urlunsplit(parts._replace(netloc=f"{user}127.0.0.1:{port}"))

    async def cut(self, kind: str, seconds: float) -> None:
        """Have nothing pass for so long."""
        self.cuts[kind] += 1
        now = time.monotonic()
        self.spans.append((now, now + seconds))
        if kind == RESET:
            self._refuses = True
            self._abort_all()
            await asyncio.sleep(seconds)
            self._refuses = False
            return
        self._open.clear()
        try:
            await asyncio.sleep(seconds)
        finally:
            self._open.set()

    def was_cut(self, since: float, until: float) -> bool:
        """Whether nothing passed at some time between two moments (`time.monotonic`)."""
        return any(begun <= until and since <= ended for begun, ended in self.spans)

    async def close(self) -> None:
        """Be no more."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        self._abort_all()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _abort_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        parts = urlsplit(self._url)
        try:
            far, far_writer = await asyncio.open_connection(parts.hostname, parts.port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        ways = [
            asyncio.create_task(self._pump(reader, far_writer)),
            asyncio.create_task(self._pump(far, writer)),
        ]
        for way in ways:
            self._tasks.add(way)
            way.add_done_callback(self._tasks.discard)
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for one in (writer, far_writer):
            self._writers.discard(one)
            with suppress(OSError):
                one.close()
        for way in ways:
            way.cancel()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        """Carry bytes one way while the way is open."""
        with suppress(OSError):
            while data := await source.read(LARGEST_READ):
                await self._open.wait()
                target.write(data)
                await target.drain()
