"""getUpdates: confirming by offset, one poll at a time, and no busy loops.

Rates and waits here are in real seconds, retention is in the world's.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.call import Call
from sandbox.telegram.errors import ApiError, conflict
from sandbox.telegram.records import Bot
from sandbox.telegram.state import UPDATE_KINDS, TelegramState

LONGEST_WAIT = 50
ANSWER_BYTES = 4 << 20
BUSY_SECONDS = 3.0

_TERMINATED = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
_WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
    "webhook first"
)


def keep_allowed_updates(telegram: TelegramState, call: Call) -> None:
    """Set allowed_updates when the call has a readable list; otherwise the old setting stays."""
    if "allowed_updates" not in call.params:
        return
    try:
        wanted = json.loads(call.params["allowed_updates"])
    except ValueError:
        return
    if not isinstance(wanted, list) or not all(isinstance(kind, str) for kind in wanted):
        return
    known = [kind.lower() for kind in wanted if kind.lower() in UPDATE_KINDS]
    if call.bot.settings.get("allowed_updates", []) != known:
        call.bot.settings["allowed_updates"] = known
        telegram.store.save_settings(call.bot)
        telegram.store.commit()


@dataclass
class _History:
    """What throttling remembers of a bot's polls."""

    offset: int | None = None
    started: float = -1e9
    conflicted: float = -1e9


@dataclass
class _Waiting:
    """A poll that waits; None ends it quietly, an error with that answer."""

    call: Call
    ended: asyncio.Future[ApiError | None]


class Polls:
    """The polls that wait, at most one for each bot."""

    def __init__(self, telegram: TelegramState) -> None:
        self._telegram = telegram
        self._waiting: dict[int, _Waiting] = {}
        self._histories: dict[int, _History] = {}

    def terminate(self, bot: Bot, reason: str) -> bool:
        """Answer a waiting poll with 409. Says whether there was one.

        One whose client has hung up is no conflict: it ends, and nobody is told.
        """
        waiting = self._waiting.pop(bot.id, None)
        if waiting is None or waiting.ended.done():
            return False
        gone = waiting.call.gone()
        waiting.ended.set_result(None if gone else conflict(reason))
        return not gone

    async def get_updates(self, call: Call) -> list[str]:
        """The method getUpdates; the updates as JSON texts. Raises 409."""
        bot = call.bot
        if bot.settings.get("webhook", {}).get("url"):
            raise conflict(_WEBHOOK_ACTIVE)
        keep_allowed_updates(self._telegram, call)
        offset = self._confirm(bot, call.integer("offset"))
        limit = min(max(call.integer("limit", 100), 1), 100)
        timeout = float(min(max(call.integer("timeout"), 0), LONGEST_WAIT))
        history = self._histories.setdefault(bot.id, _History())
        started = time.monotonic()
        if offset == history.offset and timeout < BUSY_SECONDS:
            if started < history.started + BUSY_SECONDS:
                timeout = BUSY_SECONDS
            if started < history.started + 0.5:
                limit = 1
        history.offset, history.started = offset, started
        ended: asyncio.Future[ApiError | None] = asyncio.get_running_loop().create_future()
        if self.terminate(bot, _TERMINATED):
            repeated = started < history.conflicted + BUSY_SECONDS
            history.conflicted = started
            if repeated:
                await asyncio.sleep(BUSY_SECONDS)
        self._waiting[bot.id] = mine = _Waiting(call, ended)
        try:
            return await self._wait(bot, limit, started + timeout, ended)
        finally:
            if self._waiting.get(bot.id) is mine:
                del self._waiting[bot.id]

    def _confirm(self, bot: Bot, offset: int) -> int:
        now = self._telegram.world.clock.timestamp()
        store = self._telegram.store
        if offset < 0:
            first = store.nth_update_from_the_end(bot.id, -offset, now)
            if first is not None:
                store.forget_updates_below(bot.id, first)
        elif offset > 0:
            store.forget_updates_below(bot.id, offset)
        store.forget_expired(bot.id, now)
        store.commit()
        return offset

    async def _wait(
        self, bot: Bot, limit: int, deadline: float, ended: asyncio.Future[ApiError | None]
    ) -> list[str]:
        arrival = self._telegram.arrival(bot.id)
        while True:
            arrival.clear()
            found = self._ready(bot, limit)
            left = deadline - time.monotonic()
            if ended.done():
                error = ended.result()
                if error is None:
                    return []
                raise error
            if found or left <= 0 or self._telegram.closing:
                return found
            await _first_of(arrival, ended, left)

    def _ready(self, bot: Bot, limit: int) -> list[str]:
        now = self._telegram.world.clock.timestamp()
        bodies: list[str] = []
        size = 0
        for _, _, body, _ in self._telegram.store.updates(bot.id, limit, now):
            size += len(body.encode())
            if bodies and size > ANSWER_BYTES:
                break
            bodies.append(body)
        return bodies


async def _first_of(
    arrival: asyncio.Event, ended: asyncio.Future[ApiError | None], left: float
) -> None:
    arrived = asyncio.ensure_future(arrival.wait())
    either: set[asyncio.Future[Any]] = {arrived, ended}
    try:
        await asyncio.wait(either, timeout=left, return_when=asyncio.FIRST_COMPLETED)
    finally:
        arrived.cancel()
