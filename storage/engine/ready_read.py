"""Reads of a few rows by their keys, put into SQL once: SQLite runs them in less time than it takes
SQLAlchemy to hand them over.

What SQLAlchemy makes of a statement (its words, its parameters, how a column's value
is read) is asked of it by its public names, when the statement is first run; nothing is written by
hand. On PostgreSQL, where the exchange costs more than all of that, it runs them itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import Select

Rows = Sequence[Sequence[Any]]


class ReadyRead:
    """A read in both dialects; its parameters are texts and whole numbers, on SQLite no lists."""

    def __init__(self, *, sqlite: Select[Any], postgresql: Select[Any]) -> None:
        self._on_sqlite = sqlite
        self.on_postgresql = postgresql

    def run(self, connection: sqlite3.Connection, values: Mapping[str, Any]) -> Rows:
        """The rows on SQLite, outside of a transaction: one statement is one by itself.

        Raises `sqlite3.Error`.
        """
        sql, defaults, readers = self._ready
        found = connection.execute(sql, {**defaults, **values}).fetchall()
        if not readers:
            return found
        return [_read(row, readers) for row in found]

    @cached_property
    def _ready(self) -> tuple[str, dict[str, Any], list[tuple[int, Any]]]:
        """The words, its own parameters, and who reads which column's value."""
        dialect = sqlite.dialect(paramstyle="named")
        words = self._on_sqlite.compile(dialect=dialect)
        readers = [
            (place, reader)
            for place, column in enumerate(self._on_sqlite.selected_columns)
            if (reader := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]
        return str(words), dict(words.params), readers


def _read(row: Sequence[Any], readers: list[tuple[int, Any]]) -> list[Any]:
    values = list(row)
    for place, reader in readers:
        values[place] = reader(values[place])
    return values
