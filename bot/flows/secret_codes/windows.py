"""The secret code of one number: its state, Send and Delete."""

from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button
from aiogram_dialog.widgets.style import Style

from account.changes.action import ActionKind
from bot.context import states
from bot.flows.confirm.handlers import ask
from bot.flows.faq.windows import about_secret_codes
from bot.flows.secret_codes.getters import get_code
from bot.flows.secret_codes.handlers import lift_ban, look_again, offer_again, offer_code, send
from bot.widgets.page import page
from bot.widgets.text import Msgid, Value

secret_code_dialog = Dialog(
    page(
        states.SecretCode.main,
        Value("text"),
        keyboard=[
            Button(
                Value("send"),
                id="send",
                on_click=send,
                when="can_send",
                style=Style(ButtonStyle.SUCCESS),
            ),
            Button(Msgid("⟳ Refresh"), id="refresh", on_click=look_again, when="cannot_now"),
            Button(
                Msgid("Lift the ban on MyKcell access"), id="lift", on_click=lift_ban, when="banned"
            ),
            Button(
                Msgid("🗑 Delete the secret code"),
                id="delete",
                on_click=ask(ActionKind.SECRET_DELETE),
                when="some",
                style=Style(ButtonStyle.DANGER),
            ),
            about_secret_codes(),
        ],
        getter=get_code,
    ),
    on_start=offer_code,
    on_process_result=offer_again,
)
