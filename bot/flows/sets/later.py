"""When a set is to begin and when it is to be taken back: the two windows that ask it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.changes.sets.change_set import ChangeSet, SetCounts
from account.changes.sets.confirmation import ChangeSets
from account.changes.sets.scheduling import SetPlan
from account.errors import ChangeRefused, InputRefused
from account.identity.permissions import Actor
from account.values.periods import shown_day, today
from account.values.repeats import Repeat
from account.values.wall_times import WallTime
from bot.context import states
from bot.context.update_context import UpdateContext, context_of
from bot.flows.changes import WORDS
from bot.flows.confirm.chosen import (
    AT_ONCE,
    STARTS_AT,
    THEN,
    chosen_end,
    chosen_repeat,
    chosen_time,
    forget_time,
)
from bot.flows.confirm.handlers import picked_time, typed_time
from bot.flows.confirm.repeating import RepeatWindows, asked_days
from bot.flows.schedules.getters import quick_times
from bot.flows.schedules.texts import begins_line
from bot.flows.sets import texts
from bot.texts.errors import refusal
from bot.widgets.page import notice
from bot.widgets.text import Html, said

RESEND_AT = "resend_at"
"""In the dialog's data: when another code may be sent; nothing while none is waited for."""
NEVER_MIND = AT_ONCE
"""Takes a chosen time back."""


def chosen_plan(manager: DialogManager) -> SetPlan:
    """What was chosen so far."""
    return SetPlan(chosen_time(manager), chosen_end(manager), chosen_repeat(manager))


def forget_plan(manager: DialogManager) -> None:
    """For another set."""
    forget_time(manager)
    for key in (THEN, RESEND_AT):
        manager.dialog_data.pop(key, None)


def plan_lines(manager: DialogManager, change_set: ChangeSet) -> list[Html]:
    """In the preview: when it begins, and what follows when."""
    plan, lines = chosen_plan(manager), []
    if plan.begins is not None:
        lines.append(begins_line(plan.begins, asked_days(manager), many=True))
    what = back_word(context_of(manager), change_set)
    if plan.then is not None and what is not None:
        lines.append(
            said(_("↩ Then “{what}”: {time}, Almaty time"), what=what, time=plan.then.shown)
        )
        lines.append(said("{text}", text=_("Only the numbers that this list has changed.")))
    return lines


def back_word(context: UpdateContext, change_set: ChangeSet) -> str | None:
    """What takes it back, as the history calls it; None where nothing does."""
    scheduling = context.use(ChangeSets).scheduling
    kind = scheduling.taken_back_by(change_set.kind, change_set.parameters)
    return None if kind is None else _(WORDS[kind].history)


async def shown_set(
    manager: DialogManager,
) -> tuple[UpdateContext, Actor, ChangeSet, SetCounts]:
    """The set of the window, and whoever looks at it."""
    context = context_of(manager)
    actor = await context.actor()
    change_set, counts = await context.use(ChangeSets).read(actor, manager.dialog_data["set"])
    return context, actor, change_set, counts


async def get_later(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """When the set is to begin."""
    context, actor, change_set, counts = await shown_set(dialog_manager)
    times = quick_times(dialog_manager)
    if chosen_plan(dialog_manager).begins is not None:
        times.append((_("At once"), NEVER_MIND))
    ask = _("When is it to begin? Pick a time, or type one like {example} (Almaty time).")
    ask = ask.format(example=_tomorrow(context))
    return {
        "where": _heads(actor, change_set),
        "text": said("\n{heading}\n\n{ask}", heading=texts.heading(change_set, counts), ask=ask),
        "times": times,
    }


async def get_then(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """When the set is to be taken back."""
    context, actor, change_set, counts = await shown_set(dialog_manager)
    plan = chosen_plan(dialog_manager)
    times = [
        (word, kept)
        for word, kept in quick_times(dialog_manager)
        if plan.begins is None or WallTime.read(kept) > plan.begins
    ]
    if plan.then is not None:
        times.append((_("Not taken back"), NEVER_MIND))
    ask = _("When is “{what}” to follow? Pick a time, or type one like {example} (Almaty time).")
    ask = ask.format(what=back_word(context, change_set) or "", example=_tomorrow(context))
    return {
        "where": _heads(actor, change_set),
        "text": said("\n{heading}\n\n{ask}", heading=texts.heading(change_set, counts), ask=ask),
        "times": times,
    }


def _tomorrow(context: UpdateContext) -> str:
    """A time as it may be typed."""
    return f"{shown_day(today(context.now()) + timedelta(days=1))} 08:00"


def _heads(actor: Actor, change_set: ChangeSet) -> list[str]:
    deed = texts.deed_word(change_set.kind, change_set.parameters)
    return [actor.company.name, _("Many numbers"), deed]


async def choose_time(
    _event: CallbackQuery, select: Select[str], manager: DialogManager, value: str
) -> None:
    """Take a time from a button, which may be forged: it is checked like a typed one."""
    key = THEN if select.widget_id == "ends" else STARTS_AT
    if value == NEVER_MIND:
        manager.dialog_data.pop(key, None)
        if key == STARTS_AT:
            forget_time(manager)
        await back(_event, select, manager)
    elif (at := picked_time(value, manager)) is not None:
        await _take(manager, key, at)


async def time_given(text: str, manager: DialogManager) -> None:
    """Take a typed time; what is none, or out of bounds, is said and asked for again."""
    if (at := typed_time(text, manager)) is not None:
        await _take(manager, STARTS_AT, at)


async def end_given(text: str, manager: DialogManager) -> None:
    """Take the typed time of what takes it back, in the same way."""
    if (at := typed_time(text, manager)) is not None:
        await _take(manager, THEN, at)


async def _take(manager: DialogManager, key: str, at: WallTime) -> None:
    before = manager.dialog_data.get(key)
    manager.dialog_data[key] = at.kept
    context, _actor, change_set, _counts = await shown_set(manager)
    try:
        context.use(ChangeSets).check_plan(change_set, chosen_plan(manager))
    except (InputRefused, ChangeRefused) as refused:
        manager.dialog_data[key] = before
        notice(manager, refusal(refused))
        return
    await _back(manager)


async def back(
    _event: CallbackQuery, _button: Button | Select[str], manager: DialogManager
) -> None:
    """To the code where one is waited for, else to the preview."""
    await _back(manager)


async def _back(manager: DialogManager) -> None:
    waited_for = manager.dialog_data.get(RESEND_AT)
    await manager.switch_to(states.Sets.code if waited_for else states.Sets.preview)


async def _where(manager: DialogManager) -> list[str]:
    _context, actor, change_set, _counts = await shown_set(manager)
    return _heads(actor, change_set)


async def _by_code(manager: DialogManager) -> bool:
    context, _actor, change_set, _counts = await shown_set(manager)
    return context.use(ChangeSets).always_by_code(change_set.kind)


async def _check(manager: DialogManager, at: WallTime, repeat: Repeat) -> None:
    context, _actor, change_set, _counts = await shown_set(manager)
    context.use(ChangeSets).check_plan(change_set, SetPlan(at, chosen_end(manager), repeat))


of_many = RepeatWindows(_where, _by_code, _check, states.Sets.until, _back)
"""Of the list that is previewed."""
