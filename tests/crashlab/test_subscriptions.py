"""The lab's judgement on monthly papers: each broken promise is found, a kept one is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crashlab.actors.subscribers import Subscriber
from crashlab.checks.final_state import OrderedDocument
from crashlab.checks.subscriptions import KnownSubscription, broken_subscriptions
from crashlab.world.chats import ChatMessage
from crashlab.world.outside import World

NOW = datetime(2026, 12, 15, 5, 30, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    made = World(seed=1, people=0, numbers=0, subscribers=5)
    for one in made.subscribers:
        one.plan(NOW)
        if one.way in ("missed", "waits"):
            one.chat.show(ChatMessage(1, "🗓 TOO Demo · Register\n…", [], ""))
    return made


def way(world: World, name: str) -> Subscriber:
    return next(one for one in world.subscribers if one.way == name)


def micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 10**6


def known(world: World) -> dict[str, KnownSubscription]:
    """As it is when each month was dealt with as it has to be."""
    found = {}
    for one in world.subscribers:
        done = one.state == "active" and one.billed
        waits = None if one.way != "waits" else micros(NOW)
        due = micros(NOW) if one.state == "active" else micros(one.due)
        month = one.month if done else one.before
        found[one.way] = KnownSubscription(one.subscription, month, one.state, due, waits)
    return found


def paper(one: Subscriber, month: str = "") -> OrderedDocument:
    told = json.dumps(dict.fromkeys(("first_month", "last_month"), month or one.month))
    return OrderedDocument(
        "R-1", one.id, one.company_id, "register", "xlsx", told, "sent", micros(NOW), 3
    )


def ordered(world: World) -> list[OrderedDocument]:
    return [paper(way(world, name)) for name in ("due", "missed")]


def found(
    world: World, papers: list[OrderedDocument] | None = None, **other: KnownSubscription
) -> set[str]:
    rows = list({**known(world), **other}.values())
    there = ordered(world) if papers is None else papers
    return {name for name, _what in broken_subscriptions(world, rows, there)}


def test_each_month_once_breaks_nothing(world: World) -> None:
    assert found(world) == set()


def test_a_month_that_was_not_ordered(world: World) -> None:
    assert found(world, ordered(world)[1:]) == {"LOST"}


def test_a_month_that_nobody_looked_at(world: World) -> None:
    one = way(world, "due")
    still = replace(known(world)["due"], month=one.before, due=micros(one.due))
    assert found(world, ordered(world)[1:], due=still) == {"LOST"}
    later = replace(still, due=micros(NOW))
    assert found(world, ordered(world)[1:], due=later) == set(), "the operator did not answer"


@pytest.mark.parametrize("name", ["due", "missed", "waits", "suspended", "ended"])
def test_one_order_too_many(world: World, name: str) -> None:
    assert found(world, [*ordered(world), paper(way(world, name))]) == {"DOUBLE"}


def test_another_month_than_the_one_that_is_due(world: World) -> None:
    due, missed = way(world, "due"), way(world, "missed")
    assert found(world, [paper(due), paper(missed, missed.before)]) == {"DOUBLE"}


@pytest.mark.parametrize("name", ["missed", "waits"])
def test_nobody_was_told(world: World, name: str) -> None:
    way(world, name).chat.said.clear()
    assert found(world) == {"SILENT"}


def test_one_that_is_gone_or_goes_on_by_itself(world: World) -> None:
    rows = known(world)
    assert found(world, suspended=replace(rows["suspended"], state="active")) == {"LOST"}
    assert list(broken_subscriptions(world, [], [])), "none is there"
    assert not list(broken_subscriptions(world, [], [], restored=True))


@pytest.mark.parametrize(
    ("now", "day", "month"),
    [
        ("2026-12-15", 10, "2026-11"),
        ("2026-12-01", 10, "2026-10"),
        ("2027-01-09", 20, "2026-11"),
        ("2027-01-12", 20, "2026-11"),
        ("2027-01-13", 10, "2026-12"),
        ("2027-01-31", 10, "2026-12"),
    ],
)
def test_the_month_that_is_due_whatever_day_it_is(now: str, day: int, month: str) -> None:
    one = World(seed=1, people=0, numbers=0, subscribers=1).subscribers[0]
    at = datetime.fromisoformat(f"{now}T05:00:00+00:00")
    one.plan(at)
    assert (one.day, one.month) == (day, month)
    assert one.before < one.month
    assert one.due < at
    assert f"{one.due:%d %H:%M}" == f"{day} 05:00"
