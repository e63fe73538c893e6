"""Bare aiogram_dialog: a menu of two windows in memory."""

import asyncio
import gc
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message
from aiogram_dialog import Dialog, DialogManager, StartMode, Window, setup_dialogs
from aiogram_dialog.widgets.kbd import SwitchTo
from aiogram_dialog.widgets.text import Const


class Menu(StatesGroup):
    """Two windows."""

    first = State()
    second = State()


dialog = Dialog(
    Window(Const("First"), SwitchTo(Const("Go"), id="go", state=Menu.second), state=Menu.first),
    Window(Const("Second"), SwitchTo(Const("Go"), id="go", state=Menu.first), state=Menu.second),
)


async def start(_message: Message, dialog_manager: DialogManager) -> None:
    """Open the menu."""
    await dialog_manager.start(Menu.first, mode=StartMode.RESET_STACK)


async def main(url: str) -> None:
    """Poll."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(url), limit=500)
    dispatcher = Dispatcher()
    dispatcher.message.register(start)
    dispatcher.include_router(dialog)
    setup_dialogs(dispatcher)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    bot = Bot("1000001:bench-bot-000000000000000000000000000", session=session)
    await dispatcher.start_polling(bot, handle_signals=False)


asyncio.run(main(sys.argv[1]))
