"""Opening, cancelling and keeping what begins later."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Button, Select

from account.access.schedule_codes import ScheduleCodes
from account.changes.reconfirmation import Anew, Reconfirmation
from account.changes.schedules import ChangeSchedules
from account.changes.sets.confirmation import ChangeSets
from account.errors import CarrierUnavailable, ChangeRefused, ScheduleNotOpen
from account.values.wall_times import WallTime
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.confirm.handlers import start_question
from bot.flows.schedules.getters import OF_SET, schedule_of
from bot.flows.schedules.texts import anew_word
from bot.texts.errors import refusal
from bot.widgets.choices import opens
from bot.widgets.deep_links import MISSED, SCHEDULE
from bot.widgets.page import notice
from bot.widgets.refusals import Refusals


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


async def follow_schedule(data: str, manager: DialogManager) -> bool:
    """The schedule that a word is about, or the list. The data may be forged."""
    if not data.startswith(SCHEDULE):
        return False
    context = context_of(manager)
    schedule_id = data.removeprefix(SCHEDULE)
    window = states.Schedules.one if schedule_id else states.Schedules.list
    try:
        if schedule_id:
            await context.use(ChangeSchedules).read(await context.actor(), schedule_id)
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
        window = states.Schedules.list
    await manager.start(window, data={"schedule": schedule_id}, mode=StartMode.RESET_STACK)
    return True


_open_single = opens(ChangeSchedules, "schedule", states.Schedules.one)


async def open_one(
    event: CallbackQuery, select: Select[str], manager: DialogManager, value: str
) -> None:
    """Show the schedule, or the set, that was picked; the value may be forged."""
    if not value.startswith(OF_SET):
        await _open_single(event, select, manager, value)
        return
    context = context_of(manager)
    try:
        change_set, _counts = await context.use(ChangeSets).read(
            await context.actor(), value.removeprefix(OF_SET)
        )
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
        return
    if change_set.accepted_at is not None:
        await manager.start(states.Sets.progress, data={"set": change_set.id})


async def cancel(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """End it: nothing begins. Where it has begun already that is said."""
    context = context_of(manager)
    try:
        schedule = await context.use(ChangeSchedules).cancel(
            await context.actor(), schedule_of(manager)
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
    schedule = await use.read(actor, schedule_of(manager))
    half = await use.other_half(actor, schedule)
    if half is not None:
        manager.dialog_data["schedule"] = half.id


async def cancel_both(_event: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """End it and the other one of its pair; of what has begun already that is said."""
    context = context_of(manager)
    use, actor = context.use(ChangeSchedules), await context.actor()
    schedule = await use.read(actor, schedule_of(manager))
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
        await context.use(ChangeSchedules).skip(await context.actor(), schedule_of(manager), at)
    except ValueError:
        return
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
    else:
        await context.toast(_("Skipped: {date}").format(date=at.shown))


async def keep(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Let a suspended one of one's own begin after all."""
    await _confirm(manager, Anew.KEEP)


async def adopt(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Confirm in one's own name what somebody else may not do any more."""
    await _confirm(manager, Anew.ADOPT)


async def _confirm(manager: DialogManager, what: Anew) -> None:
    context = context_of(manager)
    try:
        await context.use(Reconfirmation).confirm(await context.actor(), schedule_of(manager), what)
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
    else:
        await context.toast(anew_word(what))


async def send_code(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Send the code that confirms it anew, for what it may be confirmed for now."""
    context = context_of(manager)
    async with Refusals(manager, _refused, CarrierUnavailable):
        actor, schedule_id = await context.actor(), schedule_of(manager)
        found = await context.use(Reconfirmation).possible(actor, schedule_id)
        if found is None:
            raise ScheduleNotOpen
        asked = await context.use(ScheduleCodes).ask(
            actor, schedule_id, found.what, context.language
        )
        manager.dialog_data.update(resend_at=asked.resend_at.isoformat(), anew=found.what.value)
        await manager.switch_to(states.Schedules.code)


async def code_given(code: str, manager: DialogManager) -> None:
    """Take the code: the right one confirms this schedule anew, and nothing else."""
    context = context_of(manager)
    async with Refusals(manager, _refused, CarrierUnavailable):
        what = Anew(manager.dialog_data["anew"])
        await context.use(ScheduleCodes).enter(
            await context.actor(), schedule_of(manager), what, code
        )
        notice(manager, anew_word(what))
        await manager.switch_to(states.Schedules.one)


async def _refused(manager: DialogManager, refused: ChangeRefused) -> None:
    notice(manager, refusal(refused))
    await manager.switch_to(states.Schedules.one)
