"""What is old is forgotten; the history and confirmed changes are not."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from account.effects.effect import EndSession, OpenSession
from storage import Stores
from storage.tables import metadata
from tests.storage.builders import (
    LEASE,
    NOW,
    OTHER_PHONE,
    PHONE,
    SECOND,
    a_code,
    a_document_order,
    a_message,
    a_session,
    accepted,
    an_entry,
    an_update,
    offered,
)

DAY = timedelta(days=1)


async def counts(stores: Stores) -> dict[str, int]:
    def work(conn):  # type: ignore[no-untyped-def]
        tables = metadata.sorted_tables
        sizes = {t.name: conn.execute(select(func.count()).select_from(t)).scalar() for t in tables}
        return {name: size for name, size in sizes.items() if size}

    return await stores.database.read(work)


async def fill(stores: Stores) -> None:
    done, bad, _ = await stores.inbox.put([an_update(1), an_update(2), an_update(3)])
    await stores.inbox.done([done.id])
    await stores.inbox.quarantine(bad.id, "ValidationError")
    await stores.login.issue(a_code("c1"), [])
    await stores.login.fail("phone:1", NOW, [])
    await stores.effect_store.write([OpenSession(a_session("s1")), EndSession("s1", NOW)])
    await stores.effect_store.write(
        [OpenSession(a_session("s2", telegram_id=6, seen_at=NOW + DAY))]
    )
    await offered(stores, "t1", msisdn=OTHER_PHONE)
    await accepted(stores, "t2", msisdn=PHONE)
    await stores.history.append(an_entry())
    await stores.outbox.owe(a_message())
    [row] = await stores.outbox.claim("w", NOW, LEASE, 1)
    await stores.outbox.delivered(row, 1)
    await stores.outbox.owe(a_message("never sent"))
    await stores.documents.order(a_document_order(), NOW, [])
    document = await stores.documents.claim("w", NOW, LEASE)
    assert document is not None
    await stores.documents.made(document, b"content", "x.xlsx", 1, [])


async def test_nothing_young_is_forgotten(stores: Stores) -> None:
    await fill(stores)
    before = await counts(stores)
    assert await stores.purge(NOW) == 0
    assert await counts(stores) == before


async def test_things_are_forgotten_in_their_time(stores: Stores) -> None:
    await fill(stores)
    await stores.purge(NOW + DAY + SECOND)
    left = await counts(stores)
    assert "document_chunks" not in left
    assert "attempts" not in left
    assert left["inbox"] == 3
    assert await stores.outbox.waiting() == 0, "what expired is dead"
    await stores.purge(NOW + 2 * DAY + SECOND)
    left = await counts(stores)
    assert "codes" not in left
    assert (left["inbox"], left["actions"]) == (2, 1)
    await stores.purge(NOW + 8 * DAY + SECOND)
    left = await counts(stores)
    assert "outbox" not in left
    assert left["inbox"] == 1, "what was never handled stays"
    assert left["sessions"] == 2
    await stores.purge(NOW + 30 * DAY + SECOND)
    left = await counts(stores)
    assert left["sessions"] == 1
    assert "documents" not in left
    assert (left["history"], left["actions"]) == (1, 1)
