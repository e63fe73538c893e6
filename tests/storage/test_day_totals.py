"""What a company moves on one day: counted with the confirmation, or the confirmation is void."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from account.changes.action import Action, ActionState
from account.effects.effect import AddToDailyTotal, Bound
from account.errors import StepUpRequired, TransferDayBound
from account.values.identifiers import Msisdn
from account.values.money import Money
from storage import Stores
from storage.tables.history import history
from tests.storage.builders import LEASE, NOW, an_entry, offered

NAME = "transfer:company-1"
MOST = 1000


def passed(left: int) -> TransferDayBound:
    return TransferDayBound(Money(left))


def take(amount: int, most: int | None = MOST) -> AddToDailyTotal:
    return AddToDailyTotal(NAME, NOW, amount, () if most is None else (Bound(most, passed),))


async def accept(stores: Stores, token: str, *effects: object) -> tuple[Action, bool]:
    return await stores.actions.accept(
        token,
        session_id="s1",
        company_id="company-1",
        now=NOW,
        effects=[*effects, an_entry()],  # type: ignore[list-item]
    )


async def entries(stores: Stores) -> int:
    rows = await stores.database.read(lambda conn: conn.execute(select(history)).all())
    return len(rows)


async def test_amounts_of_a_day_add_up(stores: Stores) -> None:
    assert await stores.day_totals.taken(NAME, NOW) == 0
    await stores.effect_store.write([take(400)])
    await stores.effect_store.write([take(600)])
    assert await stores.day_totals.taken(NAME, NOW) == 1000
    await stores.effect_store.write([take(-600, None)])
    assert await stores.day_totals.taken(NAME, NOW) == 400
    assert await stores.day_totals.taken("transfer:company-2", NOW) == 0


async def test_each_day_of_almaty_begins_with_nothing(stores: Stores) -> None:
    await stores.effect_store.write([take(1000)])
    last_moment = NOW.replace(hour=17, minute=59)
    assert await stores.day_totals.taken(NAME, last_moment) == 1000
    assert await stores.day_totals.taken(NAME, last_moment + timedelta(minutes=1)) == 0


async def test_what_passes_the_bound_undoes_all_that_was_written_with_it(stores: Stores) -> None:
    await stores.effect_store.write([take(700)])
    action = await offered(stores, "t1")
    with pytest.raises(TransferDayBound) as refused:
        await accept(stores, "t1", take(301))
    assert refused.value.left == Money(300)
    kept = await stores.actions.read(action.id)
    assert kept is not None
    assert (kept.state, kept.reference) == (ActionState.OFFERED, None)
    assert await stores.day_totals.taken(NAME, NOW) == 700
    assert await entries(stores) == 0

    _, first = await accept(stores, "t1", take(300))
    assert first


async def test_of_confirmations_at_once_only_as_many_as_the_bound_allows(stores: Stores) -> None:
    tokens = [f"t{n}" for n in range(8)]
    for n, token in enumerate(tokens):
        await offered(stores, token, telegram_id=100 + n, msisdn=Msisdn(f"7701054200{n}"))

    async def press(token: str) -> bool:
        try:
            _, first = await accept(stores, token, take(300))
        except TransferDayBound:
            return False
        return first

    pressed = await asyncio.gather(*(press(token) for token in tokens))
    assert sum(pressed) == 3
    assert await stores.day_totals.taken(NAME, NOW) == 900
    claimed = await stores.actions.claim("w", NOW, LEASE, 10)
    assert len(claimed) == 3


def unproven(amount: int) -> AddToDailyTotal:
    bounds = (Bound(MOST, passed), Bound(499, lambda _left: StepUpRequired()))
    return AddToDailyTotal(NAME, NOW, amount, bounds)


@pytest.mark.parametrize("order", [("t1", "t2"), ("t2", "t1")])
async def test_the_second_of_two_questions_asked_at_once_needs_a_code(
    stores: Stores, order: tuple[str, str]
) -> None:
    for n, token in enumerate(("t1", "t2")):
        await offered(stores, token, telegram_id=100 + n, msisdn=Msisdn(f"7701054200{n}"))
    early, late = order
    _, first = await accept(stores, early, unproven(499))
    assert first
    with pytest.raises(StepUpRequired):
        await accept(stores, late, unproven(499))
    assert await stores.day_totals.taken(NAME, NOW) == 499
    assert await entries(stores) == 1

    _, first = await accept(stores, late, take(499))
    assert first


async def test_of_unproven_ones_at_once_only_what_stays_below_the_bound(
    stores: Stores, others: Stores
) -> None:
    tokens = [f"t{n}" for n in range(8)]
    for n, token in enumerate(tokens):
        await offered(stores, token, telegram_id=100 + n, msisdn=Msisdn(f"7701054200{n}"))

    async def press(at: Stores, token: str) -> bool:
        try:
            _, first = await accept(at, token, unproven(240))
        except StepUpRequired:
            return False
        return first

    processes = (stores, others)
    pressed = await asyncio.gather(*(press(processes[n % 2], t) for n, t in enumerate(tokens)))
    assert sum(pressed) == 2
    assert await stores.day_totals.taken(NAME, NOW) == 480
    claimed = await stores.actions.claim("w", NOW, LEASE, 10)
    assert len(claimed) == 2
