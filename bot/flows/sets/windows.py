"""The windows of many numbers: list, column, what to do, preview, code, progress."""

from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Column, Group, Row, SwitchTo
from aiogram_dialog.widgets.style import Style

from bot.context import states
from bot.flows.sets import getters, handlers, list_parts, ticking
from bot.widgets.choices import choices
from bot.widgets.page import back_to, leave, page, way_back
from bot.widgets.paging import pages_row
from bot.widgets.secret import secret_input
from bot.widgets.text import Said, Shown
from bot.widgets.text_input import nothing, reading, text_input

sets_dialog = Dialog(
    page(
        states.Sets.list,
        Shown("text"),
        keyboard=[
            SwitchTo(Said("What to do?"), id="kinds", state=states.Sets.kind, when="some"),
            Button(Said("Choose"), id="choose", on_click=handlers.choose, when="asked"),
            Button(
                Said("➕ Add hidden rows"), id="hidden", on_click=handlers.add_hidden, when="hidden"
            ),
            Button(Said("✕ Start again"), id="again", on_click=handlers.start_again, when="any"),
            Row(
                Button(Said("☐ Choose in the list"), id="tick", on_click=ticking.start),
                Button(Said("📄 Empty list"), id="template", on_click=handlers.order_template),
            ),
            Column(choices("late", "late", handlers.open_set)),
        ],
        typing=text_input(handlers.add_text, list_parts.take),
        getter=getters.get_list,
        back=way_back(leave),
    ),
    page(
        states.Sets.tick,
        Shown("text"),
        keyboard=[
            Column(choices("number", "rows", ticking.tick)),
            pages_row(),
            Row(
                Button(Said("☑ This page"), id="page", on_click=ticking.tick_page, when="many"),
                Button(Shown("all"), id="all", on_click=ticking.tick_found, when="found"),
            ),
            Row(
                Button(
                    Said("✕ Show all numbers"),
                    id="clear",
                    on_click=ticking.widen,
                    when="narrowed",
                ),
                Button(
                    Said("✕ Start again"), id="again", on_click=handlers.start_again, when="some"
                ),
            ),
            SwitchTo(Said("What to do?"), id="kinds", state=states.Sets.kind, when="some"),
        ],
        typing=text_input(ticking.search),
        getter=ticking.get_ticks,
        back=way_back(back_to(states.Sets.list)),
    ),
    page(
        states.Sets.sheet,
        Said("\nNumbers stand on more than one sheet. Which one is meant?"),
        keyboard=[
            Column(choices("sheet", "sheets", handlers.choose_sheet)),
            Button(Said("☑ All sheets"), id="all", on_click=handlers.all_sheets),
        ],
        typing=text_input(handlers.add_text, list_parts.take),
        getter=getters.get_sheets,
        back=way_back(back_to(states.Sets.list)),
    ),
    page(
        states.Sets.column,
        Said("\nNumbers stand in more than one column. Which one is meant?"),
        keyboard=[Column(choices("column", "columns", handlers.choose_column))],
        typing=text_input(handlers.add_text, list_parts.take),
        getter=getters.get_columns,
        back=way_back(back_to(states.Sets.list)),
    ),
    page(
        states.Sets.kind,
        Shown("text"),
        keyboard=[Group(choices("kind", "kinds", handlers.choose_kind), width=2)],
        typing=reading(nothing),
        getter=getters.get_kinds,
        back=way_back(back_to(states.Sets.list)),
    ),
    page(
        states.Sets.choice,
        Said("\nWhich one is meant? A preview comes first; nothing changes by it."),
        keyboard=[Column(choices("option", "options", handlers.choose_option)), pages_row()],
        typing=reading(nothing),
        getter=getters.get_options,
        back=way_back(back_to(states.Sets.kind)),
    ),
    page(
        states.Sets.preview,
        Shown("text"),
        keyboard=[
            Button(
                Shown("confirm"),
                id="confirm",
                on_click=handlers.confirm,
                when="dangerous",
                style=Style(ButtonStyle.DANGER),
            ),
            Button(
                Shown("confirm"),
                id="confirm_kind",
                on_click=handlers.confirm,
                when="harmless",
                style=Style(ButtonStyle.SUCCESS),
            ),
            Button(
                Said("🔒 Send the one-time code"),
                id="code",
                on_click=handlers.send_code,
                when="unproven",
            ),
            Button(Said("📄 XLSX file"), id="xlsx", on_click=handlers.order_file, when="checked"),
        ],
        typing=reading(nothing),
        getter=getters.get_preview,
        back=way_back(handlers.cancel, label=Said("Cancel")),
    ),
    page(
        states.Sets.code,
        Shown("text"),
        keyboard=[Button(Shown("resend"), id="resend", on_click=handlers.send_code)],
        typing=secret_input(handlers.code_given),
        getter=getters.get_code,
        back=way_back(back_to(states.Sets.preview)),
    ),
    page(
        states.Sets.progress,
        Shown("text"),
        keyboard=[
            Row(
                Button(Said("⏸ Pause"), id="pause", on_click=handlers.pause, when="running"),
                Button(Said("▶️ Go on"), id="go_on", on_click=handlers.go_on, when="paused"),
                Button(
                    Said("⏹ Stop the rest"),
                    id="stop",
                    on_click=handlers.stop,
                    when="stoppable",
                    style=Style(ButtonStyle.DANGER),
                ),
            ),
            Button(
                Said("✕ Withdraw the request"),
                id="withdraw",
                on_click=handlers.withdraw,
                when="proposed",
            ),
            Button(
                Said("🔁 Again for the failed ones"),
                id="failed",
                on_click=handlers.again,
                when="failed",
            ),
            Button(Shown("undo"), id="undo", on_click=handlers.undo, when="undoable"),
            Button(Said("⟳ Check status"), id="look"),
        ],
        getter=getters.get_progress,
        back=way_back(leave),
    ),
    on_start=ticking.begin,
)
