"""The lab's judgement on lists that were confirmed for later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crashlab.actors.later_lists import IN_ONE, LaterList, plan_lists
from crashlab.checks.later_lists import broken_later_lists
from crashlab.checks.oracle import Order
from crashlab.checks.sets import KnownNumber, KnownSet
from crashlab.world.outside import World

NOW = datetime(2026, 12, 1, 9, 30, 40, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    made = World(seed=1, people=0, numbers=0, set_companies=1)
    user = made.set_users[0]
    user.later = plan_lists(user, NOW)[:2]
    return made


def as_kept(world: World, plan: LaterList, *outcomes: str) -> KnownSet:
    """The list with those outcomes; what is done took effect at its minute."""
    numbers = []
    for number, outcome in zip(plan.numbers, outcomes, strict=True):
        change = f"{plan.id}-{number}" if outcome == "done" else None
        if change is not None:
            order = Order(f"po-{change}", change, number, plan.kind, {}, at=plan.due + 1)
            order.applied = True
            world.operator.books.orders.append(order)
        ended = None if change else outcome
        row = (number, plan.kind, "done", 1, 5) if change else (None,) * 5
        numbers.append(KnownNumber(plan.id, number, "ready", ended, None, change, *row))
    user = world.set_users[0]
    return KnownSet(
        plan.id,
        plan.reference,
        user.company_id,
        user.id,
        plan.kind,
        "ended",
        1,
        None,
        IN_ONE,
        tuple(numbers),
    )


def found(world: World, *sets: KnownSet, stepped: bool = False) -> list[str]:
    return [name for name, _what in broken_later_lists(world, list(sets), stepped=stepped)]


def test_a_block_is_taken_back_at_the_next_minute(world: World) -> None:
    first, back, then = plan_lists(world.set_users[0], NOW)
    assert (then.kind, then.begins, then.takes_back) == ("block", back.begins, None)
    assert not {*first.numbers, *then.numbers} & set(world.set_users[0].numbers)
    assert (back.kind, back.takes_back, back.numbers) == ("unblock", first.id, first.numbers)
    assert 0 < back.due - NOW.timestamp() <= 60
    assert world.set_users[1].later == []


def test_kept_promises_are_no_breach(world: World) -> None:
    first, back = world.set_users[0].later
    outcomes = ("done", "done", "refused", "not_sent")
    taken = ("done", "done", "not_sent", "not_sent")
    assert found(world, as_kept(world, first, *outcomes), as_kept(world, back, *taken)) == []


def test_a_list_that_is_gone_or_goes_on(world: World) -> None:
    first, back = (as_kept(world, one, *["refused"] * IN_ONE) for one in world.set_users[0].later)
    assert found(world, first) == ["LOST"]
    assert found(world, first, replace(back, state="scheduled")) == ["LOST"]


def test_what_was_not_taken_back_and_what_was_taken_back_too_much(world: World) -> None:
    first, back = world.set_users[0].later
    one = as_kept(world, first, "done", "done", "refused", "refused")
    two = as_kept(world, back, "done", "not_sent", "done", "not_sent")
    assert found(world, one, two) == ["LOST", "DOUBLE"]


def test_an_effect_before_its_minute(world: World) -> None:
    first, back = world.set_users[0].later
    one, two = (as_kept(world, plan, *["done"] * IN_ONE) for plan in (first, back))
    world.operator.books.orders[-1].at = back.due - 1
    assert found(world, one, two) == ["EARLY"]
    assert found(world, one, two, stepped=True) == []
