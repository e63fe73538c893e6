"""The administrator's own page: sessions, and a new password with the present one (S03)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from account.access.profile import PROOF_LIFE, Proof
from account.effects.effect import Channel
from account.effects.history import HistoryEvent
from account.errors import (
    BadCredentials,
    PasswordMismatch,
    PasswordWeak,
    PasswordWrong,
    ProofExpired,
    SessionExpired,
)
from account.identity.permissions import Actor
from account.identity.sessions import IDLE, Session
from tests.account.world import AIGUL, HER_PHONE, NUMBER, World

PRESENT = "copper lantern on the river"
NEW = "seven quiet horses by night"


@pytest.fixture
async def at_home(world: World) -> World:
    """With a password, and known by the Telegram account she is in."""
    world.ledger.passwords["adm-1"] = await world.passwords.hash(PRESENT)
    world.ledger.people.logged_in("adm-1", AIGUL, world.clock.now())
    return world


def another(world: World, key: str = "s-2", **changes: object) -> Session:
    session = replace(world.session, id=key, telegram_id=7009, **changes)  # type: ignore[arg-type]
    world.ledger.sessions[key] = session
    return session


def employee(world: World) -> Actor:
    return world.actor(session_id="", only=NUMBER)


# --- sessions ---


async def test_the_page_tells_what_the_register_and_the_sessions_say(world: World) -> None:
    yesterday = world.clock.now() - timedelta(days=1)
    another(world, "s-0", opened_at=yesterday, ended_at=yesterday)
    another(world, "s-2", seen_at=world.clock.now() - IDLE)
    fresh = another(world, "s-3", opened_at=world.clock.now() + timedelta(seconds=1))
    shown = await world.profile.standing(world.actor())
    assert shown.email == world.aigul.email
    assert shown.last_login == yesterday or shown.last_login == world.session.opened_at
    assert [session.id for session in shown.sessions] == [fresh.id, "s-1"]


async def test_the_registered_address_is_told_to_its_owner_alone(world: World) -> None:
    assert await world.profile.email(world.actor()) == world.aigul.email
    with pytest.raises(SessionExpired):
        await world.profile.email(employee(world))


async def test_the_last_login_is_the_one_before_this(world: World) -> None:
    assert (await world.profile.standing(world.actor())).last_login is None
    earlier = world.clock.now() - timedelta(hours=5)
    another(world, opened_at=earlier, ended_at=earlier)
    assert (await world.profile.standing(world.actor())).last_login == earlier


async def test_one_session_is_ended_and_nobody_elses(world: World) -> None:
    another(world)
    stranger = another(world, "s-9", administrator_id="adm-9")
    assert await world.profile.end_session(world.actor(), "s-2")
    assert not await world.profile.end_session(world.actor(), "s-2")
    assert not await world.profile.end_session(world.actor(), "s-9")
    assert world.ledger.sessions["s-2"].ended_at == world.clock.now()
    assert world.ledger.sessions[stranger.id].ended_at is None
    assert world.ledger.sessions["s-1"].ended_at is None


async def test_logging_out_everywhere_needs_no_operator(world: World) -> None:
    another(world)
    world.carrier.down = True
    await world.profile.log_out_everywhere(world.session)
    assert all(session.ended_at for session in world.ledger.sessions.values())
    assert world.ledger.entries[-1].what is HistoryEvent.LOGOUT


async def test_an_employee_has_no_page(world: World) -> None:
    for doing in (
        world.profile.standing(employee(world)),
        world.profile.end_session(employee(world), "s-1"),
        world.profile.prove(employee(world), PRESENT, "en"),
    ):
        with pytest.raises(SessionExpired):
            await doing


# --- the password ---


async def proof_of(world: World, password: str = PRESENT) -> Proof:
    return await world.profile.prove(world.actor(), password, "kk")


async def set_new(world: World, proof: Proof, new: str = NEW, again: str | None = None) -> None:
    draft = await world.profile.draft_password(world.actor(), proof, new)
    await world.profile.set_password(
        world.actor(), proof, draft, new if again is None else again, "kk"
    )


async def test_a_new_password_ends_every_other_session_and_is_told(at_home: World) -> None:
    another(at_home)
    await set_new(at_home, await proof_of(at_home))
    assert at_home.ledger.sessions["s-1"].ended_at is None
    assert at_home.ledger.sessions["s-2"].ended_at == at_home.clock.now()
    notice, colleagues = at_home.ledger.owed
    assert (notice.kind, notice.channel, notice.to, notice.language) == (
        "password.changed",
        Channel.SMS,
        HER_PHONE.digits,
        "kk",
    )
    assert (colleagues.kind, colleagues.channel) == ("colleague.password", Channel.COLLEAGUES)
    assert (at_home.ledger.entries[-1].what, at_home.ledger.entries[-1].result) == (
        HistoryEvent.PASSWORD_CHANGED,
        "done",
    )
    await at_home.login.with_password(AIGUL, HER_PHONE, NEW, "kk")
    with pytest.raises(BadCredentials):
        await at_home.login.with_password(AIGUL, HER_PHONE, PRESENT, "kk")


async def test_wrong_ones_lock_the_login_and_a_right_one_then_is_wrong_too(at_home: World) -> None:
    for _ in range(5):
        with pytest.raises(PasswordWrong):
            await proof_of(at_home, "not the password")
    with pytest.raises(PasswordWrong):
        await proof_of(at_home)
    with pytest.raises(BadCredentials):
        await at_home.login.with_password(AIGUL, HER_PHONE, PRESENT, "kk")
    assert [(owed.kind, owed.to) for owed in at_home.ledger.owed] == [
        ("login.locked", HER_PHONE.digits),
        ("login.locked", str(AIGUL)),
    ]
    refused = [
        entry for entry in at_home.ledger.entries if entry.what is HistoryEvent.PASSWORD_CHANGED
    ]
    assert [entry.result for entry in refused] == ["refused"] * 6
    at_home.wait(minutes=15)
    assert await proof_of(at_home)


async def test_a_right_one_forgets_the_wrong_ones(at_home: World) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(PasswordWrong):
                await proof_of(at_home, "not the password")
        await proof_of(at_home)
    assert at_home.ledger.owed == []


async def test_who_has_no_password_proves_nothing(world: World) -> None:
    with pytest.raises(PasswordWrong):
        await proof_of(world, "")


@pytest.mark.parametrize("weak", ["short", PRESENT, "alpha llp", HER_PHONE.digits])
async def test_a_new_password_keeps_the_rules(at_home: World, weak: str) -> None:
    proof = await proof_of(at_home)
    with pytest.raises(PasswordWeak):
        await set_new(at_home, proof, weak)


async def test_it_is_typed_twice(at_home: World) -> None:
    with pytest.raises(PasswordMismatch):
        await set_new(at_home, await proof_of(at_home), again="another one entirely")
    assert at_home.ledger.owed == []


async def test_a_proof_is_of_this_session_this_password_and_ten_minutes(at_home: World) -> None:
    proof = await proof_of(at_home)
    for forged in (
        replace(proof, session_id="s-2"),
        replace(proof, of="0" * 64),
        replace(proof, at=at_home.clock.now() - PROOF_LIFE),
    ):
        with pytest.raises(ProofExpired):
            await set_new(at_home, forged)
    await set_new(at_home, proof)
    with pytest.raises(ProofExpired):
        await set_new(at_home, proof, "and one more of these words")
