"""Monthly papers, one of them, and how one is made."""

from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Column, Group, SwitchTo
from aiogram_dialog.widgets.style import Style

from bot.context import states
from bot.flows.subscriptions import getters, handlers
from bot.widgets.choices import choices
from bot.widgets.page import back_to, leave, page, way_back
from bot.widgets.paging import pages_row
from bot.widgets.text import Msgid, Value
from bot.widgets.text_input import text_input

TO_LIST = way_back(back_to(states.Subscriptions.list))

subscriptions_dialog = Dialog(
    page(
        states.Subscriptions.list,
        Value("text"),
        keyboard=[
            Column(choices("one", "rows", handlers.open_one)),
            pages_row(),
            SwitchTo(Msgid("➕ Subscribe"), id="add", state=states.Subscriptions.kind),
        ],
        getter=getters.get_subscriptions,
        back=way_back(leave),
    ),
    page(
        states.Subscriptions.kind,
        Msgid("\nWhich document each month?"),
        keyboard=[Column(choices("kind", "kinds", handlers.pick_kind))],
        getter=getters.get_kinds,
        back=TO_LIST,
    ),
    page(
        states.Subscriptions.day,
        Value("text"),
        keyboard=[Group(choices("day", "days", handlers.pick_day), width=3)],
        typing=text_input(handlers.type_day),
        getter=getters.get_days,
        back=way_back(back_to(states.Subscriptions.kind)),
    ),
    page(
        states.Subscriptions.one,
        Value("text"),
        keyboard=[
            Button(Msgid("Keep"), id="keep", on_click=handlers.keep, when="suspended"),
            Button(
                Msgid("✕ Unsubscribe"),
                id="end",
                on_click=handlers.end,
                style=Style(ButtonStyle.DANGER),
            ),
        ],
        getter=getters.get_subscription,
        back=TO_LIST,
    ),
)
