"""When a confirmed change may still leave for the operator, and what proves that it never did."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from account.changes.action import Action, ActionKind, ActionState, Order, OrderState
from account.changes.confirmation import PollingPolicy
from account.chapters.transfers import TransferParameters
from account.values.money import Money
from account.values.number import PaymentMethod
from tests.account.fakes.carrier import Fault
from tests.account.world import ALPHA, LEASE, NUMBER, RECIPIENT, World, a_number

ABSENT = PollingPolicy().proof_of_absence


def words(world: World, action: Action) -> list[str]:
    """Kinds of the messages owed about it, in their order."""
    return [owed.kind for owed in world.ledger.owed if owed.parameters.get("action") == action.id]


async def transferred(world: World) -> Action:
    """A confirmed transfer of 100 ₸."""
    for msisdn in (NUMBER, RECIPIENT):
        rich = replace(a_number(msisdn), payment=PaymentMethod.ADVANCE, funds=Money(500_00))
        world.carrier.add(rich)
    parameters = TransferParameters(RECIPIENT, Money(100_00))
    offer = await world.actions.offer(world.actor(), ActionKind.TRANSFER, NUMBER, parameters)
    action, _first = await world.actions.confirm(world.actor(), offer.token)
    return action


# --- A process that slept (D1) ---------------------------------------------------------------


async def test_who_slept_between_sent_and_the_first_byte_orders_nothing(world: World) -> None:
    action = await world.accepted()

    def sleep() -> None:
        world.wait(seconds=3)
        world.carrier.before_dispatch = None

    world.carrier.before_dispatch = sleep
    await world.work()

    assert world.carrier.effects == []
    assert world.action(action).state is ActionState.ACCEPTED, "released, to be sent anew"
    await world.work_for(minutes=1)
    assert world.carrier.effects == [action.id]


async def test_who_lost_the_claim_meanwhile_orders_nothing(world: World) -> None:
    action = await world.accepted()

    def taken_over() -> None:
        world.carrier.before_dispatch = None
        kept = world.ledger.actions[action.id]
        kept.action = replace(kept.action, fence=kept.action.fence + 1)

    world.carrier.before_dispatch = taken_over
    await world.work()
    assert world.carrier.effects == []


async def test_no_order_after_the_word_of_another_process(world: World) -> None:
    """The other one waits as long as is promised and tells the end; then the first one wakes."""
    action = await transferred(world)

    async def sleep() -> None:
        world.wait(seconds=LEASE.total_seconds())
        await world.work_for(minutes=5)

    slept: list[bool] = []
    honest = world.carrier.place

    async def stopped(placed: Action, guard: object) -> object:
        if not slept:
            slept.append(True)
            await sleep()
        return await honest(placed, guard)  # type: ignore[arg-type]

    world.carrier.place = stopped  # type: ignore[method-assign, assignment]
    await world.work()

    assert world.action(action).state is ActionState.UNCONFIRMED
    assert world.carrier.effects == []


# --- What proves that an order was never taken (D2) --------------------------------------------


async def test_not_found_counts_from_the_last_moment_a_call_could_leave(world: World) -> None:
    world.carrier.faults.append(Fault.LOST)
    action = await world.accepted()
    await world.work_for(seconds=ABSENT.total_seconds() - 1)
    assert world.carrier.tries == [action.id]
    assert timedelta(seconds=60 + 2 + 8) == ABSENT


async def test_it_is_looked_at_when_absence_begins_to_prove_something(world: World) -> None:
    world.carrier.faults.append(Fault.LOST)
    action = await transferred(world)
    await world.work_for(seconds=ABSENT.total_seconds() + 1)
    assert world.action(action).state is ActionState.UNCONFIRMED


@pytest.mark.parametrize("step", [120, 86_400, -120, -86_400])
async def test_a_stepped_clock_hastens_no_end(world: World, step: int) -> None:
    world.carrier.faults.append(Fault.LATE)
    action = await transferred(world)
    await world.work_for(seconds=2)
    world.clock.advance(timedelta(seconds=step))
    world.elapsed.stepped_at = world.clock.now()
    if step < 0:
        # What the synchronised clock does with rows of the old time (tests/storage/test_clocks.py).
        kept = world.ledger.actions[action.id]
        kept.action = replace(kept.action, sent_at=world.clock.now())
        kept.due, kept.lease_until = world.clock.now(), None

    await world.work_for(seconds=ABSENT.total_seconds() - 5)
    assert world.action(action).state is ActionState.UNKNOWN
    world.carrier.catch_up()
    await world.work_for(seconds=20)
    assert world.action(action).state is ActionState.DONE
    assert words(world, action)[-1] == "action.final"


async def test_while_nobody_can_tell_the_time_nothing_is_decided(world: World) -> None:
    world.carrier.faults.append(Fault.LOST)
    action = await world.accepted()
    world.elapsed.unsure = True
    await world.work_for(minutes=10)
    assert world.action(action).state is ActionState.UNKNOWN
    world.elapsed.unsure = False
    await world.work_for(minutes=2)
    assert world.action(action).state is ActionState.DONE


# --- Looked up before it is sent (D3) ----------------------------------------------------------


async def test_what_was_sent_before_a_backup_returned_is_found_and_not_sent(world: World) -> None:
    action = await transferred(world)
    await world.carrier.place(action)
    kept = world.ledger.actions[action.id]
    kept.action = replace(kept.action, restored_at=world.clock.now())

    await world.work_for(seconds=5)

    assert world.carrier.effects == [action.id]
    assert world.action(action).state is ActionState.DONE
    assert words(world, action).count("action.final") == 1


async def test_what_cannot_be_found_after_a_backup_returned_waits_before_it_is_sent(
    world: World,
) -> None:
    action = await world.accepted()
    kept = world.ledger.actions[action.id]
    kept.action = replace(kept.action, restored_at=world.clock.now())

    await world.work_for(seconds=ABSENT.total_seconds() - 2)
    assert world.carrier.tries == []
    await world.work_for(seconds=60)
    assert world.carrier.effects == [action.id]


@pytest.mark.parametrize("state", [ActionState.ACCEPTED, ActionState.PROPOSED])
async def test_what_a_backup_brought_back_is_not_refused_before_it_was_looked_for(
    world: World, state: ActionState
) -> None:
    """Sent in the time that is lost; the right was taken away since, or the approval expired."""
    world.carrier.faults.append(Fault.ANSWER_LOST)
    action = await world.accepted()
    await world.work()
    kept = world.ledger.actions[action.id]
    kept.action = replace(
        kept.action, state=state, sent_at=None, restored_at=world.clock.now(), attempts=0
    )
    kept.due, kept.lease_until = world.clock.now(), None
    world.carrier.granted[action.administrator_id] = ()
    world.carrier.orders_down = True
    await world.work_for(minutes=2)
    assert world.action(action).state is state, "nothing is decided while the operator is down"
    world.carrier.orders_down = False
    await world.work_for(minutes=2)
    assert world.action(action).state is ActionState.DONE
    assert world.carrier.effects == [action.id]


async def test_a_refusal_after_a_backup_returned_waits_for_what_may_turn_up(world: World) -> None:
    action = await world.accepted()
    kept = world.ledger.actions[action.id]
    kept.action = replace(kept.action, restored_at=world.clock.now())
    world.carrier.granted[action.administrator_id] = ()
    await world.work_for(seconds=ABSENT.total_seconds() - 2)
    assert world.action(action).state is ActionState.ACCEPTED
    await world.work_for(seconds=60)
    assert world.action(action).state is ActionState.REJECTED
    assert world.carrier.tries == []


async def test_a_first_claim_asks_for_no_order(world: World) -> None:
    asked = []
    honest = world.carrier.order

    async def watched(action: Action) -> object:
        asked.append(action.id)
        return await honest(action)

    world.carrier.order = watched  # type: ignore[method-assign, assignment]
    action = await world.accepted()
    await world.work()
    assert world.carrier.effects == [action.id]
    assert asked == []


async def test_a_claim_that_somebody_had_before_is_looked_up_first(world: World) -> None:
    action = await transferred(world)
    [claimed] = await world.claimed()
    await world.carrier.place(claimed)  # sent, and the process died with its "sent" not kept
    world.wait(seconds=LEASE.total_seconds())
    await world.work_for(seconds=5)

    assert world.carrier.effects == [action.id]
    assert world.action(action).state is ActionState.DONE


# --- Money that nobody can confirm (D4) --------------------------------------------------------


async def test_an_operator_that_finds_late_makes_no_untrue_word(world: World) -> None:
    world.carrier.faults.append(Fault.ANSWER_LOST)
    action = await transferred(world)
    await world.work()
    hidden = dict(world.carrier.orders)
    world.carrier.orders.clear()

    await world.work_for(minutes=5)
    assert world.action(action).state is ActionState.UNCONFIRMED
    assert words(world, action) == ["action.waiting", "action.unconfirmed"]

    world.carrier.orders.update(hidden)
    await world.work_for(minutes=6)
    assert world.action(action).state is ActionState.DONE
    assert words(world, action)[2:] == ["action.final"]
    assert world.carrier.effects == [action.id]


async def test_what_is_unconfirmed_frees_its_number_and_keeps_the_days_sum(world: World) -> None:
    world.carrier.faults.append(Fault.LOST)
    await transferred(world)
    await world.work_for(minutes=5)

    spec = world.specs[ActionKind.TRANSFER]
    assert await spec.moved_today(ALPHA) == Money(100_00)  # type: ignore[attr-defined]
    await transferred(world)


async def test_after_a_day_a_person_has_to_say(world: World) -> None:
    world.carrier.faults.append(Fault.LOST)
    action = await transferred(world)
    await world.work_for(hours=23, step=60)
    assert world.undecided == []
    await world.work_for(hours=2, step=60)
    assert [one.id for one in world.undecided] == [action.id]
    assert world.action(action).state is ActionState.UNCONFIRMED
    assert "action.final" not in words(world, action)


async def test_it_is_looked_at_while_the_operator_is_down_and_after(world: World) -> None:
    world.carrier.faults.append(Fault.ANSWER_LOST)
    action = await transferred(world)
    await world.work()
    hidden = dict(world.carrier.orders)
    world.carrier.orders.clear()
    await world.work_for(minutes=5)
    world.carrier.orders.update(hidden)
    world.carrier.orders_down = True
    await world.work_for(minutes=20, step=10)
    assert world.action(action).state is ActionState.UNCONFIRMED
    world.carrier.orders_down = False
    await world.work_for(minutes=2)
    assert world.action(action).state is ActionState.DONE


async def test_what_is_found_under_way_after_all_is_followed_to_its_end_at_once(
    world: World,
) -> None:
    """The next look was hours away; a word within a minute of the end is promised."""
    world.carrier.faults.append(Fault.LOST)
    action = await transferred(world)
    await world.work_for(minutes=5)
    world.carrier.orders[action.id] = Order("o-1", OrderState.UNDER_WAY)
    await world.work_for(minutes=30, step=10)
    assert world.action(action).state is ActionState.UNCONFIRMED
    assert world.action(action).order_id == "o-1"
    world.carrier.orders[action.id] = Order("o-1", OrderState.COMPLETED)
    await world.work_for(minutes=1, step=10)
    assert world.action(action).state is ActionState.DONE
    assert words(world, action)[-1] == "action.final"


async def test_after_a_day_a_person_has_to_say_also_while_the_operator_is_down(
    world: World,
) -> None:
    """Down, or with an answer that is none, like somebody else's orders: once an hour, not more."""
    world.carrier.faults.append(Fault.LOST)
    action = await transferred(world)
    await world.work_for(minutes=5)
    world.carrier.orders_down = True
    await world.work_for(hours=23, step=60)
    assert world.undecided == []
    await world.work_for(hours=4, step=60)
    assert [one.id for one in world.undecided] == [action.id] * 4
    assert world.action(action).state is ActionState.UNCONFIRMED
