"""The bans of one number, each with what it means, and a button that turns it round."""

from __future__ import annotations

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Column

from bot.context import states
from bot.flows.bans.getters import get_bans
from bot.flows.bans.handlers import turn_over
from bot.widgets.choices import choices
from bot.widgets.page import page
from bot.widgets.text import Value

bans_dialog = Dialog(
    page(
        states.Bans.list,
        Value("text"),
        keyboard=[Column(choices("ban", "bans", turn_over))],
        getter=get_bans,
    ),
)
