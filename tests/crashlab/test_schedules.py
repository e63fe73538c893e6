"""The lab's judgement on what was confirmed for later: each broken promise is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crashlab.actors.planners import PlannedChange
from crashlab.checks.final_state import Change
from crashlab.checks.oracle import Order
from crashlab.checks.schedules import KnownSchedule, broken_schedules
from crashlab.world.chats import ChatMessage
from crashlab.world.outside import World

NOW = datetime(2026, 12, 1, 5, 30, 40, tzinfo=UTC)
BLOCK = {"action": "modify", "product": {"status": "suspended"}}


@pytest.fixture
def world() -> World:
    """What became of every plan is told where it has to be."""
    made = World(seed=1, people=0, numbers=0, planners=1)
    planner = made.planners[0]
    planner.plan(NOW)
    for n, plan in enumerate(planner.plans):
        if plan.fate.word:
            planner.chat.show(ChatMessage(n, f"{plan.fate.word} Block · {plan.reference}", [], ""))
    return made


def plans(world: World) -> list[PlannedChange]:
    return world.planners[0].plans


def named(world: World, name: str) -> PlannedChange:
    return next(plan for plan in plans(world) if plan.fate.name == name)


def schedules(world: World) -> list[KnownSchedule]:
    return [
        KnownSchedule(
            plan.id,
            plan.number,
            plan.fate.state,
            f"{plan.at + timedelta(days=3):%Y-%m-%dT%H:%M}",
            0,
            f"a-{plan.id}" if plan.fate.begins else None,
        )
        for plan in plans(world)
    ]


def begun(world: World, plan: PlannedChange, id_: str = "") -> Change:
    planner = world.planners[0]
    return Change(id_ or f"a-{plan.id}", plan.number, planner.id, "block", "done", "A-1", None)


def changes(world: World) -> list[Change]:
    return [begun(world, plan) for plan in plans(world) if plan.fate.begins]


def found(
    world: World,
    kept: list[KnownSchedule] | None = None,
    there: list[Change] | None = None,
    **how: bool,
) -> set[str]:
    known = schedules(world) if kept is None else kept
    told = changes(world) if there is None else there
    return {name for name, _what in broken_schedules(world, known, told, **how)}


def test_what_was_kept_breaks_nothing(world: World) -> None:
    assert found(world) == set()


@pytest.mark.parametrize("name", ["due", "due soon", "late", "overtaking", "daily", "last"])
def test_a_date_that_began_nothing(world: World, name: str) -> None:
    gone = named(world, name).id
    left = [one for one in changes(world) if one.id != f"a-{gone}"]
    assert found(world, there=left) == {"LOST"}
    assert found(world, there=left, restored=True) == set()


@pytest.mark.parametrize(
    "name", ["due", "daily", "missed", "overtaken", "suspended", "cancelled", "far", "skipping"]
)
def test_a_change_too_many(world: World, name: str) -> None:
    there = [*changes(world), begun(world, named(world, name), "a-once-more")]
    assert found(world, there=there) == {"DOUBLE"}
    assert found(world, there=there, restored=True) == {"DOUBLE"}


def test_a_schedule_in_another_state_or_gone(world: World) -> None:
    kept = schedules(world)
    assert found(world, [replace(kept[0], state="missed"), *kept[1:]]) == {"LOST"}
    assert found(world, kept[1:]) == {"LOST"}


def test_one_that_repeats_and_stays_where_it_is(world: World) -> None:
    daily = named(world, "daily")
    kept = [
        replace(one, at=f"{daily.at:%Y-%m-%dT%H:%M}") if one.id == daily.id else one
        for one in schedules(world)
    ]
    assert found(world, kept) == {"LOST"}


def test_nobody_was_told_of_a_missed_one(world: World) -> None:
    world.planners[0].chat.said.clear()
    assert found(world) == {"SILENT"}


def test_told_of_one_that_began_in_time(world: World) -> None:
    plan = named(world, "due")
    world.planners[0].chat.show(ChatMessage(90, f"⚠️ Block · {plan.reference}", [], ""))
    assert found(world) == {"LIE"}
    assert found(world, stepped=True) == set()


def test_before_its_minute(world: World) -> None:
    plan = named(world, "due soon")
    order = Order("po-1", f"a-{plan.id}", plan.number, "block", BLOCK)
    world.operator.books.orders.append(order)
    order.applied, order.at = True, plan.due.timestamp() - 1
    assert found(world) == {"EARLY"}
    assert found(world, stepped=True) == set()
    order.at = plan.due.timestamp() + 1
    assert found(world) == set()


def test_the_next_minute_is_waited_for_only_where_it_is_near() -> None:
    for second, soon in ((40, 31), (5, 30)):
        world = World(seed=1, people=0, numbers=0, planners=1)
        world.planners[0].plan(NOW.replace(second=second))
        assert named(world, "due soon").at.minute == soon
