"""Backups: every row of a database, and putting them back in the place of what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from storage.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.engine.database import Database

Backup = dict[str, list[dict[str, Any]]]


async def back_up(database: Database) -> Backup:
    """All rows of all tables."""

    def work(conn: Connection) -> Backup:
        return {
            table.name: [dict(row._mapping) for row in conn.execute(select(table))]
            for table in metadata.sorted_tables
        }

    return await database.read(work)


async def put_back(database: Database, backup: Backup) -> None:
    """Have these rows and no others."""

    def work(conn: Connection) -> None:
        for table in reversed(metadata.sorted_tables):
            conn.execute(delete(table))
        for table in metadata.sorted_tables:
            if backup[table.name]:
                conn.execute(insert(table), backup[table.name])

    await database.write(work)
