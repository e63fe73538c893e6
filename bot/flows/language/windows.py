"""One window: three languages, each in its own name."""

from __future__ import annotations

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, LaunchMode, StartMode
from aiogram_dialog.widgets.kbd import Button, Column, Row
from aiogram_dialog.widgets.text import Const

from bot.flows import states
from bot.language import LANGUAGES, NAMES
from bot.visit import visit_of
from bot.widgets.page import home, page, to_menu
from bot.widgets.text import Said


async def get_language(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A header in no language; the person finds the own name of theirs."""
    return {
        "where": ["My Account"],
        "logged_in": visit_of(dialog_manager).session is not None,
    }


async def choose(_event: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Keep the language and go on: to the menu with a session, to the login without."""
    visit_of(manager).choose_language(str(button.widget_id))
    await manager.start(home(manager), mode=StartMode.RESET_STACK)


language_dialog = Dialog(
    page(
        states.Language.choose,
        Const("\nТілді таңдаңыз · Выберите язык · Choose a language"),
        keyboard=[
            Column(*(Button(Const(NAMES[code]), id=code, on_click=choose) for code in LANGUAGES))
        ],
        getter=get_language,
        back=Row(Button(Said("⌂ Menu"), id="menu", on_click=to_menu, when="logged_in")),
    ),
    launch_mode=LaunchMode.ROOT,
)
