"""Several processes on one database: a chat has one owner, the dead are inherited, the living hear.

The first three were defects: at READ COMMITTED each saw what was there before the other's commit.
"""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from storage import Stores
from storage.tables.inbox import inbox
from tests.storage.builders import (
    LEASE,
    MINUTE,
    NOW,
    SECOND,
    a_document_order,
    a_message,
    an_update,
    offered,
)

A, B = "a", "b"
UNTIL = NOW + LEASE


async def owners_by_chat(stores: Stores) -> dict[int, set[str]]:
    owned = select(inbox.c.chat_id, inbox.c.owner).where(inbox.c.state == "new")
    rows = await stores.database.read(lambda conn: list(conn.execute(owned)))
    found: dict[int, set[str]] = {}
    for chat_id, owner in rows:
        found.setdefault(chat_id, set()).add(owner)
    return {chat_id: owners - {None} for chat_id, owners in found.items()}


async def test_two_receivers_at_once_do_not_share_a_chat(stores: Stores, others: Stores) -> None:
    for unit in range(20):
        first, second = (an_update(unit * 2 + n, chat_id=unit) for n in range(2))
        await asyncio.gather(
            stores.inbox.put([first], owner=A, until=UNTIL),
            others.inbox.put([second], owner=B, until=UNTIL),
        )
    shared = {chat: who for chat, who in (await owners_by_chat(stores)).items() if len(who) > 1}
    assert shared == {}


async def test_two_batches_of_the_same_chats_do_not_wait_for_each_other_for_ever(
    stores: Stores, others: Stores
) -> None:
    there = [an_update(n, chat_id=n % 5) for n in range(30)]
    back = [an_update(100 + n, chat_id=4 - n % 5) for n in range(30)]
    await asyncio.gather(
        *(stores.inbox.put(there[n::3], owner=A, until=UNTIL) for n in range(3)),
        *(others.inbox.put(back[n::3], owner=B, until=UNTIL) for n in range(3)),
    )
    assert all(len(who) <= 1 for who in (await owners_by_chat(stores)).values())


async def test_two_that_claim_at_once_do_not_share_a_chat(stores: Stores, others: Stores) -> None:
    for unit in range(10):
        await stores.inbox.put([an_update(unit * 10 + n, chat_id=unit) for n in range(6)])
        # Each takes fewer than there are, so that the second begins in the middle of the chat.
        await asyncio.gather(
            stores.inbox.claim(A, NOW, LEASE, 3), others.inbox.claim(B, NOW, LEASE, 3)
        )
        owned = await owners_by_chat(stores)
        assert len(owned[unit]) == 1
        undone = await stores.inbox.undone(100)
        await stores.inbox.done(row.id for row in undone)


async def test_a_turn_of_a_lost_claim_writes_nothing(stores: Stores, others: Stores) -> None:
    [row] = await stores.inbox.put([an_update(1)], owner=A, until=NOW + SECOND)
    unit = await stores.units.open(5, 5, 1)
    unit.set_language("kk", NOW, chosen=True)
    [taken] = await others.inbox.claim(B, NOW + MINUTE, LEASE, 10)
    assert taken.id == row.id
    assert not await stores.units.close(unit, row.id, A)
    assert await stores.people.read(5) is None
    assert await stores.inbox.waiting() == 1
    theirs = await others.units.open(5, 5, 1)
    theirs.set_language("ru", NOW, chosen=True)
    assert await others.units.close(theirs, row.id, B)
    assert not await stores.units.close(unit, row.id, A)
    person = await stores.people.read(5)
    assert person is not None
    assert person.language == "ru"


# --- the dead are inherited ---


