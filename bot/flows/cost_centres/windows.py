"""Labels and cost centres of the whole company."""

from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Column, SwitchTo
from aiogram_dialog.widgets.style import Style

from account.values.rights import Right
from bot.context import states
from bot.flows.cost_centres import getters, handlers
from bot.widgets.choices import choices
from bot.widgets.named import named
from bot.widgets.page import back_to, leave, page, way_back
from bot.widgets.paging import pages_row
from bot.widgets.rights import allowed
from bot.widgets.text import Msgid, Value
from bot.widgets.text_input import text_input

TO_LIST = way_back(back_to(states.CostCentres.list))

cost_centres_dialog = Dialog(
    page(
        states.CostCentres.list,
        Value("text"),
        keyboard=[
            Column(choices("centre", "centres", handlers.open_centre)),
            pages_row(),
            SwitchTo(
                Msgid("➕ From a file or a list"),
                id="paste",
                state=states.CostCentres.paste,
                when=allowed(Right.CHANGE_LABELS),
            ),
            Button(Msgid("📄 All labels as a file"), id="file", on_click=handlers.order_file),
            choices("undo", "undo", handlers.undo),
        ],
        typing=named(handlers.typed_centres),
        getter=getters.get_list,
        back=way_back(leave),
    ),
    page(
        states.CostCentres.one,
        Value("text"),
        keyboard=[
            SwitchTo(
                Msgid("✎ Rename or join"),
                id="rename",
                state=states.CostCentres.rename,
                when=allowed(Right.CHANGE_LABELS, "there"),
            ),
            Button(
                Msgid("✕ Take it away"),
                id="clear",
                on_click=handlers.ask_to_take_away,
                when=allowed(Right.CHANGE_LABELS, "there"),
                style=Style(ButtonStyle.DANGER),
            ),
        ],
        getter=getters.get_one,
        back=TO_LIST,
    ),
    page(
        states.CostCentres.rename,
        Value("text"),
        Value("ask", when="there"),
        keyboard=[],
        typing=text_input(handlers.type_name),
        getter=getters.get_one,
        back=way_back(back_to(states.CostCentres.one)),
    ),
    page(
        states.CostCentres.confirm,
        Value("text"),
        keyboard=[Button(Value("deed"), id="deed", on_click=handlers.rename, when="there")],
        getter=getters.get_confirm,
        back=way_back(back_to(states.CostCentres.one)),
    ),
    page(
        states.CostCentres.paste,
        Msgid(
            "\nSend a file (XLSX, XLS, ODS, CSV) or paste lines: number; label; cost centre.\nAn "
            "empty place leaves what there is, a lone - takes it away. Nothing changes before you "
            "have seen it."
        ),
        keyboard=[],
        typing=text_input(handlers.paste, handlers.take),
        getter=getters.get_paste,
        back=TO_LIST,
    ),
    page(
        states.CostCentres.preview,
        Value("text"),
        keyboard=[Button(Value("deed"), id="apply", on_click=handlers.apply, when="some")],
        typing=text_input(handlers.paste, handlers.take),
        getter=getters.get_preview,
        back=way_back(back_to(states.CostCentres.paste)),
    ),
)
