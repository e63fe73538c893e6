"""The life of a confirmed change: never forgotten, never twice, never told wrongly.

The left column of safety.md section 1, played through with an operator that does what operators do.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from account.changes.action import FINAL, OPEN, Action, ActionKind, ActionState
from account.changes.confirmation import PollingPolicy
from account.changes.ports import DispatchGuard
from account.changes.waits import Wait, WaitReason, wait_for
from account.errors import (
    CarrierNotReached,
    CarrierNotUnderstood,
    CarrierTurnTaken,
    CarrierWithheld,
    ChangeUnderWay,
    CompanyNotAccessible,
    ConfirmExpired,
    NumberNotFound,
    OutcomeUnknown,
    RightMissing,
    StepUpRequired,
)
from account.values.identifiers import Msisdn
from account.values.number import NumberState
from account.values.rights import Role
from tests.account.fakes.carrier import PAUSE_OVER, Fault
from tests.account.world import AIGUL, BETA, LEASE, NUMBER, STRANGER, World, a_number

DONE, REJECTED = ActionState.DONE, ActionState.REJECTED
SENT, UNKNOWN, ACCEPTED = ActionState.SENT, ActionState.UNKNOWN, ActionState.ACCEPTED
LONGEST = PollingPolicy().longest_processing
ABSENT = PollingPolicy().proof_of_absence


def final_words(world: World, action: Action) -> int:
    return sum(owed.key == f"{action.id}:final" for owed in world.ledger.owed)


# --- The summary and its button --------------------------------------------------------------


async def test_the_button_is_known_by_its_hash_alone(world: World) -> None:
    offer = await world.offered()

    kept = repr(world.ledger.actions[offer.action.id])
    assert len(offer.token) >= 22  # 128 bits
    assert offer.token not in kept
    assert await world.actions.find(world.actor(), offer.token) == offer.action


async def test_the_second_press_does_nothing_and_shows_where_the_change_stands(
    world: World,
) -> None:
    offer = await world.offered()

    first, was_first = await world.actions.confirm(world.actor(), offer.token)
    second, was_second = await world.actions.confirm(world.actor(), offer.token)
    await world.work()
    third, was_third = await world.actions.confirm(world.actor(), offer.token)

    assert (was_first, was_second, was_third) == (True, False, False)
    assert (first.state, second.state, third.state) == (ACCEPTED, ACCEPTED, DONE)
    assert first.reference == second.reference == "A-20220124-0001"
    assert world.carrier.effects == [offer.action.id]


async def test_many_presses_at_once_are_one_change(world: World) -> None:
    offer = await world.offered()

    pressed = await asyncio.gather(
        *(world.actions.confirm(world.actor(), offer.token) for _ in range(20))
    )
    await world.work_for(minutes=3)

    assert sum(first for _, first in pressed) == 1
    assert world.carrier.effects == [offer.action.id]


async def test_a_confirmation_lives_five_minutes(world: World) -> None:
    late, in_time = World(), world
    offers = [await each.offered() for each in (late, in_time)]

    in_time.wait(minutes=4, seconds=59.9)
    _, first = await in_time.actions.confirm(in_time.actor(), offers[1].token)
    assert first

    late.wait(minutes=5)
    with pytest.raises(ConfirmExpired):
        await late.actions.confirm(late.actor(), offers[0].token)
    await late.work()
    assert late.carrier.tries == []
    late.passwords.close()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "who",
    [
        {"telegram_id": STRANGER},
        {"administrator_id": "adm-2"},
        {"company_id": None},
        {"company_id": BETA},
    ],
    ids=["another Telegram user", "another administrator", "no company", "another company"],
)
async def test_a_button_of_somebody_else_is_a_button_of_nothing(
    world: World, who: dict[str, object], when: str
) -> None:
    world.carrier.granted["adm-1"] = (world.alpha, world.beta)
    offer = await world.offered()
    if when == "after":
        await world.actions.confirm(world.actor(), offer.token)
    before = world.action(offer.action)
    stranger = world.actor(**who)

    for attempt in (
        world.actions.find(stranger, offer.token),
        world.actions.confirm(stranger, offer.token),
        world.actions.cancel(stranger, offer.token),
    ):
        with pytest.raises(ConfirmExpired):
            await attempt

    assert world.action(offer.action) == before


async def test_a_made_up_button_confirms_nothing(world: World) -> None:
    await world.offered()

    with pytest.raises(ConfirmExpired):
        await world.actions.confirm(world.actor(), "A" * 22)


async def test_a_summary_of_an_ended_session_cannot_be_confirmed(world: World) -> None:
    offer = await world.offered()

    with pytest.raises(ConfirmExpired):
        await world.actions.confirm(world.actor(session_id="s-2"), offer.token)
    assert world.action(offer.action).state is ActionState.OFFERED


async def test_a_right_that_was_taken_away_counts_at_the_press(world: World) -> None:
    offer = await world.offered()

    with pytest.raises(RightMissing):
        await world.actions.confirm(world.viewer(), offer.token)
    with pytest.raises(CompanyNotAccessible):
        await world.actions.confirm(world.actor(companies=()), offer.token)
    assert world.action(offer.action).state is ActionState.OFFERED


async def test_a_cancelled_change_cannot_be_confirmed(world: World) -> None:
    offer = await world.offered()

    await world.actions.cancel(world.actor(), offer.token)

    with pytest.raises(ConfirmExpired):
        await world.actions.confirm(world.actor(), offer.token)


async def test_cancel_after_confirm_is_too_late(world: World) -> None:
    offer = await world.offered()
    await world.actions.confirm(world.actor(), offer.token)

    await world.actions.cancel(world.actor(), offer.token)
    await world.work()

    assert world.action(offer.action).state is DONE


async def test_a_newer_summary_replaces_the_older(world: World) -> None:
    world.carrier.add(a_number(Msisdn("77010542007")))
    older = await world.offered()
    newer = await world.offered()

    with pytest.raises(ConfirmExpired):
        await world.actions.confirm(world.actor(), older.token)
    _, first = await world.actions.confirm(world.actor(), newer.token)
    assert first


async def test_while_a_change_is_open_no_other_of_its_lane_is_offered(world: World) -> None:
    action = await world.accepted()

    for kind, state in (
        (ActionKind.BLOCK, NumberState.ACTIVE),
        (ActionKind.UNBLOCK, NumberState.BLOCKED),
    ):
        with pytest.raises(ChangeUnderWay) as refused:
            await world.actions.offer(world.actor(), kind, world.now_is(state).msisdn)
        assert refused.value.reference == action.reference


async def test_what_a_replaced_list_would_undo_is_not_open_beside_it(world: World) -> None:
    """A block by patch sends the list of characteristics as it was read: a ban that took effect in
    between, or while nobody knew what had become of the patch, would be gone.
    """
    listed = {kind for kind, spec in world.specs.items() if spec.listed}
    assert listed == {
        ActionKind.BLOCK,
        ActionKind.UNBLOCK,
        ActionKind.BAN,
        ActionKind.FORWARDING_SET,
        ActionKind.FORWARDING_OFF,
    }
    both = [await world.offered(kind) for kind in (ActionKind.BLOCK, ActionKind.BAN)]
    for offer in both:
        await world.actions.cancel(world.actor(), offer.token)
    for spec in world.specs.values():
        spec.list_replaced = True
    action = await world.accepted(ActionKind.BLOCK)
    for kind in (ActionKind.BAN, ActionKind.FORWARDING_SET):
        with pytest.raises(ChangeUnderWay) as refused:
            await world.offered(kind)
        assert refused.value.reference == action.reference
    assert await world.offered(ActionKind.SERVICE_ON)


async def test_two_summaries_of_one_number_cannot_both_be_accepted(world: World) -> None:
    mine = await world.offered()
    colleague = world.actor(telegram_id=7002, session_id="s-2", administrator_id="adm-2")
    theirs = await world.actions.offer(colleague, ActionKind.BLOCK, world.number.msisdn)

    await world.actions.confirm(world.actor(), mine.token)

    with pytest.raises(ChangeUnderWay):
        await world.actions.confirm(colleague, theirs.token)


async def test_another_number_is_another_matter(world: World) -> None:
    await world.accepted()
    other = world.carrier.add(a_number(Msisdn("77010542007")))

    offer = await world.actions.offer(world.actor(), ActionKind.BLOCK, other.msisdn)
    _, first = await world.actions.confirm(world.actor(), offer.token)

    assert first


async def test_a_foreign_number_cannot_be_offered_for_anything(world: World) -> None:
    theirs = world.carrier.add(a_number(Msisdn("77019999999"), BETA))

    with pytest.raises(NumberNotFound):
        await world.actions.offer(world.actor(), ActionKind.BLOCK, theirs.msisdn)


async def test_a_change_is_read_by_its_own_company_only(world: World) -> None:
    action = await world.accepted()

    assert await world.actions.read(world.actor(), action.id) == action
    with pytest.raises(ConfirmExpired):
        await world.actions.read(world.actor(companies=(world.beta,), company_id=BETA), action.id)
    with pytest.raises(ConfirmExpired):
        await world.actions.read(world.actor(), "nonsense")


async def test_a_proof_lives_five_minutes(world: World) -> None:
    world.now_is(NumberState.BLOCKED)
    offer = await world.actions.offer(world.actor(), ActionKind.UNBLOCK, world.number.msisdn)
    proven = world.clock.now() - timedelta(minutes=5)
    world.ledger.prove(offer.action.id, proven)

    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), offer.token)
    world.ledger.prove(offer.action.id, proven + timedelta(milliseconds=1))
    _, first = await world.actions.confirm(world.actor(), offer.token)
    assert first


# --- Nothing is forgotten, nothing is done twice ---------------------------------------------


async def test_sent_is_written_before_the_operator_hears_of_it(world: World) -> None:
    action = await world.accepted()
    states = []
    place = world.carrier.place

    async def watched(placed: Action, guard: DispatchGuard) -> object:
        states.append(world.action(action).state)
        return await place(placed, guard)

    world.carrier.place = watched  # type: ignore[method-assign, assignment]
    await world.work()

    assert states == [SENT]


class Crash(BaseException):
    """The process ends here."""


async def test_a_crash_just_before_the_order_loses_nothing(world: World) -> None:
    action = await world.accepted()
    place = world.carrier.place

    async def crash(placed: Action, guard: DispatchGuard) -> NoReturn:
        raise Crash

    world.carrier.place = crash  # type: ignore[method-assign, assignment]
    with pytest.raises(Crash):
        await world.work()
    world.carrier.place = place  # type: ignore[method-assign]
    assert world.action(action).state is SENT

    # Until the operator could no longer be working on it, nothing is sent.
    world.wait(seconds=LEASE.total_seconds())
    await world.work_for(seconds=25)
    assert world.carrier.tries == []

    await world.work_for(minutes=2)
    assert world.action(action).state is DONE
    assert world.carrier.effects == [action.id]
    assert final_words(world, action) == 1


async def test_a_crash_just_after_the_order_sends_nothing_again(world: World) -> None:
    action = await world.accepted()
    place = world.carrier.place

    async def crash(placed: Action, guard: DispatchGuard) -> NoReturn:
        await place(placed, guard)
        raise Crash

    world.carrier.place = crash  # type: ignore[method-assign, assignment]
    with pytest.raises(Crash):
        await world.work()
    world.carrier.place = place  # type: ignore[method-assign]
    world.wait(seconds=LEASE.total_seconds())
    await world.work()

    assert world.action(action).state is DONE
    assert world.carrier.tries == world.carrier.effects == [action.id]


async def test_an_unknown_outcome_whose_order_is_found_is_told_as_it_is(world: World) -> None:
    world.carrier.faults.append(Fault.ANSWER_LOST)
    action = await world.accepted()

    await world.work()
    assert world.action(action).state is UNKNOWN
    assert world.words() == []

    await world.work_for(seconds=2)
    assert world.action(action).state is DONE
    assert world.carrier.tries == [action.id]
    assert final_words(world, action) == 1


async def test_what_cannot_be_found_yet_is_waited_for(world: World) -> None:
    world.carrier.faults.append(Fault.LATE)
    action = await world.accepted()
    await world.work_for(seconds=LONGEST.total_seconds() - 2)

    assert world.action(action).state is UNKNOWN
    assert world.carrier.tries == [action.id]

    world.carrier.catch_up()
    await world.work_for(seconds=20)
    assert world.action(action).state is DONE
    assert world.carrier.tries == world.carrier.effects == [action.id]


async def test_what_was_never_taken_is_sent_again_when_that_is_proven(world: World) -> None:
    world.carrier.faults.append(Fault.LOST)
    action = await world.accepted()

    await world.work_for(seconds=ABSENT.total_seconds() - 1)
    assert world.carrier.tries == [action.id]

    await world.work_for(seconds=20)
    assert world.action(action).state is DONE
    assert world.carrier.tries == [action.id] * 2
    assert world.carrier.effects == [action.id]


async def test_an_effect_without_a_trace_is_seen_on_the_number(world: World) -> None:
    world.carrier.faults.append(Fault.UNTRACED)
    action = await world.accepted()

    await world.work_for(minutes=2)

    assert world.action(action).state is DONE
    assert world.carrier.tries == world.carrier.effects == [action.id]


async def test_the_last_try_is_not_given_up_when_the_number_shows_its_effect(
    world: World,
) -> None:
    world.carrier.faults.extend([Fault.LOST, Fault.LOST, Fault.UNTRACED])
    action = await world.accepted()

    await world.work_for(minutes=6)

    assert world.carrier.tries == [action.id] * 3
    assert world.action(action).state is DONE


async def test_a_change_is_given_up_after_three_orders_that_were_never_taken(
    world: World,
) -> None:
    world.carrier.faults.extend([Fault.LOST] * 9)
    action = await world.accepted()

    await world.work_for(minutes=10)

    settled = world.action(action)
    assert (settled.state, settled.reason_code) == (REJECTED, "UPSTREAM.UNAVAILABLE")
    assert world.carrier.tries == [action.id] * 3
    assert world.carrier.effects == []
    assert final_words(world, action) == 1


async def test_while_orders_cannot_be_looked_up_nothing_is_concluded(world: World) -> None:
    world.carrier.faults.append(Fault.LOST)
    world.carrier.orders_down = True
    action = await world.accepted()

    await world.work_for(minutes=40, step=20)
    assert world.action(action).state is UNKNOWN
    assert world.carrier.tries == [action.id]

    world.carrier.orders_down = False
    await world.work_for(minutes=1)
    assert world.action(action).state is DONE


async def test_a_refusal_is_final_at_the_first_try(world: World) -> None:
    world.carrier.faults.append(Fault.REFUSED)
    action = await world.accepted()

    await world.work()

    settled = world.action(action)
    assert (settled.state, settled.reason_code) == (REJECTED, "NUMBER.STATE")
    assert final_words(world, action) == 1


async def test_a_refusal_of_a_second_try_proves_nothing_about_the_first(world: World) -> None:
    world.carrier.faults.extend([Fault.LATE, Fault.REFUSED])
    action = await world.accepted()
    while len(world.carrier.tries) < 2:
        await world.work_for(seconds=1)

    assert world.action(action).state is UNKNOWN
    assert world.words().count("action.final") == 0

    world.carrier.catch_up()  # the first one takes effect after all
    await world.work_for(seconds=30)
    assert world.action(action).state is DONE
    assert world.carrier.effects == [action.id]


async def test_an_order_that_never_left_goes_back_and_does_not_count(world: World) -> None:
    world.carrier.faults.extend([Fault.NOT_REACHED] * 7)
    action = await world.accepted()

    await world.work()
    back = world.action(action)
    assert (back.state, back.attempts) == (ACCEPTED, 0)

    await world.work_for(minutes=3)
    assert world.action(action).state is DONE
    assert world.carrier.effects == [action.id]


async def test_a_refusal_after_orders_that_never_left_is_final(world: World) -> None:
    world.carrier.faults.extend([Fault.NOT_REACHED, Fault.NOT_REACHED, Fault.REFUSED])
    action = await world.accepted()

    await world.work_for(seconds=20)

    assert world.action(action).reason_code == "NUMBER.STATE"


@pytest.mark.parametrize(
    ("left", "code"),
    [("nothing", CompanyNotAccessible.code), ("looking", RightMissing.code)],
)
async def test_a_right_that_ended_after_the_press_keeps_the_change_from_being_sent(
    world: World, left: str, code: str
) -> None:
    action = await world.accepted()
    looking = (replace(world.alpha, role=Role.VIEWER),)
    world.carrier.granted["adm-1"] = looking if left == "looking" else ()

    await world.work_for(minutes=5, step=15)
    assert (world.action(action).state, world.action(action).reason_code) == (REJECTED, code)
    assert world.carrier.tries == [], "it was sent all the same"
    assert world.at_operator().state is NumberState.ACTIVE
    assert final_words(world, action) == 1


async def test_a_right_that_ends_once_the_change_is_sent_ends_nothing_half_way(
    world: World,
) -> None:
    action = await world.accepted()
    world.carrier.faults.append(Fault.UNTRACED)
    await world.work()
    assert world.action(action).state is UNKNOWN
    world.carrier.granted["adm-1"] = ()

    await world.work_for(minutes=5, step=5)
    assert world.action(action).state is DONE
    assert final_words(world, action) == 1


async def test_a_silent_operator_keeps_the_change_waiting_unsent(world: World) -> None:
    action = await world.accepted()
    world.carrier.down = True

    await world.work_for(minutes=59, step=15)
    assert world.action(action).state is ACCEPTED
    assert world.carrier.tries == []

    world.carrier.down = False
    await world.work_for(seconds=60)
    assert world.action(action).state is DONE


async def test_an_operator_silent_for_too_long_ends_it_with_nothing_changed(
    world: World,
) -> None:
    action = await world.accepted()
    world.carrier.down = True

    await world.work_for(minutes=61, step=15)

    settled = world.action(action)
    assert (settled.state, settled.reason_code) == (REJECTED, "UPSTREAM.UNAVAILABLE")
    assert final_words(world, action) == 1
    world.carrier.down = False
    await world.work_for(minutes=5)
    assert (world.carrier.tries, world.carrier.effects) == ([], [])


async def test_a_change_that_was_sent_is_never_given_up_unread(world: World) -> None:
    world.carrier.faults.append(Fault.ANSWER_LOST)
    action = await world.accepted()
    await world.work()
    world.carrier.down = True

    await world.work_for(hours=5, step=15)
    assert world.action(action).state is UNKNOWN

    world.carrier.down = False
    await world.work_for(seconds=60)
    assert world.action(action).state is DONE


async def test_a_slow_order_is_followed_to_its_end(world: World) -> None:
    world.carrier.faults.append(Fault.SLOW)
    action = await world.accepted()

    await world.work_for(minutes=10, step=5)
    assert (world.action(action).state, world.carrier.tries) == (SENT, [action.id])

    world.carrier.catch_up()
    await world.work_for(seconds=20)
    assert world.action(action).state is DONE
    assert world.action(action).order_id == f"o-{action.id}"


async def test_an_order_that_failed_is_a_refusal_with_its_reason(world: World) -> None:
    world.carrier.faults.append(Fault.FAILED)
    action = await world.accepted()

    await world.work()

    settled = world.action(action)
    assert (settled.state, settled.reason_code) == (REJECTED, "SERVICE.CONFLICT")
    assert world.at_operator().state is NumberState.ACTIVE


async def test_done_is_not_said_before_the_number_says_so(world: World) -> None:
    world.carrier.faults.append(Fault.UNREAD)
    action = await world.accepted()

    await world.work_for(seconds=30)
    assert world.action(action).state is UNKNOWN
    assert final_words(world, action) == 0

    world.now_is(NumberState.BLOCKED)
    await world.work_for(seconds=20)
    settled = world.action(action)
    assert (settled.state, settled.reason_code) == (DONE, None)
    assert world.carrier.tries == [action.id]


async def test_a_number_that_reads_otherwise_for_good_is_told_with_its_state(
    world: World,
) -> None:
    world.carrier.faults.append(Fault.UNREAD)
    action = await world.accepted()

    await world.work_for(minutes=3)

    settled = world.action(action)
    assert (settled.state, settled.reason_code) == (DONE, "CONFIRM.STALE")
    assert final_words(world, action) == 1
    assert world.carrier.tries == [action.id]


async def test_a_worker_that_lost_its_claim_sends_nothing(world: World) -> None:
    action = await world.accepted()
    [mine] = await world.claimed()
    world.wait(seconds=LEASE.total_seconds())
    await world.work()  # somebody else takes over and finishes it
    assert world.action(action).state is DONE
    world.now_is(NumberState.ACTIVE)

    await world.execution.advance(mine)

    assert world.carrier.tries == [action.id]
    assert final_words(world, action) == 1


async def test_a_slow_worker_cannot_overrule_the_one_that_took_over(world: World) -> None:
    world.carrier.faults.append(Fault.FAILED)
    action = await world.accepted()
    place = world.carrier.place

    async def slow(placed: Action, guard: DispatchGuard) -> object:
        order = await place(placed, guard)
        world.wait(seconds=LEASE.total_seconds())
        [theirs] = await world.claimed()
        await world.action_store.settle(theirs, DONE, None, None, world.clock.now(), [])
        return order

    world.carrier.place = slow  # type: ignore[method-assign, assignment]
    await world.work()

    assert world.action(action).state is DONE
    assert final_words(world, action) == 0


# --- What the person is told -----------------------------------------------------------------


async def test_the_final_word_goes_to_the_one_who_confirmed_it(world: World) -> None:
    action = await world.accepted()
    await world.work()

    [word] = [owed for owed in world.ledger.owed if owed.kind == "action.final"]
    assert (word.to, word.parameters) == (str(AIGUL), {"action": action.id})


@pytest.mark.parametrize("during", ["before it is sent", "after it was sent", "under way"])
async def test_while_the_operator_is_slow_the_person_is_told_once(
    world: World, during: str
) -> None:
    if during == "after it was sent":
        world.carrier.faults.append(Fault.LATE)
    elif during == "under way":
        world.carrier.faults.append(Fault.SLOW)
    action = await world.accepted()
    world.carrier.down = during == "before it is sent"

    await world.work_for(seconds=50)
    word = "action.taken" if during == "under way" else "action.waiting"
    assert world.words() == [word]

    world.carrier.down = False
    world.carrier.catch_up()
    await world.work_for(seconds=30)
    assert world.action(action).state is DONE
    assert world.words() == [word, "action.final"]


async def test_an_order_that_was_taken_is_told_after_half_a_minute(world: World) -> None:
    world.carrier.faults.append(Fault.SLOW)
    action = await world.accepted()
    await world.work()
    sent_at = world.action(action).sent_at
    assert sent_at is not None
    while world.clock.now() < sent_at + timedelta(seconds=30):
        assert world.words() == []
        world.wait(seconds=0.5)
        await world.work()
    assert world.words() == ["action.taken"]


async def test_an_order_that_is_held_is_told_by_its_own_word_and_followed_on(world: World) -> None:
    world.carrier.faults.append(Fault.SLOW)
    action = await world.accepted()
    await world.work()
    order = world.carrier.orders[action.id]
    world.carrier.orders[action.id] = replace(order, held=True)
    sent_at = world.action(action).sent_at
    assert sent_at is not None
    while world.clock.now() < sent_at + timedelta(seconds=5):
        assert world.words() == [], "many orders are pending for a moment"
        world.wait(seconds=0.5)
        await world.work()
    assert world.words() == ["action.order_held"]
    world.carrier.orders[action.id] = order
    await world.work_for(seconds=40)
    assert world.words() == ["action.order_held", "action.taken"]
    world.carrier.catch_up()
    await world.work_for(seconds=20)
    assert world.words()[2:] == ["action.final"]


async def test_a_taken_order_of_which_nothing_is_heard_any_more_is_told_as_unanswered(
    world: World,
) -> None:
    world.carrier.faults.append(Fault.SLOW)
    await world.accepted()
    await world.work()
    world.carrier.orders_down = True
    await world.work_for(seconds=20)
    assert world.words() == ["action.waiting"]


async def test_an_order_sent_late_and_then_unanswered_is_not_passed_over_in_silence(
    world: World,
) -> None:
    # Two looks in vain before it could be sent: the third is the answer that got lost.
    await world.accepted()
    world.carrier.down = True
    await world.work()
    world.wait(seconds=1)
    await world.work()
    world.carrier.down = False
    world.carrier.faults.append(Fault.LATE)

    await world.work_for(seconds=40)

    assert world.words() == ["action.waiting"]


async def test_an_operator_that_cannot_be_reached_for_orders_is_said_to_be_slow(
    world: World,
) -> None:
    world.carrier.faults.extend([Fault.NOT_REACHED] * 99)
    await world.accepted()

    await world.work_for(minutes=5)

    assert world.words() == ["action.waiting"]
    assert len(world.carrier.tries) < 40  # not three times a second


@pytest.mark.parametrize(
    ("fault", "word", "wait"),
    [
        (Fault.NOT_REACHED, "action.waiting", Wait(WaitReason.NO_ANSWER)),
        (Fault.NOT_TRIED, "action.waiting", Wait(WaitReason.NOT_TRIED)),
        (Fault.PAUSED, "action.paused", Wait(WaitReason.PAUSED, PAUSE_OVER)),
        (Fault.NO_TURN, "action.queued", Wait(WaitReason.TURN)),
        (Fault.NOT_LET_IN, "action.not_let_in", Wait(WaitReason.NOT_LET_IN)),
    ],
)
async def test_what_a_change_that_has_not_gone_out_waits_for_is_said(
    world: World, fault: Fault, word: str, wait: Wait
) -> None:
    world.carrier.faults.extend([fault] * 9)
    action = await world.accepted()
    await world.work_for(seconds=40)
    assert world.words() == [word]
    assert (world.action(action).state, world.action(action).wait) == (ACCEPTED, wait)

    world.carrier.faults.clear()
    await world.work_for(minutes=2)
    assert world.action(action).state is DONE
    assert world.carrier.effects == [action.id]


def test_a_change_waits_for_what_the_look_before_it_waited_for() -> None:
    for_this, not_read = CarrierTurnTaken("TMF637"), CarrierNotReached("the product was not read")
    not_read.__cause__ = for_this
    assert wait_for(not_read) == Wait(WaitReason.TURN)
    assert wait_for(CarrierNotUnderstood("state: odd")) == Wait(WaitReason.NOT_UNDERSTOOD)
    assert wait_for(CarrierWithheld("late")) == Wait(WaitReason.WITHHELD)
    assert wait_for(OutcomeUnknown()) == Wait(WaitReason.NO_ANSWER)


async def test_the_looks_grow_rarer_but_never_rarer_than_every_fifteen_seconds(
    world: World,
) -> None:
    now = world.clock.now()
    waits = [(world.polling_policy.next_check(n, now) - now).total_seconds() for n in range(100)]

    assert waits[:6] == [0.3, 0.6, 1.2, 2.4, 4.8, 9.6]
    assert set(waits[6:]) == {15.0}


async def test_the_trace_says_accepted_and_then_how_it_ended(world: World) -> None:
    world.carrier.faults.append(Fault.REFUSED)
    action = await world.accepted()
    await world.work()

    trace = [(entry.result, entry.reference) for entry in world.ledger.entries]
    assert trace == [("accepted", action.reference), ("refused", action.reference)]


# --- All of it together ----------------------------------------------------------------------


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    faults=st.lists(st.sampled_from(list(Fault)), max_size=5),
    crashes=st.lists(st.booleans(), max_size=5),
    outage=st.integers(0, 200),
    catches_up_at=st.integers(0, 100),
)
async def test_whatever_the_operator_does_a_change_is_made_once_and_told_once(
    faults: list[Fault], crashes: list[bool], outage: int, catches_up_at: int
) -> None:
    """An operator may take effect late, but not later than its longest processing time."""
    world = World()
    world.polling_policy = PollingPolicy()
    world.carrier.faults.extend(faults)
    action = await world.accepted()
    place = world.carrier.place
    left = list(crashes)

    async def may_crash(placed: Action, guard: DispatchGuard) -> object:
        if left and left.pop():
            if len(left) % 2:
                await place(placed, guard)
            raise Crash
        return await place(placed, guard)

    world.carrier.place = may_crash  # type: ignore[method-assign, assignment]
    since_try = 0
    for second in range(1_500):
        world.carrier.down = 20 < second < outage
        tries = len(world.carrier.tries)
        with suppress(Crash):
            await world.work()
        since_try = 0 if len(world.carrier.tries) > tries else since_try + 1
        if since_try >= min(catches_up_at, LONGEST.total_seconds() - 1):
            world.carrier.catch_up()
        world.wait(seconds=1)
    world.passwords.close()

    settled = world.action(action)
    assert settled.state in FINAL
    assert settled.state not in OPEN
    assert final_words(world, action) == 1
    assert Counter(world.carrier.effects)[action.id] <= 1
    blocked = world.carrier.fleet[NUMBER.digits].blocked_by_company
    if settled.state is REJECTED:
        assert world.carrier.effects == []
    elif settled.reason_code is None:
        assert blocked
    results = [entry.result for entry in world.ledger.entries]
    assert results == ["accepted", "done" if settled.state is DONE else "refused"]
