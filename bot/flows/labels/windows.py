"""The label and the cost centre of one number."""

from __future__ import annotations

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Group, Keyboard, Start, SwitchTo

from account.values.rights import Right
from bot.context import states
from bot.flows.labels import getters, handlers
from bot.widgets.choices import choices
from bot.widgets.page import back_to, page, way_back
from bot.widgets.rights import allowed
from bot.widgets.text import Msgid, Value
from bot.widgets.text_input import text_input


def _take_away() -> Keyboard:
    return Button(Msgid("✕ Take it away"), id="clear", on_click=handlers.cleared, when="present")


labels_dialog = Dialog(
    page(
        states.Labels.main,
        Value("text"),
        keyboard=[
            SwitchTo(
                Msgid("✎ Label"),
                id="label",
                state=states.Labels.label,
                when=allowed(Right.CHANGE_LABELS),
            ),
            SwitchTo(
                Msgid("✎ Cost centre"),
                id="centre",
                state=states.Labels.centre,
                when=allowed(Right.CHANGE_LABELS),
            ),
            Start(Msgid("🏷 Labels and cost centres"), id="company", state=states.CostCentres.list),
        ],
        getter=getters.get_labels,
    ),
    page(
        states.Labels.label,
        Value("text"),
        keyboard=[_take_away()],
        typing=text_input(handlers.typed),
        getter=getters.get_typed,
        back=way_back(back_to(states.Labels.main)),
    ),
    page(
        states.Labels.centre,
        Value("text"),
        keyboard=[Group(choices("lately", "centres", handlers.picked), width=2), _take_away()],
        typing=text_input(handlers.typed),
        getter=getters.get_typed,
        back=way_back(back_to(states.Labels.main)),
    ),
)
