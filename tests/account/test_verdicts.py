"""A person's verdict ends what nobody could find out, once, and contradicts nothing known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.changes.action import Action, ActionKind, ActionState, Order, OrderState
from account.effects.history import HistoryEvent
from account.errors import SupportRefused
from account.support.verdicts import VERDICT_DONE, VERDICT_NOT_DONE
from tests.account.fakes.carrier import Fault
from tests.account.world import World

TRANSFER = ActionKind.TRANSFER


async def unconfirmed(world: World) -> Action:
    """A transfer that left, and of which the operator knows nothing."""
    await world.ready(TRANSFER)
    world.carrier.faults.append(Fault.LOST)
    action = await world.accepted(TRANSFER)
    await world.work_for(minutes=3)
    action = world.action(action)
    assert action.state is ActionState.UNCONFIRMED
    return action


@pytest.mark.parametrize(
    ("done", "state", "code", "result"),
    [
        (True, ActionState.DONE, VERDICT_DONE, "done"),
        (False, ActionState.REJECTED, VERDICT_NOT_DONE, "refused"),
    ],
)
async def test_a_verdict_is_the_end_told_once_and_written_down(
    world: World, done: bool, state: ActionState, code: str, result: str
) -> None:
    action = await unconfirmed(world)
    settled = await world.verdicts.settle(
        "aidar", f" {str(action.reference).lower()} ", "seen in billing", done=done
    )
    assert (settled.state, settled.reason_code) == (state, code)
    assert settled.settled_at == world.clock.now()
    assert world.words()[-2:] == ["action.unconfirmed", "action.final"]
    [verdict] = [entry for entry in world.ledger.entries if entry.what is HistoryEvent.VERDICT]
    [_, _, own] = [entry for entry in world.ledger.entries if entry.what == "balance.transfer"]
    assert (verdict.what, verdict.result, verdict.channel) == (
        HistoryEvent.VERDICT,
        result,
        "support",
    )
    assert (verdict.administrator, verdict.reference) == ("aidar", action.reference)
    assert verdict.parameters == {"reason": "seen in billing", "was": "unconfirmed"}
    assert (own.what, own.result) == ("balance.transfer", result)
    await world.work_for(hours=25, step=600)
    assert world.words().count("action.final") == 1


@pytest.mark.parametrize("done", [True, False])
async def test_what_was_not_done_gives_back_what_it_took_of_the_day(
    world: World, done: bool
) -> None:
    action = await unconfirmed(world)
    taken = sum(world.ledger.totals.values())
    assert taken > 0
    await world.verdicts.settle("aidar", str(action.reference), "seen", done=done)
    assert sum(world.ledger.totals.values()) == (taken if done else 0)


async def test_nothing_else_is_a_persons_to_say(world: World) -> None:
    refused = {
        ActionState.ACCEPTED: "it is accepted, and the bot finds out",
        ActionState.SENT: "it is sent, and the bot finds out",
        ActionState.PROPOSED: "it is proposed, and the bot finds out",
        ActionState.DONE: "it was settled before, as done",
        ActionState.REJECTED: "it was settled before, as rejected",
    }
    action = await unconfirmed(world)
    kept = world.ledger.actions[action.id]
    for state, sentence in refused.items():
        kept.action = replace(action, state=state)
        words, entries = world.words(), list(world.ledger.entries)
        with pytest.raises(SupportRefused, match=sentence):
            await world.verdicts.settle("aidar", str(action.reference), "seen", done=True)
        assert (world.action(action).state, world.words()) == (state, words)
        assert world.ledger.entries == entries


async def test_an_unknown_outcome_is_the_bots_for_a_day(world: World) -> None:
    action = await unconfirmed(world)
    kept = world.ledger.actions[action.id]
    kept.action = replace(action, state=ActionState.UNKNOWN)
    with pytest.raises(SupportRefused, match="less than a day"):
        await world.verdicts.settle("aidar", str(action.reference), "seen", done=True)
    assert await world.verdicts.waiting() == []
    world.wait(hours=24)
    assert await world.verdicts.waiting() == [kept.action]
    await world.verdicts.settle("aidar", str(action.reference), "seen", done=True)
    assert await world.verdicts.waiting() == []


async def test_a_clock_that_stepped_brings_no_day_forward(world: World) -> None:
    action = await unconfirmed(world)
    kept = world.ledger.actions[action.id]
    kept.action = replace(action, state=ActionState.UNKNOWN)
    world.wait(hours=30)
    world.elapsed.unsure = True
    with pytest.raises(SupportRefused, match="less than a day"):
        await world.verdicts.settle("aidar", str(action.reference), "seen", done=True)


@pytest.mark.parametrize(
    ("known", "done", "refused"),
    [
        (OrderState.COMPLETED, False, True),
        (OrderState.FAILED, True, True),
        (OrderState.COMPLETED, True, False),
        (OrderState.FAILED, False, False),
        (OrderState.UNDER_WAY, True, False),
        (OrderState.UNDER_WAY, False, True),
    ],
)
async def test_what_the_operator_knows_by_now_is_not_contradicted(
    world: World, known: OrderState, done: bool, refused: bool
) -> None:
    action = await unconfirmed(world)
    world.carrier.orders[action.id] = Order("o-1", known)
    if refused:
        with pytest.raises(SupportRefused, match="the operator knows its order by now"):
            await world.verdicts.settle("aidar", str(action.reference), "seen", done=done)
        assert world.action(action).state is ActionState.UNCONFIRMED
    else:
        await world.verdicts.settle("aidar", str(action.reference), "seen", done=done)


async def test_an_operator_that_is_down_keeps_nobody_from_a_verdict(world: World) -> None:
    action = await unconfirmed(world)
    world.carrier.down = True
    settled = await world.verdicts.settle("aidar", str(action.reference), "by letter", done=False)
    assert settled.state is ActionState.REJECTED


async def test_no_such_action_and_no_reason_are_sentences(world: World) -> None:
    with pytest.raises(SupportRefused, match="there is no action A-1"):
        await world.verdicts.find("A-1")
    action = await unconfirmed(world)
    with pytest.raises(SupportRefused, match="the reason is one line"):
        await world.verdicts.settle("aidar", str(action.reference), "two\nlines", done=True)
