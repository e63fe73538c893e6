"""Inserts that meet a row already there, which each dialect writes its own way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

Statement = Any


class ByDialect:
    """One statement in both dialects, built once."""

    def __init__(self, build: Callable[[Any], Statement]) -> None:
        self._statements = {"sqlite": build(sqlite.insert), "postgresql": build(postgresql.insert)}

    def on(self, conn: Connection) -> Statement:
        """The statement for that connection."""
        return self._statements[conn.dialect.name]


def insert_once(table: Table, *returning: str) -> ByDialect:
    """Insert, or do nothing where any unique key is taken; returns columns of what went in."""

    def build(insert: Any) -> Statement:
        statement = insert(table).on_conflict_do_nothing()
        columns = [table.c[name] for name in returning]
        return statement.returning(*columns) if columns else statement

    return ByDialect(build)


def insert_or_set(table: Table, keys: Sequence[str], names: Sequence[str]) -> ByDialect:
    """Insert, or give the named columns of the row with the same keys their new values."""

    def build(insert: Any) -> Statement:
        statement = insert(table)
        new = {name: statement.excluded[name] for name in names}
        return statement.on_conflict_do_update(index_elements=list(keys), set_=new)

    return ByDialect(build)
