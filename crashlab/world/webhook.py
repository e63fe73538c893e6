"""Telegram's other way: it calls the bot's addresses with every update until one takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from crashlab.world.telegram import Telegram

KINDS = ("message", "callback_query", "my_chat_member")


class Webhook:
    """Calls the bot's addresses with every update, one at a time for a chat, until it has it."""

    def __init__(
        self, telegram: Telegram, post: Callable[[dict[str, Any]], Awaitable[bool]]
    ) -> None:
        self._telegram = telegram
        self._post = post

    async def run(self) -> None:
        """Push until cancelled."""
        under_way: dict[int, asyncio.Task[None]] = {}
        while True:
            self._telegram.came.clear()
            for update in list(self._telegram.updates):
                chat_id = _chat_of(update)
                if chat_id not in under_way or under_way[chat_id].done():
                    under_way[chat_id] = asyncio.create_task(self._deliver(update))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._telegram.came.wait(), 0.5)

    async def _deliver(self, update: dict[str, Any]) -> None:
        while not await self._post(update):  # noqa: ASYNC110 - as Telegram does
            await asyncio.sleep(0.1)
        self._telegram.confirm({update["update_id"]})
        self._telegram.came.set()


def _chat_of(update: dict[str, Any]) -> int:
    event = next(update[kind] for kind in KINDS if kind in update)
    return int(event["from"]["id"])
