"""What a dead process had is let go of at once; what a chat waits for stays in its order."""

from __future__ import annotations

from datetime import timedelta

from account.effects.effect import Channel, OutboxMessage
from storage import Stores
from tests.storage.builders import LEASE, NOW, SECOND, an_update


async def test_a_dead_process_s_work_is_free_at_once(stores: Stores, others: Stores) -> None:
    await stores.inbox.put([an_update(1)], owner="dead", until=NOW + LEASE)
    owed = OutboxMessage(channel=Channel.TELEGRAM, to="5", kind="x", expires_at=NOW + LEASE)
    await stores.outbox.owe(owed)
    await stores.outbox.claim("dead", NOW, LEASE, 1)
    await stores.leases.take("poller", "dead", NOW, LEASE)
    await stores.leases.take("other", "alive", NOW, LEASE)
    assert await others.orphans.owners() == {"dead", "alive"}
    assert await others.outbox.claim("next", NOW, LEASE, 1) == []
    await others.orphans.release(["dead"])
    assert await others.orphans.owners() == {"alive"}
    assert [row.update_id for row in await others.inbox.claim("next", NOW, LEASE, 9)] == [1]
    assert len(await others.outbox.claim("next", NOW, LEASE, 1)) == 1
    assert await others.leases.take("poller", "next", NOW, LEASE) is not None
    await others.orphans.release([])


async def test_a_row_behind_another_process_s_is_left_to_its_turn(
    stores: Stores, others: Stores
) -> None:
    until = NOW + LEASE
    [first] = await others.inbox.put([an_update(1)], owner="other", until=until)
    rows = await stores.inbox.put(
        [an_update(2), an_update(3, chat_id=6), an_update(4)], owner="me", until=until
    )
    assert [row.ours for row in rows] == [False, True, False]
    assert await stores.inbox.claim("me", NOW + SECOND, LEASE, 9) == []
    await others.inbox.done([first.id])
    claimed = await stores.inbox.claim("me", NOW + SECOND, LEASE, 9)
    assert [row.update_id for row in claimed] == [2, 4]
    [after] = await stores.inbox.put([an_update(5)], owner="me", until=until)
    assert after.ours


async def test_a_chat_s_rows_of_this_process_come_in_order(stores: Stores) -> None:
    until = NOW + LEASE
    rows = await stores.inbox.put([an_update(n) for n in (1, 2, 3)], owner="me", until=until)
    await stores.inbox.put([an_update(4, chat_id=6)], owner="me", until=until)
    await stores.inbox.done([rows[0].id])
    assert [row.update_id for row in await stores.inbox.of_chat(5, "me", 9)] == [2, 3]
    assert [row.update_id for row in await stores.inbox.of_chat(5, "me", 1)] == [2]
    assert await stores.inbox.of_chat(5, "somebody else", 9) == []


async def test_deeds_are_counted(stores: Stores) -> None:
    before = stores.effects.written
    await stores.effect_store.write([])
    assert stores.effects.written == before
    owed = OutboxMessage(
        channel=Channel.TELEGRAM, to="5", kind="x", expires_at=NOW + timedelta(hours=1)
    )
    await stores.effect_store.write([owed])
    assert stores.effects.written == before + 1
