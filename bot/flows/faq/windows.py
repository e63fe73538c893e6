"""The eight questions of the guide, and the answer to each (S38)."""

from __future__ import annotations

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.common import WhenCondition
from aiogram_dialog.widgets.kbd import Button, Column, Group, Start

from bot.context import states
from bot.flows.faq.getters import get_answer, get_questions
from bot.flows.faq.handlers import (
    ABOUT_DEBT,
    ABOUT_SECRET_CODE,
    ABOUT_SIM,
    act,
    back,
    choose,
    open_answer,
    pick,
)
from bot.widgets.choices import choices
from bot.widgets.page import page, way_back
from bot.widgets.text import Msgid, Value
from bot.widgets.text_input import numbered


def why_blocked() -> Button:
    """Below a number in debt: why it cannot be unblocked here."""
    return Button(
        Msgid("❓ Why can it not be unblocked?"),
        id="faq7",
        on_click=open_answer(ABOUT_DEBT),
        when="in_debt",
    )


def why_not_replaced(when: WhenCondition = "explains") -> Button:
    """Where the SIM card of a number cannot be changed in its state: why."""
    return Button(
        Msgid("❓ Why can the SIM card not be changed?"),
        id="faq8",
        on_click=open_answer(ABOUT_SIM),
        when=when,
    )


def about_secret_codes() -> Button:
    """What a secret code is."""
    return Button(
        Msgid("❓ What is a secret code?"), id="faq6", on_click=open_answer(ABOUT_SECRET_CODE)
    )


faq_dialog = Dialog(
    page(
        states.Faq.list,
        Value("text"),
        keyboard=[
            Group(
                choices("question", "questions", choose),
                width=4,
            ),
            Start(Msgid("🔒 Privacy"), id="privacy", state=states.Privacy.policy),
        ],
        typing=numbered(pick),
        getter=get_questions,
    ),
    page(
        states.Faq.answer,
        Value("text"),
        keyboard=[Column(choices("action", "actions", act))],
        getter=get_answer,
        back=way_back(back),
    ),
)
