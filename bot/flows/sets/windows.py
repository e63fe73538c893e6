"""The windows of many numbers: list, column, what to do, preview, code, progress."""

from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Column, Group, Row, SwitchTo
from aiogram_dialog.widgets.style import Style

from bot.context import states
from bot.flows.sets import getters, handlers, later, list_parts, ticking
from bot.widgets.choices import choices
from bot.widgets.page import back_to, leave, page, way_back
from bot.widgets.paging import pages_row
from bot.widgets.secret import secret_input
from bot.widgets.text import Msgid, Value
from bot.widgets.text_input import nothing, reading, text_input


def _when() -> Column:
    """The same list at another time, again and again, and until when; a part of a row cuts them."""
    return Column(
        SwitchTo(Msgid("🕒 Later…"), id="later", state=states.Sets.later, when="schedulable"),
        SwitchTo(Msgid("🔁 Repeat…"), id="again", state=states.Sets.repeat, when="repeatable"),
        SwitchTo(Value("then"), id="then", state=states.Sets.then, when="then"),
    )


sets_dialog = Dialog(
    page(
        states.Sets.list,
        Value("text"),
        keyboard=[
            SwitchTo(Msgid("What to do?"), id="kinds", state=states.Sets.kind, when="some"),
            Button(Msgid("Choose"), id="choose", on_click=handlers.choose, when="asked"),
            Button(
                Msgid("➕ Add hidden rows"),
                id="hidden",
                on_click=handlers.add_hidden,
                when="hidden",
            ),
            Button(Msgid("✕ Start again"), id="again", on_click=handlers.start_again, when="any"),
            Row(
                Button(Msgid("☐ Choose in the list"), id="tick", on_click=ticking.start),
                Button(Msgid("📄 Empty list"), id="template", on_click=handlers.order_template),
            ),
            Column(choices("late", "late", handlers.open_set)),
        ],
        typing=text_input(handlers.add_text, list_parts.take),
        getter=getters.get_list,
        back=way_back(leave),
    ),
    page(
        states.Sets.tick,
        Value("text"),
        keyboard=[
            Column(choices("number", "rows", ticking.tick)),
            pages_row(),
            Row(
                Button(Msgid("☑ This page"), id="page", on_click=ticking.tick_page, when="many"),
                Button(Value("all"), id="all", on_click=ticking.tick_found, when="found"),
            ),
            Row(
                Button(
                    Msgid("✕ Show all numbers"),
                    id="clear",
                    on_click=ticking.widen,
                    when="narrowed",
                ),
                Button(
                    Msgid("✕ Start again"), id="again", on_click=handlers.start_again, when="some"
                ),
            ),
            SwitchTo(Msgid("What to do?"), id="kinds", state=states.Sets.kind, when="some"),
        ],
        typing=text_input(ticking.search),
        getter=ticking.get_ticks,
        back=way_back(back_to(states.Sets.list)),
    ),
    page(
        states.Sets.sheet,
        Msgid("\nNumbers stand on more than one sheet. Which one is meant?"),
        keyboard=[
            Column(choices("sheet", "sheets", handlers.choose_sheet)),
            Button(Msgid("☑ All sheets"), id="all", on_click=handlers.all_sheets),
        ],
        typing=text_input(handlers.add_text, list_parts.take),
        getter=getters.get_sheets,
        back=way_back(back_to(states.Sets.list)),
    ),
    page(
        states.Sets.column,
        Msgid("\nNumbers stand in more than one column. Which one is meant?"),
        keyboard=[Column(choices("column", "columns", handlers.choose_column))],
        typing=text_input(handlers.add_text, list_parts.take),
        getter=getters.get_columns,
        back=way_back(back_to(states.Sets.list)),
    ),
    page(
        states.Sets.kind,
        Value("text"),
        keyboard=[Group(choices("kind", "kinds", handlers.choose_kind), width=2)],
        typing=reading(nothing),
        getter=getters.get_kinds,
        back=way_back(back_to(states.Sets.list)),
    ),
    page(
        states.Sets.choice,
        Msgid("\nWhich one is meant? A preview comes first; nothing changes by it."),
        keyboard=[Column(choices("option", "options", handlers.choose_option)), pages_row()],
        typing=reading(nothing),
        getter=getters.get_options,
        back=way_back(back_to(states.Sets.kind)),
    ),
    page(
        states.Sets.preview,
        Value("text"),
        keyboard=[
            Button(
                Value("confirm"),
                id="confirm",
                on_click=handlers.confirm,
                when="dangerous",
                style=Style(ButtonStyle.DANGER),
            ),
            Button(
                Value("confirm"),
                id="confirm_kind",
                on_click=handlers.confirm,
                when="harmless",
                style=Style(ButtonStyle.SUCCESS),
            ),
            Button(
                Msgid("🔒 Send the one-time code"),
                id="code",
                on_click=handlers.send_code,
                when="unproven",
            ),
            _when(),
            Button(Msgid("📄 XLSX file"), id="xlsx", on_click=handlers.order_file, when="checked"),
        ],
        typing=reading(nothing),
        getter=getters.get_preview,
        back=way_back(handlers.cancel, label=Msgid("Cancel")),
    ),
    page(
        states.Sets.later,
        Value("text"),
        keyboard=[Group(choices("begins", "times", later.choose_time), width=2)],
        typing=text_input(later.time_given),
        getter=later.get_later,
        back=way_back(later.back),
    ),
    page(
        states.Sets.repeat,
        Value("text"),
        keyboard=[Column(choices("days", "days", later.of_many.choose_days))],
        typing=text_input(later.of_many.days_given),
        getter=later.of_many.get_repeat,
        back=way_back(later.back),
    ),
    page(
        states.Sets.until,
        Value("text"),
        keyboard=[Group(choices("last", "ends", later.of_many.choose_until), width=2)],
        typing=text_input(later.of_many.until_given),
        getter=later.of_many.get_until,
        back=way_back(back_to(states.Sets.repeat)),
    ),
    page(
        states.Sets.then,
        Value("text"),
        keyboard=[Group(choices("ends", "times", later.choose_time), width=2)],
        typing=text_input(later.end_given),
        getter=later.get_then,
        back=way_back(later.back),
    ),
    page(
        states.Sets.code,
        Value("text"),
        keyboard=[
            Button(Value("resend"), id="resend", on_click=handlers.send_code),
            _when(),
        ],
        typing=secret_input(handlers.code_given),
        getter=getters.get_code,
        back=way_back(handlers.leave_code),
    ),
    page(
        states.Sets.progress,
        Value("text"),
        keyboard=[
            Row(
                Button(Msgid("⏸ Pause"), id="pause", on_click=handlers.pause, when="running"),
                Button(Msgid("▶️ Go on"), id="go_on", on_click=handlers.go_on, when="paused"),
                Button(
                    Msgid("⏹ Stop the rest"),
                    id="stop",
                    on_click=handlers.stop,
                    when="stoppable",
                    style=Style(ButtonStyle.DANGER),
                ),
            ),
            Button(Value("skip"), id="skip", on_click=handlers.skip, when="skip"),
            Button(Msgid("Keep"), id="keep", on_click=handlers.keep, when="keeps"),
            Button(
                Msgid("✕ Cancel the schedule"),
                id="cancel",
                on_click=handlers.stop,
                when="cancels",
                style=Style(ButtonStyle.DANGER),
            ),
            Button(
                Msgid("✕ Withdraw the request"),
                id="withdraw",
                on_click=handlers.withdraw,
                when="proposed",
            ),
            Button(
                Msgid("🔁 Again for the failed ones"),
                id="failed",
                on_click=handlers.again,
                when="failed",
            ),
            Button(Value("undo"), id="undo", on_click=handlers.undo, when="undoable"),
            Button(Msgid("⟳ Check status"), id="look"),
        ],
        getter=getters.get_progress,
        back=way_back(leave),
    ),
    on_start=ticking.begin,
)
