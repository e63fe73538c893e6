"""Another registered address: proven by a code to it, changed once, told truly (S03)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.actions import Action, ActionKind, ActionState
from account.codes import CODE_LIFE
from account.deeds import Channel
from account.errors import (
    ConfirmStale,
    EmailFrozen,
    EmailInvalid,
    EmailSame,
    NumberNotFound,
    StepUpRequired,
)
from account.identifiers import Email
from account.permissions import Role
from account.profile_email import wished
from tests.account.fakes import Fault
from tests.account.world import HER_PHONE, NUMBER, World

NEW = Email("new@alpha.kz")


async def offered(world: World, address: Email = NEW) -> str:
    offer = await world.actions.offer(
        world.actor(), ActionKind.EMAIL, HER_PHONE, wished(address, "kk")
    )
    return offer.token


async def proven(world: World, token: str) -> None:
    await world.step_up.ask(world.actor(), token, "kk")
    await world.step_up.enter(world.actor(), token, world.last_code())


async def confirmed(world: World) -> Action:
    token = await offered(world)
    await proven(world, token)
    action, first = await world.actions.confirm(world.actor(), token)
    assert first
    return action


def registered(world: World) -> Email | None:
    return world.carrier.administrators[HER_PHONE.digits].email


async def test_the_code_goes_to_the_new_address_and_nowhere_else(world: World) -> None:
    token = await offered(world)
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), token)
    await world.step_up.ask(world.actor(), token, "kk")
    [letter] = world.code_messages()
    assert (letter.channel, letter.to) == (Channel.MAIL, NEW.address)


async def test_a_code_for_one_address_proves_no_other(world: World) -> None:
    token = await offered(world)
    await proven(world, token)
    other = await offered(world, Email("thief@elsewhere.kz"))
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), other)
    assert registered(world) == Email("aigul@alpha.kz")


async def test_the_address_is_changed_and_the_old_one_is_told(world: World) -> None:
    action = await confirmed(world)
    await world.work_for(seconds=2)
    assert world.action(action).state is ActionState.DONE
    assert registered(world) == NEW
    told = [owed for owed in world.ledger.owed if owed.kind == "email.changed"]
    assert [(owed.channel, owed.to, owed.language) for owed in told] == [
        (Channel.SMS, HER_PHONE.digits, "kk"),
        (Channel.MAIL, "aigul@alpha.kz", "kk"),
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
    forged: list[dict[str, str]] = [{}, {"email": "nobody"}, {"email": "a@b.kz\r\nBcc: c@d.kz"}]
    for parameters in forged:
        with pytest.raises(EmailInvalid):
            await world.actions.offer(world.actor(), ActionKind.EMAIL, HER_PHONE, parameters)
    with pytest.raises(NumberNotFound):
        await world.actions.offer(world.actor(), ActionKind.EMAIL, NUMBER, wished(NEW, "en"))


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
    offer = await world.actions.offer(actor, ActionKind.EMAIL, HER_PHONE, wished(NEW, "en"))
    assert offer.action.expires_at > world.clock.now() + CODE_LIFE
