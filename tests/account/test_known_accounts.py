"""Known Telegram accounts: seen, removed with the password, never by a newcomer (S03)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from account.changes.safety_notices import NOT_ME
from account.effects.effect import Channel
from account.effects.history import HistoryEvent
from account.errors import AccountTooNew, BadCredentials, PasswordWrong, SessionExpired
from account.identity.permissions import Actor
from tests.account.world import AIGUL, HER_PHONE, STRANGER, World

PASSWORD = "a lantern of old copper"
OLD, NEW = 7009, 7010
LONG = timedelta(days=9)


@pytest.fixture
async def home(world: World) -> World:
    """Her account and an older one of hers, known for long, and one that came a minute ago."""
    await world.gets_password(PASSWORD)
    for account in (OLD, AIGUL):
        world.ledger.people.logged_in("adm-1", account, world.clock.now() - LONG)
        world.wait(seconds=1)
    world.ledger.people.logged_in("adm-1", NEW, world.clock.now())
    return world


def at(world: World, account: int) -> Actor:
    return world.actor(telegram_id=account)


async def removes(world: World, whom: int, who: int = AIGUL, password: str = PASSWORD) -> bool:
    return await world.known_accounts.remove(at(world, who), whom, password, "en")


async def listed(world: World) -> list[int]:
    return [one.telegram_id for one in await world.known_accounts.of(at(world, AIGUL))]


async def test_they_are_listed_by_their_latest_login(home: World) -> None:
    assert await listed(home) == [NEW, AIGUL, OLD]
    [first, *_rest] = await home.known_accounts.of(at(home, AIGUL))
    assert (first.first_at, first.last_at) == (home.clock.now(), home.clock.now())


async def test_removed_with_the_password_it_is_warned_no_more_and_not_let_in(home: World) -> None:
    assert await removes(home, OLD)
    assert await listed(home) == [NEW, AIGUL]
    told = {(owed.channel, owed.to) for owed in home.ledger.owed}
    assert told == {
        (Channel.SMS, HER_PHONE.digits),
        (Channel.TELEGRAM, str(OLD)),
        (Channel.TELEGRAM, str(NEW)),
    }, "all but this one, the removed one among them"
    assert all(NOT_ME in owed.parameters for owed in home.ledger.owed)
    [entry] = [entry for entry in home.ledger.entries if entry.what is HistoryEvent.ACCOUNT_REMOVED]
    assert entry.result == "done"
    with pytest.raises(BadCredentials):
        await home.login.with_password(OLD, HER_PHONE, PASSWORD, "en")
    approvals = home.sensitive_numbers._approvals
    assert OLD in await approvals.ever_logged_in("adm-1"), "four eyes remember it"


async def test_with_a_code_it_is_known_again(home: World) -> None:
    await removes(home, OLD)
    await home.login.ask_code(OLD, HER_PHONE, "en")
    await home.login.enter_code(OLD, HER_PHONE, home.last_code())
    draft = await home.login.draft_password(OLD, HER_PHONE, PASSWORD + "!")
    await home.login.set_password(OLD, HER_PHONE, draft, PASSWORD + "!", "en")
    assert await listed(home) == [OLD]
    assert await home.login.with_password(OLD, HER_PHONE, PASSWORD + "!", "en")


async def test_a_wrong_password_removes_nothing_and_locks(home: World) -> None:
    for _ in range(5):
        with pytest.raises(PasswordWrong):
            await removes(home, OLD, password="not it")
    with pytest.raises(PasswordWrong):
        await removes(home, OLD)
    assert await listed(home) == [NEW, AIGUL, OLD]


@pytest.mark.parametrize(("hours", "may"), [(71.99, False), (72.0, True)])
async def test_a_newcomer_removes_nobody(home: World, hours: float, *, may: bool) -> None:
    home.wait(hours=hours)
    if may:
        assert await removes(home, AIGUL, who=NEW)
        return
    with pytest.raises(AccountTooNew):
        await removes(home, AIGUL, who=NEW)
    assert set(await listed(home)) == {NEW, AIGUL, OLD}


@pytest.mark.parametrize("whom", [AIGUL, STRANGER, 0, -1])
async def test_neither_this_one_nor_anybody_elses(home: World, whom: int) -> None:
    home.ledger.people.logged_in("adm-2", STRANGER, home.clock.now())
    assert not await removes(home, whom)
    assert home.ledger.owed == []


async def test_without_a_session_there_is_nothing_to_see(home: World) -> None:
    employee = replace(at(home, AIGUL), session_id="", administrator_id="")
    with pytest.raises(SessionExpired):
        await home.known_accounts.of(employee)
    with pytest.raises(SessionExpired):
        await home.known_accounts.remove(employee, OLD, PASSWORD, "en")


async def test_one_that_was_forgotten_is_a_stranger_and_not_removed(home: World) -> None:
    """After a reset in another account the new password still lets it in, with a warning."""
    await home.login.ask_code(AIGUL, HER_PHONE, "en")
    await home.login.enter_code(AIGUL, HER_PHONE, home.last_code())
    draft = await home.login.draft_password(AIGUL, HER_PHONE, PASSWORD + "!")
    await home.login.set_password(AIGUL, HER_PHONE, draft, PASSWORD + "!", "en")
    assert await listed(home) == [AIGUL]
    await home.login.with_password(OLD, HER_PHONE, PASSWORD + "!", "en")
    assert "login.new_telegram" in {owed.kind for owed in home.ledger.owed}
    assert set(await listed(home)) == {AIGUL, OLD}
