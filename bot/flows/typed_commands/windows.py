"""What a typed command may mean, and the number it is about."""

from __future__ import annotations

from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Column

from bot.context import states
from bot.flows.numbers.picking import picking_rows
from bot.flows.typed_commands import getters, handlers
from bot.widgets.choices import choices
from bot.widgets.page import page
from bot.widgets.text import Value
from bot.widgets.text_input import text_input


async def _begin(start_data: object, manager: DialogManager) -> None:
    """With the words that may be a label."""
    if isinstance(start_data, dict):
        manager.dialog_data["search"] = str(start_data.get("search", ""))


typed_command_dialog = Dialog(
    page(
        states.TypedCommand.meaning,
        Value("text"),
        keyboard=[Column(choices("meaning", "rows", handlers.choose_meaning))],
        getter=getters.get_meanings,
    ),
    page(
        states.TypedCommand.number,
        Value("text"),
        keyboard=picking_rows(handlers.take_number),
        typing=text_input(handlers.type_number),
        getter=getters.get_number,
    ),
    on_start=_begin,
)
