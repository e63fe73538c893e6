"""Opening, cancelling and keeping what begins later."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.changes.schedules import ChangeSchedules
from account.errors import ChangeRefused
from bot.context import states
from bot.context.update_context import context_of
from bot.texts.errors import refusal


async def open_one(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, schedule_id: str
) -> None:
    """Show one. The id comes from a button and may be forged: whose it is, is asked there."""
    context = context_of(manager)
    try:
        await context.use(ChangeSchedules).read(await context.actor(), schedule_id)
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
        return
    manager.dialog_data["schedule"] = schedule_id
    await manager.switch_to(states.Schedules.one)


async def cancel(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """End it: nothing begins. Where it has begun already that is said."""
    context = context_of(manager)
    try:
        schedule = await context.use(ChangeSchedules).cancel(
            await context.actor(), str(manager.dialog_data.get("schedule", ""))
        )
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
    else:
        await context.toast(_("Cancelled: {reference}").format(reference=schedule.reference))
    await manager.switch_to(states.Schedules.list)


async def keep(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Let a suspended one of one's own begin after all."""
    context = context_of(manager)
    try:
        await context.use(ChangeSchedules).keep(
            await context.actor(), str(manager.dialog_data.get("schedule", ""))
        )
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
    else:
        await context.toast(_("Kept."))
