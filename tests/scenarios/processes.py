"""The world and the bot as processes of their own, so that the bot can be killed like any other.

Every process leads a group; what is left of it is killed when the test ends, whatever happened.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import httpx

from storage.encryption.secrets import Secrets
from storage.open import Stores, open_stores
from tests.loopback import client
from tests.scenarios.conftest import START, TOKEN
from tests.scenarios.entry import MENU, open_session
from tests.scenarios.phone import Phone
from tests.schema import migrated

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120.0


class ForkServer:
    """Where processes are forked from (`tests.scenarios.fork_server`): one for all these tests."""

    def __init__(self) -> None:
        self._door, orders = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with orders:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.scenarios.fork_server"],
                cwd=ROOT,
                env={"PATH": os.environ.get("PATH", "")},
                stdin=orders.fileno(),
                start_new_session=True,
            )
        atexit.register(self._close)

    def start(
        self, command: tuple[str, ...], environment: dict[str, str], output: int, log: int
    ) -> tuple[int, socket.socket]:
        """A process; its pid, and the line that tells its exit code."""
        line, answers = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        order = {"command": command, "environment": environment}
        with answers:
            packet = json.dumps(order).encode()
            socket.send_fds(self._door, [packet], [output, log, answers.fileno()])
        pid = int(line.recv(100))
        line.setblocking(False)
        return pid, line

    def _close(self) -> None:
        # Not reached in a process of pytest-xdist: there the door falls shut with the process.
        self._door.close()
        self._process.wait()


_one_at_a_time = threading.Lock()


@cache
def _fork_server() -> ForkServer:
    return ForkServer()


def _start(*order: Any) -> tuple[int, socket.socket]:
    """Have the fork server start a process; it is made when it is first wanted."""
    with _one_at_a_time:
        return _fork_server().start(*order)


class Process:
    """One process, in a group of its own."""

    def __init__(self, pid: int, line: socket.socket, output: TextIO) -> None:
        self.pid = pid
        self._line = line
        self._output = output
        self._code: int | None = None

    @classmethod
    async def start(cls, *command: str, log: Path, **environment: str) -> Process:
        """Start `python -m …` with nothing in its environment but what it is given."""
        environment = {"PATH": os.environ.get("PATH", ""), **environment}
        reads, writes = os.pipe()
        sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            pid, line = await asyncio.to_thread(_start, command, environment, writes, sink)
        except BaseException:
            os.close(reads)
            raise
        finally:
            os.close(writes)
            os.close(sink)
        return cls(pid, line, os.fdopen(reads))

    @classmethod
    async def run(cls, *command: str, log: Path, **environment: str) -> tuple[int, str]:
        """Start `python -m …` and wait for its end: its exit code, and all that it says."""
        process = await cls.start(*command, log=log, **environment)
        try:
            said = await asyncio.wait_for(asyncio.to_thread(process._output.read), PATIENCE)
            code = await asyncio.wait_for(process._ended(), PATIENCE)
        finally:
            await process.destroy()
        return code, said

    async def line(self) -> str:
        """The next line it prints."""
        said = await asyncio.wait_for(asyncio.to_thread(self._output.readline), PATIENCE)
        return said.strip()

    async def end(self, number: signal.Signals) -> int:
        """Send it that signal; its exit code once it is gone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
        return await asyncio.wait_for(self._ended(), PATIENCE)

    async def destroy(self) -> None:
        """Kill the whole group."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        await self._ended()
        self._line.close()
        self._output.close()

    async def _ended(self) -> int:
        if self._code is None:
            self._code = int(await asyncio.get_running_loop().sock_recv(self._line, 100))
        return self._code


class Lab:
    """A world that survives, and a bot that does not."""

    def __init__(self, folder: Path, http: httpx.AsyncClient, world: Process) -> None:
        self.folder = folder
        self.http = http
        self.world = world
        self.bot: Process | None = None
        self.more: dict[str, str] = {}

    @property
    def log(self) -> str:
        """What every bot so far has logged."""
        return (self.folder / "bot.log").read_text()

    async def start_bot(self, program: str = "bot", **environment: str) -> None:
        """`myaccount run`, or a program that runs it otherwise."""
        self.bot = await self.another_bot(program, **environment)

    async def another_bot(self, program: str = "bot", **environment: str) -> Process:
        """One more on the same database, to be destroyed by who asked for it."""
        address = str(self.http.base_url).rstrip("/")
        return await Process.start(
            program,
            "run",
            log=self.folder / "bot.log",
            MYACCOUNT_BOT_TOKEN=TOKEN,
            MYACCOUNT_TELEGRAM_URL=address,
            MYACCOUNT_CARRIER_URL=address,
            MYACCOUNT_DATABASE_URL=self.database,
            MYACCOUNT_SECRET_KEY_FILE=str(self.folder / "secret.key"),
            MYACCOUNT_CARRIER_LONGEST_SECONDS="3",
            MYACCOUNT_NOW=(await self.now()).isoformat(),
            **{"MYACCOUNT_CARRIER_TIMEOUT_SECONDS": "4", **self.more, **environment},
        )

    async def stop_bot(self, number: signal.Signals) -> int:
        """End the bot by a signal; its exit code."""
        assert self.bot is not None
        bot, self.bot = self.bot, None
        code = await bot.end(number)
        await bot.destroy()
        return code

    async def now(self) -> datetime:
        """The world's time."""
        told = (await self.http.get("/sandbox/clock")).json()
        return datetime.fromisoformat(told["now"]).astimezone(UTC)

    async def phone(self, number: str) -> Phone:
        """A person who has never written to the bot."""
        return await Phone.of(self.http, number)

    async def enter(self, number: str = "77010542007") -> Phone:
        """A person in the menu, logged in before."""
        phone = await self.phone(number)
        stores = self.stores()
        try:
            await open_session(stores, phone, await self.now(), int(TOKEN.partition(":")[0]))
        finally:
            await stores.close()
        await phone.say("/start")
        await phone.sees(MENU["en"])
        return phone

    def stores(self) -> Stores:
        """The bot's own database, seen from outside."""
        return open_stores(self.database, Secrets.from_file(self.folder / "secret.key"))

    async def fault(self, target: str, kind: str, **more: object) -> None:
        """Have something go wrong outside."""
        fault = {"target": target, "kind": kind, **more}
        (await self.http.post("/sandbox/faults", json=fault)).raise_for_status()

    async def operator(self, **settings: object) -> None:
        """Change how the operator works."""
        path = "/sandbox/operator/settings"
        (await self.http.patch(path, json=settings)).raise_for_status()

    async def effects(self, number: str) -> list[dict[str, object]]:
        """What the operator really did with the number."""
        path = "/sandbox/operator/effects"
        done: list[dict[str, object]] = (
            await self.http.get(path, params={"number": number})
        ).json()
        return done

    @property
    def database(self) -> str:
        """The bot's database."""
        return f"sqlite:///{self.folder / 'bot.db'}"


@asynccontextmanager
async def lab(folder: Path) -> AsyncIterator[Lab]:
    """A world with a schema and a secret for the bot; the bot is not started."""
    Secrets.create(folder / "secret.key")
    world = await Process.start(
        "sandbox",
        *("--port", "0", "--data", str(folder / "world"), "--now", START.isoformat()),
        *("--bot", TOKEN),
        log=folder / "world.log",
    )
    ready: Lab | None = None
    try:
        address = (await world.line()).removeprefix("Sandbox: ")
        async with client(address) as http:
            ready = Lab(folder, http, world)
            await migrated(ready.database)
            yield ready
    finally:
        if ready is not None and ready.bot is not None:
            await ready.bot.destroy()
        await world.destroy()
