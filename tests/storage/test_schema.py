"""The schema goes up and down, is what the tables say, and several processes may start at once."""

from __future__ import annotations

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from storage import schema
from storage.database import Database
from storage.tables import metadata


def _differences(conn: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(conn, opts=options), metadata))


async def test_up_and_down(empty_url: str) -> None:
    assert await schema.current(empty_url) is None
    await schema.upgrade(empty_url)
    assert await schema.current(empty_url) == schema.newest()
    database = Database.open(empty_url)
    assert await database.read(_differences) == []
    await schema.downgrade(empty_url)
    assert await schema.current(empty_url) is None
    await database.close()
    left = await database.read(lambda conn: inspect(conn).get_table_names())
    assert left == ["alembic_version"]
    await database.close()
    await schema.upgrade(empty_url)
    assert await schema.current(empty_url) == schema.newest()


async def test_five_processes_start_at_once(empty_url: str) -> None:
    await asyncio.gather(*(schema.upgrade(empty_url) for _ in range(5)))
    assert await schema.current(empty_url) == schema.newest()
    await schema.upgrade(empty_url)
