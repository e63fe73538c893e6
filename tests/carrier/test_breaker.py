from __future__ import annotations

import pytest

from carrier.breaker import Breaker, BreakerRules, RetryBudget
from tests.carrier.desk import Time

RULES = BreakerRules(in_a_row=3, window=6, ratio=0.5, span=30.0, rest=5.0)


class Calls:
    """A breaker and calls through it, one after the other."""

    def __init__(self) -> None:
        self.time = Time()
        self.breaker = Breaker(self.time, RULES)

    def stands(self) -> str:
        return self.breaker.state.value

    def call(self, *, well: bool | None) -> bool:
        """Whether the call was let through."""
        ticket = self.breaker.enter()
        if ticket is None:
            return False
        self.breaker.leave(ticket, well=well)
        return True


@pytest.fixture
def calls() -> Calls:
    return Calls()


def test_opens_after_failures_in_a_row(calls: Calls) -> None:
    for _ in range(2):
        calls.call(well=False)
    assert calls.stands() == "closed"
    calls.call(well=False)
    assert calls.stands() == "open"
    assert not calls.call(well=True)


def test_a_success_between_starts_the_count_again(calls: Calls) -> None:
    for well in (False, False, True, False):
        calls.call(well=well)
    assert calls.stands() == "closed"


def test_opens_when_half_of_the_recent_calls_failed(calls: Calls) -> None:
    for well in (True, False, True, False, True, False):
        calls.call(well=well)
    assert calls.stands() == "open"


def test_failures_of_long_ago_do_not_count(calls: Calls) -> None:
    for well in (True, False, True, False, True):
        calls.call(well=well)
    calls.time.seconds += 31
    calls.call(well=False)
    assert calls.stands() == "closed"


def test_one_probe_after_the_rest_and_it_heals(calls: Calls) -> None:
    for _ in range(3):
        calls.call(well=False)
    calls.time.seconds += 4.9
    assert calls.breaker.enter() is None
    calls.time.seconds += 0.1
    probe = calls.breaker.enter()
    assert probe is not None
    assert calls.stands() == "half_open"
    assert calls.breaker.enter() is None, "a second probe beside the first"
    calls.breaker.leave(probe, well=True)
    assert calls.stands() == "closed"
    assert calls.call(well=True)


def test_a_failed_probe_opens_it_for_the_whole_rest(calls: Calls) -> None:
    for _ in range(3):
        calls.call(well=False)
    calls.time.seconds += 5
    assert calls.call(well=False)
    calls.time.seconds += 4.9
    assert not calls.call(well=True)
    calls.time.seconds += 0.1
    assert calls.call(well=True)
    assert calls.stands() == "closed"


def test_a_probe_that_was_given_up_makes_room_for_another(calls: Calls) -> None:
    for _ in range(3):
        calls.call(well=False)
    calls.time.seconds += 5
    assert calls.call(well=None)
    assert calls.stands() == "open"
    assert calls.call(well=True)
    assert calls.stands() == "closed"


def test_a_call_from_before_it_turned_has_no_say(calls: Calls) -> None:
    slow = calls.breaker.enter()
    assert slow is not None
    for _ in range(3):
        calls.call(well=False)
    calls.breaker.leave(slow, well=True)
    assert calls.stands() == "open"


def test_given_up_calls_are_neither_good_nor_bad(calls: Calls) -> None:
    for _ in range(20):
        calls.call(well=None)
    assert calls.stands() == "closed"


def test_the_budget_gives_its_reserve_and_then_a_share_of_the_requests() -> None:
    budget = RetryBudget(share=0.1, reserve=3)
    assert [budget.take() for _ in range(4)] == [True, True, True, False]
    taken = 0
    for _ in range(1000):
        budget.request()
        taken += budget.take()
    assert 95 <= taken <= 100
