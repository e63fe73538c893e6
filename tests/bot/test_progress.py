"""The bar under a file that is being made is gone with the work, whenever Telegram takes it."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from aiogram import Bot
from aiogram.types import Chat, Message
from sqlalchemy import select

from bot.ops.clock import SteadyClock
from bot.texts.language import Catalogues
from bot.workers.pool import ProgressSign
from storage.open import Stores
from storage.tables.outbox import outbox
from tests.bot.test_document_words import failed


class SlowTelegram:
    """Takes a bar at once, and answers when it is let."""

    def __init__(self) -> None:
        self.shown: set[int] = set()
        self.took = asyncio.Event()
        self.answers = asyncio.Event()
        self.redrawn = asyncio.Event()
        self.took_away = asyncio.Event()

    async def send_chat_action(self, *_args: Any) -> None:
        return None

    async def send_message(self, chat_id: int, text: str, **_named: Any) -> Message:
        self.shown.add(7)
        self.took.set()
        await self.answers.wait()
        chat = Chat(id=chat_id, type="private")
        return Message(message_id=7, date=SteadyClock().now(), chat=chat, text=text)

    async def edit_message_text(self, *_args: Any, **_named: Any) -> None:
        self.redrawn.set()

    async def delete_message(self, _chat_id: int, message_id: int) -> None:
        self.shown.remove(message_id)
        self.took_away.set()


@pytest.mark.parametrize("late", [True, False], ids=["file first", "answer first"])
async def test_no_bar_outlives_the_making_of_its_file(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    monkeypatch.setattr("bot.workers.pool.SHOW_PROGRESS_AFTER", 0.0)
    monkeypatch.setattr("bot.workers.pool.PROGRESS_EVERY", 0.0)
    telegram = SlowTelegram()
    sign = ProgressSign(cast("Bot", telegram), stores, SteadyClock(), Catalogues())

    async def owed() -> list[str]:
        kinds = select(outbox.c.kind)
        rows = await stores.database.read(lambda conn: conn.execute(kinds).all())
        return [row.kind for row in rows]

    async with sign.shown(failed("")):
        await telegram.took.wait()
        if not late:
            telegram.answers.set()
            await telegram.redrawn.wait()
    telegram.answers.set()
    async with asyncio.timeout(60):
        await telegram.took_away.wait()
    assert telegram.shown == set()
    assert await owed() == ["progress.delete"]
