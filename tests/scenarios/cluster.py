"""Several processes of the product on one database, a world that outlives them, and a balancer.

All run in real time: the clocks of processes that start one after another must agree.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import httpx
from aiohttp import web

from bot.updates.poller import POLLER
from sandbox.app import Sandbox
from sandbox.world import World
from storage.encryption.secrets import Secrets
from storage.open import Stores, open_stores
from tests.loopback import client
from tests.ports import free_port
from tests.scenarios.conftest import TOKEN
from tests.scenarios.entry import MENU, open_session
from tests.scenarios.phone import Phone
from tests.scenarios.processes import Process
from tests.schema import migrated

READY_SECONDS = 60
SECRET = "the-secret-of-the-webhook-0123456789"


async def until(true: Callable[[], Awaitable[bool]], what: str) -> None:
    for _ in range(READY_SECONDS * 10):
        if await true():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"not so in time: {what}")


class Balancer:
    """What stands before the receivers of a webhook: each call to the next one that answers."""

    def __init__(self) -> None:
        self.receivers: list[str] = []
        self.passed: dict[str, int] = {}
        self._unit = itertools.count()
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        self._session = aiohttp.ClientSession()
        application = web.Application()
        application.add_routes([web.post("/telegram", self._pass_on)])
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/telegram"

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.Response:
        assert self._session is not None
        body = await request.read()
        first = next(self._unit)
        for step in range(len(self.receivers)):
            receiver = self.receivers[(first + step) % len(self.receivers)]
            with suppress(aiohttp.ClientError):
                async with self._session.post(
                    receiver, data=body, headers=_passed(request)
                ) as answer:
                    self.passed[receiver] = self.passed.get(receiver, 0) + 1
                    return web.Response(
                        status=answer.status,
                        body=await answer.read(),
                        content_type=answer.content_type,
                    )
        return web.Response(status=502)


def _passed(request: web.Request) -> dict[str, str]:
    names = ("Content-Type", "X-Telegram-Bot-Api-Secret-Token")
    return {name: request.headers[name] for name in names if name in request.headers}


class Member:
    """One process of the cluster. `port` shows its health, `receives` its webhook."""

    def __init__(self, name: str, command: str, environment: dict[str, str]) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.port = free_port()
        self.process: Process | None = None


class Cluster:
    """Members, by their names."""

    def __init__(self, folder: Path, sandbox: Sandbox, database: str) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.database = database
        self.http = client(sandbox.world.http_url)
        self.balancer = Balancer()
        self.members: dict[str, Member] = {}

    # --- processes ---

    async def receivers(self, *names: str) -> None:
        """Start bots that share a webhook."""
        for name in names:
            port = free_port()
            self.balancer.receivers.append(f"http://127.0.0.1:{port}/telegram")
            self.members[name] = Member(
                name,
                "run",
                {
                    "MYACCOUNT_WEBHOOK_URL": self.balancer.url,
                    "MYACCOUNT_WEBHOOK_SECRET": SECRET,
                    "MYACCOUNT_WEBHOOK_PORT": str(port),
                },
            )
        await self.start(*names)

    async def pollers(self, *names: str) -> None:
        """Start bots that poll, one of them at a time."""
        self.members |= {name: Member(name, "run", {}) for name in names}
        await self.start(*names)

    async def workers(self, *names: str) -> None:
        """Start workers."""
        self.members |= {name: Member(name, "worker", {}) for name in names}
        await self.start(*names)

    async def start(self, *names: str) -> None:
        """Start these, all at once, until they are well."""
        for name in names:
            member = self.members[name]
            member.process = await Process.start(
                "bot",
                member.command,
                log=self.folder / f"{name}.log",
                **self.environment(MYACCOUNT_METRICS_PORT=str(member.port), **member.environment),
            )
        for name in names:
            await self.well(name)

    def environment(self, **more: str) -> dict[str, str]:
        """The configuration that all have in common, and more."""
        return {
            "MYACCOUNT_BOT_TOKEN": TOKEN,
            "MYACCOUNT_TELEGRAM_URL": self.sandbox.world.http_url,
            "MYACCOUNT_CARRIER_URL": self.sandbox.world.http_url,
            "MYACCOUNT_DATABASE_URL": self.database,
            "MYACCOUNT_SECRET_KEY_FILE": str(self.folder / "secret.key"),
            "MYACCOUNT_CARRIER_LONGEST_SECONDS": "3",
            "MYACCOUNT_CARRIER_TIMEOUT_SECONDS": "4",
            **more,
        }

    async def command(self, *words: str, **more: str) -> tuple[int, str]:
        """A command of the product as an engineer types it: exit code, and all that it says."""
        log = self.folder / "command.log"
        log.unlink(missing_ok=True)
        environment = self.environment(MYACCOUNT_METRICS_PORT="0", **more)
        code, said = await Process.run("bot", *words, log=log, **environment)
        return code, said + log.read_text()

    async def well(self, *names: str) -> None:
        """Wait until these say that they are."""
        async with httpx.AsyncClient(timeout=5, verify=False) as http:
            for name in names:
                url = f"http://127.0.0.1:{self.members[name].port}/health"

                async def answers_well(url: str = url) -> bool:
                    with suppress(httpx.HTTPError):
                        return (await http.get(url)).status_code == 200
                    return False

                await until(answers_well, f"{name} is well")

    async def figures(self, name: str) -> str:
        """What `/metrics` of a member shows."""
        async with httpx.AsyncClient(timeout=10, verify=False) as http:
            return (await http.get(f"http://127.0.0.1:{self.members[name].port}/metrics")).text

    async def stop(self, name: str, number: signal.Signals = signal.SIGTERM) -> int:
        """End one by a signal; its exit code."""
        process = self.members[name].process
        assert process is not None
        code = await process.end(number)
        await process.destroy()
        self.members[name].process = None
        return code

    async def restart(self, name: str) -> None:
        """End one the gentle way and start it anew."""
        assert await self.stop(name) == 0, self.log(name)
        await self.start(name)

    async def polling(self) -> str:
        """The name of who polls."""
        stores = self.stores()
        try:
            holder = await stores.leases.holder(POLLER, datetime.now(UTC))
        finally:
            await stores.close()
        assert holder is not None
        number = int(holder.split(":")[1])
        return next(
            name
            for name, member in self.members.items()
            if member.process is not None and member.process.pid == number
        )

    def log(self, *names: str) -> str:
        """What these have logged, all of them without a name."""
        return "".join((self.folder / f"{n}.log").read_text() for n in names or self.members)

    # --- people and the world ---

    async def enter(self, number: str = "77010542007") -> Phone:
        """A person in the menu, logged in before."""
        phone = await Phone.of(self.http, number)
        stores = self.stores()
        try:
            await open_session(stores, phone, datetime.now(UTC), int(TOKEN.partition(":")[0]))
        finally:
            await stores.close()
        await phone.say("/start")
        await phone.sees(MENU["en"])
        return phone

    async def effects(self, number: str) -> list[str]:
        """What the operator really did with the number."""
        answer = await self.http.get("/sandbox/operator/effects", params={"number": number})
        return [effect["what"] for effect in answer.json()]

    async def fault(self, target: str, kind: str, **more: object) -> None:
        """Have something go wrong outside."""
        fault = {"target": target, "kind": kind, **more}
        (await self.http.post("/sandbox/faults", json=fault)).raise_for_status()

    async def conflicts(self) -> int:
        """How often Telegram refused a poll because of another one."""
        calls = await self.http.get("/sandbox/telegram/calls", params={"method": "getupdates"})
        return sum(call["error_code"] == 409 for call in calls.json())

    async def nothing_waits(self) -> None:
        """Wait until no update and no message is left, at Telegram neither."""
        stores = self.stores()
        try:

            async def nothing() -> bool:
                told = (await self.http.get(f"/bot{TOKEN}/getWebhookInfo")).json()
                if told["result"]["pending_update_count"]:
                    return False
                return not (await stores.inbox.waiting() or await stores.outbox.waiting())

            await until(nothing, "nothing waits")
        finally:
            await stores.close()

    def stores(self) -> Stores:
        """The database, seen from outside."""
        return open_stores(self.database, Secrets.from_file(self.folder / "secret.key"))

    async def close(self) -> None:
        """End what is left."""
        for member in self.members.values():
            if member.process is not None:
                await member.process.destroy()
        await self.balancer.close()
        await self.http.aclose()
        await self.sandbox.close()


@asynccontextmanager
async def clustered(folder: Path, database: str) -> AsyncIterator[Cluster]:
    """A world, a schema and a secret; no process of the product yet."""
    Secrets.create(folder / "secret.key")
    sandbox = Sandbox(World(data=folder / "world"), TOKEN)
    await sandbox.start()
    cluster = Cluster(folder, sandbox, database)
    try:
        await cluster.balancer.start()
        await migrated(database)
        yield cluster
    finally:
        await cluster.close()
