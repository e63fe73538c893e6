"""Telegram's limits: so many messages a second over all, one a second per chat after a burst.

Where many wait, the more urgent leave first, whenever they came. The limit is the bot's, however
many processes it has: who has used up half of its burst takes its turns from what all share.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from account.effects.effect import Priority
from account.errors import CarrierTurnTaken
from account.values.durations import boottime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from carrier.limiter import SharedTurns

PER_SECOND, BURST = 25, 25
ALONE = BURST / 2
"""Above this nobody is asked: one message in a while costs the database nothing."""
LONGEST = 30.0
"""Seconds."""
CHAT_SPACING, CHAT_BURST = 1.0, 3
REMEMBERED_CHATS = 10_000


@dataclass(frozen=True, order=True, slots=True)
class _Waiting:
    """A message that waits, in the order in which they leave; not before its chat's turn."""

    priority: Priority
    number: int
    not_before: float


class RateLimiter:
    """How fast messages may leave: a bucket over all chats, and one per chat.

    `level` is what the bucket holds at first; without `shared` the process is alone.
    """

    def __init__(self, shared: SharedTurns | None = None, level: float = BURST) -> None:
        self._shared = shared
        self._level, self._at = level, time.monotonic()
        self._free_at: dict[int, float] = {}
        self._numbers = itertools.count()
        self._waiting: set[_Waiting] = set()

    async def wait(self, chat_id: int, priority: Priority = Priority.NOTICE) -> None:
        """Return when a message to that chat may leave."""
        mine = _Waiting(priority, next(self._numbers), self._turn_of(chat_id))
        self._waiting.add(mine)
        try:
            for pause in self._pauses(mine):
                await asyncio.sleep(pause)
            self._level -= 1
        finally:
            self._waiting.discard(mine)
        if self._shared is not None and self._level < ALONE:
            # Who waits longer than that goes on: Telegram says itself when it is too much.
            with suppress(CarrierTurnTaken):
                await self._shared.wait("telegram", PER_SECOND, boottime() + LONGEST)

    def _turn_of(self, chat_id: int) -> float:
        """When the chat's own limit lets it leave; the next one of that chat comes later."""
        now = time.monotonic()
        # The chat's own clock may lag behind by the burst it has not used.
        turn = max(now - CHAT_SPACING * (CHAT_BURST - 1), self._free_at.get(chat_id, 0.0))
        if len(self._free_at) > REMEMBERED_CHATS:
            self._free_at = {chat: at for chat, at in self._free_at.items() if at > now}
        self._free_at[chat_id] = turn + CHAT_SPACING
        return turn

    def _pauses(self, mine: _Waiting) -> Iterator[float]:
        """How long to wait, again and again, for others may come in between."""
        while (pause := self._pause(mine)) > 0:
            yield pause

    def _pause(self, mine: _Waiting) -> float:
        """How long until one may look again; nothing when it may leave."""
        now = time.monotonic()
        self._level = min(BURST, self._level + (now - self._at) * PER_SECOND)
        self._at = now
        if mine.not_before > now:
            return mine.not_before - now
        first = sum(other < mine and other.not_before <= now for other in self._waiting)
        return (1 + first - self._level) / PER_SECOND
