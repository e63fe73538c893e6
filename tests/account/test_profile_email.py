"""Another registered address: proven by a code to it, changed once, told truly (S03)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.access.login import WRONG_IN_A_ROW
from account.access.profile_email import EmailParameters
from account.changes.action import Action, ActionKind, ActionState
from account.credentials.one_time_codes import CODE_LIFE
from account.effects.effect import BindTelegram, Channel
from account.errors import (
    CodeExpired,
    CodeInvalid,
    ConfirmExpired,
    ConfirmStale,
    EmailFrozen,
    EmailInvalid,
    EmailSame,
    NumberNotFound,
    PasswordWrong,
    StepUpRequired,
)
from account.values.identifiers import Email
from account.values.number import NumberState
from account.values.rights import Role
from tests.account.fakes.carrier import Fault
from tests.account.world import AIGUL, HER_PHONE, NUMBER, STRANGER, World

NEW = Email("new@alpha.kz")


async def offered(world: World, address: Email = NEW) -> str:
    offer = await world.actions.offer(
        world.actor(), ActionKind.EMAIL, HER_PHONE, EmailParameters(address, "kk")
    )
    return offer.token


async def identified(world: World, token: str) -> None:
    await world.step_up.ask_who(world.actor(), token, "kk")
    await world.step_up.identify(world.actor(), token, world.last_code())


async def proven(world: World, token: str) -> Action:
    """By both codes, the second of which is the confirmation."""
    await identified(world, token)
    await world.step_up.ask(world.actor(), token, "kk")
    action, first = await world.step_up.enter(world.actor(), token, world.last_code())
    assert first
    return action


async def confirmed(world: World) -> Action:
    return await proven(world, await offered(world))


def registered(world: World) -> Email | None:
    return world.carrier.administrators[HER_PHONE.digits].email


def by_mail(world: World) -> None:
    """Her codes go by e-mail: she is on another network."""
    her = replace(world.aigul, code_by_email=True)
    world.carrier.administrators[HER_PHONE.digits] = her


def codes(world: World) -> list[tuple[str, Channel, str]]:
    return [(owed.kind, owed.channel, owed.to) for owed in world.code_messages()]


async def test_the_person_is_proven_by_the_present_channel_and_the_address_by_a_code_to_it(
    world: World,
) -> None:
    by_mail(world)
    token = await offered(world)
    await proven(world, token)
    assert codes(world) == [
        ("code.identify", Channel.MAIL, "aigul@alpha.kz"),
        ("code.step_up", Channel.MAIL, NEW.address),
    ]


async def test_a_code_to_the_new_address_alone_is_refused_and_never_sent(world: World) -> None:
    """Who holds the open chat for a minute has the new mail box, and nothing else of hers."""
    by_mail(world)
    token = await offered(world)
    with pytest.raises(StepUpRequired):
        await world.step_up.ask(world.actor(), token, "kk")
    with pytest.raises(StepUpRequired):
        await world.step_up.enter(world.actor(), token, "000000")
    assert codes(world) == []
    world.ledger.prove((await only(world)).id, world.clock.now())
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), token)
    assert registered(world) == Email("aigul@alpha.kz")


async def only(world: World) -> Action:
    [kept] = world.ledger.actions.values()
    return kept.action


async def test_the_persons_own_code_is_no_proof_of_the_address(world: World) -> None:
    token = await offered(world)
    await identified(world, token)
    own = world.last_code()
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), token)
    await world.step_up.ask(world.actor(), token, "kk")
    if own != world.last_code():
        with pytest.raises(CodeInvalid):
            await world.step_up.enter(world.actor(), token, own)
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), token)


async def test_the_password_proves_the_person_too_and_a_wrong_one_locks(world: World) -> None:
    await world.gets_password("a lantern of old copper")
    token = await offered(world)
    for _ in range(WRONG_IN_A_ROW):
        with pytest.raises(PasswordWrong):
            await world.step_up.identify_by_password(world.actor(), token, "not it", "kk")
    with pytest.raises(PasswordWrong):
        await by_password(world, token)
    refused = [e.what for e in world.ledger.entries if e.result == "refused"]
    assert set(refused) == {"email.changed"}
    world.wait(minutes=16)
    token = await offered(world)
    await by_password(world, token)
    await world.step_up.ask(world.actor(), token, "kk")
    _action, first = await world.step_up.enter(world.actor(), token, world.last_code())
    assert first
    assert [kind for kind, *_ in codes(world)] == ["code.step_up"]


async def by_password(world: World, token: str) -> None:
    await world.step_up.identify_by_password(world.actor(), token, "a lantern of old copper", "kk")


async def test_a_proof_of_the_person_is_for_this_change_alone(world: World) -> None:
    await identified(world, await offered(world))
    other = await offered(world, Email("thief@elsewhere.kz"))
    with pytest.raises(StepUpRequired):
        await world.step_up.ask(world.actor(), other, "kk")
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), other)


async def test_a_proof_that_comes_again_changes_nothing(world: World) -> None:
    token = await offered(world)
    await identified(world, token)
    await world.step_up.identify(world.actor(), token, "000000")
    assert (await only(world)).identified_at == world.clock.now()


# --- 72 hours --------------------------------------------------------------------------------


async def resets(world: World) -> tuple[Channel, str] | None:
    """Where the code of a forgotten password goes now."""
    before = len(world.code_messages())
    world.wait(minutes=1)
    await world.login.ask_code(STRANGER, HER_PHONE, "en")
    new = world.code_messages()[before:]
    return (new[0].channel, new[0].to) if new else None


async def changed(world: World, address: Email = NEW) -> None:
    token = await offered(world, address)
    await proven(world, token)
    await world.work_for(seconds=2)
    assert registered(world) == address


async def test_for_three_days_codes_go_to_the_address_before(world: World) -> None:
    by_mail(world)
    await changed(world)
    assert await resets(world) == (Channel.MAIL, "aigul@alpha.kz")
    world.now_is(NumberState.BLOCKED)
    offer = await world.actions.offer(world.actor(), ActionKind.UNBLOCK, NUMBER)
    await world.step_up.ask(world.actor(), offer.token, "en")
    assert world.code_messages()[-1].to == "aigul@alpha.kz"
    world.wait(hours=71, minutes=57)
    assert await resets(world) == (Channel.MAIL, "aigul@alpha.kz")
    world.wait(minutes=3)
    assert await resets(world) == (Channel.MAIL, NEW.address)


async def test_two_changes_in_three_days_leave_the_first_address(world: World) -> None:
    by_mail(world)
    await changed(world)
    world.wait(hours=2)
    await changed(world, Email("third@alpha.kz"))
    assert await resets(world) == (Channel.MAIL, "aigul@alpha.kz")
    assert ("code.identify", Channel.MAIL, NEW.address) not in codes(world)
    letters = [
        owed.to
        for owed in world.ledger.owed
        if (owed.kind, owed.channel) == ("email.changed", Channel.MAIL)
    ]
    assert letters == ["aigul@alpha.kz", NEW.address, "aigul@alpha.kz"]


async def test_who_changes_it_back_gets_codes_at_once(world: World) -> None:
    by_mail(world)
    await changed(world)
    await changed(world, Email("aigul@alpha.kz"))
    assert await resets(world) == (Channel.MAIL, "aigul@alpha.kz")


async def test_an_address_that_the_operator_registered_itself_counts_at_once(
    world: World,
) -> None:
    by_mail(world)
    await changed(world)
    by_request = replace(world.aigul, email=Email("office@alpha.kz"), code_by_email=True)
    world.carrier.administrators[HER_PHONE.digits] = by_request
    assert await resets(world) == (Channel.MAIL, "office@alpha.kz")


async def test_a_first_address_gets_none_for_three_days(world: World) -> None:
    her = replace(world.aigul, email=None, code_by_email=True)
    world.carrier.administrators[HER_PHONE.digits] = her
    await world.gets_password("a lantern of old copper")
    token = await offered(world)
    await by_password(world, token)
    await world.step_up.ask(world.actor(), token, "kk")
    await world.step_up.enter(world.actor(), token, world.last_code())
    await world.work_for(seconds=2)
    assert registered(world) == NEW
    assert await resets(world) is None
    world.wait(hours=72)
    assert await resets(world) == (Channel.MAIL, NEW.address)


async def test_a_new_address_does_not_stand_in_for_a_number_that_was_taken_over(
    world: World,
) -> None:
    """First the e-mail, then the SIM card: codes by e-mail go where they went before."""
    await changed(world)
    world.carrier.drawer.replaced_at[HER_PHONE.digits] = world.clock.now()
    assert await resets(world) == (Channel.MAIL, "aigul@alpha.kz")


async def test_a_change_that_may_be_done_at_this_moment_counts(world: World) -> None:
    by_mail(world)
    world.carrier.faults.append(Fault.UNTRACED)
    world.carrier.orders_down = True
    await confirmed(world)
    await world.work_for(seconds=3)
    assert registered(world) == NEW
    assert await resets(world) == (Channel.MAIL, "aigul@alpha.kz")


# --- the change ------------------------------------------------------------------------------


async def test_a_code_for_one_address_proves_no_other(world: World) -> None:
    token = await offered(world)
    await identified(world, token)
    await world.step_up.ask(world.actor(), token, "kk")
    code = world.last_code()
    other = await offered(world, Email("thief@elsewhere.kz"))
    with pytest.raises(ConfirmExpired):
        await world.step_up.enter(world.actor(), token, code)
    with pytest.raises(StepUpRequired):
        await world.step_up.enter(world.actor(), other, code)
    await identified(world, other)
    with pytest.raises(CodeExpired):
        await world.step_up.enter(world.actor(), other, code)
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), other)
    assert registered(world) == Email("aigul@alpha.kz")


async def test_the_address_is_changed_and_it_is_told_by_every_way(world: World) -> None:
    for account in (7009, AIGUL):
        world.ledger.carry_out([BindTelegram("adm-1", HER_PHONE, account, world.clock.now())])
        world.wait(seconds=1)
    action = await confirmed(world)
    await world.work_for(seconds=2)
    assert world.action(action).state is ActionState.DONE
    assert registered(world) == NEW
    told = [owed for owed in world.ledger.owed if owed.kind == "email.changed"]
    assert [(owed.channel, owed.to, owed.language) for owed in told] == [
        (Channel.SMS, HER_PHONE.digits, "kk"),
        (Channel.MAIL, "aigul@alpha.kz", "kk"),
        (Channel.TELEGRAM, str(AIGUL), None),
        (Channel.TELEGRAM, "7009", None),
    ]
    entry = world.ledger.entries[-1]
    assert (entry.what, entry.number, entry.parameters) == (
        "email.changed",
        None,
        {"email": "n***@a***.kz"},
    )
    assert world.words() == ["action.final"]


async def test_who_had_no_address_is_told_by_sms_alone(world: World) -> None:
    world.carrier.administrators[HER_PHONE.digits] = replace(world.aigul, email=None)
    await confirmed(world)
    await world.work_for(seconds=2)
    told = [owed.channel for owed in world.ledger.owed if owed.kind == "email.changed"]
    assert told == [Channel.SMS]


@pytest.mark.parametrize(
    "fault", [Fault.ANSWER_LOST, Fault.UNTRACED, Fault.LOST, Fault.NOT_REACHED]
)
async def test_an_answer_that_is_lost_makes_no_second_change(world: World, fault: Fault) -> None:
    world.carrier.faults.append(fault)
    action = await confirmed(world)
    await world.work_for(seconds=90)
    assert world.action(action).state is ActionState.DONE
    assert registered(world) == NEW
    assert world.carrier.effects == [action.id]
    assert len([owed for owed in world.ledger.owed if owed.kind == "email.changed"]) == 2


async def test_a_refusal_of_the_operator_is_told(world: World) -> None:
    world.carrier.faults.append(Fault.REFUSED)
    action = await confirmed(world)
    await world.work_for(seconds=2)
    assert world.action(action).state is ActionState.REJECTED
    assert registered(world) == Email("aigul@alpha.kz")
    assert world.words() == ["action.final"]
    assert not [owed for owed in world.ledger.owed if owed.kind == "email.changed"]


async def test_a_register_that_changed_meanwhile_is_not_overwritten(world: World) -> None:
    action = await confirmed(world)
    by_request = replace(world.aigul, email=Email("office@alpha.kz"))
    world.carrier.administrators[HER_PHONE.digits] = by_request
    await world.work_for(seconds=2)
    settled = world.action(action)
    assert (settled.state, settled.reason_code) == (ActionState.REJECTED, ConfirmStale.code)
    assert registered(world) == Email("office@alpha.kz")


async def test_what_is_refused_at_once(world: World) -> None:
    with pytest.raises(EmailSame):
        await offered(world, Email("aigul@alpha.kz"))
    long = Email("a" * 65 + "@b.kz")
    with pytest.raises(EmailInvalid):
        await offered(world, long)
    with pytest.raises(NumberNotFound):
        await world.actions.offer(
            world.actor(), ActionKind.EMAIL, NUMBER, EmailParameters(NEW, "en")
        )


async def test_no_new_address_while_codes_are_held_back(world: World) -> None:
    world.carrier.drawer.replaced_at[HER_PHONE.digits] = world.clock.now()
    with pytest.raises(EmailFrozen):
        await offered(world)
    world.wait(hours=72, seconds=1)
    assert await offered(world)


async def test_a_takeover_between_the_question_and_the_change_stops_it(world: World) -> None:
    action = await confirmed(world)
    world.carrier.drawer.replaced_at[HER_PHONE.digits] = world.clock.now()
    await world.work_for(seconds=2)
    settled = world.action(action)
    assert (settled.state, settled.reason_code) == (ActionState.REJECTED, EmailFrozen.code)


async def test_a_viewer_changes_their_own_address(world: World) -> None:
    actor = world.actor(companies=(replace(world.alpha, role=Role.VIEWER),))
    offer = await world.actions.offer(
        actor, ActionKind.EMAIL, HER_PHONE, EmailParameters(NEW, "en")
    )
    assert offer.action.expires_at > world.clock.now() + CODE_LIFE
