"""Sets under kills, pauses, stops, faults and steps of the clock, in two processes, by seeds.

What the operator carried out is compared with what is told of each number; programs that were
broken on purpose have to be caught, else this proves nothing.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, update

from account.changes.action import Action
from account.changes.sets.change_set import Fate, Outcome, SetState
from account.changes.sets.execution import TURNS
from storage import Stores
from storage.stores import change_set_statements as statements
from storage.tables.change_sets import change_set_numbers
from tests.account.fakes.carrier import Fault
from tests.storage.set_desk import Desk

NUMBERS, STEPS = 24, 70
FAULTS = (
    *(Fault.LOST, Fault.ANSWER_LOST, Fault.SLOW),
    *(Fault.REFUSED, Fault.NOT_REACHED, Fault.FAILED),
)
SEEDS = range(5)


class KilledError(BaseException):
    """The process is gone."""


class Campaign:
    """One set of twenty-four numbers, and everything that goes wrong around it."""

    def __init__(self, one: Desk, two: Desk, seed: int) -> None:
        self.desks = (one, two)
        self.carrier, self.clock = one.carrier, one.clock
        self.rng = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.kills = False
        carry_out: Callable[[Action], dict[str, str]] = self.carrier._effect

        def noted(action: Action) -> dict[str, str]:
            self.done[action.msisdn.digits] += 1
            return carry_out(action)

        place = self.carrier.place

        async def killed(action: Action, guard: Any = None) -> Any:
            where = self.rng.random() if self.kills else 1.0
            if where < 0.05:
                raise KilledError
            order = await place(action, guard)
            if where < 0.1:
                raise KilledError
            return order

        self.carrier._effect = noted  # type: ignore[method-assign]
        self.carrier.place = killed  # type: ignore[method-assign]

    async def run(self, rounds: int) -> None:
        one = self.desks[0]
        change_set = await one.confirmed(range(NUMBERS))
        self.kills = True
        for _ in range(STEPS):
            await self._something(change_set.id)
        self.kills = False
        self.carrier.faults.clear()
        self.carrier.down = False
        self.carrier.catch_up()
        await one.confirmed_sets.go_on(one.actor(), change_set.id)
        for _ in range(rounds):
            await one.steps(8)
            await one.follow_up()
            present = await one.present(change_set)
            if present.state is SetState.ENDED:
                break
            self.clock.advance(timedelta(seconds=20))
        await self._check(change_set.id)

    async def _something(self, set_id: str) -> None:
        desk = self.rng.choice(self.desks)
        what = self.rng.random()
        try:
            if what < 0.45:
                await desk.step()
            elif what < 0.65:
                await desk.follow_up()
            elif what < 0.75:
                self.carrier.faults.append(self.rng.choice(FAULTS))
            elif what < 0.9:
                self.clock.advance(timedelta(seconds=self.rng.choice((1, 5, 35, 70, -20, -90))))
            elif what < 0.94:
                await desk.confirmed_sets.pause(desk.actor(), set_id)
            elif what < 0.98:
                await desk.confirmed_sets.go_on(desk.actor(), set_id)
            elif self.rng.random() < 0.3:
                await desk.confirmed_sets.stop(desk.actor(), set_id)
        except KilledError:
            pass

    async def _check(self, set_id: str) -> None:
        one = self.desks[0]
        change_set = await one.stores.change_sets.read(set_id)
        assert change_set is not None
        assert change_set.state is SetState.ENDED
        counts = await one.counts(change_set)
        assert sum(counts.fates.values()) == change_set.listed
        ended = (Outcome.DONE, Outcome.ALREADY, Outcome.REFUSED, Outcome.NOT_SENT)
        assert sum(counts.of(outcome) for outcome in ended) == counts.size
        numbers = await one.numbers(change_set)
        told = {number.msisdn.digits: number.outcome for number in numbers}
        ready = {number.msisdn.digits for number in numbers if number.fate is Fate.READY}
        assert set(self.done) <= ready
        assert all(times == 1 for times in self.done.values())
        assert set(self.done) == {digits for digits, one in told.items() if one is Outcome.DONE}
        assert (await one.words()).count("set.final") == 1


async def campaign(stores: Stores, others: Stores, seed: int, rounds: int = 60) -> None:
    one = Desk(stores, turns=TURNS)
    await Campaign(one, Desk(others, beside=one, owner="two"), seed).run(rounds)


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_number_once_whatever_dies(stores: Stores, others: Stores, seed: int) -> None:
    await campaign(stores, others, seed)


def _number_forgets_its_change() -> dict[str, Any]:
    nobody = change_set_numbers.c.set_id == "nobody's"
    return {"BEGUN": update(change_set_numbers).where(nobody).values(reason_code=None)}


def _stop_calls_back_what_was_sent() -> dict[str, Any]:
    ready = change_set_numbers.c.fate == "ready"
    forsaken = update(change_set_numbers).where(statements._of_set, ready)
    forsaken = forsaken.values(outcome=bindparam("to"), reason_code=bindparam("why"))
    return {"FORSAKE": forsaken}


@pytest.mark.parametrize(
    "broken",
    [
        _number_forgets_its_change,
        _stop_calls_back_what_was_sent,
    ],
)
async def test_a_broken_program_is_caught(
    stores: Stores,
    others: Stores,
    broken: Callable[[], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, statement in broken().items():
        monkeypatch.setattr(statements, name, statement)
    if broken is _stop_calls_back_what_was_sent:
        monkeypatch.setattr(random.Random, "random", _stopping(random.Random.random))
    with pytest.raises(AssertionError):
        await campaign(stores, others, 1, rounds=10)


def _stopping(of: Callable[[random.Random], float]) -> Callable[[random.Random], float]:
    """The same chances, and a stop for certain after thirty of them."""
    drawn = 0

    def draw(rng: random.Random) -> float:
        nonlocal drawn
        drawn += 1
        return 0.99 if drawn == 60 else 0.2 if drawn == 61 else of(rng)

    return draw
