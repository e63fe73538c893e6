"""The way in of an employee, and the one number (S14): what the windows show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.chapters.numbers import Numbers
from account.errors import EmployeeAccessEnded
from account.values.identifiers import Msisdn
from account.values.number import Ban
from bot.context.update_context import context_of
from bot.flows.numbers.getters import card_facts
from bot.widgets.text import Html


async def get_door(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The number once it is given."""
    phone = dialog_manager.dialog_data.get("phone")
    return {
        "where": ["My Account", _("My own number")],
        "phone": Msisdn(phone).shown if phone else "",
    }


async def get_card(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The employee's number. Raises `EmployeeAccessEnded` when the code no longer lets in."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    if actor.only is None:
        raise EmployeeAccessEnded
    card = await context.use(Numbers).card(actor, actor.only)
    lines = card_facts(card, actor.company.lacks)
    if Ban.DETAILS in card.number.bans:
        lines.append(Html(_("Your company has switched usage details off for this number.")))
    return {
        "where": [actor.company.name, card.number.msisdn.shown],
        "text": Html("\n".join(lines)),
        "details": Ban.DETAILS not in card.number.bans,
    }
