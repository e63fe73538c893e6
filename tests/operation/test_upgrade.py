"""An upgrade beside a running bot, as docs/operation/upgrade.md says: expand, run both, contract.

The newer program is this one with one migration more; this one is the older.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect

from storage.engine import schema
from storage.engine.open import open_database
from tests.operation.test_backup import block
from tests.ports import free_port
from tests.postgres import postgres_server, postgres_url  # noqa: F401
from tests.scenarios.cluster import Cluster, Member, clustered

ROOT = Path(__file__).parents[2]
ROOMS = ("account", "bot", "carrier", "documents", "storage", "locales")
MORE = """
import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{newest}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Text(), primary_key=True))
    op.add_column("actions", sa.Column("later", sa.Text(), nullable=True))
"""


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 120.0)


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """Where the newer program lies."""
    folder = tmp_path / "newer"
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room)
    more = folder / "storage/migrations/versions/v9000_later.py"
    more.write_text(MORE.format(newest=schema.newest()))
    return folder


@asynccontextmanager
async def running(folder: Path, cluster: Cluster, *words: str) -> AsyncIterator[None]:
    """A process of the program in that folder, until the block ends."""
    member = Member("newer", "run", {})
    cluster.members["newer"] = member
    environment = cluster.environment(
        PATH=os.environ["PATH"], MYACCOUNT_METRICS_PORT=str(member.port or free_port())
    )
    with (cluster.folder / "newer.log").open("a") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            cwd=folder,
            env=environment,
            stderr=log,
            stdout=log,
        )
    try:
        yield
        if words == ("migrate",):
            assert await asyncio.wait_for(process.wait(), 60) == 0, cluster.log("newer")
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), 60)
    assert process.returncode == 0, cluster.log("newer")


@pytest.mark.postgres
@pytest.mark.slow
async def test_both_run_until_the_older_one_is_gone(
    tmp_path: Path,
    newer: Path,
    postgres_url: str,  # noqa: F811
) -> None:
    async with clustered(tmp_path, postgres_url) as cluster:
        await cluster.pollers("older")
        phone = await cluster.enter()
        # Expand: the older one runs on, does its work and may be started again.
        async with running(newer, cluster, "migrate"):
            pass
        assert await schema.current(postgres_url) == "9000"
        await block(phone, "77010542008")
        await cluster.restart("older")
        code, told = await cluster.command("doctor")
        assert "schema at 9000, made by a newer program; this one works on it" in told
        # Run both, then the newer one alone.
        async with running(newer, cluster, "run"):
            await cluster.well("newer")
            await block(phone, "77012115526")
            assert await cluster.stop("older") == 0
            await block(phone, "77010542016")
            for number in ("77010542008", "77012115526", "77010542016"):
                assert await cluster.effects(number) == ["block"]
        assert '"alarm"' not in cluster.log("older", "newer")
        # Contract: what took something away names the oldest program that it leaves working.
        database = open_database(postgres_url)
        await database.write(
            lambda conn: conn.exec_driver_sql("UPDATE schema_floor SET revision = '9000'").close()
        )
        await database.close()
        code, told = await cluster.command("run")
        assert code == 2
        assert "his program is older than the database (schema 9000): install the newer" in told


async def test_the_floor_s_program_finds_all_that_it_writes(tmp_path: Path) -> None:
    """What came after the floor only adds: no table or column is gone, none must be given."""
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    await schema.upgrade(url, schema.FLOOR)
    before = await _shape(url)
    await schema.upgrade(url)
    after = await _shape(url)
    for table, columns in before.items():
        assert columns.keys() <= after[table].keys()
        new = {name for name in after[table].keys() - columns.keys() if not after[table][name]}
        assert new == set(), f"{table}: empty or a default, or the floor moves"


async def _shape(url: str) -> dict[str, dict[str, bool]]:
    """Tables and their columns, and whether a row may be written without it."""

    def look(conn: Connection) -> dict[str, dict[str, bool]]:
        seen = inspect(conn)
        return {
            table: {
                column["name"]: column["nullable"] or column["default"] is not None
                for column in seen.get_columns(table)
            }
            for table in seen.get_table_names()
        }

    database = open_database(url)
    try:
        return await database.read(look)
    finally:
        await database.close()
