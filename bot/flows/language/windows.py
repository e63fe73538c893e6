"""One window: the languages, each in its own name."""

from __future__ import annotations

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, LaunchMode
from aiogram_dialog.widgets.kbd import Button, Column, Row, Select
from aiogram_dialog.widgets.text import Const

from account.values.languages import LANGUAGES
from bot.context import states
from bot.context.update_context import context_of
from bot.widgets.choices import choices
from bot.widgets.page import begin_anew, page, to_menu
from bot.widgets.text import Said


async def get_language(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A header in no language; the likeliest one first, each by its own name."""
    context = context_of(dialog_manager)
    likely = sorted(LANGUAGES, key=lambda code: code != context.language)
    return {
        "where": ["My Account"],
        "languages": [
            (LANGUAGES[code].name + (" ✓" if code == context.language else ""), code)
            for code in likely
        ],
        "logged_in": context.session is not None,
    }


async def choose(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, code: str
) -> None:
    """Keep the language and go on: to the menu with a session, to the login without."""
    if code in LANGUAGES:
        context_of(manager).choose_language(code)
    await begin_anew(manager)


language_dialog = Dialog(
    page(
        states.Language.choose,
        Const("\n" + " · ".join(language.choose for language in LANGUAGES.values())),
        keyboard=[Column(choices("language", "languages", choose))],
        getter=get_language,
        back=Row(Button(Said("⌂ Menu"), id="menu", on_click=to_menu, when="logged_in")),
    ),
    launch_mode=LaunchMode.ROOT,
)
