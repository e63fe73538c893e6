"""The choice of a language (G-1): what the windows show."""

from __future__ import annotations

from typing import Any

from aiogram_dialog import DialogManager

from account.values.languages import LANGUAGES
from bot.context.update_context import context_of


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
