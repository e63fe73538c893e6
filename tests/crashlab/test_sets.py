"""The lab's judgement on many numbers: each broken promise is found, a kept one is not."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from crashlab.actors.approvers import ApprovalDecision
from crashlab.actors.set_users import SetIntent, SetUser
from crashlab.checks.oracle import Order
from crashlab.checks.owners import told_to_others
from crashlab.checks.sets import KnownNumber, KnownSet, broken_sets
from crashlab.world.chats import ChatMessage
from crashlab.world.outside import World

REFERENCE = "S-20220124-0001"
BLOCK = {"action": "modify", "product": {"status": "suspended"}}
FINAL = f"✅ Block: 2 numbers · {REFERENCE}\nDone 1 · nothing to change 0 · refused 1 · not sent 0"


@pytest.fixture
def world() -> World:
    made = World(seed=1, people=0, numbers=0, set_companies=1)
    user = made.set_users[0]
    user.intents.append(SetIntent(REFERENCE, user.numbers[:2], heard=True))
    user.chat.show(ChatMessage(1, FINAL, [], ""))
    return made


def user_of(world: World) -> SetUser:
    return world.set_users[0]


def order(world: World, number: str, external_id: str) -> None:
    made = Order(f"po-{len(world.operator.books.orders)}", external_id, number, "block", BLOCK)
    world.operator.books.orders.append(made)
    world.operator.books.carry_out(made)


def done(number: str, change: str = "a-1") -> KnownNumber:
    return KnownNumber("s", number, "ready", None, None, change, number, "block", "done", 1, 5)


def refused(number: str) -> KnownNumber:
    return KnownNumber("s", number, "ready", "refused", "CHANGE.UNDER_WAY", *[None] * 6)


def a_set(world: World, *numbers: KnownNumber) -> KnownSet:
    user = user_of(world)
    return KnownSet(
        "s", REFERENCE, user.company_id, user.id, "block", "ended", 1, None, len(numbers), numbers
    )


def sound(world: World) -> KnownSet:
    one, two = user_of(world).numbers[:2]
    order(world, one, "a-1")
    return a_set(world, done(one), refused(two))


def found(world: World, *sets: KnownSet) -> set[str]:
    return {name for name, _what in broken_sets(world, list(sets))}


def test_a_sound_list_breaks_nothing(world: World) -> None:
    assert found(world, sound(world)) == set()


def test_done_without_an_effect_is_a_loss_and_a_lie(world: World) -> None:
    kept = sound(world)
    world.operator.books.orders.clear()
    assert found(world, kept) == {"LOST", "LIE"}


def test_two_effects_of_one_number(world: World) -> None:
    kept = sound(world)
    order(world, kept.numbers[0].number, "a-1")
    assert found(world, kept) == {"DOUBLE", "LIE"}


def test_another_number_than_the_confirmed_one(world: World) -> None:
    kept = sound(world)
    other = replace(kept.numbers[0], changes=user_of(world).numbers[5])
    assert found(world, replace(kept, numbers=(other, kept.numbers[1]))) == {"DOUBLE"}


@pytest.mark.parametrize(
    ("what", "broken"),
    [
        ({"ended": "not_sent"}, {"LOST"}),
        ({"state": "sent"}, {"LOST"}),
        ({"fate": "refused"}, {"DOUBLE", "LIE"}),
        ({"fate": None}, {"DOUBLE", "LOST", "LIE"}),
        ({"state": "rejected"}, {"LIE"}),
    ],
)
def test_fates_and_outcomes(world: World, what: dict[str, str], broken: set[str]) -> None:
    kept = sound(world)
    numbers = (replace(kept.numbers[0], **what), kept.numbers[1])  # type: ignore[arg-type]
    assert found(world, replace(kept, numbers=numbers)) == broken


def test_done_before_it_began(world: World) -> None:
    kept = sound(world)
    early = replace(refused(kept.numbers[0].number), ended="done", reason=None)
    assert "LOST" in found(world, replace(kept, numbers=(early, kept.numbers[1])))


def test_no_final_word(world: World) -> None:
    kept = sound(world)
    user_of(world).chat.said.clear()
    assert found(world, kept) == {"SILENT"}


def test_sent_after_the_stop(world: World) -> None:
    kept = sound(world)
    stopped = replace(kept.numbers[1], ended="not_sent", reason="SET.STOPPED")
    late = replace(kept.numbers[0], sent_at=9_000_001)
    one = replace(kept, halted_at=6_000_000, numbers=(late, stopped))
    assert found(world, one) == {"LATE"}
    assert found(world, replace(one, halted_at=6_000_001)) == set()


def test_a_number_of_another_company(world: World) -> None:
    kept = sound(world)
    absent = [
        replace(refused(number), fate="absent", ended=None, reason=None)
        for number in user_of(world).strangers
    ]
    both = replace(kept, listed=4, numbers=(*kept.numbers, *absent))
    assert found(world, both) == set()
    silent = replace(absent[0], fate="unreadable", reason="CARRIER.UNAVAILABLE")
    assert found(world, replace(both, numbers=(*kept.numbers, silent, absent[1]))) == set()
    told = replace(absent[0], reason="NUMBER.STATE")
    assert found(world, replace(both, numbers=(*kept.numbers, told, absent[1]))) == {"OWNER"}


@pytest.mark.parametrize(("said", "broken"), [(True, set()), (False, {"ALONE"})])
def test_a_login_number_needs_a_second_word(world: World, *, said: bool, broken: set[str]) -> None:
    user, other = world.set_users
    other.words.append(ApprovalDecision(REFERENCE, approved=said, at=time.time()))
    order(world, user.guarded, "a-1")
    assert found(world, a_set(world, done(user.guarded), refused(user.numbers[0]))) == broken


def test_what_nobody_confirmed_has_begun(world: World) -> None:
    assert found(world, replace(sound(world), accepted_at=None)) == {"DOUBLE", "LOST"}


def test_a_number_that_somebody_typed_into_a_list_is_no_secret_to_them(world: World) -> None:
    user, other = world.set_users
    another_companys = user.strangers[0]
    world.operator.books.companies[another_companys] = "org-another"
    user.chat.show(ChatMessage(9, f"Not in the company 1: {another_companys}", [], ""))
    assert list(told_to_others(world, [])) == []
    other.strangers = []
    other.chat.show(ChatMessage(9, f"Not in the company 1: {another_companys}", [], ""))
    [what] = told_to_others(world, [])
    assert another_companys in what
