"""The actions history from outside: `myaccount verify-audit`, tampering, and what is forgotten.

The tampering is done with the means of whoever has the file: SQL, and no key.
"""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from account.effects.effect import OpenSession
from bot.__main__ import main
from storage.encryption.secrets import Secrets
from storage.open import Stores, open_stores
from storage.retention import KeptFor
from tests.scenarios.processes import Process
from tests.schema import migrated
from tests.storage.builders import NOW, SECOND, a_code, a_message, a_session, an_entry, an_update

ENTRIES = 6


@pytest.fixture
async def installation(tmp_path: Path) -> Path:
    """An installation with a history."""
    return await install(tmp_path)


async def install(tmp_path: Path) -> Path:
    """A folder with a database that has a history, and the key."""
    Secrets.create(tmp_path / "secret.key")
    await migrated(f"sqlite:///{tmp_path / 'bot.db'}")
    stores = opened(tmp_path)
    for n in range(ENTRIES):
        await stores.history.append(an_entry(at=NOW + n * SECOND, reference=f"A-{n}"))
    await stores.close()
    return tmp_path


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The same for tests that run a command with a loop of its own."""
    return asyncio.run(install(tmp_path))


def opened(folder: Path) -> Stores:
    return open_stores(f"sqlite:///{folder / 'bot.db'}", Secrets.from_file(folder / "secret.key"))


def environment(folder: Path, key: str = "secret.key") -> dict[str, str]:
    return {
        "MYACCOUNT_BOT_TOKEN": "1000001:audit-bot-000000000000000000000000",
        "MYACCOUNT_CARRIER_URL": "http://127.0.0.1:9",
        "MYACCOUNT_DATABASE_URL": f"sqlite:///{folder / 'bot.db'}",
        "MYACCOUNT_SECRET_KEY_FILE": str(folder / key),
    }


def verify(folder: Path) -> tuple[int, str]:
    """The command as an operator's engineer runs it; its exit code and what it says."""
    log = folder / "verify-audit.log"
    command = Process.run("bot", "verify-audit", log=log, **environment(folder))
    code, said = asyncio.run(command)
    assert log.read_text() == ""
    log.unlink()
    return code, said.strip()


def tamper(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "bot.db") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_whole_chain_is_said_to_be_whole(installation: Path) -> None:
    code, said = verify(installation)
    assert code == 0
    assert said.startswith(f"The chain of {ENTRIES} entries is whole. Last seal: ")


WHOSE = "of company company-1"
HEAD_MOVED_BACK = f"""
    UPDATE history_chains SET seq = {ENTRIES - 1},
    mac = (SELECT mac FROM history WHERE seq = {ENTRIES - 1})
"""
TAMPERINGS = {
    "changed": (["UPDATE history SET result = 'refused' WHERE seq = 3"], 3),
    "told of somebody else": (["UPDATE history SET administrator = 'X' WHERE seq = 1"], 1),
    "removed": (["DELETE FROM history WHERE seq = 4"], 4),
    "removed, the rest moved up": (
        ["DELETE FROM history WHERE seq = 4", "UPDATE history SET seq = seq - 1 WHERE seq > 4"],
        4,
    ),
    "reordered": (
        [
            "UPDATE history SET seq = 99 WHERE seq = 2",
            "UPDATE history SET seq = 2 WHERE seq = 3",
            "UPDATE history SET seq = 3 WHERE seq = 99",
        ],
        2,
    ),
    "cut at the end": ([f"DELETE FROM history WHERE seq = {ENTRIES}"], ENTRIES),
    "cut at the end, the head as well": (
        [
            f"DELETE FROM history WHERE seq = {ENTRIES}",
            HEAD_MOVED_BACK,
        ],
        ENTRIES,
    ),
    "all gone": (["DELETE FROM history"], 1),
}


def verified(folder: Path, key: str = "secret.key", *options: str) -> int:
    """The same command without a process of its own, which would take a second each."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(folder, key).items():
            patch.setenv(name, value)
        return main(["verify-audit", *options])


def test_a_broken_chain_ends_the_command_with_1(installation: Path) -> None:
    tamper(installation, "DELETE FROM history WHERE seq = 4")
    assert verify(installation) == (
        1,
        f"BROKEN at entry 4 {WHOSE}: it was changed, removed or moved.",
    )


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_is_told_in_a_line(
    installed: Path, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    statements, broken = TAMPERINGS[how]
    tamper(installed, *statements)
    assert verified(installed) == 1
    said = f"BROKEN at entry {broken} {WHOSE}: it was changed, removed or moved.\n"
    assert capsys.readouterr().out == said


def test_what_was_checked_before_is_checked_anew_when_asked(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verified(installed) == 0
    seal = capsys.readouterr().out
    tamper(installed, "UPDATE history SET result = 'refused' WHERE seq = 3")
    assert verified(installed) == 0
    assert capsys.readouterr().out == seal
    assert verified(installed, "secret.key", "--full") == 1
    said = f"BROKEN at entry 3 {WHOSE}: it was changed, removed or moved.\n"
    assert capsys.readouterr().out == said


def test_a_company_taken_away_is_told_in_a_line(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = ("history", "history_chains", "history_checkpoints")
    tamper(installed, *(f"DELETE FROM {table}" for table in tables))
    assert verified(installed) == 1
    assert capsys.readouterr().out == "BROKEN: the whole history of a company was taken away.\n"


def test_another_key_is_told_apart_from_tampering(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Secrets.create(installed / "another.key")
    assert verified(installed, "another.key") == 2
    assert "this secret is not the one of this database" in capsys.readouterr().err


async def test_what_is_old_is_forgotten_and_the_history_never(installation: Path) -> None:
    """The purge of a running bot, a month later."""
    stores = opened(installation)
    [row] = await stores.inbox.put([an_update(1)], owner="x", until=NOW)
    await stores.inbox.done([row.id])
    await stores.login.issue(a_code("c1"), [a_message()])
    session = a_session()
    unit = await stores.units.open(5, 5, 1)
    unit.set_language("en", NOW, chosen=True)
    await stores.units.close(unit, None)
    await stores.effect_store.write([OpenSession(session)])
    await stores.purge(NOW + KeptFor().sessions + timedelta(days=1))
    await stores.close()
    with sqlite3.connect(installation / "bot.db") as connection:
        left = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("inbox", "codes", "outbox", "sessions", "people", "history")
        }
    connection.close()
    assert left == {
        "inbox": 0,
        "codes": 0,
        "outbox": 0,
        "sessions": 0,
        "people": 1,
        "history": ENTRIES,
    }
    assert (await asyncio.to_thread(verify, installation))[0] == 0
