"""The secret code of a number (S14): what is done in its windows."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from account.access.secret_codes import SendCodeParameters
from account.changes.action import ActionKind
from account.changes.confirmation import ChangeConfirmation
from account.chapters.bans import BanParameters
from account.errors import ChangeRefused
from account.values.number import Ban
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.confirm.handlers import kept_offer, start_question
from bot.flows.numbers.getters import card_of
from bot.texts.errors import refusal

OFFER, WHY = "send_offer", "why"
"""In the dialog's data: the offer that Send confirms; or why no code can be sent now."""


async def offer_code(_start_data: object, manager: DialogManager) -> None:
    """Offer to send a code: the window of its state is the question, with what will happen.

    The employee will see the company's name above the number. The offer is made when the window
    opens, so that Send is one press of one offer, however often it arrives.
    """
    context = context_of(manager)
    actor = await context.actor()
    parameters = SendCodeParameters(actor.company.name, actor.company.bin_shown)
    try:
        offer = await context.use(ChangeConfirmation).offer(
            actor, ActionKind.SECRET_SEND, card_of(manager), parameters
        )
    except ChangeRefused as refused:
        manager.dialog_data.update({OFFER: None, WHY: refusal(refused)})
    else:
        manager.dialog_data.update({OFFER: kept_offer(offer.action, offer.token), WHY: None})


async def offer_again(_start_data: object, _result: object, manager: DialogManager) -> None:
    """Back from another question, which has voided the offer."""
    await offer_code(None, manager)


async def look_again(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Whether a code can be sent by now."""
    await offer_code(None, manager)


async def send(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Send the code; an offer whose time is up is made anew, and is to be pressed once more."""
    context = context_of(manager)
    offer = manager.dialog_data.get(OFFER)
    if offer is None:
        return
    try:
        await context.use(ChangeConfirmation).confirm(await context.actor(), offer["token"])
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
        await offer_code(None, manager)
        return
    await manager.start(states.Confirm.waiting, data=offer)


async def lift_ban(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Ask whether to lift the ban that stands in the way (S14-3)."""
    await start_question(
        manager, ActionKind.BAN, card_of(manager), BanParameters(Ban.ACCESS, on=False)
    )
