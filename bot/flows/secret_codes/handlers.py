"""The secret code of a number (S14): what is done in its windows."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from account.access.secret_codes import SendCodeParameters
from account.changes.action import ActionKind
from account.chapters.bans import BanParameters
from account.values.number import Ban
from bot.context.update_context import context_of
from bot.flows.confirm.handlers import start_question
from bot.flows.numbers.getters import card_of


async def send(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Ask whether to send a code; the employee will see the company's name above the number."""
    company = (await context_of(manager).actor()).company
    parameters = SendCodeParameters(company.name, company.bin_shown)
    await start_question(manager, ActionKind.SECRET_SEND, card_of(manager), parameters)


async def lift_ban(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Ask whether to lift the ban that stands in the way (S14-3)."""
    await start_question(
        manager, ActionKind.BAN, card_of(manager), BanParameters(Ban.ACCESS, on=False)
    )
