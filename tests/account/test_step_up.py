"""One more proof for one risky change: for exactly this one, by this person, now."""

from __future__ import annotations

import pytest

from account.actions import ActionKind, ActionState, Offer
from account.deeds import Channel
from account.errors import (
    CodeAttemptsExceeded,
    CodeExpired,
    CodeInvalid,
    CodeSendsExceeded,
    CodeTooEarly,
    ConfirmExpired,
    StepUpRequired,
)
from account.identifiers import Msisdn
from account.numbers import NumberState
from tests.account.world import AIGUL, HER_PHONE, STRANGER, World, a_number


async def to_unblock(world: World) -> Offer:
    """The summary of unblocking her number, not yet proven."""
    number = world.now_is(NumberState.BLOCKED)
    return await world.actions.offer(world.actor(), ActionKind.UNBLOCK, number.msisdn)


async def test_a_right_code_lets_the_change_be_confirmed(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), offer.token)

    await world.step_up.enter(world.actor(), offer.token, world.last_code())

    action, first = await world.actions.confirm(world.actor(), offer.token)
    assert first
    await world.work()
    assert world.action(action).state is ActionState.DONE


async def test_a_right_code_that_comes_again_changes_nothing(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    code = world.last_code()
    await world.step_up.enter(world.actor(), offer.token, code)

    await world.step_up.enter(world.actor(), offer.token, code)

    _action, first = await world.actions.confirm(world.actor(), offer.token)
    assert first
    with pytest.raises(ConfirmExpired):
        await world.step_up.enter(world.actor(), offer.token, code)


async def test_the_message_names_the_change_and_the_last_digits(world: World) -> None:
    offer = await to_unblock(world)

    asked = await world.step_up.ask(world.actor(), offer.token, "ru")

    [message] = world.code_messages()
    assert (message.kind, message.language) == ("code.step_up", "ru")
    assert (message.channel, message.to) == (Channel.SMS, HER_PHONE.digits)
    assert message.parameters == {
        "action": "unblock",
        "last4": "5526",
        "chat": str(AIGUL),
        "code": world.last_code(),
    }
    assert asked.phone == HER_PHONE


async def test_a_code_for_one_change_is_worth_nothing_for_another(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    code = world.last_code()
    again = await to_unblock(world)  # the same number, a new summary

    with pytest.raises(CodeExpired):
        await world.step_up.enter(world.actor(), again.token, code)
    with pytest.raises(ConfirmExpired):
        await world.step_up.enter(world.actor(), offer.token, code)
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), again.token)


async def test_the_code_of_a_reset_proves_nothing_here_and_the_other_way_round(
    world: World,
) -> None:
    offer = await to_unblock(world)
    await world.login.ask_code(AIGUL, HER_PHONE, "ru")
    with pytest.raises(CodeExpired):
        await world.step_up.enter(world.actor(), offer.token, world.last_code())

    world.wait(seconds=60)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    code = world.last_code()
    assert len(world.code_messages()) == 2
    with pytest.raises((CodeInvalid, CodeExpired)):
        await world.login.enter_code(AIGUL, HER_PHONE, code)


async def test_a_wrong_code_proves_nothing(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    code = world.last_code()
    wrong = "000000" if code != "000000" else "111111"

    for _ in range(2):
        with pytest.raises(CodeInvalid):
            await world.step_up.enter(world.actor(), offer.token, wrong)
    with pytest.raises(CodeAttemptsExceeded):
        await world.step_up.enter(world.actor(), offer.token, wrong)
    with pytest.raises(CodeAttemptsExceeded):
        await world.step_up.enter(world.actor(), offer.token, code)
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), offer.token)


async def test_a_code_for_one_purpose_makes_nobody_wait_for_another(world: World) -> None:
    """The minute is each purpose's own (S02-4); the hour and the day are the number's (S02-5)."""
    await world.login.ask_code(AIGUL, HER_PHONE, "ru")
    for n in range(4):
        offer = await to_unblock(world)
        await world.step_up.ask(world.actor(), offer.token, "ru")
        assert len(world.code_messages()) == n + 2
    offer = await to_unblock(world)
    with pytest.raises(CodeSendsExceeded):
        await world.step_up.ask(world.actor(), offer.token, "ru")
    world.wait(seconds=60)
    with pytest.raises(CodeSendsExceeded):
        await world.login.ask_code(AIGUL, HER_PHONE, "ru")


async def test_codes_for_changes_keep_the_pause_of_all_codes(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")

    with pytest.raises(CodeTooEarly):
        await world.step_up.ask(world.actor(), offer.token, "ru")


async def test_nobody_else_can_ask_or_prove(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    stranger = world.actor(telegram_id=STRANGER)

    with pytest.raises(ConfirmExpired):
        await world.step_up.ask(stranger, offer.token, "ru")
    with pytest.raises(ConfirmExpired):
        await world.step_up.enter(stranger, offer.token, world.last_code())


async def test_a_summary_older_than_five_minutes_can_no_longer_be_proven(world: World) -> None:
    offer = await to_unblock(world)
    world.wait(minutes=4)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    world.wait(minutes=1)

    with pytest.raises(ConfirmExpired):
        await world.step_up.enter(world.actor(), offer.token, world.last_code())
    with pytest.raises(ConfirmExpired):
        await world.step_up.ask(world.actor(), offer.token, "ru")


@pytest.mark.parametrize("how", ["cancelled", "confirmed"])
async def test_a_change_past_its_summary_asks_for_no_code(world: World, how: str) -> None:
    offer = await to_unblock(world)
    if how == "cancelled":
        await world.actions.cancel(world.actor(), offer.token)
    else:
        await world.action_store.step_up(offer.action.id, world.clock.now())
        await world.actions.confirm(world.actor(), offer.token)

    with pytest.raises(ConfirmExpired):
        await world.step_up.ask(world.actor(), offer.token, "ru")
    assert world.code_messages() == []


async def test_a_proof_for_one_number_does_not_reach_another(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    await world.step_up.enter(world.actor(), offer.token, world.last_code())
    other = world.carrier.add(a_number(Msisdn("77010542006")))
    world.number = other
    other_offer = await world.actions.offer(
        world.actor(), ActionKind.UNBLOCK, world.now_is(NumberState.BLOCKED).msisdn
    )

    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), other_offer.token)
