"""A backup is put back: no start before somebody says so, no change twice, no reference twice."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import __main__ as commands
from bot.app.build import build, database_of, read_secrets
from bot.cli.restored import restored
from bot.config.environment import read
from bot.config.settings import Settings
from bot.ops.clock import SteadyClock
from storage.encryption.secrets import Secrets
from storage.open import Stores
from storage.tables.processes import generations
from tests.postgres import PostgresServer, postgres_server, postgres_url  # noqa: F401
from tests.scenarios.conftest import Stage
from tests.scenarios.entry import ask_to_block
from tests.scenarios.phone import Phone
from tests.scenarios.test_audit import environment
from tests.scenarios.test_transfers import RECIPIENT, SENDER, asked, balance, rich  # noqa: F401
from tests.storage.copies import back_up, put_back

OLDER = "This database is older than the one that was used here last"
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@dataclass
class Machine:
    """A machine with a bot, and the means to copy its database by."""

    environment: dict[str, str]
    copy: Callable[[], None]
    restore: Callable[[], None]

    @property
    def settings(self) -> Settings:
        return read(self.environment)

    def start(self) -> None:
        """Start a process and end it."""

        async def live() -> None:
            app = await build(self.settings)
            await app.watch.leave()
            await app.close()

        asyncio.run(live())

    def use(self) -> None:
        """What a running process does to the database."""

        async def work(stores: Stores) -> None:
            for _ in range(3):
                await stores.generations.beat()

        asyncio.run(_with_stores(self.settings, work))

    def run(self, command: str, patch: pytest.MonkeyPatch) -> int:
        for name, value in self.environment.items():
            patch.setenv(name, value)
        return commands.main([command])

    def of_another(self, folder: Path) -> Machine:
        """Another machine on the same database."""
        key = folder / "other" / "secret.key"
        key.parent.mkdir()
        key.write_bytes(self.settings.secret_key_file.read_bytes())
        given = {**self.environment, "MYACCOUNT_SECRET_KEY_FILE": str(key)}
        return Machine(given, self.copy, self.restore)


async def _with_stores(settings: Settings, work: Callable[[Stores], object]) -> None:
    stores = await database_of(settings, read_secrets(settings), SteadyClock().now())
    outcome = work(stores)
    if asyncio.iscoroutine(outcome):
        await outcome
    await stores.close()


@pytest.fixture(params=BOTH)
def machine(tmp_path: Path, request: pytest.FixtureRequest) -> Machine:
    Secrets.create(tmp_path / "secret.key")
    given = environment(tmp_path) | {"MYACCOUNT_METRICS_PORT": "0"}
    backup = tmp_path / "backup"
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        given["MYACCOUNT_DATABASE_URL"] = url
        return Machine(
            given, *_by_programs(request.getfixturevalue("postgres_server"), url, backup)
        )
    return Machine(given, *_by_files(tmp_path / "bot.db", backup))


def _by_files(database: Path, backup: Path) -> tuple[Callable[[], None], Callable[[], None]]:
    def copy() -> None:
        with sqlite3.connect(database) as whole, sqlite3.connect(backup) as to:
            whole.backup(to)
        whole.close()
        to.close()

    def restore() -> None:
        for ending in ("-wal", "-shm"):
            database.with_name(database.name + ending).unlink(missing_ok=True)
        database.write_bytes(backup.read_bytes())

    return copy, restore


def _by_programs(
    server: PostgresServer, url: str, backup: Path
) -> tuple[Callable[[], None], Callable[[], None]]:
    def run(program: str, *arguments: str) -> None:
        subprocess.run([str(server.programs / program), *arguments], check=True)

    return (
        lambda: run("pg_dump", "--format=custom", f"--file={backup}", url),
        lambda: run("pg_restore", "--clean", "--if-exists", f"--dbname={url}", str(backup)),
    )


def test_a_start_on_a_copy_is_refused_until_somebody_says_so(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.start()
    machine.copy()
    machine.use()
    machine.start()
    machine.restore()
    for command in ("run", "worker", "run"):
        assert machine.run(command, monkeypatch) == 2
        assert OLDER in capsys.readouterr().err
    assert machine.run("doctor", monkeypatch) == 2
    assert "WRONG witness: this database is older" in capsys.readouterr().out
    assert machine.run("migrate", monkeypatch) == 0
    capsys.readouterr()
    assert machine.run("restored", monkeypatch) == 0
    said = capsys.readouterr().out
    assert re.search(
        r"references end in -[0-9]{4}\. Open changes and offers in the backup: 0", said
    )
    assert "not older" not in said
    machine.start()
    machine.start()


def test_when_it_was_put_back_goes_by_the_clock_of_all(machine: Machine) -> None:
    """This machine is an hour behind: from then on nothing would wait for what may turn up."""
    machine.start()
    behind = SteadyClock(wall=lambda: time.time() - 3600)
    assert asyncio.run(restored(machine.settings, behind)) == 0
    now = time.time() - (3600 if machine.settings.database_url.startswith("sqlite") else 0)
    assert abs(behind.now().timestamp() - now) < 60

    async def began(stores: Stores) -> None:
        latest = select(func.max(generations.c.began_at))
        began_at = await stores.database.read(lambda conn: conn.execute(latest).scalar_one())
        assert abs(began_at.timestamp() - now) < 60

    asyncio.run(_with_stores(machine.settings, began))


def test_the_same_backup_may_be_put_back_twice(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.start()
    machine.copy()
    machine.use()
    machine.start()
    marks = set()
    for _ in range(2):
        machine.restore()
        assert machine.run("run", monkeypatch) == 2
        capsys.readouterr()
        assert machine.run("restored", monkeypatch) == 0
        found = re.search(r"end in -([0-9]{4})", capsys.readouterr().out)
        assert found
        marks.add(found[1])
        machine.start()
    assert len(marks) == 2


def test_another_machine_sees_it_for_itself_and_takes_the_word_of_the_first(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = machine.of_another(tmp_path)
    machine.start()
    machine.copy()
    machine.use()
    other.start()
    machine.restore()
    assert other.run("worker", monkeypatch) == 2
    assert machine.run("restored", monkeypatch) == 0
    other.start()


def test_a_restore_that_sqlite_undid_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.start()
    machine.use()
    assert machine.run("restored", monkeypatch) == 0
    assert "The database was not older" in capsys.readouterr().out


def test_a_witness_that_cannot_be_read_stops_the_start_with_a_sentence(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.start()
    machine.settings.witness.write_text("{}")
    assert machine.run("run", monkeypatch) == 2
    said = capsys.readouterr().err
    assert str(machine.settings.witness) in said
    assert machine.run("restored", monkeypatch) == 0
    machine.start()


def test_the_witness_may_lie_elsewhere_and_doctor_says_when_it_cannot(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    apart = machine.settings.secret_key_file.parent / "apart" / "witness"
    machine.environment["MYACCOUNT_WITNESS_FILE"] = str(apart)
    machine.start()
    machine.run("doctor", monkeypatch)
    assert "WRONG witness: MYACCOUNT_WITNESS_FILE" in capsys.readouterr().out
    apart.parent.mkdir()
    machine.start()
    assert apart.exists()
    assert not machine.settings.secret_key_file.with_name("secret.key.witness").exists()


# --- in the chat -----------------------------------------------------------------------------


async def references(phone: Phone) -> list[str]:
    """All references in the chat."""
    told = " ".join(message.text for message in await phone.messages() if message.from_bot)
    return re.findall(r"\bA-[0-9-]+[0-9]", told)


async def block(phone: Phone, number: str) -> None:
    """Block a number, from wherever the person is."""
    await ask_to_block(phone, number)
    await phone.tap(f"⛔ Block +7 {number[1:4]} {number[4:7]}")


async def test_money_that_moved_after_the_backup_moves_no_second_time(
    rich: Stage,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The operator is a plain one: it carries out a transfer as often as it is posted."""
    await rich.http.patch("/sandbox/operator/settings", json={"idempotent": False})
    assert rich.app is not None
    stores = rich.app.stores
    with monkeypatch.context() as patch:
        patch.setattr(stores.actions, "claim", _nothing)
        phone, _question = await asked(rich, "100")
        await phone.tap("💸 Transfer")
        await phone.sees("A-20220124-0001")
        backup = await back_up(stores.database)
    await phone.sees("✅ Transferred: 100", "A-20220124-0001")
    await phone.command("/menu")
    await block(phone, "77010542019")
    await phone.sees("✅ Blocked", "A-20220124-0002")
    before = await references(phone)

    await rich.stop_bot()
    stores = await database_of(rich.settings, read_secrets(rich.settings), rich.clock.now())
    await put_back(stores.database, backup)
    await stores.close()
    assert await restored(rich.settings, rich.clock) == 0
    await rich.start_bot()

    await phone.until(lambda: _settled(rich), "the end of what was open in the backup")
    assert (await balance(rich, SENDER), await balance(rich, RECIPIENT)) == ("1650.00", "120.00")
    await phone.command("/menu")
    await block(phone, "77010542016")
    await phone.sees("✅ Blocked", "A-20220124-0002-")
    again = (await references(phone))[len(before) :]
    assert "A-20220124-0002" not in again


async def _nothing(*_arguments: object) -> list[object]:
    return []


async def _settled(stage: Stage) -> bool:
    assert stage.app is not None
    return await stage.app.stores.actions.open_count() == 0
