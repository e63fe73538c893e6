"""The time that processes share: what is noted of it, and what a step does to rows that wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from account.changes.action import Action
from account.changes.sets.change_set import OFFER_LIFE, Outcome
from account.effects.effect import Channel, OpenSession, OutboxMessage
from account.errors import ConfirmExpired
from storage import Stores
from storage.stores.clocks import SAME_STEP, Reading
from storage.tables.actions import actions
from storage.tables.change_sets import change_sets
from tests.storage.builders import (
    LEASE,
    NOW,
    SECOND,
    a_document_order,
    a_message,
    a_session,
    accepted,
    an_entry,
    an_update,
    offered,
)
from tests.storage.set_desk import FEW, Desk

LATER_BY = timedelta(hours=2)
LATER = NOW + LATER_BY


async def test_nothing_is_known_of_a_new_database(stores: Stores) -> None:
    told = await stores.clocks.read("boot", "me", NOW)
    assert (told.zero, told.stepped_at, told.declared) == (None, None, None)


async def test_a_server_tells_its_own_clock(stores: Stores) -> None:
    told = await stores.clocks.read("boot", "me", NOW)
    if stores.database.dialect == "sqlite":
        assert told.raw is None
    else:
        assert told.raw is not None
        assert abs(told.raw - datetime.now(UTC)) < timedelta(minutes=1)


async def test_each_start_of_a_machine_has_its_own_zero(stores: Stores) -> None:
    await stores.clocks.keep("one", NOW)
    await stores.clocks.keep("other", NOW + SECOND)
    await stores.clocks.keep("one", NOW - SECOND)
    assert (await stores.clocks.read("one", "me", NOW)).zero == NOW - SECOND
    assert (await stores.clocks.read("other", "me", NOW)).zero == NOW + SECOND
    assert (await stores.clocks.read("third", "me", NOW)).zero is None


async def test_what_another_living_process_declares_is_told(stores: Stores) -> None:
    await stores.clocks.declare("other", timedelta(days=-3), NOW)
    live = NOW - SECOND
    assert (await stores.clocks.read("boot", "me", live)).declared == timedelta(days=-3)
    assert (await stores.clocks.read("boot", "other", live)).declared is None, "its own is not"
    assert (await stores.clocks.read("boot", "me", NOW)).declared is None, "it may be dead"


async def test_a_clock_that_went_back_holds_nobody_up(stores: Stores) -> None:
    """Two hours back: leases and what is due move along, the future is not waited for."""
    await stores.inbox.put([an_update(1)], owner="dead", until=LATER + LEASE)
    owed = OutboxMessage(
        channel=Channel.TELEGRAM,
        to="5",
        kind="x",
        expires_at=LATER + LEASE,
        not_before=LATER + 60 * SECOND,
    )
    await stores.outbox.owe(owed)
    await stores.leases.take("poller", "dead", LATER, LEASE)

    await stores.clocks.stepped("a step", NOW, NOW - LATER, NOW)

    after = NOW + LEASE + SECOND
    assert await stores.inbox.claim("next", NOW + SECOND, LEASE, 9) == []
    assert len(await stores.inbox.claim("next", after, LEASE, 9)) == 1
    assert await stores.leases.take("poller", "next", NOW + SECOND, LEASE) is None
    assert await stores.leases.take("poller", "next", after, LEASE) is not None
    assert await stores.outbox.claim("next", NOW + 59 * SECOND, LEASE, 9) == []
    assert len(await stores.outbox.claim("next", NOW + 61 * SECOND, LEASE, 9)) == 1


async def test_a_set_does_not_wait_for_a_clock_that_went_back(stores: Stores) -> None:
    """The crash lab: a set that was at work while the clock was ahead stood still for as long."""
    desk = Desk(stores)
    desk.clock.advance(LATER_BY)
    change_set = await desk.confirmed()
    await desk.step()
    while (await desk.outcomes(change_set)).get(Outcome.DONE, 0) < 4:
        await desk.follow_up()
        desk.clock.advance(SECOND)
    # By one who had counted them before they ended.
    again = update(change_sets).values(due=desk.clock.now() + 30 * SECOND)
    await stores.database.write(lambda conn: conn.execute(again).close())
    desk.clock.advance(-LATER_BY)
    now = desk.clock.now()
    await stores.clocks.stepped("a step", now, -LATER_BY, now)
    await desk.to_the_end(change_set)
    assert await desk.outcomes(change_set) == {Outcome.DONE: FEW}


async def test_what_is_offered_of_a_set_lives_no_longer_for_a_clock_that_went_back(
    stores: Stores,
) -> None:
    desk = Desk(stores)
    desk.clock.advance(LATER_BY)
    offered = await desk.previewed(range(FEW))
    desk.clock.advance(-LATER_BY)
    now = desk.clock.now()
    await stores.clocks.stepped("a step", now, -LATER_BY, now)
    desk.clock.advance(OFFER_LIFE + SECOND)
    with pytest.raises(ConfirmExpired):
        await desk.sets.confirm(desk.actor(), offered.token)


async def test_one_step_seen_by_two_processes_moves_rows_once(stores: Stores) -> None:
    await stores.inbox.put([an_update(1)], owner="dead", until=LATER + 60 * SECOND)
    for seen in (NOW, NOW + SECOND):
        await stores.clocks.stepped("a step", seen, NOW - LATER, seen)
    assert await stores.inbox.claim("next", NOW + 58 * SECOND, LEASE, 9) == []
    assert len(await stores.inbox.claim("next", NOW + 61 * SECOND, LEASE, 9)) == 1


async def test_a_clock_that_went_forward_moves_nothing(stores: Stores) -> None:
    await stores.inbox.put([an_update(1)], owner="other", until=LATER + LEASE)
    await stores.clocks.stepped("a step", LATER, LATER - NOW, LATER)
    assert await stores.inbox.claim("next", LATER + SECOND, LEASE, 9) == []
    told = await stores.clocks.read("boot", "me", NOW)
    assert told == Reading(told.raw, None, LATER, "a step", None)


Claim = Callable[[Stores, str, datetime], Awaitable[object]]


async def _action(stores: Stores, owner: str, now: datetime) -> object:
    return await stores.actions.claim(owner, now, LEASE, 9)


async def _document(stores: Stores, owner: str, now: datetime) -> object:
    return await stores.documents.claim(owner, now, LEASE)


async def _message(stores: Stores, owner: str, now: datetime) -> object:
    return await stores.outbox.claim(owner, now, LEASE, 9)


async def _update(stores: Stores, owner: str, now: datetime) -> object:
    return await stores.inbox.claim(owner, now, LEASE, 9)


async def _poller(stores: Stores, owner: str, now: datetime) -> object:
    return await stores.leases.take("poller", owner, now, LEASE)


CLAIMS = pytest.mark.parametrize("claim", [_action, _document, _message, _update, _poller])


async def _to_do(stores: Stores) -> None:
    """One of each that can be claimed."""
    await accepted(stores, "token")
    await stores.documents.order(a_document_order(), NOW, [an_entry()])
    await stores.outbox.owe(a_message())
    await stores.inbox.put([an_update(1)])


@CLAIMS
async def test_who_has_something_in_hand_keeps_it_when_a_clock_goes_forward(
    stores: Stores, claim: Claim
) -> None:
    """The crash lab, seed 7104 on SQLite: by the new time every lease was over at once, and the
    file that was just being sent was sent once more by the same process.
    """
    await _to_do(stores)
    assert await claim(stores, "living", NOW)
    now = LATER + SECOND
    await stores.clocks.stepped("a step", now, LATER - NOW, now)
    assert not await claim(stores, "next", LATER + LEASE - SECOND)
    assert await claim(stores, "next", LATER + LEASE + SECOND), "no longer than it would have"


@CLAIMS
async def test_a_lease_that_was_over_stays_over_when_a_clock_goes_forward(
    stores: Stores, claim: Claim
) -> None:
    await _to_do(stores)
    assert await claim(stores, "dead", NOW)
    now = LATER + 2 * LEASE
    await stores.clocks.stepped("a step", now, LATER - NOW, now)
    assert await claim(stores, "next", now)


@CLAIMS
@pytest.mark.parametrize("after", [NOW, LATER + LATER_BY])
async def test_nobody_claims_by_a_time_that_was_set_since(
    stores: Stores, others: Stores, claim: Claim, after: datetime
) -> None:
    """The crash lab, seed 7106 on SQLite: of two hours ago nothing is held any more; and a lease by
    the old time may be none.
    """
    for one in (stores, others):
        one.clocks.go_by(None)
    await _to_do(stores)
    assert await claim(stores, "living", LATER)
    await stores.clocks.stepped("a step", after, after - LATER, after)
    stores.clocks.go_by("a step")

    much_later = LATER + 2 * LEASE
    assert not await claim(others, "next", much_later), "it has not seen the step"
    others.clocks.go_by("a step")
    assert not await claim(others, "next", after + SECOND)
    assert await claim(others, "next", after + LEASE + SECOND)


async def test_nobody_is_dead_by_a_time_that_was_set_since(stores: Stores, others: Stores) -> None:
    for one in (stores, others):
        one.clocks.go_by(None)
    await stores.orphans.beat("living", LATER, 3 * SECOND)
    await stores.clocks.stepped("a step", NOW, NOW - LATER, NOW)
    assert await others.orphans.inherit("heir", LATER + SECOND) == []
    others.clocks.go_by("a step")
    assert await others.orphans.inherit("heir", NOW + SECOND) == []
    assert await others.orphans.inherit("heir", NOW + 4 * SECOND) == ["living"]


async def test_who_compares_no_clocks_claims_all_the_same(stores: Stores) -> None:
    """A command of a person's, and a test."""
    await _to_do(stores)
    await stores.clocks.stepped("a step", NOW, NOW - LATER, NOW)
    assert await _message(stores, "a command", NOW)


