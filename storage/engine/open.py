"""Which database an address means; the driver of the other one is not even imported."""

from __future__ import annotations

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from storage.engine.database import Database
from storage.errors import DatabaseUrlInvalid


def open_database(url: str, *, foreign_keys: bool = True) -> Database:
    """A database by its address, `sqlite:///path` or `postgresql://user@host/name`.

    Nothing is connected yet. `foreign_keys=False` is for migrations, which rebuild tables.
    Raises `DatabaseUrlInvalid`.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise DatabaseUrlInvalid("write sqlite:///path or postgresql://user@host/name") from None
    family = address.drivername.partition("+")[0]
    if family == "sqlite":
        if not address.database or address.database == ":memory:":
            raise DatabaseUrlInvalid("a database in memory forgets: write sqlite:///path")
        from storage.engine.sqlite import SqliteDatabase

        return SqliteDatabase(address.database, foreign_keys=foreign_keys)
    if family in ("postgresql", "postgres"):
        from storage.engine.postgres import PostgresDatabase

        return PostgresDatabase(address)
    raise DatabaseUrlInvalid(f"no such database here: {family}; use sqlite or postgresql")
