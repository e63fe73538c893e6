"""Sender, recipient, amount; then the question like any other (S37)."""

from __future__ import annotations

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Group

from bot.context import states
from bot.flows.numbers.picking import picking_rows
from bot.flows.transfers.getters import get_amount, get_recipient, get_sender
from bot.flows.transfers.handlers import (
    choose_amount,
    take_recipient,
    take_sender,
    to_sender,
    type_amount,
    type_recipient,
    type_sender,
)
from bot.widgets.choices import choices
from bot.widgets.page import back_to, page, way_back
from bot.widgets.text import Value
from bot.widgets.text_input import text_input

transfers_dialog = Dialog(
    page(
        states.Transfers.sender,
        Value("text"),
        keyboard=picking_rows(take_sender),
        typing=text_input(type_sender),
        getter=get_sender,
    ),
    page(
        states.Transfers.recipient,
        Value("text"),
        keyboard=picking_rows(take_recipient),
        typing=text_input(type_recipient),
        getter=get_recipient,
        back=way_back(to_sender),
    ),
    page(
        states.Transfers.amount,
        Value("text"),
        keyboard=[
            Group(
                choices("amount", "amounts", choose_amount),
                width=3,
            )
        ],
        typing=text_input(type_amount),
        getter=get_amount,
        back=way_back(back_to(states.Transfers.recipient)),
    ),
)
