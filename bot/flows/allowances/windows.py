"""What is left: of the tariff (S09), and of what comes besides (S10)."""

from __future__ import annotations

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button

from bot.context import states
from bot.flows.allowances.getters import get_additional, get_tariff
from bot.flows.allowances.handlers import to_additional, to_tariff
from bot.widgets.page import page, way_back
from bot.widgets.paging import pages_row
from bot.widgets.text import Msgid, Value

allowances_dialog = Dialog(
    page(
        states.Allowances.tariff,
        Value("text"),
        keyboard=[
            pages_row(),
            Button(Value("additional"), id="additional", on_click=to_additional),
        ],
        getter=get_tariff,
        back=way_back(before=[Button(Msgid("⟳ Refresh"), id="refresh")]),
    ),
    page(
        states.Allowances.additional,
        Value("text"),
        keyboard=[pages_row()],
        getter=get_additional,
        back=way_back(to_tariff, before=[Button(Msgid("⟳ Refresh"), id="refresh")]),
    ),
)