async def test_who_lived_last_is_known_also_when_it_is_dead(stores: Stores) -> None:
    await stores.clocks.declare("dead", timedelta(0), NOW)
    told = await stores.clocks.read("boot", "me", LATER)
    assert (told.declared, told.lived_at) == (None, NOW)


async def claimed(stores: Stores, now: datetime) -> list[Action]:
    return await stores.actions.claim("next", now, LEASE, 9)


@pytest.mark.parametrize("awake", [SECOND, timedelta(hours=1)])
async def test_what_another_process_wrote_by_the_old_time_moves_when_it_sees_the_step(
    stores: Stores, awake: timedelta
) -> None:
    """It went on for a second, or slept for an hour, and saw the same step then."""
    await accepted(stores, "token")
    [action] = await claimed(stores, LATER)
    await stores.clocks.stepped("first", NOW, NOW - LATER, NOW, seen="")
    await stores.actions.postpone(action, LATER + awake + 5 * SECOND)
    now = NOW + awake + 5 * SECOND
    assert await claimed(stores, now) == [], "two hours off"
    await stores.clocks.stepped("second", NOW + awake, NOW - LATER, NOW + awake, seen="")
    assert len(await claimed(stores, now)) == 1


async def test_what_was_looked_up_by_the_old_time_moves_a_little_later(stores: Stores) -> None:
    await accepted(stores, "token")
    [action] = await claimed(stores, LATER)
    await stores.clocks.stepped("a step", NOW, NOW - LATER, NOW)
    await stores.actions.postpone(action, LATER + 5 * SECOND)
    await stores.clocks.settle(NOW - LATER, NOW + 15 * SECOND)
    assert len(await claimed(stores, NOW + 15 * SECOND)) == 1


