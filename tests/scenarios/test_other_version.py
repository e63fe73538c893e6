"""A program and a database that do not belong together: an older one leaves the newer alone."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot import __main__ as commands
from bot.cli.doctor.command import doctor
from bot.cli.maintenance import migrate
from bot.config.environment import read
from storage.encryption.secrets import Secrets
from storage.engine.open import open_database
from storage.engine.schema import current, upgrade
from storage.errors import DatabaseNewer
from tests.postgres import postgres_server, postgres_url  # noqa: F401
from tests.scenarios.test_audit import environment

FUTURE = "9999"
SENTENCE = "his program is older than the database (schema 9999): install the newer version"
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def _written_by(revision: str, conn: Connection, *, floor: str) -> None:
    conn.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    conn.execute(text("UPDATE schema_floor SET revision = :it"), {"it": floor})


@pytest.fixture(params=BOTH)
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """An environment whose database a program of the future has written."""
    Secrets.create(tmp_path / "secret.key")
    given = environment(tmp_path) | {"MYACCOUNT_METRICS_PORT": "0"}
    if request.param == "postgres":
        given["MYACCOUNT_DATABASE_URL"] = request.getfixturevalue("postgres_url")

    async def from_the_future() -> None:
        url = given["MYACCOUNT_DATABASE_URL"]
        await migrate(read(given))
        database = open_database(url)
        await database.write(partial(_written_by, FUTURE, floor=FUTURE))
        await database.close()

    asyncio.run(from_the_future())
    return given


@pytest.mark.parametrize("command", ["run", "worker", "migrate", "doctor", "verify-audit"])
def test_every_command_says_what_to_do_and_ends_with_2(
    settings: dict[str, str],
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    capsys.readouterr()
    assert commands.main([command]) == 2
    said = capsys.readouterr()
    assert SENTENCE in said.out + said.err
    assert asyncio.run(current(settings["MYACCOUNT_DATABASE_URL"])) == FUTURE


def test_doctor_calls_it_wrong(
    settings: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert asyncio.run(doctor(read(settings))) == 2
    assert f"WRONG database: t{SENTENCE}" in capsys.readouterr().out.splitlines()


async def test_the_schema_is_not_touched(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    await upgrade(url)
    database = open_database(url)
    await database.write(partial(_written_by, FUTURE, floor=FUTURE))
    with pytest.raises(DatabaseNewer):
        await upgrade(url)
    await database.close()
