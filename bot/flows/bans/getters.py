"""The bans of one number (S17 to S19): what the windows show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.chapters.numbers import Numbers
from account.values.number import Ban
from bot.context.update_context import context_of
from bot.flows.bans.texts import ban_shown, turning
from bot.flows.numbers.getters import card_of
from bot.widgets.text import Html


async def get_bans(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The bans, as the operator has them now."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    number = (await context.use(Numbers).card(actor, card_of(dialog_manager))).number
    lines = [Html(ban_shown(ban, on=ban in number.bans)) for ban in Ban]
    return {
        "where": [actor.company.name, number.msisdn.shown, _("Bans")],
        "text": Html("\n" + "\n\n".join(lines)),
        "bans": [(turning(ban, on=ban not in number.bans), ban.value) for ban in Ban],
    }
