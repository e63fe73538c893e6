"""The windows of a change that is to be confirmed."""

from __future__ import annotations

from typing import Any

from aiogram.enums import ButtonStyle
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Button, Column, Group, SwitchTo
from aiogram_dialog.widgets.style import Style

from bot.context import states
from bot.flows.confirm import getters, handlers, taking_back
from bot.flows.confirm.repeating import of_one_number
from bot.widgets.choices import choices
from bot.widgets.page import back_to, page, way_back
from bot.widgets.secret import secret_input
from bot.widgets.text import Msgid, Value
from bot.widgets.text_input import nothing, reading, text_input


def dangerous(data: dict[str, Any], _widget: object, _manager: DialogManager) -> bool:
    """The confirmation stops something."""
    return bool(data["proven"] and data["danger"])


def harmless(data: dict[str, Any], _widget: object, _manager: DialogManager) -> bool:
    """The confirmation stops nothing."""
    return bool(data["proven"] and not data["danger"])


def _never(_data: dict[str, Any], _widget: object, _manager: DialogManager) -> bool:
    return False


def _pressed_before(widget_id: str) -> Button:
    """The summary's button, heard but not shown: its second press comes when the wait is there."""
    return Button(Value("text"), id=widget_id, on_click=handlers.confirm, when=_never)


def _later() -> SwitchTo:
    """The same change at another time, where its kind may begin later."""
    return SwitchTo(Msgid("🕒 Later…"), id="later", state=states.Confirm.later, when="schedulable")


def _again() -> SwitchTo:
    """On further days, once it has a time."""
    return SwitchTo(Msgid("🔁 Repeat…"), id="again", state=states.Confirm.repeat, when="repeatable")


def _then() -> SwitchTo:
    """What takes it back, where there is such a thing."""
    return SwitchTo(Value("then"), id="then", state=states.Confirm.then, when="then")


def _by_password(when: str) -> SwitchTo:
    """The other way for a person to prove themselves."""
    return SwitchTo(
        Msgid("🔑 Enter the password"), id="password", state=states.Confirm.password, when=when
    )


confirm_dialog = Dialog(
    page(
        states.Confirm.summary,
        Value("text"),
        keyboard=[
            Button(
                Value("confirm"),
                id="confirm",
                on_click=handlers.confirm,
                when=dangerous,
                style=Style(ButtonStyle.DANGER),
            ),
            Button(
                Value("confirm"),
                id="confirm_kind",
                on_click=handlers.confirm,
                when=harmless,
                style=Style(ButtonStyle.SUCCESS),
            ),
            Button(
                Msgid("🔒 Send the one-time code"),
                id="code",
                on_click=handlers.send_code,
                when="unproven",
            ),
            _later(),
            _again(),
            _by_password("unidentified"),
            Group(
                choices("choice", "choices", handlers.choose),
                width=2,
            ),
            _then(),
        ],
        typing=reading(nothing),
        getter=getters.get_summary,
        back=way_back(handlers.cancel, label=Msgid("Cancel")),
    ),
    page(
        states.Confirm.code,
        Value("text"),
        keyboard=[
            Button(Value("resend"), id="resend", on_click=handlers.send_code),
            _later(),
            _again(),
            _then(),
            _by_password("who"),
        ],
        typing=secret_input(handlers.code_given),
        getter=getters.get_code,
        back=way_back(handlers.cancel, label=Msgid("Cancel")),
    ),
    page(
        states.Confirm.password,
        Value("text"),
        Msgid("\nEnter the present password. Your message is deleted as soon as it is read."),
        typing=secret_input(handlers.password_given),
        getter=getters.get_password,
        back=way_back(back_to(states.Confirm.summary)),
    ),
    page(
        states.Confirm.later,
        Value("text"),
        keyboard=[Group(choices("time", "times", handlers.choose_time), width=2)],
        typing=text_input(handlers.time_given),
        getter=getters.get_later,
        back=way_back(handlers.keep_time),
    ),
    page(
        states.Confirm.repeat,
        Value("text"),
        keyboard=[Column(choices("days", "days", of_one_number.choose_days))],
        typing=text_input(of_one_number.days_given),
        getter=of_one_number.get_repeat,
        back=way_back(handlers.keep_time),
    ),
    page(
        states.Confirm.until,
        Value("text"),
        keyboard=[Group(choices("ends", "ends", of_one_number.choose_until), width=2)],
        typing=text_input(of_one_number.until_given),
        getter=of_one_number.get_until,
        back=way_back(back_to(states.Confirm.repeat)),
    ),
    page(
        states.Confirm.then,
        Value("text"),
        keyboard=[Group(choices("then", "times", taking_back.choose_end), width=2)],
        typing=text_input(taking_back.end_given),
        getter=taking_back.get_then,
        back=way_back(handlers.keep_time),
    ),
    page(
        states.Confirm.waiting,
        Value("text"),
        keyboard=[
            Button(Msgid("⟳ Check status"), id="look", on_click=handlers.look),
            Button(
                Msgid("Withdraw the request"),
                id="withdraw",
                on_click=handlers.withdraw,
                when="proposed",
                style=Style(ButtonStyle.DANGER),
            ),
            _pressed_before("confirm"),
            _pressed_before("confirm_kind"),
        ],
        getter=getters.get_waiting,
        back=way_back(handlers.to_card),
    ),
)
