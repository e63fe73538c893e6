"""The time that processes share: what is noted of it, and what a step does to rows that wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from account.deeds import Channel, Owed
from storage import Stores
from storage.clocks import Reading
from tests.storage.builders import LEASE, NOW, SECOND, an_update

LATER = NOW + timedelta(hours=2)


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
    owed = Owed(
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
