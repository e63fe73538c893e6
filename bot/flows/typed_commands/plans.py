"""A typed plan, filled into the question of its change: what is wanting is asked there."""

from __future__ import annotations

from aiogram_dialog import DialogManager

from account.chapters.typed_plans import TypedPlan
from account.values.wall_times import WallTime
from bot.context import states
from bot.flows.confirm.chosen import (
    ASKS_UNTIL,
    RHYTHM,
    THEN,
    chosen_end,
    chosen_repeat,
    chosen_time,
)
from bot.flows.confirm.handlers import take_time
from bot.flows.confirm.repeating import of_one_number
from bot.flows.confirm.taking_back import take_end


async def fill_in(plan: TypedPlan, manager: DialogManager) -> None:
    """Fill it into the question that stands open; each part is checked as if it was picked."""
    if plan.at is not None:
        await take_time(manager, plan.at)
    if plan.rhythm is not None:
        await _fill_in_days(plan, manager)
    elif plan.at is not None and chosen_time(manager) is None:
        await manager.switch_to(states.Confirm.later)
    elif plan.then is not None:
        await _fill_in_end(plan.then, manager)


async def _fill_in_days(plan: TypedPlan, manager: DialogManager) -> None:
    assert plan.rhythm is not None
    manager.dialog_data[RHYTHM] = plan.rhythm.kept
    if plan.at is None or chosen_time(manager) is None:
        manager.dialog_data[ASKS_UNTIL] = True
        await manager.switch_to(states.Confirm.later)
        return
    if plan.until is not None:
        await of_one_number.take_until(manager, plan.until)
    if chosen_repeat(manager) is None:
        if plan.then is not None:
            manager.dialog_data[THEN] = plan.then.kept
        await manager.switch_to(states.Confirm.until)
    elif plan.then is not None:
        await _fill_in_end(plan.then, manager)


async def _fill_in_end(then: WallTime, manager: DialogManager) -> None:
    await take_end(manager, then)
    if chosen_end(manager) is None:
        await manager.switch_to(states.Confirm.then)
