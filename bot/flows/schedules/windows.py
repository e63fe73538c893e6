"""The list of what begins later, and one of it."""

from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Column
from aiogram_dialog.widgets.style import Style

from bot.context import states
from bot.flows.schedules import getters, handlers
from bot.widgets.choices import choices
from bot.widgets.page import back_to, leave, page, way_back
from bot.widgets.paging import pages_row
from bot.widgets.secret import secret_input
from bot.widgets.text import Msgid, Value

schedules_dialog = Dialog(
    page(
        states.Schedules.list,
        Value("text"),
        keyboard=[Column(choices("one", "rows", handlers.open_one)), pages_row()],
        getter=getters.get_schedules,
        back=way_back(leave),
    ),
    page(
        states.Schedules.one,
        Value("text"),
        keyboard=[
            Column(choices("skip", "skips", handlers.skip)),
            Button(Msgid("Keep"), id="keep", on_click=handlers.keep, when="keeps"),
            Button(Msgid("Adopt"), id="adopt", on_click=handlers.adopt, when="adopts"),
            Button(Value("anew"), id="anew", on_click=handlers.send_code, when="anew"),
            Button(
                Msgid("↩ The other one: {other}"), id="other", on_click=handlers.other, when="other"
            ),
            Button(
                Msgid("✕ Cancel both"),
                id="both",
                on_click=handlers.cancel_both,
                when="both",
                style=Style(ButtonStyle.DANGER),
            ),
            Button(
                Msgid("✕ Cancel the schedule"),
                id="cancel",
                on_click=handlers.cancel,
                when="cancels",
                style=Style(ButtonStyle.DANGER),
            ),
        ],
        getter=getters.get_schedule,
        back=way_back(back_to(states.Schedules.list)),
    ),
    page(
        states.Schedules.code,
        Value("text"),
        keyboard=[Button(Value("resend"), id="resend", on_click=handlers.send_code)],
        typing=secret_input(handlers.code_given),
        getter=getters.get_code,
        back=way_back(back_to(states.Schedules.one)),
    ),
)
