"""A number's SIM card (S08, S16): what is done in its windows."""

from __future__ import annotations

from collections.abc import Callable

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.changes.action import ActionKind
from account.chapters.sim import ReplaceParameters
from account.errors import IccidInvalid
from account.values.identifiers import Iccid
from bot.context import states
from bot.flows.confirm.handlers import start_question
from bot.flows.numbers.getters import card_of
from bot.texts.errors import refusal
from bot.widgets.page import notice
from bot.widgets.search_offer import offer_number


async def to_blanks(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Choose the new card."""
    await manager.start(states.SimReplacement.pick, data={"msisdn": card_of(manager).digits})


async def take_card(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, digits: str
) -> None:
    """Ask for the replacement by that card. The digits come from a button and may be forged."""
    await _ask_with(manager, digits, Iccid.told)


async def card_typed(text: str, manager: DialogManager) -> None:
    """An ICCID as it is printed on the card, in groups or in one."""
    await _ask_with(manager, text, Iccid.parse)


async def _ask_with(manager: DialogManager, told: str, as_iccid: Callable[[str], Iccid]) -> None:
    try:
        iccid = as_iccid(told)
    except IccidInvalid as invalid:
        notice(manager, refusal(invalid))
        offer_number(manager, told)
        return
    parameters = ReplaceParameters(iccid)
    await start_question(manager, ActionKind.SIM_REPLACE, card_of(manager), parameters)
