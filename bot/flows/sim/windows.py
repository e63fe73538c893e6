"""The SIM card of a number, and the choice of the one that replaces it."""

from __future__ import annotations

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Group

from account.changes.action import ActionKind
from bot.context import states
from bot.flows.confirm.handlers import ask
from bot.flows.esim.handlers import take_esim
from bot.flows.faq.windows import why_not_replaced
from bot.flows.sim import getters
from bot.flows.sim.handlers import card_typed, take_card, to_blanks
from bot.widgets.choices import choices
from bot.widgets.page import page
from bot.widgets.paging import pages_row
from bot.widgets.text import Msgid, Value
from bot.widgets.text_input import text_input

sim_dialog = Dialog(
    page(
        states.Sim.main,
        Value("text"),
        keyboard=[
            Button(
                Msgid("📲 eSIM activation code"),
                id="activation",
                on_click=ask(ActionKind.ESIM_SHOW),
                when="activates",
            ),
            Button(
                Msgid("🔒 Show PIN and PUK"),
                id="reveal",
                on_click=ask(ActionKind.SIM_REVEAL),
                when="reveals",
            ),
            Button(
                Msgid("💳 SIM card replacement"), id="replace", on_click=to_blanks, when="replaces"
            ),
            why_not_replaced(),
        ],
        getter=getters.get_sim,
    ),
)

replacement_dialog = Dialog(
    page(
        states.SimReplacement.pick,
        Value("text"),
        keyboard=[
            Group(
                choices("card", "rows", take_card),
                width=2,
            ),
            pages_row(),
            Button(Msgid("📲 Replace with an eSIM"), id="esim", on_click=take_esim, when="esims"),
            why_not_replaced(),
        ],
        typing=text_input(card_typed),
        getter=getters.get_blanks,
    ),
)
