"""A read that was put into SQL once brings what SQLAlchemy brings of the same statement."""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Select, bindparam, select

from storage import Stores
from storage.engine.ready_read import ReadyRead
from storage.engine.sqlite import SqliteDatabase
from storage.errors import StorageUnavailable
from storage.stores.people import Person, keep_person
from storage.tables.people import people
from tests.storage.builders import NOW

EVERY = select(people).order_by(people.c.telegram_id).limit(2)
ONE = select(people).where(people.c.telegram_id == bindparam("id"))

ASKED: list[tuple[Select[Any], dict[str, int]]] = [(EVERY, {}), (ONE, {"id": 2}), (ONE, {"id": 9})]


def _kept(person: Person, conn: Connection) -> None:
    keep_person(conn, person)


def _rows(statement: Select[Any], values: dict[str, int], conn: Connection) -> Any:
    return conn.execute(statement, values).all()


async def test_rows_are_those_that_sqlalchemy_reads(stores: Stores) -> None:
    """Moments, truth, nothing, and a number that stands in the statement itself."""
    for number, blocked in ((1, False), (2, True), (3, False)):
        person = Person(number, None, chosen=not blocked, first_seen=NOW, blocked=blocked)
        await stores.database.write(partial(_kept, person))
    asked: list[tuple[Select[Any], dict[str, int]]] = [
        (EVERY, {}),
        (ONE, {"id": 2}),
        (ONE, {"id": 9}),
    ]
    for statement, values in asked:
        read = ReadyRead(sqlite=statement, postgresql=statement)
        usual = await stores.database.glance(partial(_rows, statement, values))
        for _again in range(2):
            found = await stores.database.look(read, values)
            assert [tuple(row) for row in found] == [tuple(row) for row in usual]
            assert [type(value) for row in found for value in row] == [
                type(value) for row in usual for value in row
            ]


async def test_what_was_committed_before_is_seen(stores: Stores, others: Stores) -> None:
    """No transaction stays open between two looks."""
    read = ReadyRead(sqlite=ONE, postgresql=ONE)
    assert list(await stores.database.look(read, {"id": 1})) == []
    person = Person(1, "kk", first_seen=NOW)
    await others.database.write(lambda conn: keep_person(conn, person))
    assert len(await stores.database.look(read, {"id": 1})) == 1


async def test_a_table_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    database = SqliteDatabase(str(tmp_path / "empty.db"))
    with pytest.raises(StorageUnavailable) as fault:
        await database.look(ReadyRead(sqlite=ONE, postgresql=ONE), {"id": 77010542008})
    assert "77010542008" not in str(fault.value)
    await database.close()


async def test_a_file_that_another_holds_is_read_once_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "held.db"
    database = SqliteDatabase(str(path))
    await database.write(lambda conn: conn.exec_driver_sql("CREATE TABLE people (telegram_id)"))
    read = ReadyRead(sqlite=select(people.c.telegram_id), postgresql=ONE)
    assert list(await database.look(read, {})) == []
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    # Who writes keeps no reader of a WAL waiting.
    assert list(await database.look(read, {})) == []
    holder.close()
    await database.close()
