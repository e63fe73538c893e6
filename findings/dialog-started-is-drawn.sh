#!/bin/sh
# Data given to a dialog's next window after the call that leads there: aiogram_dialog.
#
# Guessed: the window is drawn when the handler has ended, so what is put into dialog_data after
#          start() or after switch_to() is in it.
# Seen:    true of switch_to() alone. start() draws at once: the window shows what the data was then,
#          and what is set in the next line is kept and first seen with the person's next press.
# With:    aiogram_dialog 2.6.0, aiogram 3.31.0 (its own test tools in place of Telegram).
# Matters: what a started window shows is given in start(data=…), never set behind it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check aiogram==3.31.0 aiogram_dialog==2.6.0 || exit 2
v/bin/python -W ignore - <<'PY'
import asyncio
import sys

from aiogram import Dispatcher
from aiogram.filters import CommandStart
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram_dialog import Dialog, StartMode, Window, setup_dialogs
from aiogram_dialog.test_tools import BotClient, MockMessageManager
from aiogram_dialog.test_tools.keyboard import InlineButtonTextLocator
from aiogram_dialog.widgets.kbd import Button
from aiogram_dialog.widgets.text import Const, Format


class Menu(StatesGroup):
    menu = State()
    card = State()


class Card(StatesGroup):
    card = State()


async def number(dialog_manager, **_):
    return {"number": dialog_manager.dialog_data.get("number", "none")}


async def by_start(event, button, manager):
    await manager.start(Card.card)
    manager.dialog_data["number"] = "77010542006"


async def by_switch(event, button, manager):
    await manager.switch_to(Menu.card)
    manager.dialog_data["number"] = "77010542006"


async def begin(message, dialog_manager):
    await dialog_manager.start(Menu.menu, mode=StartMode.RESET_STACK)


async def shown_after(label: str) -> str:
    shown = Format("card of {number}")
    buttons = (
        Button(Const("start"), "start", on_click=by_start),
        Button(Const("switch_to"), "switch", on_click=by_switch),
    )
    dispatcher, messages = Dispatcher(storage=MemoryStorage()), MockMessageManager()
    dispatcher.message.register(begin, CommandStart())
    dispatcher.include_router(
        Dialog(
            Window(Const("menu"), *buttons, state=Menu.menu),
            Window(shown, state=Menu.card, getter=number),
        )
    )
    dispatcher.include_router(Dialog(Window(shown, state=Card.card, getter=number)))
    setup_dialogs(dispatcher, message_manager=messages)
    client = BotClient(dispatcher)
    await client.send("/start")
    menu = messages.one_message()
    messages.reset_history()
    await client.click(menu, InlineButtonTextLocator(label))
    return messages.one_message().text


changed = []
for label, seen in (("start", "card of none"), ("switch_to", "card of 77010542006")):
    got = asyncio.run(shown_after(label))
    print(f"{label}()\n  guessed: card of 77010542006\n  seen:    {got}")
    if got != seen:
        changed.append((label, got))
sys.exit(f"changed: {changed}" if changed else 0)
PY