async def test_who_no_longer_beats_is_dead_and_leaves_its_work(
    stores: Stores, others: Stores
) -> None:
    await stores.orphans.beat(A, NOW, 3 * SECOND)
    await others.orphans.beat(B, NOW, MINUTE)
    await stores.inbox.put([an_update(1)], owner=A, until=UNTIL)
    await stores.outbox.owe(a_message())
    assert await stores.outbox.claim(A, NOW, LEASE, 1)
    assert await others.orphans.inherit(B, NOW + SECOND) == []
    assert await others.orphans.inherit(B, NOW + 4 * SECOND) == [A]
    assert len(await others.inbox.claim(B, NOW + 4 * SECOND, LEASE, 10)) == 1
    assert len(await others.outbox.claim(B, NOW + 4 * SECOND, LEASE, 10)) == 1
    assert await others.orphans.inherit(B, NOW + 4 * SECOND) == []


async def test_nobody_inherits_from_itself_nor_from_who_left(
    stores: Stores, others: Stores
) -> None:
    await stores.orphans.beat(A, NOW, SECOND)
    assert await stores.orphans.inherit(A, NOW + MINUTE) == []
    await stores.orphans.release([A])
    assert await others.orphans.inherit(B, NOW + MINUTE) == []


async def test_who_was_thought_dead_lives_on(stores: Stores, others: Stores) -> None:
    await stores.orphans.beat(A, NOW, SECOND)
    assert await others.orphans.inherit(B, NOW + MINUTE) == [A]
    await stores.orphans.beat(A, NOW + MINUTE, SECOND)
    assert await others.orphans.inherit(B, NOW + MINUTE) == []
    assert await others.orphans.inherit(B, NOW + 2 * MINUTE) == [A]


# --- the living hear ---


class Ear:
    """A process that listens."""

    def __init__(self, stores: Stores) -> None:
        self.heard: list[str] = []
        self._changed = asyncio.Event()
        self._listening = asyncio.get_running_loop().create_task(stores.database.listen(self._hear))

    def _hear(self, what: str) -> None:
        self.heard.append(what)
        self._changed.set()

    async def hears(self, what: str) -> None:
        while what not in self.heard:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 60)
        self.heard.clear()

    async def deaf(self) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)


@pytest.mark.postgres
async def test_other_processes_hear_of_work_and_of_rows_left_to_them(
    postgres_with_schema: str,
) -> None:
    from storage import open_stores
    from tests.storage.conftest import SECRETS

    stores, others = (open_stores(postgres_with_schema, SECRETS) for _ in range(2))
    ear = Ear(others)
    try:
        # Who begins to listen may have missed something.
        await ear.hears("work")
        await stores.outbox.owe(a_message())
        await ear.hears("work")
        await stores.documents.order(a_document_order(), NOW, [])
        await ear.hears("work")
        action = await offered(stores, "token")
        await stores.actions.accept(
            "token", session_id=action.session_id, company_id=action.company_id, now=NOW, effects=[]
        )
        await ear.hears("work")
        await stores.inbox.put_internal(5, "resurface", b"{}", NOW)
        await ear.hears("inbox")
        await others.inbox.claim(B, NOW, LEASE, 10)
        await stores.inbox.put([an_update(1)], owner=A, until=UNTIL)
        await ear.hears("inbox")
        await stores.inbox.put([an_update(2, chat_id=6)], owner=A, until=UNTIL)
        await stores.outbox.owe(a_message(to="9"))
        await ear.hears("work")
        assert "inbox" not in ear.heard, "who keeps a row for itself wakes nobody"
    finally:
        await ear.deaf()
        await stores.close()
        await others.close()


@pytest.mark.postgres
async def test_a_listener_that_was_cut_off_listens_again(
    postgres_with_schema: str, postgres_server: object
) -> None:
    from storage import open_stores
    from tests.storage.conftest import SECRETS

    stores = open_stores(postgres_with_schema, SECRETS)
    ear = Ear(stores)
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'myaccount-listener'"
    )
    try:
        await ear.hears("work")
        for _ in range(2):
            postgres_server.sql(cut)  # type: ignore[attr-defined]
            await ear.hears("work")
        await stores.outbox.owe(a_message())
        await ear.hears("work")
    finally:
        await ear.deaf()
        await stores.close()


async def test_listening_ends_without_a_trace(stores: Stores) -> None:
    ear = Ear(stores)
    await asyncio.sleep(0)
    await ear.deaf()
    assert await stores.outbox.claim(A, NOW, LEASE, 1) == []
