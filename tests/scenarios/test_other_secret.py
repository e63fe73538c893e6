"""Two secrets and one database: no command goes on with the wrong one, and nothing is harmed."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot import __main__ as commands
from storage.encryption.secrets import Secrets
from storage.engine.schema import downgrade
from tests.scenarios.test_audit import environment, opened
from tests.schema import migrated
from tests.storage.builders import LEASE, NOW, a_message, an_entry, an_update
from tests.storage.legacy import write_as_before

COMMANDS = ("run", "worker", "migrate", "doctor", "verify-audit")


async def install(folder: Path, revision: str) -> Path:
    """A database with a history, an update and a message owed; and two keys, one of them right."""
    Secrets.create(folder / "secret.key")
    Secrets.create(folder / "another.key")
    await migrated(f"sqlite:///{folder / 'bot.db'}")
    stores = opened(folder)
    if revision == "head":
        await stores.secret_keys.register(NOW)
        await stores.history.append(an_entry())
    else:
        key = Secrets.from_file(folder / "secret.key").audit
        await write_as_before(stores, key, [an_entry()])
    await stores.inbox.put([an_update(1)])
    await stores.outbox.owe(a_message())
    await stores.close()
    if revision != "head":
        await downgrade(f"sqlite:///{folder / 'bot.db'}", revision)
    return folder


@pytest.fixture(params=["head", "0011"])
def installation(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Of today, and of before a database knew its secret."""
    return asyncio.run(install(tmp_path, request.param))


def content(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "bot.db") as connection:
        dump = list(connection.iterdump())
    connection.close()
    return dump


def run(folder: Path, command: str, key: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(folder, key).items():
            patch.setenv(name, value)
        patch.setenv("MYACCOUNT_METRICS_PORT", "0")
        return commands.main([command])


@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_refused_before_anything_is_written(
    installation: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(installation)
    assert run(installation, command, "another.key") == 2
    said = capsys.readouterr()
    sentence = "MYACCOUNT_SECRET_KEY_FILE: this secret is not the one of this database"
    assert sentence in said.err + said.out
    assert content(installation) == before


def test_the_right_one_finds_everything_as_it_was(installation: Path) -> None:
    for command in COMMANDS[:4]:
        assert run(installation, command, "another.key") == 2
    assert run(installation, "migrate", "secret.key") == 0
    assert run(installation, "migrate", "another.key") == 2

    async def look() -> None:
        stores = opened(installation)
        assert (await stores.audit.verify(NOW)).rows == 1
        [row] = await stores.inbox.undone(10)
        assert stores.inbox.payload(row) == b"hello"
        [message] = await stores.outbox.claim("right", NOW, LEASE, 10)
        assert message.parameters == a_message().parameters
        await stores.close()

    asyncio.run(look())
