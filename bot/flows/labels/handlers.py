"""Giving a number a label and a cost centre, and taking them away."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.chapters.labels import Labels
from account.errors import InputRefused
from account.values.labels import CLEAR, LabelField
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.labels.getters import field_of
from bot.flows.numbers.getters import card_of
from bot.texts.errors import refusal
from bot.widgets.page import notice
from bot.widgets.short_ids import found


async def typed(text: str, manager: DialogManager) -> None:
    """Keep what was typed; what cannot be kept is said, and asked for again."""
    await _put(manager, field_of(manager), text)


async def picked(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Take a cost centre that is there. The value comes from a button and may be forged."""
    context = context_of(manager)
    every = await context.use(Labels).centres(await context.actor())
    one = found(every, lambda centre: centre.key, value)
    if one is not None:
        await _put(manager, LabelField.CENTRE, one.name)


async def cleared(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Take it away."""
    await _put(manager, field_of(manager), CLEAR)


async def _put(manager: DialogManager, field: LabelField, text: str) -> None:
    context = context_of(manager)
    try:
        await context.use(Labels).change(await context.actor(), card_of(manager), field, text)
    except InputRefused as refused:
        notice(manager, refusal(refused))
        return
    await manager.switch_to(states.Labels.main)
    notice(manager, _("Kept."))
