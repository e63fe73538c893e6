"""A work is one transaction: whole or not at all, on both databases, through faults."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from storage import open_stores
from storage.engine import schema
from storage.engine.database import Database
from storage.engine.open import open_database
from storage.engine.postgres import TRIES
from storage.errors import DatabaseUrlInvalid, StorageUnavailable
from tests.postgres import PostgresServer
from tests.storage.builders import NOW, a_message, an_update
from tests.storage.conftest import SECRETS

SECRET = "code-482913"


async def count(database: Database) -> int:
    return await database.read(
        lambda conn: conn.execute(text("SELECT count(*) FROM leases")).scalar_one()
    )


def insert(conn: Connection, name: str) -> None:
    row = "INSERT INTO leases (name, owner, until, fence) VALUES (:name, '', 0, 0)"
    conn.execute(text(row), {"name": name})


def scalar(statement: str, conn: Connection) -> object:
    return conn.execute(text(statement)).scalar()


async def test_a_work_that_raises_leaves_nothing(url: str) -> None:
    database = open_database(url)

    def work(conn: Connection) -> None:
        insert(conn, "x")
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(work)
    assert await count(database) == 0
    await database.write(lambda conn: insert(conn, "y"))
    assert await count(database) == 1
    await database.close()
    assert await count(database) == 1
    await database.close()


async def test_a_missing_table_is_unavailable_and_tells_no_parameter(empty_url: str) -> None:
    stores = open_stores(empty_url, SECRETS)
    with pytest.raises(StorageUnavailable) as raised:
        await stores.actions.by_token(SECRET)
    seen: BaseException | None = raised.value
    while seen is not None:
        assert SECRET not in str(seen)
        seen = seen.__cause__
    await stores.close()


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://a/b"])
def test_an_address_of_no_use_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUrlInvalid):
        open_database(url)


async def test_a_cancelled_asker_harms_nobody(url: str) -> None:
    database = open_database(url)

    def slow(conn: Connection) -> None:
        insert(conn, "slow")
        if conn.dialect.name == "sqlite":
            time.sleep(0.1)
        else:
            conn.execute(text("SELECT pg_sleep(0.1)"))

    task = asyncio.create_task(database.write(slow))
    await asyncio.sleep(0.03)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await database.write(lambda conn: insert(conn, "next"))
    assert await count(database) in (1, 2)
    await database.close()


# --- SQLite ---


async def test_sqlite_is_set_for_durability(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'new' / 'folder' / 'x.db'}")
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
    for name, value in wanted.items():
        assert await database.read(partial(scalar, f"PRAGMA {name}")) == value, name
    assert (tmp_path / "new" / "folder" / "x.db").stat().st_mode & 0o777 == 0o600
    await database.close()


async def test_writers_of_two_processes_wait_for_each_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    await schema.upgrade(url)
    sides = [open_database(url) for _ in range(2)]

    def read_then_write(conn: Connection) -> None:
        n = conn.execute(text("SELECT count(*) FROM leases")).scalar_one()
        time.sleep(0.001)
        insert(conn, f"lease-{n}")

    await asyncio.gather(*(sides[n % 2].write(read_then_write) for n in range(60)))
    assert await count(sides[0]) == 60
    for side in sides:
        await side.close()


async def test_a_full_disk_heals_without_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    await schema.upgrade(url)
    stores = open_stores(url, SECRETS)
    limit = text("PRAGMA max_page_count = 1")
    await stores.database.read(lambda conn: conn.execute(limit).close())
    with pytest.raises(StorageUnavailable):
        await stores.inbox.put([an_update(n, text="x" * 4000) for n in range(50)])
    rows = await stores.inbox.put([an_update(n, text="x" * 4000) for n in range(50)])
    assert all(row.fresh for row in rows)
    await stores.close()


async def test_a_locked_file_is_unavailable_and_heals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engine.sqlite.BUSY_TIMEOUT", 0.05)
    url = f"sqlite:///{tmp_path / 'x.db'}"
    await schema.upgrade(url)
    stores = open_stores(url, SECRETS)
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable):
        await stores.inbox.put([an_update(1)])
    assert await stores.inbox.waiting() == 0, "reading goes on"
    other.execute("ROLLBACK")
    other.close()
    await stores.inbox.put([an_update(1)])
    await stores.close()


async def test_nothing_sealed_is_readable_in_the_files(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    await schema.upgrade(url)
    stores = open_stores(url, SECRETS)
    rows = await stores.inbox.put([an_update(n, text=f"{SECRET} {n}") for n in range(20)])
    await stores.inbox.quarantine(rows[0].id, "ValidationError")
    await stores.inbox.done([row.id for row in rows[5:]])
    await stores.outbox.owe(a_message(SECRET))
    files = _files(tmp_path)
    assert files.keys() >= {"x.db", "x.db-wal"}
    assert not [name for name, content in files.items() if SECRET.encode() in content]
    [sent] = await stores.outbox.claim("w", NOW, NOW - NOW, 1)
    assert sent.parameters["text"] == SECRET
    await stores.close()
    assert SECRET.encode() not in _files(tmp_path)["x.db"]


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- PostgreSQL ---


@pytest.mark.postgres
async def test_a_deadlock_is_run_again(postgres_with_schema: str) -> None:
    database = open_database(postgres_with_schema)
    await database.write(lambda conn: conn.execute(text("DELETE FROM leases")).close())
    for name in ("a", "b"):
        await database.write(partial(insert, name=name))
    tries = []

    def add(conn: Connection, first: str, second: str) -> None:
        tries.append(first)
        for name in (first, second):
            add_one = text("UPDATE leases SET fence = fence + 1 WHERE name = :name")
            conn.execute(add_one, {"name": name})
            conn.execute(text("SELECT pg_sleep(0.1)"))

    await asyncio.gather(
        database.write(lambda conn: add(conn, "a", "b")),
        database.write(lambda conn: add(conn, "b", "a")),
    )
    assert 3 <= len(tries) <= 2 * TRIES
    total = text("SELECT sum(fence) FROM leases")
    assert await database.read(lambda conn: conn.execute(total).scalar()) == 4
    await database.close()


@pytest.mark.postgres
async def test_a_database_that_is_not_there_is_unavailable(postgres_server: PostgresServer) -> None:
    database = open_database(postgres_server.url("nothing"))
    with pytest.raises(StorageUnavailable):
        await count(database)
    await database.close()


@pytest.mark.postgres
async def test_a_server_that_restarts_is_found_again(
    postgres_server: PostgresServer, postgres_with_schema: str
) -> None:
    stores = open_stores(postgres_with_schema, SECRETS)
    before = await stores.inbox.waiting()
    postgres_server.stop("immediate")
    for _ in range(2):
        with pytest.raises(StorageUnavailable):
            await stores.inbox.put([an_update(4001)])
    postgres_server.start()
    assert await stores.inbox.waiting() == before
    await stores.inbox.put([an_update(4001)])
    postgres_server.stop()
    postgres_server.start()
    assert await stores.inbox.waiting() == before + 1, "a lost connection is replaced unnoticed"
    await stores.close()
