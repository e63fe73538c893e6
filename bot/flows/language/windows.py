"""One window: the languages, each in its own name."""

from __future__ import annotations

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Column, Row
from aiogram_dialog.widgets.text import Const

from account.values.languages import LANGUAGES
from bot.context import states
from bot.flows.language.getters import get_language
from bot.flows.language.handlers import choose
from bot.widgets.choices import choices
from bot.widgets.page import page, to_menu
from bot.widgets.text import Msgid

language_dialog = Dialog(
    page(
        states.Language.choose,
        Const("\n" + " · ".join(language.choose for language in LANGUAGES.values())),
        keyboard=[Column(choices("language", "languages", choose))],
        getter=get_language,
        back=Row(Button(Msgid("⌂ Menu"), id="menu", on_click=to_menu, when="logged_in")),
    ),
)
