"""Writes that wait at the same moment share one commit, and never one another's fate."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, text

from storage.engine.database import Work
from storage.engine.sqlite import SqliteDatabase


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(str(tmp_path / "a.db"))
    await database.write(
        lambda conn: conn.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY)")).close()
    )
    yield database
    await database.close()


def put(n: int, began: list[int] | None = None, seconds: float = 0.0) -> Work[int]:
    def work(conn: Connection) -> int:
        if began is not None:
            began.append(n)
        time.sleep(seconds)
        conn.execute(text("INSERT INTO t VALUES (:n)"), {"n": n})
        return n

    return work


async def numbers(database: SqliteDatabase) -> list[int]:
    return await database.read(lambda conn: list(conn.execute(text("SELECT n FROM t")).scalars()))


async def test_each_gets_its_own_result(database: SqliteDatabase) -> None:
    told = await asyncio.gather(*(database.write(put(n)) for n in range(100)))
    assert told == list(range(100))
    assert sorted(await numbers(database)) == list(range(100))


async def test_one_that_fails_takes_nobody_along(database: SqliteDatabase) -> None:
    def fails(conn: Connection) -> None:
        conn.execute(text("INSERT INTO t VALUES (1000)"))
        raise LookupError

    works: list[Work[Any]] = [put(1, seconds=0.05), put(2), fails, put(3)]
    told = await asyncio.gather(
        *(database.write(work) for work in works),
        return_exceptions=True,
    )
    assert [type(one) for one in told] == [int, int, LookupError, int]
    assert sorted(await numbers(database)) == [1, 2, 3]


async def test_who_goes_away_before_it_began_writes_nothing(database: SqliteDatabase) -> None:
    began: list[int] = []
    go_on = threading.Event()

    def slow(conn: Connection) -> int:
        done = put(1, began)(conn)
        assert go_on.wait(60)
        return done

    first = asyncio.ensure_future(database.write(slow))
    while began != [1]:  # noqa: ASYNC110 - it is a thread
        await asyncio.sleep(0.001)
    second = asyncio.ensure_future(database.write(put(2, began)))
    third = asyncio.ensure_future(database.write(put(3, began)))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    go_on.set()
    assert (await first, await third) == (1, 3)
    assert sorted(await numbers(database)) == [1, 3]
