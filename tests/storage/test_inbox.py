"""Updates are kept before they are handled, once, and forgotten after."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from storage import Stores
from storage.errors import SealBroken
from tests.storage.builders import LEASE, NOW, SECOND, an_update


async def test_a_batch_is_kept_in_order(stores: Stores) -> None:
    rows = await stores.inbox.put([an_update(n, text=f"text {n}") for n in (7, 5, 9)])
    assert [row.update_id for row in rows] == [7, 5, 9]
    assert [row.id for row in rows] == sorted(row.id for row in rows)
    kept = await stores.inbox.undone(10)
    assert [row.update_id for row in kept] == [7, 5, 9]
    assert [stores.inbox.payload(row) for row in kept] == [b"text 7", b"text 5", b"text 9"]
    assert (kept[0].chat_id, kept[0].kind, kept[0].received_at) == (5, "telegram", NOW)
    assert [row.update_id for row in await stores.inbox.undone(2, after=kept[0].id)] == [5, 9]
    assert await stores.inbox.put([]) == []


async def test_an_update_that_comes_again_is_not_kept_again(stores: Stores) -> None:
    [first] = await stores.inbox.put([an_update(1)])
    await stores.inbox.done([first.id])
    rows = await stores.inbox.put([an_update(1), an_update(2), an_update(2)])
    assert [row.fresh for row in rows] == [False, True, False]
    assert rows[0].id == first.id
    assert rows[1].id == rows[2].id
    assert [row.update_id for row in await stores.inbox.undone(10)] == [2]
    [other_bots] = await stores.inbox.put([an_update(1, bot_id=2)])
    assert other_bots.fresh


async def test_receivers_at_once_keep_one(stores: Stores, others: Stores) -> None:
    batches = await asyncio.gather(
        *(side.inbox.put([an_update(n) for n in range(50)]) for side in (stores, others) * 3)
    )
    fresh = [row.update_id for batch in batches for row in batch if row.fresh]
    assert sorted(n for n in fresh if n is not None) == list(range(50))
    assert await stores.inbox.waiting() == 50
    assert {tuple(row.id for row in batch) for batch in batches} == {
        tuple(row.id for row in batches[0])
    }


async def test_a_done_row_has_no_payload_any_more(stores: Stores) -> None:
    [row] = await stores.inbox.put([an_update(1)])
    await stores.inbox.done([row.id])
    assert await stores.inbox.undone(10) == []
    assert await stores.inbox.waiting() == 0
    await stores.inbox.done([])


async def test_a_quarantined_row_holds_nobody_up_and_keeps_its_seal(stores: Stores) -> None:
    bad, good = await stores.inbox.put([an_update(1, text="poison"), an_update(2)])
    await stores.inbox.quarantine(bad.id, "ValidationError")
    assert [row.id for row in await stores.inbox.undone(10)] == [good.id]
    [again] = await stores.inbox.put([an_update(1)])
    assert not again.fresh
    assert stores.inbox.payload(bad) == b"poison"


async def test_something_of_our_own_waits_in_the_same_line(stores: Stores) -> None:
    [first] = await stores.inbox.put([an_update(1)])
    own = await stores.inbox.put_internal(5, "menu", b"{}", NOW)
    kept = await stores.inbox.undone(10)
    assert [(row.id, row.kind) for row in kept] == [(first.id, "telegram"), (own.id, "menu")]
    assert stores.inbox.payload(own) == b"{}"


async def test_a_payload_is_bound_to_its_row(stores: Stores) -> None:
    one, two = await stores.inbox.put([an_update(1), an_update(2)])
    with pytest.raises(SealBroken):
        stores.inbox.payload(replace(one, sealed=two.sealed))


async def test_a_dead_process_leaves_its_rows_to_another(stores: Stores, others: Stores) -> None:
    until = NOW + LEASE
    await stores.inbox.put([an_update(1)], owner="dead", until=until)
    await stores.inbox.put([an_update(2, chat_id=6), an_update(3)])
    later = await others.inbox.claim("alive", NOW, LEASE, 10)
    assert [row.update_id for row in later] == [2], "the chat's earlier row is another's"
    await stores.inbox.renew("dead", until + LEASE)
    assert await others.inbox.claim("alive", until, LEASE, 10) != []
    taken = await others.inbox.claim("alive", until + LEASE + SECOND, LEASE, 10)
    assert [(row.update_id, row.attempts) for row in taken] == [(1, 1), (2, 3), (3, 1)]


async def test_what_a_process_has_can_be_let_go_of_row_by_row(
    stores: Stores, others: Stores
) -> None:
    await stores.inbox.put(
        [an_update(n, chat_id=n) for n in (1, 2, 3)], owner="me", until=NOW + LEASE
    )
    await stores.inbox.put([an_update(4, chat_id=4)], owner="another", until=NOW + LEASE)
    mine = await stores.inbox.owned("me")
    assert [chat for _id, chat in mine] == [1, 2, 3]
    ids = [row_id for row_id, _chat in mine]
    await stores.inbox.done([ids[0]])
    assert await stores.inbox.let_go("me", ids[:2]) == 1
    assert await stores.inbox.let_go("another", ids) == 0
    assert await stores.inbox.owned("me") == [mine[2]]
    assert [row.id for row in await others.inbox.claim("next", NOW, LEASE, 9)] == [ids[1]]
