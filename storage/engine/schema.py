"""The schema's version: up, down, and which it is. Several processes may start at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import delete, insert, inspect, select, text

from storage.engine.open import open_database
from storage.errors import DatabaseNewer
from storage.tables.processes import schema_floor

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MIGRATIONS = Path(__file__).parent.parent / "migrations"
FLOOR = "0035"
"""The oldest revision whose program works on the newest schema.

A migration only adds what an older program need not know (tables, columns that may be empty or
have a default), so that both run during an upgrade. One that takes something away, or makes it
mean something else, comes a version later and moves this up to the revision before itself.
"""
_LOCK = 0x4D79416363  # any number of our own


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema up to the revision, in one transaction; a newer one is left as it is.

    Raises `StorageUnavailable`, `DatabaseNewer`, and `DatabaseUrlInvalid` when there is no place
    for a new database.
    """
    await _change(url, revision, command.upgrade)


async def downgrade(url: str, revision: str = "base") -> None:
    """Take the schema back to the revision; what it held besides is lost."""
    await _change(url, revision, command.downgrade)


async def current(url: str) -> str | None:
    """The revision the database is at, None when it is empty."""
    database = open_database(url)
    try:
        return await database.read(
            lambda conn: MigrationContext.configure(conn).get_current_revision()
        )
    finally:
        await database.close()


def refuse_newer(conn: Connection) -> None:
    """Leave a database alone that a newer program has written. Raises `DatabaseNewer`.

    One that has only added to what this program knows says so by its floor, and may be used.
    """
    revision = MigrationContext.configure(conn).get_current_revision()
    if is_unknown(revision) and _floor(conn) not in _revisions():
        raise DatabaseNewer(str(revision))


def is_unknown(revision: str | None) -> bool:
    """Whether a newer program has made it."""
    return revision is not None and revision not in _revisions()


def _floor(conn: Connection) -> str | None:
    """From which revision on a program works with this schema; None where it does not say."""
    if not inspect(conn).has_table(schema_floor.name):
        return None
    told: str | None = conn.execute(select(schema_floor.c.revision)).scalar()
    return told


@cache
def _revisions() -> frozenset[str]:
    """Those the program knows, by the names of their files: `v0001_initial.py`."""
    files = (_MIGRATIONS / "versions").glob("v[0-9]*_*.py")
    return frozenset(file.name[1:].partition("_")[0] for file in files)


def newest() -> str:
    """The revision the program needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise AssertionError
    return revision


async def _change(url: str, revision: str, change: Callable[[Config, str], None]) -> None:
    database = open_database(url, foreign_keys=False)

    def work(conn: Connection) -> None:
        if conn.dialect.name == "postgresql":
            conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        refuse_newer(conn)
        target = newest() if revision == "head" else revision
        present = MigrationContext.configure(conn).get_current_revision()
        if is_unknown(present):
            if change is command.upgrade:
                return
            raise DatabaseNewer(str(present))
        if conn.dialect.name == "postgresql" and present != target:
            # Rows may be made anew for longer than the server waits for a next statement else.
            conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        config = _config()
        config.attributes["connection"] = conn
        change(config, revision)
        if target == newest() != present:
            conn.execute(delete(schema_floor))
            conn.execute(insert(schema_floor), {"revision": FLOOR})

    try:
        database.make_room()
        await database.write(work)
    finally:
        await database.close()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
