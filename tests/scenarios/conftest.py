"""Bot and outside world, both real, joined by HTTP on loopback and nothing else."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from account.changes.confirmation import PollingPolicy
from bot.app.build import build
from bot.app.lifecycle import App
from bot.config.settings import Settings
from bot.context.callback_answer import CallbackAnswer
from bot.ops import logs
from bot.ops.clock import SteadyClock
from carrier.profile.loader import parse
from sandbox.app import Sandbox
from sandbox.world import World, WorldClock
from tests.loopback import client
from tests.scenarios.entry import set_password
from tests.scenarios.phone import Phone
from tests.schema import migrated
from tests.settings import plain

TOKEN = "1000001:scenario-bot-0000000000000000000000"
START = datetime(2022, 1, 24, 10, 0, tzinfo=UTC)
PASSWORD = "copper lantern on the river"
ADMINISTRATOR = "77010542007"


@pytest.fixture(scope="module", autouse=True)
def _what_is_left_open_is_told_here() -> Iterator[None]:
    """Else the garbage collector finds it in the middle of somebody else's test."""
    yield
    gc.collect()


@pytest.fixture
def hurried() -> None:
    """For what is about the answer that a press gets before there is something to say."""


@pytest.fixture(autouse=True)
def _no_answer_in_a_hurry(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A press waits for what there is to say: on a busy machine a quarter of a second is nothing,
    and who was answered in a hurry is never told what a scenario waits to read.
    """
    if "hurried" not in request.fixturenames:
        monkeypatch.setattr(CallbackAnswer.hurry, "__defaults__", (None, 60.0))


class Stage:
    """A running bot in a running world, and people to act on it."""

    def __init__(self, sandbox: Sandbox, settings: Settings, clock: SteadyClock) -> None:
        self.sandbox = sandbox
        self.settings = settings
        self.clock = clock
        self.http = client(sandbox.world.http_url)
        self.app: App | None = None
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def start_bot(self) -> None:
        """Start the bot, as after any other start."""
        self._stop = asyncio.Event()
        polling = asyncio.Event()
        self.app = await build(self.settings, self.clock)
        self._running = asyncio.get_running_loop().create_task(
            self.app.run(self._stop, polling.set)
        )
        waiting = asyncio.get_running_loop().create_task(polling.wait())
        await asyncio.wait({waiting, self._running}, return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():
            self._running.result()

    async def stop_bot(self) -> None:
        """Stop it the gentle way."""
        self._stop.set()
        running, self._running = self._running, None
        app, self.app = self.app, None
        try:
            if running is not None:
                await running
        finally:
            if app is not None:
                await app.close()

    async def advance(self, **step: float) -> None:
        """Let time pass for the bot and for the world."""
        await self.http.post("/sandbox/clock", json={"advance": timedelta(**step).total_seconds()})
        self.clock.advance(timedelta(**step))

    async def phone(self, number: str, *, language: str = "en", name: str = "Aigerim") -> Phone:
        """A person with that number, who has never written to the bot."""
        return await Phone.of(self.http, number, language=language, name=name)

    async def administrator(
        self, number: str = ADMINISTRATOR, *, company: str = "TOO Demo"
    ) -> Phone:
        """A person in the menu of the company who has set a password just now, by a code.

        What a login leaves is written by the use cases; who types all of it calls `log_in`.
        """
        assert self.app is not None
        phone = await self.phone(number)
        await set_password(self.app, phone, PASSWORD, company)
        await phone.say("/start")
        await phone.sees("Number management")
        return phone

    async def effects(self, number: str | None = None) -> list[dict[str, object]]:
        """What the operator really changed."""
        query = {} if number is None else {"number": number}
        answer = await self.http.get("/sandbox/operator/effects", params=query)
        effects: list[dict[str, object]] = answer.json()
        return effects

    async def number_becomes(self, number: str, **changes: object) -> None:
        """Something happens to a number at the operator, without the bot."""
        await self._operator(f"numbers/{number}", changes)

    async def administrator_becomes(self, administrator_id: str, **changes: object) -> None:
        """The operator grants, revokes, or corrects its register."""
        await self._operator(f"administrators/{administrator_id}", changes)

    async def _operator(self, path: str, changes: dict[str, object]) -> None:
        answer = await self.http.patch(f"/sandbox/operator/{path}", json=changes)
        assert answer.is_success, answer.text

    async def asked(self, path: str) -> int:
        """How often the operator was asked for that since the start, by "METHOD path"."""
        calls: dict[str, int] = (await self.http.get("/sandbox/operator/calls")).json()
        return sum(count for call, count in calls.items() if call.endswith(path))

    async def fault(self, target: str, kind: str, **more: object) -> None:
        """Have something go wrong outside."""
        answer = await self.http.post(
            "/sandbox/faults", json={"target": target, "kind": kind, **more}
        )
        assert answer.is_success, answer.text

    async def close(self) -> None:
        """End the bot, then the world."""
        try:
            await self.stop_bot()
        finally:
            await self.http.aclose()
            await self.sandbox.close()


async def log_in(phone: Phone, *, password: str = PASSWORD, mail: str | None = None) -> None:
    """First login: language, number, code, a password of one's own."""
    await phone.say("/start")
    await phone.tap("English")
    await phone.sees("Enter the Administrator's phone number")
    await phone.tap("Forgot password?")
    await phone.sees("A code will be sent")
    await phone.say(phone.number)
    await phone.sees("Enter the 6 digits")
    await phone.say(await (phone.code() if mail is None else phone.mail_code(mail)))
    await phone.sees("Enter a new password")
    await phone.say(password)
    await phone.sees("once more")
    await phone.say(password)


async def several_companies(phone: Phone) -> bool:
    """Wait for the first window after the login; True when it asks for a company."""

    async def look() -> str | None:
        for message in reversed(await phone.messages()):
            if "Choose a company" in message.text:
                return "choice"
            if any("Number management" in label for label in message.buttons):
                return "menu"
        return None

    return bool(await phone.until(look, "the menu or the companies") == "choice")


@asynccontextmanager
async def staged(
    tmp_path: Path,
    *,
    numbers: int | None = None,
    dialect: str = "kcell",
    awkward: int | None = None,
    changed: Callable[[Settings], Settings] = lambda settings: settings,
) -> AsyncIterator[Stage]:
    """A world at 24.01.2022 16:00 in Almaty with a running bot, set up as `changed` says."""
    logs.set_up("INFO")
    world = World(data=tmp_path / "world", clock=WorldClock(START), numbers=numbers)
    world.dialect, world.awkward = dialect, awkward
    sandbox = Sandbox(world, TOKEN)
    url = await sandbox.start()
    settings = replace(
        plain(),
        bot_token=TOKEN,
        telegram_url=url,
        carrier_url=url,
        smtp_url=f"smtp://127.0.0.1:{world.smtp_port}",
        database_url=f"sqlite:///{tmp_path / 'bot.db'}",
        secret_key_file=tmp_path / "secret.key",
    )
    async with client(url) as http:
        profile = (await http.get("/sandbox/operator/profile")).text
    if profile:
        told = parse(profile, dialect)
        settings = replace(settings, profile=told, carrier_token="sandbox-secret")
    settings = replace(
        settings,
        polling_policy=PollingPolicy(
            longest_processing=timedelta(seconds=2),
            dispatch_within=timedelta(seconds=1),
            call_timeout=timedelta(seconds=1),
        ),
        password_memory_kib=64,
    )
    settings = changed(settings)
    await migrated(settings.database_url)
    stage = Stage(sandbox, settings, SteadyClock(START))
    try:
        await stage.start_bot()
        yield stage
    finally:
        await stage.close()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The usual stage."""
    async with staged(tmp_path) as ready:
        yield ready
