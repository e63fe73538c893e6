"""What Telegram is told about the bot: its commands and what it is, in every language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BotCommand

from account.values.languages import LANGUAGES, SOURCE

if TYPE_CHECKING:
    from bot.texts.language import Catalogues

log = structlog.get_logger(__name__)


async def describe(
    bot: Bot, catalogues: Catalogues, commands: Callable[[], list[BotCommand]]
) -> None:
    """Tell Telegram the commands and what the bot is, in every language."""
    try:
        for language in LANGUAGES:
            code = None if language == SOURCE.code else language
            with catalogues.speaking(language):
                say = catalogues.gettext
                await bot.set_my_commands(commands(), language_code=code)
                await bot.set_my_description(
                    say(
                        "My Account: your company's mobile numbers. Balances, usage details, "
                        "blocking and reports, here in the chat."
                    ),
                    language_code=code,
                )
                await bot.set_my_short_description(
                    say("Corporate self-care: your company's mobile numbers in a chat."),
                    language_code=code,
                )
    except TelegramAPIError as fault:
        log.warning("describe.failed", error=type(fault).__name__)
