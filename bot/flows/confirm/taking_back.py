"""Until when: a change and what takes it back, asked for and confirmed in one go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Select

from account.changes.action import Action
from account.changes.confirmation import ChangeConfirmation
from account.changes.schedules import ChangeSchedules
from account.errors import ChangeRefused, InputRefused
from account.values.periods import shown_day, today
from account.values.wall_times import WallTime
from bot.context.update_context import context_of
from bot.flows.changes import WORDS
from bot.flows.confirm.chosen import (
    ONCE,
    THEN,
    chosen_end,
    chosen_plan,
    chosen_repeat,
    chosen_time,
)
from bot.flows.confirm.handlers import back_to_question, offer_of, picked_time, typed_time
from bot.flows.schedules.getters import quick_times
from bot.texts.errors import refusal
from bot.widgets.page import notice
from bot.widgets.text import Html, said


def back_word(manager: DialogManager, action: Action) -> str | None:
    """What takes it back, as the history calls it; None where nothing does."""
    use = context_of(manager).use(ChangeSchedules)
    kind = use.taken_back_by(action.kind, action.parameters)
    return None if kind is None else _(WORDS[kind].history)


def end_line(manager: DialogManager, action: Action) -> Html | None:
    """In the question: what follows, and when; None where nothing does."""
    then, what = chosen_end(manager), back_word(manager, action)
    if then is None or what is None:
        return None
    if chosen_repeat(manager) is None:
        return said(_("↩ Then “{what}”: {time}, Almaty time"), what=what, time=then.shown)
    return said(
        _("↩ Then “{what}”: at {time} after each of them"), what=what, time=f"{then.naive:%H:%M}"
    )


async def _action(manager: DialogManager) -> Action:
    context = context_of(manager)
    return await context.use(ChangeConfirmation).read(
        await context.actor(), offer_of(manager)["action"]
    )


async def get_then(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """When it is to be taken back."""
    context = context_of(dialog_manager)
    actor, action = await context.actor(), await _action(dialog_manager)
    begins = chosen_time(dialog_manager)
    repeats = chosen_repeat(dialog_manager) is not None
    times = [
        (word, kept)
        for word, kept in quick_times(dialog_manager)
        if repeats or begins is None or WallTime.read(kept) > begins
    ]
    if chosen_end(dialog_manager) is not None:
        times.append((_("Not taken back"), ONCE))
    tomorrow = today(context.now()) + timedelta(days=1)
    ask = _("When is “{what}” to follow? Pick a time, or type one like {example} (Almaty time).")
    return {
        "where": [actor.company.name, action.msisdn.shown],
        "text": said(
            "\n<b>{question}</b>\n\n{ask}",
            question=WORDS[action.kind].question(action),
            ask=ask.format(
                what=back_word(dialog_manager, action) or "", example=f"{shown_day(tomorrow)} 08:00"
            ),
        ),
        "times": times,
    }


async def choose_end(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Take a time from a button, which may be forged: it is checked like a typed one."""
    if value == ONCE:
        manager.dialog_data.pop(THEN, None)
        await back_to_question(manager)
    elif (then := picked_time(value, manager)) is not None:
        await take_end(manager, then)


async def end_given(text: str, manager: DialogManager) -> None:
    """Take a typed time; what is none, or out of bounds, is said and asked for again."""
    if (then := typed_time(text, manager)) is not None:
        await take_end(manager, then)


async def take_end(manager: DialogManager, then: WallTime) -> None:
    """Have it taken back then; what is out of bounds is said, and taken not."""
    before = manager.dialog_data.get(THEN)
    manager.dialog_data[THEN] = then.kept
    action, plan = await _action(manager), chosen_plan(manager)
    assert plan is not None
    try:
        use = context_of(manager).use(ChangeSchedules)
        use.check_plan(action.kind, action.parameters, plan)
    except (InputRefused, ChangeRefused) as refused:
        manager.dialog_data[THEN] = before
        notice(manager, refusal(refused))
        return
    await back_to_question(manager)
