"""The press of a button, and the one answer that Telegram takes to it.

A person sees within a third of a second that a press was taken, also when it waits in line behind
another one of theirs, and when a flood of theirs is not even held in memory (rules.md).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError
from aiogram.methods import AnswerCallbackQuery

from bot.framework.unvalidated import construct
from bot.telegram.client import StaleConnectionError

if TYPE_CHECKING:
    from aiogram import Bot

log = structlog.get_logger(__name__)

HURRY_AFTER = 0.25
"""Seconds after which a press is answered, whatever the work behind it."""
TRIES, MOST_STALE = 2, 4
"""Tries of an answer, and besides them those over connections that had been closed meanwhile: who
has slept finds several of these, one after the other.
"""


class CallbackAnswer:
    """The callback query of an update. Telegram takes one answer: the first one counts.

    `late`: it came in a flood and was answered at once; nothing can be said on it any more.
    """

    def __init__(self, bot: Bot, query_id: str, *, late: bool = False) -> None:
        self._bot = bot
        self._query_id = query_id
        self._hurry: asyncio.TimerHandle | None = None
        self._answering: asyncio.Task[bool] | None = None
        self.answered = late
        self.late = late

    async def answer(self, text: str | None = None, *, alert: bool = False) -> bool:
        """Answer the tap, once; False when it was answered before. Faults do not come out."""
        if self.answered:
            return False
        # Who is cancelled here must not take the answer along that Telegram is being given.
        await asyncio.shield(self._begin(text, alert=alert))
        return True

    def hurry(self, text: str | None = None, after: float = HURRY_AFTER) -> None:
        """Answer with `text` if nothing else has within `after` seconds from now."""
        if self._hurry is not None:
            self._hurry.cancel()
        self._hurry = asyncio.get_running_loop().call_later(after, self._late, text)

    async def end(self) -> None:
        """The update is handled: see that the tap is answered, and that the answer has left."""
        if self._hurry is not None:
            self._hurry.cancel()
        await self.answer()
        if self._answering is not None:
            await self._answering

    def _late(self, text: str | None) -> None:
        if not self.answered:
            self._begin(text, alert=False)

    def _begin(self, text: str | None, *, alert: bool) -> asyncio.Task[bool]:
        self.answered = True
        self._answering = asyncio.get_running_loop().create_task(
            self._send(text, alert=alert), name="answer"
        )
        return self._answering

    async def _send(self, text: str | None, *, alert: bool) -> bool:
        tries, stale = TRIES, MOST_STALE
        fields = {"callback_query_id": self._query_id, "text": text, "show_alert": alert}
        while True:
            try:
                await self._bot(construct(AnswerCallbackQuery, None, fields))
            except TelegramAPIError as fault:
                if isinstance(fault, StaleConnectionError) and stale:
                    stale -= 1
                    continue
                tries -= 1
                if tries and isinstance(fault, TelegramNetworkError):
                    # Whoever slept while it was connecting has sent nothing; twice does no harm.
                    continue
                # Too old, or Telegram is away: the tap stops spinning by itself.
                log.info("callback.unanswered", error=type(fault).__name__)
                return False
            return True


def tap_in(bot: Bot, update: dict[str, Any]) -> CallbackAnswer | None:
    """The tap of a raw update, read without trusting its shape."""
    query = update.get("callback_query")
    query_id = query.get("id") if isinstance(query, dict) else None
    return CallbackAnswer(bot, query_id) if isinstance(query_id, str) else None
