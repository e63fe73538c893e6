"""What all tables are made with: names of constraints, row ids, states of partial indexes."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    MetaData,
    Text,
    literal_column,
)

from storage.engine.types import Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

RowId = BigInteger().with_variant(Integer, "sqlite")
"""A growing row id; only a column of type INTEGER grows by itself in SQLite."""


def in_state(table: FromClause, *states: str) -> ColumnElement[bool]:
    """The rows in one of the states, as constants: only so do partial indexes match a query."""
    return table.c.state.in_([literal_column(f"'{state}'") for state in states])


def of_kind(table: FromClause, *kinds: str) -> ColumnElement[bool]:
    """The rows of one of the kinds, as constants, for the same reason."""
    return table.c.kind.in_([literal_column(f"'{kind}'") for kind in kinds])


def claim_columns() -> list[Column[object]]:
    """The columns of rows that are worked on under a lease (storage.queue.claims)."""
    return [
        Column("due", Moment, nullable=False),
        Column("owner", Text),
        Column("lease_until", Moment),
        Column("fence", BigInteger, nullable=False, server_default="0"),
        Column("attempts", Integer, nullable=False, server_default="0"),
    ]
