"""The bans of one number (S17 to S19): what is done in its windows."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Select

from account.changes.action import ActionKind
from account.chapters.bans import BanParameters
from account.chapters.numbers import Numbers
from account.values.number import Ban
from bot.context.update_context import context_of
from bot.flows.confirm.handlers import start_question
from bot.flows.numbers.getters import card_of


async def turn_over(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Ask for the other state of that ban. The value comes from a button and may be forged."""
    if value not in set(Ban):
        return
    context = context_of(manager)
    msisdn = card_of(manager)
    number = (await context.use(Numbers).card(await context.actor(), msisdn)).number
    ban = Ban(value)
    await start_question(
        manager, ActionKind.BAN, msisdn, BanParameters(ban, on=ban not in number.bans)
    )
