"""The four rules of a number, one of them, and its target (S20)."""

from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Group, Row, SwitchTo
from aiogram_dialog.widgets.style import Style

from bot.context import states
from bot.flows.forwarding import getters, handlers
from bot.flows.numbers.picking import picking_rows
from bot.widgets.choices import choices
from bot.widgets.named import named
from bot.widgets.page import back_to, page, way_back
from bot.widgets.text import Msgid, Value
from bot.widgets.text_input import nothing, reading, text_input

forwarding_dialog = Dialog(
    page(
        states.Forwarding.rules,
        Value("text"),
        keyboard=[
            Group(
                choices("condition", "conditions", handlers.open_rule),
                width=2,
            ),
            Button(
                Msgid("Cancel all forwarding"),
                id="cancel_all",
                on_click=handlers.cancel_all,
                when="cancelable",
                style=Style(ButtonStyle.DANGER),
            ),
        ],
        typing=named(handlers.typed_conditions),
        getter=getters.get_rules,
    ),
    page(
        states.Forwarding.rule,
        Value("text"),
        keyboard=[
            Button(Value("again"), id="again", on_click=handlers.set_again, when="again"),
            SwitchTo(
                Msgid("🔀 Choose a target"),
                id="target",
                state=states.Forwarding.target,
                when="choose",
            ),
            Group(
                choices("timer", "timers", handlers.choose_timer),
                width=3,
            ),
            Button(
                Msgid("Switch off"),
                id="off",
                on_click=handlers.switch_off,
                when="active",
                style=Style(ButtonStyle.DANGER),
            ),
        ],
        typing=reading(handlers.type_at_rule),
        getter=getters.get_rule,
        back=way_back(back_to(states.Forwarding.rules)),
    ),
    page(
        states.Forwarding.target,
        Value("text"),
        keyboard=[
            Group(
                choices("known", "known", handlers.choose_known),
                width=2,
            ),
            *picking_rows(handlers.take),
        ],
        typing=text_input(handlers.type_target),
        getter=getters.get_target,
        back=way_back(back_to(states.Forwarding.rule)),
    ),
    page(
        states.Forwarding.abroad,
        Value("text"),
        keyboard=[Row(Button(Msgid("Forward abroad"), id="abroad", on_click=handlers.abroad))],
        typing=reading(nothing),
        getter=getters.get_abroad,
        back=way_back(back_to(states.Forwarding.target)),
    ),
)
