"""Actions history on screen: what was done, by whom, with what result (S29)."""

from __future__ import annotations

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Group

from bot.context import states
from bot.flows.history import handlers
from bot.flows.history.getters import get_history
from bot.widgets.choices import choices
from bot.widgets.months import months_row
from bot.widgets.page import page
from bot.widgets.paging import pages_row
from bot.widgets.text import Msgid, Value

history_dialog = Dialog(
    page(
        states.History.list,
        Value("text"),
        keyboard=[
            months_row(),
            Button(Value("own"), id="own", on_click=handlers.own_period.open),
            Group(choices("kind", "kinds", handlers.choose_kind), width=3),
            Button(
                Msgid("✕ Clear the filter"), id="widen", on_click=handlers.widen, when="narrowed"
            ),
            pages_row(),
            Button(Msgid("📄 XLSX file"), id="xlsx", on_click=handlers.order_xlsx),
        ],
        typing=handlers.own_period.typing(handlers.filter_number),
        getter=get_history,
    ),
    *handlers.own_period.windows(),
)
