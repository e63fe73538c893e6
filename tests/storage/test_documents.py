"""Documents ordered, made by one maker at a time, kept encrypted."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, Executable, select, update

from account.chapters.history import HistoryQuery
from account.documents.document import EACH, LARGE, Continuation, DocumentState
from account.values.identifiers import Email
from account.values.periods import Period, today
from storage import Stores
from storage.errors import SealBroken
from storage.stores.documents import CHUNK
from storage.tables.documents import document_chunks, documents
from tests.storage.builders import (
    LEASE,
    MINUTE,
    NOW,
    SECOND,
    a_document_order,
    a_message,
    an_entry,
)


async def test_an_order_is_kept_with_its_number(stores: Stores) -> None:
    order = a_document_order()
    document = await stores.documents.order(order, NOW, [an_entry()])
    assert document.reference == "R-20220124-0001"
    assert (document.order, document.state) == (order, DocumentState.QUEUED)
    assert await stores.documents.read(document.id) == document
    day = today(NOW)
    page = await stores.history.page("company-1", HistoryQuery(Period(day, day)))
    assert [entry.reference for entry in page.rows] == ["R-20220124-0001"]
    assert await stores.documents.read("nothing") is None


async def test_the_same_order_within_a_minute_is_one(stores: Stores, others: Stores) -> None:
    order = a_document_order()
    orders = [side.documents.order(order, NOW, [an_entry()]) for side in (stores, others) * 3]
    assert len({document.id for document in await asyncio.gather(*orders)}) == 1
    assert await stores.history.count() == 1
    other = await stores.documents.order(a_document_order(language="kk"), NOW, [])
    later = await stores.documents.order(order, NOW + MINUTE, [])
    assert [other.reference, later.reference] == ["R-20220124-0002", "R-20220124-0003"]


async def test_an_order_by_e_mail_is_another_one_and_its_address_is_sealed(stores: Stores) -> None:
    order = a_document_order(email=Email("aigul@alpha.kz"))
    document = await stores.documents.order(order, NOW, [])
    assert document.order == order
    assert (await stores.documents.order(order, NOW + SECOND, [])).id == document.id
    elsewhere = a_document_order(email=Email("marat@alpha.kz"))
    references = [
        (await stores.documents.order(other, NOW + SECOND, [])).reference
        for other in (a_document_order(), elsewhere)
    ]
    assert references == ["R-20220124-0002", "R-20220124-0003"]

    rows = await stores.database.read(lambda conn: conn.execute(select(documents)).mappings().all())
    assert "alpha.kz" not in str([dict(row) for row in rows])
    claimed = await stores.documents.claim("w", NOW + SECOND, LEASE)
    assert claimed is not None
    assert claimed.order == order


async def test_a_file_comes_back_whole(stores: Stores) -> None:
    await stores.documents.order(a_document_order(), NOW, [])
    document = await stores.documents.claim("w", NOW, LEASE)
    assert document is not None
    assert (document.state, document.attempts) == (DocumentState.MAKING, 1)
    assert await stores.documents.progress(document, 5, 10, NOW + LEASE)
    assert await stores.documents.content(document.id) is None
    content = os.urandom(2 * CHUNK + 17)
    word = a_message(key=f"{document.id}:ready")
    assert await stores.documents.made(document, content, "usage.xlsx", 10, [word])
    assert await stores.documents.content(document.id) == content
    ready = await stores.documents.read(document.id)
    assert ready is not None
    assert (ready.state, ready.name, ready.rows) == (DocumentState.READY, "usage.xlsx", 10)
    assert (ready.done, ready.total) == (5, 10)
    assert await stores.outbox.waiting() == 1
    await stores.documents.settle(ready, DocumentState.SENT, None, [])
    sent = await stores.documents.read(document.id)
    assert sent is not None
    assert sent.state is DocumentState.SENT
    assert await stores.documents.claim("w", NOW + MINUTE, LEASE) is None


async def test_a_dead_makers_document_is_made_by_another(stores: Stores, others: Stores) -> None:
    await stores.documents.order(a_document_order(), NOW, [])
    dead = await stores.documents.claim("dead", NOW, LEASE)
    assert dead is not None
    assert await others.documents.claim("alive", NOW + LEASE - SECOND, LEASE) is None
    assert await stores.documents.progress(dead, 1, 2, NOW + 2 * LEASE)
    assert await others.documents.claim("alive", NOW + LEASE, LEASE) is None
    mine = await others.documents.claim("alive", NOW + 2 * LEASE, LEASE)
    assert mine is not None
    assert not await stores.documents.progress(dead, 2, 2, NOW + 3 * LEASE)
    assert not await stores.documents.made(dead, b"late", "late.xlsx", 1, [a_message()])
    await stores.documents.retry(dead, NOW)
    await stores.documents.settle(dead, DocumentState.FAILED, "late", [a_message()])
    assert await others.documents.made(mine, b"mine", "mine.xlsx", 1, [])
    assert await stores.documents.content(mine.id) == b"mine"
    assert await stores.outbox.waiting() == 0


async def test_the_rest_of_a_set_is_ordered_with_its_file_and_once(
    stores: Stores, others: Stores
) -> None:
    order = a_document_order(email=Email("aigul@alpha.kz"))
    first = await stores.documents.order(order, NOW, [an_entry()])
    dead = await stores.documents.claim("dead", NOW, LEASE)
    mine = await others.documents.claim("alive", NOW + LEASE, LEASE)
    assert dead is not None
    assert mine is not None
    beyond = {**order.parameters, "after": "25060850"}
    rest = Continuation(replace(order, parameters=beyond), NOW + LEASE)

    makers = [(stores, dead), (others, mine), (others, mine)]
    kept = [
        await side.documents.made(maker, b"", "a.zip", 2, [], missing=["26025487"], rest=rest)
        for side, maker in makers
    ]

    assert kept == [False, True, False]
    made = await stores.documents.read(first.id)
    assert made is not None
    assert made.missing == ("26025487",)
    page = await stores.documents.of_person(
        order.telegram_id, order.company_id, NOW - MINUTE, offset=0, limit=10
    )
    assert [one.reference for one in page.rows] == ["R-20220124-0002", "R-20220124-0001"]
    going_on = await stores.documents.claim("w", NOW + LEASE, LEASE)
    assert going_on is not None
    assert (going_on.order, going_on.missing) == (rest.order, ())
    assert await stores.documents.claim("w", NOW + LEASE, LEASE) is None
    assert await stores.history.count() == 1, "one order in the history"


async def test_a_document_is_tried_again_and_may_fail(stores: Stores) -> None:
    await stores.documents.order(a_document_order(), NOW, [])
    document = await stores.documents.claim("w", NOW, LEASE)
    assert document is not None
    await stores.documents.retry(document, NOW + MINUTE)
    assert await stores.documents.claim("w", NOW, LEASE) is None
    document = await stores.documents.claim("w", NOW + MINUTE, LEASE)
    assert document is not None
    assert document.attempts == 2
    await stores.documents.settle(document, DocumentState.FAILED, "UPSTREAM", [a_message()])
    failed = await stores.documents.read(document.id)
    assert failed is not None
    assert (failed.state, failed.reason_code) == (DocumentState.FAILED, "UPSTREAM")
    again = await stores.documents.order(a_document_order(), NOW, [])
    assert again.id != document.id, "one that failed is no answer"


async def test_pieces_cannot_be_exchanged(stores: Stores) -> None:
    await stores.documents.order(a_document_order(), NOW, [])
    document = await stores.documents.claim("w", NOW, LEASE)
    assert document is not None
    await stores.documents.made(document, os.urandom(2 * CHUNK), "x", 1, [])
    away = update(document_chunks).values(n=document_chunks.c.n + 10)
    back = update(document_chunks).values(n=11 - document_chunks.c.n)
    for step in (away, back):
        await stores.database.write(partial(_do, step))
    with pytest.raises(SealBroken):
        await stores.documents.content(document.id)


def _do(statement: Executable, conn: Connection) -> None:
    conn.execute(statement)


async def test_without_room_for_large_ones_the_small_are_taken(stores: Stores) -> None:
    for language in ("ru", "kk"):
        await stores.documents.order(a_document_order(language=language), NOW, [])
    first = await stores.documents.claim("w", NOW, LEASE)
    assert first is not None
    assert await stores.documents.progress(first, LARGE[first.order.format], 0, NOW + LEASE)
    await stores.documents.give_way(first, NOW + SECOND)
    again = await stores.documents.read(first.id)
    assert again is not None
    assert (again.state, again.attempts, again.large) == (DocumentState.QUEUED, 0, True)
    small = await stores.documents.claim("w", NOW + SECOND, LEASE, large=False)
    assert small is not None
    assert small.id != first.id
    assert await stores.documents.claim("w", NOW + MINUTE, 2 * LEASE, large=False) is not None
    assert await stores.documents.claim("w", NOW + MINUTE, LEASE, large=False) is None
    taken = await stores.documents.claim("w", NOW + MINUTE, LEASE)
    assert taken is not None
    assert (taken.id, taken.attempts) == (first.id, 1)


async def test_nobody_has_all_hands(stores: Stores, others: Stores) -> None:
    for number in range(EACH + 1):
        order = a_document_order(parameters={"msisdn": f"7701211552{number}"})
        await stores.documents.order(order, NOW, [])
    theirs = await stores.documents.order(
        a_document_order(telegram_id=6), NOW + timedelta(microseconds=1), []
    )
    mine = [await side.documents.claim("w", NOW, LEASE) for side in (stores, others)]
    assert None not in mine
    found = await stores.documents.claim("w", NOW + SECOND, LEASE)
    assert found is not None
    assert found.id == theirs.id
    assert await others.documents.claim("w", NOW + SECOND, LEASE) is None
    # A maker that died holds no place.
    assert await others.documents.claim("w", NOW + LEASE, LEASE) is not None
