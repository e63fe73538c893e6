"""Blocking and unblocking: every cell of the state table of section 5, from offer to effect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.changes.action import Action, ActionKind, ActionState
from account.changes.parameters import NOTHING
from account.chapters.blocking import Block, BlockParameters, Unblock
from account.errors import (
    AlreadySo,
    MyAccountError,
    NumberInDebt,
    RightMissing,
    StepUpRequired,
)
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.number import NumberState
from tests.account.world import NUMBER, World, a_number

ACTIVE, BLOCKED, DEBT = NumberState.ACTIVE, NumberState.BLOCKED, NumberState.DEBT
BLOCK, UNBLOCK = ActionKind.BLOCK, ActionKind.UNBLOCK


# --- What is offered -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "state", "refusal"),
    [
        (BLOCK, ACTIVE, None),
        (BLOCK, BLOCKED, AlreadySo),
        (BLOCK, DEBT, NumberInDebt),
        (UNBLOCK, ACTIVE, AlreadySo),
        (UNBLOCK, BLOCKED, None),
        (UNBLOCK, DEBT, NumberInDebt),
    ],
)
async def test_what_may_be_done_in_each_state(
    world: World, kind: ActionKind, state: NumberState, refusal: type[MyAccountError] | None
) -> None:
    number = world.now_is(state)

    if refusal is None:
        offer = await world.actions.offer(world.actor(), kind, number.msisdn)
        assert (offer.action.state, offer.action.msisdn) == (ActionState.OFFERED, number.msisdn)
        return
    with pytest.raises(refusal) as refused:
        await world.actions.offer(world.actor(), kind, number.msisdn)
    assert type(refused.value) is refusal
    assert world.ledger.actions == {}


@pytest.mark.parametrize("kind", [BLOCK, UNBLOCK])
@pytest.mark.parametrize("by_company", [False, True])
async def test_a_number_in_debt_names_what_is_owed(
    world: World, kind: ActionKind, *, by_company: bool
) -> None:
    number = world.now_is(DEBT, by_company=by_company)

    with pytest.raises(NumberInDebt) as refused:
        await world.actions.offer(world.actor(), kind, number.msisdn)

    assert (refused.value.debt, refused.value.state) == (Money(1_250_000), DEBT)


async def test_already_so_says_in_which_state_the_number_is(world: World) -> None:
    with pytest.raises(AlreadySo) as refused:
        await world.actions.offer(world.actor(), UNBLOCK, world.number.msisdn)

    assert refused.value.state is ACTIVE


@pytest.mark.parametrize(("kind", "state"), [(BLOCK, ACTIVE), (UNBLOCK, BLOCKED)])
async def test_a_viewer_is_offered_nothing(
    world: World, kind: ActionKind, state: NumberState
) -> None:
    with pytest.raises(RightMissing):
        await world.actions.offer(world.viewer(), kind, world.now_is(state).msisdn)


async def test_unblocking_wants_a_fresh_proof_and_blocking_does_not(world: World) -> None:
    offer = await world.actions.offer(world.actor(), BLOCK, world.number.msisdn)
    _, first = await world.actions.confirm(world.actor(), offer.token)
    assert first
    await world.work()

    offer = await world.actions.offer(world.actor(), UNBLOCK, world.at_operator().msisdn)
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), offer.token)
    assert world.action(offer.action).state is ActionState.OFFERED


# --- What becomes of it ----------------------------------------------------------------------


async def done(world: World, action: Action) -> tuple[ActionState, str | None]:
    await world.work()
    now = world.action(action)
    return now.state, now.reason_code


async def test_an_active_number_is_blocked(world: World) -> None:
    action = await world.accepted(BLOCK)

    assert await done(world, action) == (ActionState.DONE, None)
    assert world.at_operator().state is BLOCKED
    assert world.carrier.effects == [action.id]


async def test_a_blocked_number_is_unblocked(world: World) -> None:
    world.now_is(BLOCKED)
    action = await world.accepted(UNBLOCK)

    assert await done(world, action) == (ActionState.DONE, None)
    assert world.at_operator().state is ACTIVE
    assert world.carrier.effects == [action.id]


@pytest.mark.parametrize(
    ("kind", "before", "meanwhile", "by_company", "end"),
    [
        # Somebody else was quicker: that is success, and nothing is sent (S15-5).
        (BLOCK, ACTIVE, BLOCKED, True, (ActionState.DONE, None)),
        (UNBLOCK, BLOCKED, ACTIVE, False, (ActionState.DONE, None)),
        # Voluntarily blocked and then in debt: the block that was wanted lies on it.
        (BLOCK, ACTIVE, DEBT, True, (ActionState.DONE, None)),
        # In debt now: the summary the person confirmed is no longer true (G-9).
        (BLOCK, ACTIVE, DEBT, False, (ActionState.REJECTED, NumberInDebt.code)),
        (UNBLOCK, BLOCKED, DEBT, True, (ActionState.REJECTED, NumberInDebt.code)),
        # No block of the company's is left, only the debt: what was wanted is so.
        (UNBLOCK, BLOCKED, DEBT, False, (ActionState.DONE, None)),
    ],
)
async def test_the_state_is_looked_at_again_before_anything_is_sent(
    world: World,
    kind: ActionKind,
    before: NumberState,
    meanwhile: NumberState,
    by_company: bool,
    end: tuple[ActionState, str | None],
) -> None:
    world.now_is(before)
    action = await world.accepted(kind)
    world.now_is(meanwhile, by_company=by_company)

    assert await done(world, action) == end
    assert world.carrier.tries == []
    assert world.words() == ["action.final"]


async def test_a_balance_that_moved_does_not_make_the_summary_untrue(world: World) -> None:
    action = await world.accepted(BLOCK)
    world.carrier.add(replace(world.number, funds=Money(1), tariff="Reel"))

    assert await done(world, action) == (ActionState.DONE, None)


async def test_a_number_that_left_the_company_is_not_touched(world: World) -> None:
    action = await world.accepted(BLOCK)
    world.carrier.add(replace(world.number, company_id="beta"))

    assert await done(world, action) == (ActionState.REJECTED, "NUMBER.NOT_FOUND")
    assert world.carrier.tries == []


async def test_blocking_one_number_leaves_the_others_alone(world: World) -> None:
    other = world.carrier.add(a_number(Msisdn("77010542007")))
    await done(world, await world.accepted(BLOCK))

    assert world.carrier.fleet[other.msisdn.digits] == other


def test_block_and_unblock_exclude_each_other_on_a_number() -> None:
    assert Block.lock_key == Unblock.lock_key


def test_done_is_told_by_the_companys_own_block_alone(world: World) -> None:
    for state in NumberState:
        for blocked in (False, True):
            number = replace(a_number(NUMBER), state=state, blocked_by_company=blocked)
            assert Block(world.carrier).is_applied(number, BlockParameters()) is blocked
            assert Unblock(world.carrier).is_applied(number, NOTHING) is not blocked
