"""The menu of documents and reports."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Start

from bot.flows import states
from bot.visit import visit_of
from bot.widgets.page import page
from bot.widgets.text import Said, Shown


async def get_documents(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What can be had here, and where the rest is."""
    actor = await visit_of(dialog_manager).actor()
    return {
        "where": [actor.company.name, _("Documents & reports")],
        "text": "\n" + _("Usage details of a number are ordered on its card."),
    }


documents_dialog = Dialog(
    page(
        states.Documents.menu,
        Shown("text"),
        keyboard=[
            Start(Said("🕘 Actions history"), id="history", state=states.History.list),
            Start(Said("📱 Number management"), id="numbers", state=states.Numbers.list),
        ],
        getter=get_documents,
    ),
)
