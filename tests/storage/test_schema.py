"""The schema goes up and down, is what the tables say, and several processes may start at once."""

from __future__ import annotations

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text

from account.effects.effect import Priority
from storage.engine import schema
from storage.engine.open import open_database
from storage.tables import metadata
from storage.tables.outbox import outbox
from tests.storage.builders import a_message


def _differences(conn: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(conn, opts=options), metadata))


async def test_up_and_down(empty_url: str) -> None:
    assert await schema.current(empty_url) is None
    await schema.upgrade(empty_url)
    assert await schema.current(empty_url) == schema.newest()
    database = open_database(empty_url)
    assert await database.read(_differences) == []
    await schema.downgrade(empty_url)
    assert await schema.current(empty_url) is None
    await database.close()
    left = await database.read(lambda conn: inspect(conn).get_table_names())
    assert left == ["alembic_version"]
    await database.close()
    await schema.upgrade(empty_url)
    assert await schema.current(empty_url) == schema.newest()


async def test_messages_owed_before_there_were_classes_have_theirs(empty_url: str) -> None:
    kinds = {
        "code.step_up": Priority.CODE,
        "chat.delete": Priority.CODE,
        "approval.asked": Priority.APPROVAL,
        "takeover.announced": Priority.APPROVAL,
        "action.final": Priority.FINAL,
        "device.result": Priority.FINAL,
        "document.failed": Priority.FINAL,
        "document.ready": Priority.FILE,
        "action.waiting": Priority.NOTICE,
        "reminder.register": Priority.NOTICE,
    }
    await schema.upgrade(empty_url, "0016")
    database = open_database(empty_url)
    owe = text(
        'INSERT INTO outbox (uid, channel, "to", kind, expires_at, state, due, ahead_of) '
        "VALUES (:kind, 'telegram', '5', :kind, 0, 'owed', 0, :ahead_of)"
    )
    rows = [
        {"kind": kind, "ahead_of": "x" if kind == "takeover.announced" else None} for kind in kinds
    ]
    await database.write(lambda conn: conn.execute(owe, rows).close())
    await database.close()
    await schema.upgrade(empty_url)
    read = select(outbox.c.kind, outbox.c.priority)
    assert dict(await database.read(lambda conn: conn.execute(read).all())) == kinds
    for row in rows:
        owed = a_message(kind=row["kind"], ahead_of=row["ahead_of"])
        assert owed.priority == kinds[owed.kind]
    await database.close()


async def test_accounts_known_before_begin_with_the_earliest_login_that_is_kept(
    empty_url: str,
) -> None:
    """Whoever had logged in stays in the record of four eyes, and none of them is a newcomer."""
    await schema.upgrade(empty_url, "0018")
    database = open_database(empty_url)
    known = text(
        "INSERT INTO known_telegrams (administrator_id, telegram_id, phone, bound_at) "
        "VALUES ('adm-1', :account, '77010542006', :at)"
    )
    opened = text(
        "INSERT INTO sessions (id, telegram_id, administrator_id, administrator_name, phone,"
        " opened_at, seen_at) VALUES (:id, :account, :who, 'X', '77010542006', :at, :at)"
    )
    of_sessions = [("a", 1, "adm-1", 40), ("b", 1, "adm-1", 90), ("c", 2, "adm-2", 10)]

    def fill(conn: Connection) -> None:
        conn.execute(known, [{"account": 1, "at": 90}, {"account": 2, "at": 70}])
        columns = ("id", "account", "who", "at")
        conn.execute(opened, [dict(zip(columns, row, strict=True)) for row in of_sessions])

    await database.write(fill)
    await database.close()
    await schema.upgrade(empty_url)
    read = text(
        "SELECT telegram_id, first_at, bound_at FROM known_telegrams"
        " WHERE forgotten_at IS NULL AND removed_at IS NULL ORDER BY telegram_id"
    )
    rows = await database.read(lambda conn: [tuple(row) for row in conn.execute(read)])
    assert rows == [(1, 40, 90), (2, 70, 70)]
    await database.close()


async def test_five_processes_start_at_once(empty_url: str) -> None:
    await asyncio.gather(*(schema.upgrade(empty_url) for _ in range(5)))
    assert await schema.current(empty_url) == schema.newest()
    await schema.upgrade(empty_url)
