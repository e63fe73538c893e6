"""Telegram's Bot API as this product calls it, and what it is told about the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramNetworkError

from bot.handlers.commands import commands
from bot.language import LANGUAGES, Catalogues

if TYPE_CHECKING:
    from aiogram.methods import TelegramMethod

    from bot.settings import Settings

log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 500
"""More than there are chats that are busy at once."""
ANSWER_SECONDS = 10.0
"""How long one call may take: a chat waits behind it. Files are given longer."""


class Session(AiohttpSession):
    """aiogram's session; what is no answer of the Bot API is a fault of the network."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's own
    ) -> Any:
        """See aiogram. A gateway's error page must not look like a defect of ours."""
        try:
            return await super().make_request(bot, method, timeout)
        except ClientDecodeError:
            raise TelegramNetworkError(method, "not an answer of the Bot API") from None


def make_bot(settings: Settings) -> Bot:
    """The Bot API's client."""
    session = Session(
        api=TelegramAPIServer.from_base(settings.telegram_url),
        limit=MOST_CONNECTIONS,
        timeout=ANSWER_SECONDS,
    )
    return Bot(settings.bot_token, session=session)


async def describe(bot: Bot) -> None:
    """Tell Telegram the commands and what the bot is, in every language."""
    catalogues = Catalogues()
    try:
        for language in LANGUAGES:
            code = None if language == "en" else language
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
