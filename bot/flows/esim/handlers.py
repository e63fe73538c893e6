"""An eSIM in place of a card: one of those that the operator keeps for the company."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from account.changes.action import ActionKind
from account.chapters.esim import Esims
from account.chapters.sim import ReplaceParameters
from account.errors import EsimNoneFree
from bot.context.update_context import context_of
from bot.flows.confirm.handlers import start_question
from bot.flows.numbers.getters import card_of
from bot.texts.errors import refusal
from bot.widgets.page import notice


async def take_esim(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Ask for the replacement by a free eSIM; which one it is matters to nobody."""
    context = context_of(manager)
    try:
        iccid = await context.use(Esims).free(await context.actor())
    except EsimNoneFree as none:
        notice(manager, refusal(none))
        return
    query = ReplaceParameters(iccid)
    await start_question(manager, ActionKind.SIM_REPLACE, card_of(manager), query)
