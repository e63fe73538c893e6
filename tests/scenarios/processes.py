"""The world and the bot as processes of their own, so that the bot can be killed like any other.

Every process leads a group; what is left of it is killed when the test ends, whatever happened.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx

from storage.schema import upgrade
from storage.sealing import Secrets
from storage.stores import Stores, open_stores
from tests.scenarios.conftest import START, TOKEN
from tests.scenarios.entry import MENU, open_session
from tests.scenarios.phone import Phone

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 40.0


class Process:
    """One process, in a group of its own."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child

    @classmethod
    async def start(cls, *command: str, log: Path, **environment: str) -> Process:
        """Start `python -m …` with nothing in its environment but what it is given."""
        with log.open("ab") as sink:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *command,
                cwd=ROOT,
                env={"PATH": os.environ.get("PATH", ""), **environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=sink,
                start_new_session=True,
            )
        return cls(child)

    async def line(self) -> str:
        """The next line it prints."""
        assert self._child.stdout is not None
        return (await asyncio.wait_for(self._child.stdout.readline(), PATIENCE)).decode().strip()

    async def end(self, number: signal.Signals) -> int:
        """Send it that signal; its exit code once it is gone."""
        with suppress(ProcessLookupError):
            self._child.send_signal(number)
        return await asyncio.wait_for(self._child.wait(), PATIENCE)

    async def destroy(self) -> None:
        """Kill the whole group."""
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        await self._child.communicate()


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
        address = str(self.http.base_url).rstrip("/")
        self.bot = await Process.start(
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
            **self.more,
            **environment,
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
        wish = {"target": target, "kind": kind, **more}
        (await self.http.post("/sandbox/faults", json=wish)).raise_for_status()

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
        async with httpx.AsyncClient(base_url=address, timeout=60) as http:
            ready = Lab(folder, http, world)
            await upgrade(ready.database)
            yield ready
    finally:
        if ready is not None and ready.bot is not None:
            await ready.bot.destroy()
        await world.destroy()
