"""The choice of a language (G-1): what is done in its windows."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Select

from account.values.languages import LANGUAGES
from bot.context.update_context import context_of
from bot.widgets.page import begin_anew


async def choose(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, code: str
) -> None:
    """Keep the language and go on: back to the window it was chosen from, or to the login."""
    context = context_of(manager)
    if code in LANGUAGES:
        context.choose_language(code)
    if context.session is not None and len(manager.current_stack().intents) > 1:
        await manager.done()
    else:
        await begin_anew(manager)
