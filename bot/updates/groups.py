"""What the bot says in a group: one neutral line to its own commands, now and then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from aiogram.exceptions import TelegramAPIError
from aiogram.utils.i18n import gettext as _

from bot.handlers.commands import PLACES
from bot.texts.language import Catalogues, first_guess

if TYPE_CHECKING:
    from aiogram import Bot
    from aiogram.types import Message, User

    from account.values.clock import Clock
    from storage.open import Stores

log = structlog.get_logger(__name__)

COMMANDS = frozenset({*PLACES, "start", "logout"})
EVERY = timedelta(minutes=1)
"""Between two lines in one group; Telegram lets a bot say twenty things a minute there."""
REMEMBERED = 1_000


class Groups:
    """Answers in groups. What is said there is nobody's business of ours."""

    def __init__(self, bot: Bot, stores: Stores, catalogues: Catalogues, clock: Clock) -> None:
        self._bot = bot
        self._people = stores.people
        self._catalogues = catalogues
        self._clock = clock
        self._answered: dict[int, datetime] = {}

    async def answer(self, message: Message, user: User) -> None:
        """Say where the bot works, if a command of it asks. Faults do not come out."""
        try:
            if not await self._is_for_us(message) or not self._is_time(message.chat.id):
                return
            person = await self._people.read(user.id)
            language = person.language if person is not None else None
            with self._catalogues.speaking(language or first_guess(user.language_code)):
                line = _("My Account works in a private chat only.")
            topic = message.message_thread_id if message.is_topic_message else None
            await self._bot.send_message(message.chat.id, line, message_thread_id=topic)
        except TelegramAPIError as fault:
            log.info("telegram.fault", error=type(fault).__name__)

    async def _is_for_us(self, message: Message) -> bool:
        text = message.text or ""
        command, _at, name = text.partition(" ")[0].partition("@")
        if not command.startswith("/") or command[1:].lower() not in COMMANDS:
            return False
        # Known since the start, and asked for once.
        return not name or name.lower() == ((await self._bot.me()).username or "").lower()

    def _is_time(self, chat_id: int) -> bool:
        now = self._clock.now()
        before = self._answered.pop(chat_id, now - EVERY)
        due = not before <= now < before + EVERY
        self._answered[chat_id] = now if due else before
        if len(self._answered) > REMEMBERED:
            del self._answered[next(iter(self._answered))]
        return due
