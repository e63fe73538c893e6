"""Bare aiogram: polls and echoes."""

import asyncio
import gc
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message


async def echo(message: Message) -> None:
    """Say it again."""
    await message.answer(message.text or "")


async def main(url: str) -> None:
    """Poll."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(url), limit=500)
    dispatcher = Dispatcher()
    dispatcher.message.register(echo)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    bot = Bot("1000001:bench-bot-000000000000000000000000000", session=session)
    await dispatcher.start_polling(bot, handle_signals=False)


asyncio.run(main(sys.argv[1]))