async def test_what_moved_with_a_step_does_not_move_twice(stores: Stores) -> None:
    """Two processes see it, and it is settled: a lease ends when it did."""
    await stores.inbox.put([an_update(1)], owner="other", until=LATER + LEASE)
    for second in range(2):
        now = NOW + second * SECOND
        await stores.clocks.stepped(f"step {second}", now, NOW - LATER, now, seen="")
    await stores.clocks.settle(NOW - LATER, NOW + 2 * SECOND)
    assert await stores.inbox.claim("next", NOW + LEASE - SECOND, LEASE, 9) == []


async def test_a_step_of_another_size_is_another_step(stores: Stores) -> None:
    await stores.clocks.stepped("somebody's", NOW - SAME_STEP, timedelta(minutes=1), NOW)
    await stores.inbox.put([an_update(1)], owner="dead", until=LATER + LEASE)
    await stores.clocks.stepped("mine", NOW, NOW - LATER, NOW, seen="")
    assert len(await stores.inbox.claim("next", NOW + LEASE + SECOND, LEASE, 9)) == 1


async def test_what_is_owed_does_not_expire_by_a_step(stores: Stores) -> None:
    """A day forward, and the final word would be given up as too late."""
    word = OutboxMessage(
        channel=Channel.TELEGRAM, to="5", kind="action.final", expires_at=NOW + timedelta(hours=24)
    )
    await stores.outbox.owe(word)
    later = NOW + timedelta(days=2)
    for second in range(2):
        at = later + second * SECOND
        await stores.clocks.stepped(f"step {second}", at, later - NOW, at, seen="")
    [row] = await stores.outbox.claim("next", later, LEASE, 9)
    assert row.expires_at == later + timedelta(hours=24)


async def test_a_clock_that_went_back_makes_nothing_fresh_again(stores: Stores) -> None:
    """Sessions, codes, offers and their proofs are as old as they were, and locks end in time."""
    minute = timedelta(minutes=1)
    session = a_session(opened_at=LATER - 9 * minute, seen_at=LATER - minute)
    await stores.effect_store.write([OpenSession(session)])
    await offered(stores, "token", offered_at=LATER - 2 * minute)
    proven = update(actions).values(stepped_up_at=LATER - minute)
    await stores.database.write(lambda conn: conn.execute(proven).close())
    await stores.clocks.stepped("a step", NOW, NOW - LATER, NOW)
    kept = await stores.sessions.read(session.id)
    assert kept is not None
    assert (kept.opened_at, kept.seen_at) == (NOW - 9 * minute, NOW - minute)
    action = await stores.actions.by_token("token")
    assert action is not None
    assert (action.offered_at, action.stepped_up_at) == (NOW - 2 * minute, NOW - minute)


async def test_what_was_sent_in_the_future_was_sent_when_it_is_looked_at(stores: Stores) -> None:
    await accepted(stores, "token")
    [action] = await claimed(stores, NOW)
    await stores.actions.mark_sent(action, LATER)
    after = NOW + LEASE + SECOND
    [action] = await claimed(stores, after)
    assert action.sent_at == after
    again = after + LEASE + SECOND
    [action] = await claimed(stores, again)
    assert action.sent_at == after, "from then on it stays"
