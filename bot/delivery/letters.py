"""SMS and letters put into words, once each: of two texts under one reference both are delivered,
or the second is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from account.changes.safety_notices import NOT_ME
from bot.delivery.letter_texts import SECRET_CODE, WAY_IN, Letter, letter
from bot.flows.freezes.texts import link
from bot.texts.language import Catalogues
from bot.widgets.deep_links import way_in

if TYPE_CHECKING:
    from storage.queue.outbox import OutboxRow

SUBJECT, TEXT = "letter.subject", "letter.text"
"""In the parameters of an SMS or a letter from its first try on: what it says."""


class LetterWords:
    """What they say depends on the program and on whether Telegram told our name."""

    def __init__(self, bot: Bot, catalogues: Catalogues) -> None:
        self._bot = bot
        self._catalogues = catalogues

    async def of(self, row: OutboxRow) -> Letter | None:
        """What was said at the first try, else new words; None for a kind that is not known."""
        if TEXT in row.parameters:
            return Letter(row.parameters[SUBJECT], row.parameters[TEXT])
        disown, told = await self._link(row), await self._with_way_in(row)
        with self._catalogues.speaking(row.language or "en"):
            return letter(row.kind, told, disown)

    async def _link(self, row: OutboxRow) -> str | None:
        """Where the reader can say that it was not them; None where Telegram names no bot now."""
        token = row.parameters.get(NOT_ME)
        name = None if token is None else await self._name()
        return None if token is None or name is None else link(name, token)

    async def _with_way_in(self, row: OutboxRow) -> Mapping[str, str]:
        """What is told, and where: whoever gets a secret code has never seen the bot (S14-1)."""
        if row.kind != SECRET_CODE:
            return row.parameters
        name = await self._name()
        return {**row.parameters, WAY_IN: "" if name is None else way_in(name)}

    async def _name(self) -> str | None:
        """The bot's name at Telegram; None where it cannot be asked now."""
        try:
            return (await self._bot.me()).username
        except TelegramAPIError:
            return None
