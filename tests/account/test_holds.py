"""What is confirmed under a hold is not sent, is not forgotten, and nobody is told otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.changes.action import ActionKind, ActionState
from account.changes.holds import ON_HOLD
from account.effects.history import HistoryEvent
from account.errors import SupportRefused
from account.values.number import NumberState
from tests.account.examples import PARAMETERS
from tests.account.fakes.carrier import Fault
from tests.account.world import ALPHA, BETA, World

AT_ONCE = {ActionKind.SIM_REVEAL, ActionKind.ESIM_SHOW}
SENT = [kind for kind in PARAMETERS if kind not in AT_ONCE]


@pytest.mark.parametrize("kind", SENT)
async def test_a_change_under_a_hold_waits_and_goes_on_when_it_is_lifted(
    world: World, kind: ActionKind
) -> None:
    await world.ready(kind)
    hold = await world.holds.place("aidar", kind, None, "an error at the operator")
    action = await world.accepted(kind)
    tried, told = len(world.carrier.tries), len(world.words())
    await world.work_for(minutes=10)
    assert world.action(action).state is ActionState.ACCEPTED
    assert len(world.carrier.tries) == tried
    assert world.words()[told:] == ["action.held"], "told once, however often it was looked at"

    await world.holds.lift("aidar", hold.id)
    await world.work_for(seconds=2)
    assert world.action(action).state is ActionState.DONE
    assert world.words()[told:] == ["action.held", "action.final"]


@pytest.mark.parametrize(
    ("kind", "company", "held"),
    [
        (ActionKind.BLOCK, None, True),
        (None, ALPHA, True),
        (ActionKind.BLOCK, ALPHA, True),
        (None, None, True),
        (ActionKind.UNBLOCK, None, False),
        (None, BETA, False),
        (ActionKind.BLOCK, BETA, False),
        (ActionKind.UNBLOCK, ALPHA, False),
    ],
)
async def test_a_hold_covers_its_kind_of_its_company(
    world: World, kind: ActionKind | None, company: str | None, held: bool
) -> None:
    await world.holds.place("aidar", kind, company, "because")
    action = await world.accepted(ActionKind.BLOCK)
    await world.work_for(seconds=5)
    assert (world.action(action).state is ActionState.ACCEPTED) is held
    assert (world.carrier.effects == []) is held


async def test_two_holds_are_lifted_one_by_one(world: World) -> None:
    both = [
        await world.holds.place("aidar", ActionKind.BLOCK, None, "a kind"),
        await world.holds.place("aidar", None, ALPHA, "a company"),
    ]
    action = await world.accepted()
    await world.work()
    await world.holds.lift("aidar", both[0].id)
    await world.work_for(minutes=1)
    assert world.action(action).state is ActionState.ACCEPTED
    await world.holds.lift("aidar", both[1].id)
    await world.work_for(seconds=2)
    assert world.carrier.effects == [action.id]


async def test_it_waits_no_longer_than_any_change_and_ends_with_the_reason(world: World) -> None:
    await world.holds.place("aidar", ActionKind.BLOCK, None, "for days")
    action = await world.accepted()
    await world.work_for(minutes=59, step=10)
    assert world.action(action).state is ActionState.ACCEPTED
    await world.work_for(minutes=1, seconds=1)
    ended = world.action(action)
    assert (ended.state, ended.reason_code) == (ActionState.REJECTED, ON_HOLD)
    assert world.carrier.effects == []
    assert world.words() == ["action.held", "action.final"]
    assert [entry.result for entry in world.ledger.entries if entry.what == "number.block"] == [
        "accepted",
        "refused",
    ]


async def test_a_transfer_that_ends_on_hold_gives_back_what_it_took_of_the_day(
    world: World,
) -> None:
    await world.ready(ActionKind.TRANSFER)
    await world.holds.place("aidar", ActionKind.TRANSFER, None, "for days")
    await world.accepted(ActionKind.TRANSFER)
    assert sum(world.ledger.totals.values()) > 0
    await world.work_for(hours=1, seconds=31, step=30)
    assert sum(world.ledger.totals.values()) == 0


async def test_what_was_sent_before_the_hold_is_followed_to_its_end(world: World) -> None:
    world.carrier.faults.append(Fault.ANSWER_LOST)
    action = await world.accepted()
    await world.work()
    assert world.action(action).state is ActionState.UNKNOWN
    await world.holds.place("aidar", None, None, "stop")
    await world.work_for(minutes=3)
    assert world.action(action).state is ActionState.DONE
    assert world.carrier.effects == [action.id]


async def test_what_was_lost_on_its_way_is_not_sent_again_under_a_hold(world: World) -> None:
    world.carrier.faults.append(Fault.LOST)
    action = await world.accepted()
    await world.work()
    await world.holds.place("aidar", None, None, "stop")
    await world.work_for(minutes=5)
    assert world.action(action).state is ActionState.ACCEPTED
    assert world.carrier.effects == []


async def test_a_hold_and_its_end_stand_in_the_history_of_the_company(world: World) -> None:
    hold = await world.holds.place("aidar as myaccount", ActionKind.TRANSFER, ALPHA, "fraud?")
    await world.holds.lift("dana", hold.id)
    placed, lifted = world.ledger.entries[-2:]
    assert (placed.what, lifted.what) == (HistoryEvent.HOLD_PLACED, HistoryEvent.HOLD_LIFTED)
    assert (placed.administrator, lifted.administrator) == ("aidar as myaccount", "dana")
    assert placed.administrator_id == "support:aidar as myaccount"
    assert placed.channel == lifted.channel == "support"
    assert placed.company_id == ALPHA
    assert placed.parameters["reason"] == "fraud?"
    assert placed.parameters["kind"] == "transfer"
    assert await world.holds.present() == []


async def test_what_cannot_be_held_or_lifted_is_said(world: World) -> None:
    with pytest.raises(SupportRefused, match="sends nothing"):
        await world.holds.place("aidar", ActionKind.SIM_REVEAL, None, "because")
    for reason in ("", "two\nlines", "x" * 201):
        with pytest.raises(SupportRefused, match="the reason is"):
            await world.holds.place("aidar", None, None, reason)
    with pytest.raises(SupportRefused, match="there is no hold 7"):
        await world.holds.lift("aidar", 7)
    hold = await world.holds.place("aidar", None, None, "because")
    await world.holds.lift("aidar", hold.id)
    with pytest.raises(SupportRefused, match="was lifted before"):
        await world.holds.lift("aidar", hold.id)


async def test_what_a_backup_brought_back_too_old_is_looked_for_before_it_is_called_undone(
    world: World,
) -> None:
    """It may have been sent in the time that is lost: with and without a hold."""
    for held in (True, False):
        world.now_is(NumberState.ACTIVE)
        world.carrier.faults.append(Fault.ANSWER_LOST)
        action = await world.accepted()
        await world.work()
        kept = world.ledger.actions[action.id]
        kept.action = replace(
            kept.action, state=ActionState.ACCEPTED, sent_at=None, restored_at=world.clock.now()
        )
        kept.due, kept.lease_until = world.clock.now(), None
        hold = await world.holds.place("aidar", None, None, "restored") if held else None
        world.wait(hours=2)
        await world.work_for(seconds=5)
        assert world.action(action).state is ActionState.DONE
        assert world.carrier.effects.count(action.id) == 1
        if hold is not None:
            await world.holds.lift("aidar", hold.id)
