"""Telegram's limits: so many messages a second over all, one a second per chat after a burst."""

from __future__ import annotations

import asyncio
import time

PER_SECOND, BURST = 25, 25
CHAT_SPACING, CHAT_BURST = 1.0, 3
REMEMBERED_CHATS = 10_000


class Pace:
    """How fast messages may leave: a bucket over all chats, and one per chat."""

    def __init__(self) -> None:
        self._level, self._at = float(BURST), time.monotonic()
        self._free_at: dict[int, float] = {}

    async def wait(self, chat_id: int) -> None:
        """Return when a message to that chat may leave."""
        now = time.monotonic()
        earliest = self._free_at.get(chat_id, 0.0)
        # The chat's own clock may lag behind by the burst it has not used.
        start = max(now - CHAT_SPACING * (CHAT_BURST - 1), earliest)
        if len(self._free_at) > REMEMBERED_CHATS:
            self._free_at = {chat: at for chat, at in self._free_at.items() if at > now}
        self._free_at[chat_id] = start + CHAT_SPACING
        self._level = min(BURST, self._level + (now - self._at) * PER_SECOND) - 1
        self._at = now
        pause = max(start - now, -self._level / PER_SECOND)
        if pause > 0:
            await asyncio.sleep(pause)
