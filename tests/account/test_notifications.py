"""Colleagues are told of what concerns security, each once; the rest can be switched off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from account.changes.action import Action, ActionKind
from account.changes.colleague_notices import COMPANY, to_colleagues
from account.chapters.notifications import Topic
from account.effects.effect import Channel, OutboxMessage
from account.errors import CarrierUnavailable, CompanyNotAccessible, SessionExpired
from account.identity.directory import Administrator
from account.values.identifiers import Msisdn
from account.values.rights import Role
from account.values.wall_times import WallTime
from tests.account.world import AIGUL, NOON, NUMBER, World

TOLD = {
    ActionKind.UNBLOCK,
    ActionKind.REGISTER_DEVICE,
    ActionKind.REREGISTER_DEVICE,
    ActionKind.DUPLICATE_DEVICE,
}


def colleague(world: World, key: str, telegram: int, role: Role = Role.ADMINISTRATOR) -> None:
    phone = Msisdn(f"7701000000{key[-1]}")
    world.carrier.administrators[phone.digits] = Administrator(key, key, phone)
    world.carrier.granted[key] = (replace(world.alpha, role=role),)
    world.ledger.people.logged_in(key, telegram, NOON)


async def spread(world: World, owed: OutboxMessage) -> list[OutboxMessage]:
    return list(
        await world.notifications.spread(owed.to, owed.kind, owed.parameters, owed.expires_at)
    )


def of_colleagues(world: World) -> list[OutboxMessage]:
    return [owed for owed in world.ledger.owed if owed.channel is Channel.COLLEAGUES]


async def done(world: World, kind: ActionKind) -> Action:
    await world.ready(kind)
    action = await world.accepted(kind)
    await world.work_for(seconds=3)
    return action


@pytest.mark.parametrize("kind", sorted(TOLD | {ActionKind.BLOCK, ActionKind.BAN}))
async def test_what_is_told_when_it_is_done(world: World, kind: ActionKind) -> None:
    action = await done(world, kind)
    told = [(owed.kind, owed.parameters["kind"], owed.key) for owed in of_colleagues(world)]
    expected = [("colleague.change", kind.value, f"{action.id}:colleagues")]
    assert told == (expected if kind in TOLD else [])


async def test_nothing_is_told_of_what_was_not_done(world: World) -> None:
    await world.ready(ActionKind.UNBLOCK)
    await world.accepted(ActionKind.UNBLOCK)
    world.carrier.fleet.pop(NUMBER.digits)
    await world.work_for(seconds=2)
    assert of_colleagues(world) == []


async def test_every_other_administrator_is_told_in_their_own_chat(world: World) -> None:
    colleague(world, "adm-2", 8002)
    colleague(world, "adm-3", 8003, Role.VIEWER)
    colleague(world, "adm-4", AIGUL)
    world.ledger.people.logged_in("adm-1", AIGUL, NOON)
    await done(world, ActionKind.UNBLOCK)
    [owed] = of_colleagues(world)
    [message] = await spread(world, owed)
    assert (message.channel, message.to, message.kind) == (
        Channel.TELEGRAM,
        "8002",
        "colleague.change",
    )
    assert message.parameters[COMPANY] == "Alpha LLP"
    assert message.parameters["administrator"] == "Айгүл Серікова"
    assert [one.key for one in await spread(world, owed)] == [message.key]


async def test_who_lost_the_company_meanwhile_is_told_of_all_the_same(world: World) -> None:
    colleague(world, "adm-2", 8002)
    await done(world, ActionKind.UNBLOCK)
    world.carrier.granted["adm-1"] = ()
    [message] = await spread(world, of_colleagues(world)[0])
    assert message.parameters[COMPANY] == "Alpha LLP"


async def test_a_new_password_is_told_once_however_many_companies_two_share(world: World) -> None:
    colleague(world, "adm-2", 8002)
    for key in ("adm-1", "adm-2"):
        world.carrier.granted[key] = (world.alpha, world.beta)
    owed = to_colleagues(world.aigul, AIGUL, "password", world.clock.now())
    [message] = await spread(world, owed)
    assert (message.kind, message.to) == ("colleague.password", "8002")


async def test_an_operator_that_is_down_puts_it_off(world: World) -> None:
    colleague(world, "adm-2", 8002)
    owed = to_colleagues(world.aigul, AIGUL, "login", world.clock.now())
    world.carrier.down = True
    with pytest.raises(CarrierUnavailable):
        await spread(world, owed)


async def test_a_topic_is_switched_off_and_on_again(world: World) -> None:
    long = replace(await done(world, ActionKind.REGISTER_DEVICE))
    short = await done(world, ActionKind.BLOCK)
    assert not await world.notifications.is_silent(long)
    await world.notifications.switch(world.actor(), Topic.LONG_REQUESTS)
    assert await world.notifications.is_silent(long)
    assert not await world.notifications.is_silent(short)
    await world.notifications.switch(world.actor(), Topic.LONG_REQUESTS)
    assert await world.notifications.muted("adm-1") == frozenset()
    with pytest.raises(SessionExpired):
        await world.notifications.switch(world.actor(session_id=""), Topic.LONG_REQUESTS)


# --- who has left the chat ---


async def why_barred(world: World) -> type[Exception] | None:
    why = await world.notifications.barred(AIGUL, "adm-1", world.alpha.id)
    return None if why is None else type(why)


async def test_a_chat_is_told_everything_also_after_its_session_ran_out(world: World) -> None:
    assert await why_barred(world) is None
    world.wait(hours=20)
    assert await why_barred(world) is None


async def test_who_has_left_is_told_nothing_until_the_next_login(world: World) -> None:
    await world.login.log_out(world.session)
    assert await why_barred(world) is SessionExpired
    again = replace(world.session, id="s-2", opened_at=world.clock.now() + timedelta(seconds=1))
    world.ledger.sessions["s-2"] = again
    assert await why_barred(world) is None


async def test_nor_is_another_administrator_in_the_same_chat(world: World) -> None:
    later = world.clock.now() + timedelta(seconds=1)
    other = replace(world.session, id="s-2", administrator_id="adm-9", opened_at=later)
    world.ledger.sessions["s-2"] = other
    assert await why_barred(world) is SessionExpired


async def test_a_company_that_is_theirs_no_more(world: World) -> None:
    world.carrier.granted["adm-1"] = ()
    assert await why_barred(world) is CompanyNotAccessible
    world.carrier.down = True
    assert await why_barred(world) is None


async def test_the_night_hushes_what_was_scheduled(world: World) -> None:
    for typed, hushed in (("21:59", False), ("22:00", True), ("07:59", True), ("08:00", False)):
        world.clock.advance(WallTime.read(f"2030-01-01T{typed}").moment - world.clock.now())
        assert world.notifications.hushes_scheduled() is hushed, typed
