"""Backup and restore as docs/operation/backup.md says, by the programs that it names."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.errors import StorageUnavailable
from storage.restore import sqlite_backup
from tests.operation.servers import Archive, archived
from tests.postgres import NoServerError
from tests.scenarios.cluster import Cluster, clustered, until
from tests.scenarios.entry import ask_to_block
from tests.scenarios.phone import Phone

BEFORE, OPEN, AFTER, NEXT = "77010542008", "77012115526", "77010542016", "77010542019"
OLDER = "This database is older than the one that was used here last"
BOTH = ["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 120.0)


class Files:
    """SQLite: a command, and a file that is put in the place of another."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.backup = cluster.folder / "backup.db"

    async def begin(self) -> None:
        """Nothing goes ahead of a backup here."""

    async def take(self) -> None:
        code, said = await self.cluster.command("backup", str(self.backup))
        assert (code, "bytes, whole. It opens with key 1" in said) == (0, True), said

    async def lose(self) -> None:
        database = self.cluster.folder / "bot.db"
        for ending in ("-wal", "-shm", ""):
            database.with_name(database.name + ending).unlink(missing_ok=True)
        database.write_bytes(self.backup.read_bytes())


class Server:
    """PostgreSQL: a base backup, the archive, and a moment to go back to."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.moment = ""

    async def begin(self) -> None:
        await asyncio.to_thread(self.archive.take)

    async def take(self) -> None:
        self.moment = await asyncio.to_thread(self.archive.moment)

    async def lose(self) -> None:
        await asyncio.to_thread(self.archive.finish)
        await asyncio.to_thread(self.archive.recover, self.moment)


@pytest.fixture
def archive() -> Iterator[Archive]:
    try:
        with archived() as ready:
            ready.server.sql("CREATE DATABASE bot")
            yield ready
    except NoServerError as none:
        pytest.skip(f"POSTGRESQL NOT TESTED: {none}")


@pytest.fixture(params=BOTH)
async def installed(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Cluster, Files | Server]]:
    if request.param == "sqlite":
        async with clustered(tmp_path, f"sqlite:///{tmp_path / 'bot.db'}") as cluster:
            yield cluster, Files(cluster)
        return
    archive: Archive = request.getfixturevalue("archive")
    async with clustered(tmp_path, archive.server.url("bot")) as cluster:
        yield cluster, Server(archive)


async def block(phone: Phone, number: str, word: str = "✅ Blocked") -> None:
    await phone.command("/menu")
    await ask_to_block(phone, number)
    await phone.tap(f"⛔ Block {shown(number)}")
    await said(phone, word, number)


def shown(number: str) -> str:
    return f"+7 {number[1:4]} {number[4:7]} {number[7:9]} {number[9:]}"


async def said(phone: Phone, word: str, number: str, times: int = 1) -> None:
    """Wait until that word about that number was said so often."""

    async def look() -> bool:
        told = [m for m in await phone.messages() if word in m.text and shown(number) in m.text]
        return len(told) >= times

    await phone.until(look, f"{word} of {number}, {times} times")


async def finish_order(cluster: Cluster) -> None:
    """The operator, which takes its time, is done with the one order that is open there."""
    orders = "/tmf-api/productOrderingManagement/v4/productOrder?sort=-orderDate&limit=1"
    found: list[str] = []

    async def arrived() -> bool:
        [order] = (await cluster.http.get(orders)).json()
        found[:] = [order["id"]]
        return order["state"] in {"acknowledged", "inProgress"}

    await until(arrived, "the order is at the operator")
    path = f"/sandbox/operator/orders/{found[0]}"
    (await cluster.http.patch(path, json={"do": "finish"})).raise_for_status()


async def beats(cluster: Cluster) -> int:
    """How often the database has been used, as its processes count it."""
    stores = cluster.stores()
    try:
        present = await stores.generations.look()
    finally:
        await stores.close()
    assert present is not None
    return present.beats


async def history(cluster: Cluster) -> list[tuple[str | None, str]]:
    """Numbers and what was done with them, as the company reads it."""
    stores = cluster.stores()
    try:
        verdict = await stores.audit.verify(datetime.now(UTC), full=True)
        assert verdict.breach is None
        rows = await stores.database.read(
            lambda conn: conn.exec_driver_sql(
                "SELECT number, what FROM history WHERE number IS NOT NULL"
            ).all()
        )
    finally:
        await stores.close()
    return [(number, what) for number, what in rows]


async def test_what_was_confirmed_is_where_it_was(
    installed: tuple[Cluster, Files | Server],
) -> None:
    cluster, machine = installed
    await cluster.pollers("one")
    phone = await cluster.enter()
    await machine.begin()
    await block(phone, BEFORE)
    slow = {"order_seconds": 86_400}
    (await cluster.http.patch("/sandbox/operator/settings", json=slow)).raise_for_status()
    await block(phone, OPEN, "⏳ Sent to the operator")
    await machine.take()
    then = await beats(cluster)

    # The time that will be lost: what was open ends, and a change begins and ends.
    await finish_order(cluster)
    await said(phone, "✅ Blocked", OPEN)
    quick = {"order_seconds": 0.4}
    (await cluster.http.patch("/sandbox/operator/settings", json=quick)).raise_for_status()
    await block(phone, AFTER)
    await cluster.nothing_waits()

    async def longer_than_the_blink_that_nobody_sees() -> bool:
        return await beats(cluster) >= then + 4

    await until(longer_than_the_blink_that_nobody_sees, "four beats are lost")
    assert await cluster.stop("one") == 0
    await machine.lose()

    # Nobody works on it until a person has said what happened.
    for command in ("run", "worker"):
        code, told = await cluster.command(command)
        assert (code, OLDER in told) == (2, True), told
    code, told = await cluster.command("restored")
    assert code == 0
    assert "Open changes and offers in the backup: 1" in told
    await cluster.start("one")

    # What was open in the backup gets its word, and is not sent a second time.
    await said(phone, "✅ Blocked", OPEN, times=2)
    assert await cluster.effects(OPEN) == ["block"]
    # What was begun after it is unknown here: the operator has it once, the card has its truth.
    assert await cluster.effects(AFTER) == ["block"]
    kept = {number for number, _what in await history(cluster)}
    assert {BEFORE, OPEN} <= kept
    assert AFTER not in kept
    await phone.command("/menu")
    await phone.say(AFTER)
    await phone.sees("⛔ Blocked since", shown(AFTER))
    # What comes next can be told from what was.
    mark = told.partition("references end in ")[2][:5]
    await block(phone, NEXT)
    await said(phone, mark, NEXT)
    assert await cluster.stop("one", signal.SIGTERM) == 0


# --- the command ---


def a_database(folder: Path) -> Path:
    """A database whose last rows are in its log alone; the connection is left open."""
    path = folder / "bot.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE rows (n INTEGER)")
        connection.executemany("INSERT INTO rows VALUES (?)", [(n,) for n in range(1000)])
        connection.commit()
    return path


def test_a_copy_has_what_is_in_the_log_and_is_its_owner_s(tmp_path: Path) -> None:
    path, target = a_database(tmp_path), tmp_path / "copy.db"
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("INSERT INTO rows VALUES (1000)")
        writer.commit()
        assert path.with_name("bot.db-wal").stat().st_size > 0
        assert sqlite_backup.copy(path, target) == target.stat().st_size
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with closing(sqlite3.connect(target)) as copied:
        assert copied.execute("SELECT count(*) FROM rows").fetchone() == (1001,)
    assert {one.name for one in tmp_path.iterdir()} == {"bot.db", "copy.db"}


def test_a_backup_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path, target = a_database(tmp_path), tmp_path / "copy.db"
    target.write_text("of yesterday")
    with pytest.raises(FileExistsError):
        sqlite_backup.copy(path, target)
    assert target.read_text() == "of yesterday"


def test_a_damaged_database_makes_no_backup(tmp_path: Path) -> None:
    path, target = a_database(tmp_path), tmp_path / "copy.db"
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(StorageUnavailable):
        sqlite_backup.copy(path, target)
    assert [one.name for one in tmp_path.glob("copy*")] == []


@pytest.mark.parametrize(
    ("address", "target", "sentence"),
    [
        ("postgresql://bot@127.0.0.1:9/bot", "copy", "by its own programs, pg_basebackup"),
        ("sqlite:///{folder}/none.db", "copy", "there is no database in"),
        ("sqlite:///{folder}/bot.db", "nowhere/copy", "cannot be written: No such file"),
        ("sqlite:///{folder}/bot.db", "secret.key", "cannot be written: there is a file already"),
    ],
)
async def test_what_cannot_be_copied_is_a_sentence(
    tmp_path: Path, address: str, target: str, sentence: str
) -> None:
    async with clustered(tmp_path, f"sqlite:///{tmp_path / 'bot.db'}") as cluster:
        code, told = await cluster.command("migrate")
        assert code == 0, told
        given = {"MYACCOUNT_DATABASE_URL": address.format(folder=tmp_path)}
        code, told = await cluster.command("backup", str(tmp_path / target), **given)
    assert (code, sentence in told) == (2, True), told
