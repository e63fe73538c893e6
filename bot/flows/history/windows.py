"""Actions history on screen: what was done, by whom, with what result (S29)."""

from __future__ import annotations

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button

from bot.context import states
from bot.flows.history.getters import get_history
from bot.flows.history.handlers import order_xlsx
from bot.widgets.months import months_row
from bot.widgets.page import page
from bot.widgets.paging import pages_row
from bot.widgets.text import Said, Shown

history_dialog = Dialog(
    page(
        states.History.list,
        Shown("text"),
        keyboard=[
            months_row(),
            pages_row(),
            Button(Said("📄 XLSX file"), id="xlsx", on_click=order_xlsx),
        ],
        getter=get_history,
    ),
)
