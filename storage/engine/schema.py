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
from sqlalchemy import text

from storage.engine.open import open_database
from storage.errors import DatabaseNewer

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MIGRATIONS = Path(__file__).parent.parent / "migrations"
_LOCK = 0x4D79416363  # any number of our own


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema up to the revision, in one transaction.

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

    A program that does not know a revision can neither read what it made nor take it back.
    """
    revision = MigrationContext.configure(conn).get_current_revision()
    if revision is not None and revision not in _revisions():
        raise DatabaseNewer(revision)


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
        if conn.dialect.name == "postgresql" and present != target:
            # Rows may be made anew for longer than the server waits for a next statement else.
            conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        config = _config()
        config.attributes["connection"] = conn
        change(config, revision)

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
