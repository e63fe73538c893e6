"""The real bot in one process: its dispatcher, stores and crews, between a Telegram, an operator
and a post in memory, with a clock that is set.

After every step the town holds what happened against a model of its own: who was logged in, whom
the operator granted what, which code was sent for which change and who typed it.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot

import bot.app
from account.actions import STEP_UP_LIFE
from account.codes import CODE_LIFE
from account.identifiers import Email, Msisdn
from account.money import ZERO
from account.sessions import ABSOLUTE, IDLE
from account.transfers import MOVED, TIYN, TO
from bot.app import build
from bot.gate import Letter
from bot.running import App
from bot.settings import Settings
from bot.worker import Crew
from storage.moments import to_microseconds
from storage.schema import upgrade
from storage.sealing import Secrets
from tests.account.fake_money import paid
from tests.account.fakes import FakeClock
from tests.account.world import NOON
from tests.fuzz.chats import BOT, Telegram
from tests.fuzz.people import MARKS, PEOPLE, USAGE, Operator, Person

TOKEN = f"{BOT.id}:fuzzed-bot-00000000000000000000000000"
CODE = re.compile(r"(?<![0-9])([0-9]{6})(?![0-9])")
LAST_FOUR = re.compile(r"(?<![0-9])([0-9]{4})(?![0-9])")


@dataclass(frozen=True)
class Sent:
    """A code as the telephone got it; `about` are the last digits of the number it names."""

    phone: str
    code: str
    about: str | None
    at: datetime


@dataclass
class Post:
    """The SMS of everybody; no letters are written here."""

    clock: FakeClock
    codes: list[Sent] = field(default_factory=list)

    async def sms(self, phone: Msisdn, text: str, reference: str) -> None:
        """Deliver, and note a code."""
        found = CODE.search(text)
        if found is not None:
            about = LAST_FOUR.search(text.replace(found.group(), ""))
            named = None if about is None else about.group()
            self.codes.append(Sent(phone.digits, found.group(), named, self.clock.now()))

    async def mail(self, to: Email, *_rest: object, **_more: object) -> None:
        """Who never came to the bot is told by letter before a number is taken over."""


@dataclass(frozen=True)
class Proof:
    """Somebody typed the code that was sent to them for a change of that number."""

    person: int
    about: str | None
    at: datetime


class Town:
    """One bot on one database; it may be started anew."""

    def __init__(self, folder: Path, mutate: Callable[[App], None] = lambda _app: None) -> None:
        self.folder = folder
        self.clock = FakeClock(NOON)
        self.operator = Operator()
        self._paid = paid(self.operator.fleet)
        self.post = Post(self.clock)
        self.telegram = Telegram(self.clock.now, self._look)
        self.proofs: list[Proof] = []
        self.accepted: set[str] = set()
        self.poisoned = 0
        self.breaches: list[str] = []
        self.secrets: set[str] = set()
        self._mutate = mutate
        self._patch = pytest.MonkeyPatch()
        self._app: App | None = None
        self._by_id = {person.id: person for person in PEOPLE}
        self._key = folder / "secret.key"
        Secrets.create(self._key)
        self._database = folder / "bot.db"
        self._glance: sqlite3.Connection | None = None

    @property
    def app(self) -> App:
        assert self._app is not None
        return self._app

    # --- its life ---

    async def open(self, template: Path) -> None:
        """Begin with a database that has a schema and no rows."""
        shutil.copy(template, self._database)
        self._glance = sqlite3.connect(self._database, isolation_level=None)
        await self.start()

    async def start(self) -> None:
        """Put the bot together on the database as it is."""
        settings = Settings(
            bot_token=TOKEN,
            carrier_url="http://127.0.0.1:9",
            database_url=f"sqlite:///{self._database}",
            secret_key_file=self._key,
            password_memory_kib=8,
        )
        with self._patch.context() as patch:
            patch.setattr(bot.app, "upgrade", _nothing)
            patch.setattr(bot.app, "make_bot", lambda *_: Bot(TOKEN, session=self.telegram))
            patch.setattr(bot.app, "TmfCarrier", lambda *_: self.operator)
            patch.setattr(bot.app, "SmsAndMail", lambda *_: self.post)
            self._app = await build(settings, self.clock)
        self.app.delivery._pace = _NoPace()  # type: ignore[assignment]
        self._mutate(self.app)
        await self.app.intake.take_up()
        await self.settle()

    async def stop(self) -> None:
        """The gentle end of a process."""
        await self.app.gate.drain(5)
        await self.app._leave()
        await self.app.close()
        self._app = None

    async def close(self) -> None:
        if self._app is not None:
            await self.stop()
        if self._glance is not None:
            self._glance.close()

    # --- its steps ---

    async def feed(self, *updates: dict[str, Any]) -> None:
        """Updates of Telegram, then everything that follows from them."""
        usable = list(updates)
        await self.app.intake.keep(usable)
        await self.settle()

    async def wish(self, chat_id: int) -> None:
        """A window is drawn anew by itself."""
        self.app.gate.admit(Letter(chat_id, wish="redraw"))
        await self.settle()

    async def settle(self) -> None:
        """Until nothing is left to do at this moment."""
        for _ in range(50):
            for _ in range(5000):
                if not self.app.gate.waiting:
                    break
                await asyncio.sleep(0.0005)
            else:
                self.breaches.append("a chat does not come to its end")
                return
            if not await self._work():
                return
        self.breaches.append("the work does not come to its end")

    async def _work(self) -> bool:
        worked = False
        crews: tuple[Crew[Any], ...] = self.app.crews
        for crew in crews:
            for item in await crew._claim(8):
                worked = True
                await crew._one(item)
        return worked

    # --- what must hold ---

    def session(self, person: int) -> sqlite3.Row | None:
        """The live session of a person, as the database has it."""
        now = self.clock.now()
        rows = self.rows(
            "SELECT * FROM sessions WHERE telegram_id = ? AND ended_at IS NULL"
            " AND seen_at > ? AND opened_at > ?",
            person,
            to_microseconds(now - IDLE),
            to_microseconds(now - ABSOLUTE),
        )
        return rows[-1] if rows else None

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        assert self._glance is not None
        self._glance.row_factory = sqlite3.Row
        return self._glance.execute(query, values).fetchall()

    def _look(self, chat_id: int, method: str, text: str) -> None:
        """A text leaves: nobody reads of a company what they may not see."""
        person = self._by_id.get(chat_id)
        for company, mark in MARKS.items():
            if mark not in text:
                continue
            if person is None or not self.operator.may_read(person, company):
                self.breaches.append(f"{method}: {company} is shown to {chat_id}")
            elif USAGE + mark in text and not self.operator.may_change(person, company):
                self.breaches.append(f"{method}: usage is shown to {chat_id} without the right")
            elif self.session(chat_id) is None:
                self.breaches.append(f"{method}: {company} is shown without a session")
        if any(secret in text for secret in self.secrets):
            self.breaches.append(f"{method}: a secret is said")

    def typed(self, person: Person, text: str) -> None:
        """Somebody types something that may be a code of theirs."""
        mine = [sent for sent in self.post.codes if sent.phone == person.phone.digits]
        for sent in mine:
            if sent.code == text.strip() and self.clock.now() < sent.at + CODE_LIFE:
                self.proofs.append(Proof(person.id, sent.about, self.clock.now()))

    def check(self, taps: list[str] = [], actors: frozenset[int] = frozenset()) -> None:  # noqa: B006
        """After a step in which these people did something."""
        for row in self.rows("SELECT * FROM actions WHERE accepted_at IS NOT NULL"):
            if row["id"] not in self.accepted:
                self.accepted.add(row["id"])
                self._check_accepted(row, actors)
        effects = self.operator.effects
        if len(effects) != len(set(effects)):
            self.breaches.append("one confirmation had two effects")
        if not set(effects) <= self.accepted:
            self.breaches.append("an effect that nobody confirmed")
        if paid(self.operator.fleet) != self._paid:
            self.breaches.append("money came or went by a transfer")
        if any((number.funds or ZERO) < ZERO for number in self.operator.fleet.values()):
            self.breaches.append("a number was overdrawn")
        missing = [tap for tap in taps if tap not in self.telegram.answered]
        if missing:
            self.breaches.append(f"{len(missing)} presses stay unanswered")
        quarantined = self.rows("SELECT why FROM inbox WHERE state = 'quarantined'")
        if len(quarantined) > self.poisoned:
            self.breaches.append(f"set aside: {[row['why'] for row in quarantined]}")
        found = [*self.breaches, *self.telegram.breaches]
        assert not found, found

    def _check_accepted(self, row: sqlite3.Row, actors: frozenset[int]) -> None:
        person, now = self._by_id[row["telegram_id"]], self.clock.now()
        session = self.session(person.id)
        if person.id not in actors:
            self.breaches.append("a change was confirmed by nobody")
        if session is None or session["id"] != row["session_id"]:
            self.breaches.append("a change was confirmed without its session")
        elif (session["company_id"] or row["company_id"]) != row["company_id"]:
            self.breaches.append("a change was confirmed for another company")
        if not self.operator.may_change(person, row["company_id"]):
            self.breaches.append("a change was confirmed without the right")
        if row["offered_at"] <= to_microseconds(now - timedelta(minutes=5)):
            self.breaches.append("a change was confirmed too late")
        if self.operator.fleet[row["msisdn"]].company_id != row["company_id"]:
            self.breaches.append("a change of somebody else's number was confirmed")
        if row["kind"] == "transfer":
            recipient = self.operator.fleet[json.loads(row["parameters"])[TO]]
            if recipient.company_id != row["company_id"]:
                self.breaches.append("money was sent to another company's number")
        if _needs_code(row) and not any(
            proof.person == person.id
            and proof.about == row["msisdn"][-4:]
            and to_microseconds(proof.at) >= row["offered_at"]
            and proof.at > now - STEP_UP_LIFE
            for proof in self.proofs
        ):
            self.breaches.append("a change was confirmed without its own code")

    def scan(self) -> None:
        """No secret lies in the database or beside it."""
        figures = {sent.code for sent in self.post.codes}
        for path in self.folder.glob("bot.db*"):
            content = path.read_bytes()
            for secret in self.secrets:
                if secret.encode() in content:
                    self.breaches.append(f"a password lies in {path.name}")
            for code in figures:
                alone = rb"(?<![0-9A-Fa-f.])" + code.encode() + rb"(?![0-9A-Fa-f])"
                if found := re.search(alone, content):
                    around = content[max(0, found.start() - 60) : found.end() + 20]
                    self.breaches.append(f"a code lies in {path.name}: {around!r}")


def _needs_code(row: sqlite3.Row) -> bool:
    """By the rules of G-8, written out here once more."""
    told = json.loads(row["parameters"])
    if row["kind"] == "transfer":
        return int(told[TIYN]) + int(told[MOVED]) >= 10_000_00
    return row["kind"] in ("unblock", "forwarding.set", "sim.replace")


class _NoPace:
    async def wait(self, _chat_id: int) -> None:
        """Nobody is made to wait."""


async def _nothing(_url: str) -> None:
    """The schema is there already."""


def make_template(folder: Path) -> Path:
    """A database with the schema, to be copied."""
    asyncio.run(upgrade(f"sqlite:///{folder / 'template.db'}"))
    with sqlite3.connect(folder / "template.db") as made:
        made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    made.close()
    return folder / "template.db"


__all__ = ["Proof", "Sent", "Town", "make_template"]
