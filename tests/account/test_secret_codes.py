"""Secret codes: when they may be sent, what ends them, and that only the number learns them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.access.secret_codes import read_code
from account.changes.action import ActionKind, ActionState
from account.errors import (
    AccessBanned,
    MyAccountError,
    NoSecretCode,
    NumberInDebt,
    NumberStateRefused,
    SecretCodeTooEarly,
    SecretCodeTooOften,
)
from account.values.number import Ban, NumberState
from tests.account.examples import PARAMETERS
from tests.account.fakes.secret_codes import MemorySecretCodes
from tests.account.world import NUMBER, World

SEND, DELETE = ActionKind.SECRET_SEND, ActionKind.SECRET_DELETE


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("AB12C-DE34F", "AB12CDE34F"),
        (" ab12c de34f ", "AB12CDE34F"),
        ("OIL1234567", "0111234567"),
        ("AB12CDE34", None),
        ("AB12CDE34FG", None),
        ("AB12CDE34U", None),
        ("AB12CDE34F\n", "AB12CDE34F"),
        ("AB12C\u2011DE34F.", "AB12CDE34F"),
        ("\u200eAB12C-DE34F", "AB12CDE34F"),
        ("１２３４５６７８９０", "1234567890"),
        ("Код My Account: AB12C-DE34F, на 72 часа. https://t.me/x_bot?start=code", "AB12CDE34F"),
        ("Код AB12C-DE34F или AB12C-DE34G", None),
        ("AB12C-DE34F-00000", None),
        ("ÀB12CDE34F", None),
        ("", None),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str, code: str | None) -> None:
    assert read_code(typed) == code


async def test_the_code_goes_to_the_number_and_nowhere_else(world: World) -> None:
    code = await world.with_code()

    [sms] = [owed for owed in world.ledger.owed if owed.kind == "secret.code"]
    assert (sms.channel, sms.to) == ("sms", NUMBER.digits)
    assert len(read_code(code) or "") == 10
    kept = repr([world.ledger.actions, world.ledger.entries, world.ledger.secret_codes])
    assert code not in kept
    assert (read_code(code) or "?") not in kept


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (NumberState.ACTIVE, None),
        (NumberState.BLOCKED, NumberStateRefused),
        (NumberState.DEBT, NumberInDebt),
    ],
)
async def test_a_code_is_sent_where_an_sms_arrives(
    world: World, state: NumberState, refusal: type[MyAccountError] | None
) -> None:
    world.now_is(state)
    offering = world.actions.offer(world.actor(), SEND, NUMBER, PARAMETERS[SEND])
    if refusal is None:
        assert (await offering).action.state is ActionState.OFFERED
        return
    with pytest.raises(refusal):
        await offering


@pytest.mark.parametrize("state", NumberState)
async def test_a_code_is_deleted_in_any_state(world: World, state: NumberState) -> None:
    await world.with_code()
    world.now_is(state)
    await world.accepted(DELETE)
    await world.work_for(seconds=2)

    assert (await world.secret_codes.standing(world.actor(), NUMBER)).code is None
    with pytest.raises(NoSecretCode):
        await world.actions.offer(world.actor(), DELETE, NUMBER)


async def test_no_code_while_access_is_banned(world: World) -> None:
    world.carrier.add(replace(world.number, bans=frozenset({Ban.ACCESS})))

    with pytest.raises(AccessBanned):
        await world.actions.offer(world.actor(), SEND, NUMBER, PARAMETERS[SEND])


async def test_a_minute_between_two_codes_and_five_a_day(world: World) -> None:
    for _ in range(5):
        await world.with_code()
        with pytest.raises(SecretCodeTooEarly) as early:
            await world.actions.offer(world.actor(), SEND, NUMBER, PARAMETERS[SEND])
        assert 1 <= early.value.seconds <= 60
        world.wait(seconds=60)

    with pytest.raises(SecretCodeTooOften) as often:
        await world.actions.offer(world.actor(), SEND, NUMBER, PARAMETERS[SEND])
    world.clock.advance(often.value.until - world.clock.now())
    await world.with_code()


async def test_a_sending_that_is_tried_twice_is_one_sms(world: World) -> None:
    action = await world.accepted(SEND)
    office = world.specs[SEND].executor
    assert office is not None

    await office.place(action)
    await office.place(action)
    assert [owed.kind for owed in world.ledger.owed].count("secret.code") == 1
    assert await office.order(action) is not None


@pytest.mark.parametrize(
    ("arrived", "state", "alive"),
    [
        (None, ActionState.SENT, True),
        (True, ActionState.DONE, True),
        (False, ActionState.REJECTED, False),
    ],
)
async def test_a_code_is_sent_once_its_sms_is_handed_over(
    world: World, *, arrived: bool | None, state: ActionState, alive: bool
) -> None:
    assert isinstance(world.code_store, MemorySecretCodes)
    world.code_store.arrived = arrived
    action = await world.accepted(SEND)
    await world.work_for(seconds=2)

    assert world.action(action).state is state
    standing = await world.secret_codes.standing(world.actor(), NUMBER)
    assert (standing.code is not None) is alive
    world.code_store.arrived = True
    await world.work_for(seconds=30)
    assert world.action(action).state is (ActionState.DONE if alive else ActionState.REJECTED)


async def test_a_new_code_ends_the_earlier_one(world: World) -> None:
    first = await world.with_code()
    world.wait(seconds=61)
    second = await world.with_code()

    alive = [code for code in world.ledger.secret_codes.values() if code.ended_at is None]
    assert len(alive) == 1
    assert first != second
    standing = await world.secret_codes.standing(world.actor(), NUMBER)
    assert standing.code == alive[0]


async def test_an_unused_code_is_gone_after_72_hours(world: World) -> None:
    await world.with_code()
    world.wait(hours=71, minutes=59)
    assert (await world.secret_codes.standing(world.actor(), NUMBER)).code is not None

    world.wait(minutes=1)
    assert (await world.secret_codes.standing(world.actor(), NUMBER)).code is None
