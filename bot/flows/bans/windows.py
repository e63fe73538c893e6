"""The bans of one number, each with what it means, and a button that turns it round."""

from __future__ import annotations

from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Column, Select

from account.changes.action import ActionKind
from account.chapters.bans import wished
from account.values.number import Ban
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.bans.texts import ban_shown, turning
from bot.flows.confirm.handlers import start_question
from bot.flows.numbers.getters import card_of
from bot.widgets.choices import choices
from bot.widgets.page import page
from bot.widgets.text import Html, Shown


async def get_bans(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The bans, as the operator has them now."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    number = (await context.use_cases.numbers.card(actor, card_of(dialog_manager))).number
    lines = [Html(ban_shown(ban, on=ban in number.bans)) for ban in Ban]
    return {
        "where": [actor.company.name, number.msisdn.shown, _("Bans")],
        "text": Html("\n" + "\n\n".join(lines)),
        "bans": [(turning(ban, on=ban not in number.bans), ban.value) for ban in Ban],
    }


async def turn_over(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Ask for the other state of that ban. The value comes from a button and may be forged."""
    if value not in set(Ban):
        return
    context = context_of(manager)
    msisdn = card_of(manager)
    number = (await context.use_cases.numbers.card(await context.actor(), msisdn)).number
    ban = Ban(value)
    await start_question(manager, ActionKind.BAN, msisdn, wished(ban, on=ban not in number.bans))


bans_dialog = Dialog(
    page(
        states.Bans.list,
        Shown("text"),
        keyboard=[Column(choices("ban", "bans", turn_over))],
        getter=get_bans,
    ),
)
