"""Reads that are asked for at the same moment share a statement; none pays for another's fault."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from account.values.identifiers import Msisdn
from account.values.labels import LabelField, NumberLabel
from storage import Stores
from storage.engine.group_read import MOST_TOGETHER, GroupRead
from storage.errors import StatementRefused, StorageUnavailable
from storage.unit_of_work import SlotRow
from tests.storage.builders import NOW, an_update

PEOPLE = range(1, 6)


class Reader:
    """Notes what is read together."""

    def __init__(self, bad: int | None = None, fault: Exception | None = None) -> None:
        self.batches: list[list[int]] = []
        self.begun = asyncio.Event()
        self.bad = bad
        self.fault = fault

    async def __call__(self, asked: Sequence[int]) -> Sequence[str]:
        self.batches.append(list(asked))
        self.begun.set()
        await asyncio.sleep(0)
        if self.fault is not None and (self.bad is None or self.bad in asked):
            raise self.fault
        return [str(one) for one in asked]


async def test_what_is_asked_for_at_once_is_read_at_once() -> None:
    reader = Reader()
    group = GroupRead(reader)
    assert await asyncio.gather(*(group.read(n) for n in range(MOST_TOGETHER + 2))) == [
        str(n) for n in range(MOST_TOGETHER + 2)
    ]
    assert reader.batches == [list(range(MOST_TOGETHER)), [MOST_TOGETHER, MOST_TOGETHER + 1]]


async def test_what_comes_while_one_reads_is_read_after_it_came() -> None:
    reader = Reader()
    group = GroupRead(reader)
    first = asyncio.ensure_future(group.read(1))
    await reader.begun.wait()
    assert await group.read(2) == "2"
    assert await first == "1"
    assert reader.batches == [[1], [2]]


async def test_a_fault_is_its_own() -> None:
    for fault in (ValueError("no"), StatementRefused("no")):
        reader = Reader(bad=2, fault=fault)
        group = GroupRead(reader)
        found = await asyncio.gather(*(group.read(n) for n in range(4)), return_exceptions=True)
        assert found == ["0", "1", fault, "3"]
        assert reader.batches == [[0, 1, 2, 3], [0], [1], [2], [3]]


async def test_a_database_that_is_away_is_not_asked_for_each() -> None:
    away = StorageUnavailable("gone")
    reader = Reader(fault=away)
    group = GroupRead(reader)
    found = await asyncio.gather(*(group.read(n) for n in range(3)), return_exceptions=True)
    assert found == [away, away, away]
    assert reader.batches == [[0, 1, 2]]


async def test_who_is_cancelled_takes_nobody_along() -> None:
    reader = Reader()
    group = GroupRead(reader)
    tasks = [asyncio.ensure_future(group.read(n)) for n in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(one) for one in found[1:]] == ["1", "2"]
    assert tasks[0].cancelled()


async def test_conversations_opened_and_closed_at_once_are_each_their_own(stores: Stores) -> None:
    rows = await stores.inbox.put([an_update(n, chat_id=n) for n in PEOPLE], owner="me", until=NOW)
    units = await asyncio.gather(*(stores.units.open(n, n, 1) for n in PEOPLE))
    assert [unit.chat_id for unit in units] == list(PEOPLE)
    for unit in units:
        unit.set_language("kk" if unit.chat_id % 2 else "ru", NOW, chosen=True)
        unit.put_slot((unit.user_id, "||a"), SlotRow("s", f'{{"n":{unit.chat_id}}}'))
        unit.put_slot((unit.user_id, "||b"), SlotRow(None, "[]"))
    # Somebody else has the second one's row by now.
    await stores.inbox.let_go("me", [rows[1].id])
    closed = await asyncio.gather(
        *(stores.units.close(unit, row.id, "me") for unit, row in zip(units, rows, strict=True))
    )
    assert closed == [True, False, True, True, True]
    assert [row.id for row in await stores.inbox.undone(9)] == [rows[1].id]
    again = await asyncio.gather(*(stores.units.open(n, n, 1) for n in PEOPLE))
    for unit, written in zip(again, closed, strict=True):
        n = unit.chat_id
        expected = SlotRow("s", f'{{"n":{n}}}') if written else SlotRow()
        assert unit.slot((n, "||a")) == expected
        assert unit.language == (("kk" if n % 2 else "ru") if written else None)


async def test_what_the_database_refuses_of_one_harms_no_other(stores: Stores) -> None:
    """PostgreSQL keeps no NUL in a text, SQLite does."""
    rows = await stores.inbox.put([an_update(n, chat_id=n) for n in PEOPLE], owner="me", until=NOW)
    units = await asyncio.gather(*(stores.units.open(n, n, 1) for n in PEOPLE))
    for unit in units:
        unit.put_slot((unit.user_id, "||a"), SlotRow("\0" if unit.chat_id == 3 else "s"))
    ends = await asyncio.gather(
        *(stores.units.close(unit, row.id, "me") for unit, row in zip(units, rows, strict=True)),
        return_exceptions=True,
    )
    refused = isinstance(ends[2], StatementRefused)
    assert refused is (stores.database.dialect == "postgresql")
    assert [end for n, end in enumerate(ends) if n != 2] == [True] * 4
    assert len(await stores.inbox.undone(9)) == int(refused)


async def test_words_of_several_companies_asked_for_at_once(stores: Stores) -> None:
    """The same number with two companies: each sees its own words alone."""
    number, other = Msisdn("77010542008"), Msisdn("77010542009")
    for company, word in (("one", "first"), ("two", "second")):
        await stores.labels.put(company, number, {LabelField.LABEL: word}, NOW, [])
    found = await asyncio.gather(
        stores.labels.of("one", [number]),
        stores.labels.of("two", [number, other]),
        stores.labels.of("three", [number]),
    )
    assert list(found) == [
        {number.digits: NumberLabel("first", None)},
        {number.digits: NumberLabel("second", None)},
        {},
    ]
