"""Rules of alerts, one of them, how one is made, and quiet hours."""

from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Column, Group, Keyboard, Row, SwitchTo
from aiogram_dialog.widgets.kbd.button import OnClick
from aiogram_dialog.widgets.style import Style

from bot.context import states
from bot.flows.alerts import getters, handlers
from bot.widgets.choices import choices
from bot.widgets.page import back_to, leave, page, way_back
from bot.widgets.paging import pages_row
from bot.widgets.text import Msgid, Value
from bot.widgets.text_input import text_input

TO_LIST = way_back(back_to(states.Alerts.list))


def _muting(on_click: OnClick) -> list[Keyboard]:
    return [
        Row(
            Button(Msgid("🔕 For an hour"), id="hour", on_click=on_click),
            Button(Msgid("🔕 Till tomorrow 08:00"), id="morning", on_click=on_click),
            when="told",
        ),
        Button(Msgid("🔕 For good"), id="good", on_click=on_click, when="told"),
        Button(Msgid("🔔 Tell again"), id="again", on_click=on_click, when="muted"),
    ]


alerts_dialog = Dialog(
    page(
        states.Alerts.list,
        Value("text"),
        keyboard=[
            Column(choices("rule", "rows", handlers.open_rule)),
            pages_row(),
            SwitchTo(Msgid("➕ Add a rule"), id="add", state=states.Alerts.measure),
            SwitchTo(
                Msgid("🔕 This number"), id="number", state=states.Alerts.number, when="of_number"
            ),
            SwitchTo(Value("quiet"), id="quiet", state=states.Alerts.quiet),
        ],
        getter=getters.get_rules,
        back=way_back(leave),
    ),
    page(
        states.Alerts.measure,
        Msgid("\nWhat do you want to be told of?"),
        keyboard=[Column(choices("measure", "measures", handlers.pick_measure))],
        getter=getters.get_measures,
        back=TO_LIST,
    ),
    page(
        states.Alerts.scope,
        Value("what"),
        Msgid("\nOf which numbers? Type one number, or pick."),
        keyboard=[
            Button(
                Msgid("All numbers of the company"), id="company", on_click=handlers.whole_company
            ),
            Column(choices("centre", "centres", handlers.pick_centre)),
        ],
        typing=text_input(handlers.type_number),
        getter=getters.get_scopes,
        back=way_back(back_to(states.Alerts.measure)),
    ),
    page(
        states.Alerts.amount,
        Value("what"),
        Value("ask"),
        keyboard=[Group(choices("amount", "amounts", handlers.choose_amount), width=3)],
        typing=text_input(handlers.type_amount),
        getter=getters.get_amounts,
        back=way_back(back_to(states.Alerts.measure)),
    ),
    page(
        states.Alerts.rule,
        Value("text"),
        keyboard=[
            *_muting(handlers.mute),
            Button(
                Msgid("✕ Delete the rule"),
                id="remove",
                on_click=handlers.remove,
                style=Style(ButtonStyle.DANGER),
            ),
        ],
        getter=getters.get_rule,
        back=TO_LIST,
    ),
    page(
        states.Alerts.number,
        Value("text"),
        keyboard=_muting(handlers.mute_number),
        getter=getters.get_number,
        back=TO_LIST,
    ),
    page(
        states.Alerts.quiet,
        Msgid(
            "\nQuiet hours: {now}, Almaty time.\nWhat comes then is told in one message at their "
            "end. A block for debt and a block by somebody else come at once."
        ),
        keyboard=[Column(choices("hours", "hours", handlers.choose_quiet))],
        getter=getters.get_quiet,
        back=TO_LIST,
    ),
)
