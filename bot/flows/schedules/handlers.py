"""Opening, cancelling and keeping what begins later."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Button, Select

from account.changes.schedules import ChangeSchedules
from account.errors import ChangeRefused
from account.values.wall_times import WallTime
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.confirm.handlers import start_question
from bot.texts.errors import refusal
from bot.widgets.choices import opens
from bot.widgets.deep_links import MISSED


async def follow_missed(data: str, manager: DialogManager) -> bool:
    """Do it now: the usual question of what a schedule has missed. The data may be forged."""
    if not data.startswith(MISSED):
        return False
    context = context_of(manager)
    try:
        schedule = await context.use(ChangeSchedules).read(
            await context.actor(), data.removeprefix(MISSED)
        )
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
        await manager.start(states.Schedules.list, mode=StartMode.RESET_STACK)
        return True
    card = {"msisdn": schedule.msisdn.digits}
    await manager.start(states.Card.main, data=card, mode=StartMode.RESET_STACK)
    await start_question(manager, schedule.kind, schedule.msisdn, schedule.parameters)
    return True


open_one = opens(ChangeSchedules, "schedule", states.Schedules.one)


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


async def other(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Show the other one of its pair."""
    context = context_of(manager)
    use, actor = context.use(ChangeSchedules), await context.actor()
    schedule = await use.read(actor, str(manager.dialog_data.get("schedule", "")))
    half = await use.other_half(actor, schedule)
    if half is not None:
        manager.dialog_data["schedule"] = half.id


async def cancel_both(_event: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """End it and the other one of its pair; of what has begun already that is said."""
    context = context_of(manager)
    use, actor = context.use(ChangeSchedules), await context.actor()
    schedule = await use.read(actor, str(manager.dialog_data.get("schedule", "")))
    half = await use.other_half(actor, schedule)
    if half is not None:
        try:
            await use.cancel(actor, half.id)
        except ChangeRefused as refused:
            await context.tell(refusal(refused))
    await cancel(_event, button, manager)


async def skip(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Pass over one of the next dates; the value may be forged: it is one of its dates or none."""
    context = context_of(manager)
    try:
        at = WallTime.read(value)
        await context.use(ChangeSchedules).skip(
            await context.actor(), str(manager.dialog_data.get("schedule", "")), at
        )
    except ValueError:
        return
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
    else:
        await context.toast(_("Skipped: {date}").format(date=at.shown))


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
