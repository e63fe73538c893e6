"""What was set aside goes back into the inbox once, with its trace, in its place in the chat."""

from __future__ import annotations

import asyncio

from account.effects.history import HistoryEvent
from storage import Stores
from tests.storage.builders import LEASE, MINUTE, NOW, an_entry, an_update

REPLAYED = an_entry(what=HistoryEvent.UPDATE_REPLAYED, company_id=None, number=None)


async def set_aside(stores: Stores, *, begun: bool = False) -> int:
    row, *_ = await stores.inbox.put([an_update(1, text="poison"), an_update(2)])
    await stores.inbox.quarantine(row.id, "ValidationError", begun=begun)
    return row.id


async def test_it_is_shown_and_put_back_once(stores: Stores, others: Stores) -> None:
    row_id = await set_aside(stores)
    [one] = await stores.quarantine.waiting(10)
    assert (one.id, one.chat_id, one.why, one.received_at) == (row_id, 5, "ValidationError", NOW)
    assert (one.begun, one.waits, one.ours) == (False, True, False)
    assert one.content == b"poison"
    assert one == await others.quarantine.read(row_id)

    at = NOW + MINUTE
    both = (stores, others) * 3
    done = await asyncio.gather(*(side.quarantine.replay(row_id, at, REPLAYED) for side in both))
    assert sorted(done) == [False] * 5 + [True]
    assert await stores.quarantine.waiting(10) == []
    first, second = await stores.inbox.claim("me", at, LEASE, 10)
    assert (first.id, first.replayed_at, second.replayed_at) == (row_id, at, None)
    assert stores.inbox.payload(first) == b"poison"
    again = await stores.quarantine.read(row_id)
    assert again is not None
    assert (again.waits, again.replayed_at) == (False, at)

    await stores.inbox.quarantine(row_id, "ValidationError", begun=False)
    assert not await stores.quarantine.replay(row_id, at, REPLAYED)


async def test_what_a_handler_had_begun_with_stays(stores: Stores) -> None:
    row_id = await set_aside(stores, begun=True)
    assert not await stores.quarantine.replay(row_id, NOW, REPLAYED)
    one = await stores.quarantine.read(row_id)
    assert one is not None
    assert one.begun
    assert one.obstacle is not None


async def test_what_is_not_in_quarantine_is_not_put_back(stores: Stores) -> None:
    [row] = await stores.inbox.put([an_update(1)])
    assert await stores.quarantine.read(row.id) is None
    assert not await stores.quarantine.replay(row.id, NOW, REPLAYED)
    await stores.inbox.done([row.id])
    assert not await stores.quarantine.replay(row.id, NOW, REPLAYED)


async def test_our_own_notes_are_not_put_back(stores: Stores) -> None:
    row = await stores.inbox.put_internal(5, "resurface", b"{}", NOW)
    await stores.inbox.quarantine(row.id, "ValueError", begun=False)
    assert not await stores.quarantine.replay(row.id, NOW, REPLAYED)
    one = await stores.quarantine.read(row.id)
    assert one is not None
    assert one.ours
