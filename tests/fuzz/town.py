"""The real bot in one process: its dispatcher, stores and pools, between a Telegram, an operator
and a post in memory, with a clock that is set.

After every step the town holds what happened against a model of its own (`tests.fuzz.judge`).
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot

import bot.app.build
from bot.app.build import build
from bot.app.lifecycle import App
from bot.context.queued_update import QueuedUpdate
from bot.ops.clock import SteadyClock
from bot.workers.pool import WorkerPool
from storage.encryption.secrets import Secrets
from tests.account.world import NOON
from tests.fuzz.chats import BOT
from tests.fuzz.judge import Judge
from tests.schema import migrated
from tests.settings import plain

TOKEN = f"{BOT.id}:fuzzed-bot-00000000000000000000000000"


class Town(Judge):
    """One bot on one database; it may be started anew."""

    def __init__(self, folder: Path, mutate: Callable[[App], None] = lambda _app: None) -> None:
        super().__init__(folder, SteadyClock(NOON, wall=lambda: 0.0, boot=lambda: 0.0))
        self._mutate = mutate
        self._patch = pytest.MonkeyPatch()
        self._app: App | None = None
        self._key = folder / "secret.key"
        Secrets.create(self._key)
        self._database = folder / "bot.db"

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
        settings = replace(
            plain(),
            bot_token=TOKEN,
            carrier_url="http://127.0.0.1:9",
            database_url=f"sqlite:///{self._database}",
            secret_key_file=self._key,
            password_memory_kib=8,
        )
        with self._patch.context() as patch:
            patch.setattr(bot.app.build, "upgrade", _nothing)
            patch.setattr(bot.app.build, "make_bot", lambda *_: Bot(TOKEN, session=self.telegram))
            patch.setattr(bot.app.build, "TmfAdapter", lambda *_, **_named: self.operator)
            patch.setattr(bot.app.build, "CarrierNotifier", lambda *_: self.post)
            self._app = await build(settings, self.clock)
        self.app.delivery._rate_limiter = _NoPace()  # type: ignore[assignment]
        self._mutate(self.app)
        await self.app.intake.take_up()
        await self.settle()

    async def stop(self) -> None:
        """The gentle end of a process."""
        await self.app.chat_queue.drain(5)
        await self.app._leave()
        await self.app.close()
        self._app = None
        # A process that has ended is forgotten after three seconds; the town's clock stands still.
        if self._glance is not None:
            self._glance.execute("DELETE FROM clocks WHERE name = 'declared'")

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

    async def redraw(self, chat_id: int) -> None:
        """A window is drawn anew by itself."""
        self.app.chat_queue.admit(QueuedUpdate(chat_id, request="redraw"))
        await self.settle()

    async def settle(self) -> None:
        """Until nothing is left to do at this moment."""
        for _ in range(50):
            for _ in range(5000):
                if not self.app.chat_queue.waiting:
                    break
                await asyncio.sleep(0.0005)
            else:
                self.breaches.append("a chat does not come to its end")
                return
            if not await self._work():
                return
        self.breaches.append("the work does not come to its end")

    async def quieten(self) -> None:
        """Everything works again, and enough time passes for whatever is open to end."""
        self.telegram.trouble.clear()
        self.operator.down = False
        self.operator.faults.clear()
        for seconds in (1, 61, 61, 301, 301, 86_400, 301):
            self.operator.catch_up()
            self.clock.advance(timedelta(seconds=seconds))
            await self.settle()

    async def _work(self) -> bool:
        worked = False
        pools: tuple[WorkerPool[Any], ...] = self.app.pools
        for pool in pools:
            for item in await pool._claim(8):
                worked = True
                await pool._one(item)
        return worked


class _NoPace:
    async def wait(self, _chat_id: int, _priority: object) -> None:
        """Nobody is made to wait."""


async def _nothing(_url: str) -> None:
    """The schema is there already."""


def make_template(folder: Path) -> Path:
    """A database with the schema, to be copied."""
    asyncio.run(migrated(f"sqlite:///{folder / 'template.db'}"))
    return folder / "template.db"


__all__ = ["Town", "make_template"]
