"""Claiming while thousands wait: found by the crash lab as minutes in which nothing got through.

PostgreSQL joined all new rows with all new rows, 2.2 s for 9,000 of them, behind the lock that all
processes claim under. It thinks that hardly any row is new, because at quiet times none is.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.dialects import postgresql

from account.effects.effect import Channel, Priority
from storage import Stores, open_stores
from storage.queue import inbox, outbox
from tests.storage.builders import LEASE, NOW, a_message, an_update
from tests.storage.conftest import SECRETS

CHATS, EACH = 50, 20


async def crowd(stores: Stores) -> None:
    """Rows of another process, and as many of nobody, in chats of their own."""
    for owner, first in (("other", 0), (None, 1000)):
        batch = [
            an_update(first * CHATS + n, chat_id=first + n % CHATS) for n in range(CHATS * EACH)
        ]
        await stores.inbox.put(batch, owner=owner, until=NOW + LEASE if owner else None)
    for n in range(10 * CHATS):
        await stores.outbox.owe(a_message(f"m{n}", to=str(n % CHATS)))


def plan(conn: Connection, statement: Any, **values: Any) -> str:
    """How PostgreSQL means to go about it."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    whole = statement.params(**values).compile(
        dialect=dialect, compile_kwargs={"literal_binds": True}
    )
    return "\n".join(row[0] for row in conn.execute(text(f"EXPLAIN {whole}".replace(":", "\\:"))))


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("statement", "index", "values"),
    [
        (inbox._FREE.limit(100), "ix_inbox_chat", {"owner": "me", "now": NOW, "step_seen": ""}),
        (inbox._BEHIND_OTHERS, "ix_inbox_chat", {"owner": "me", "ids": [1, 2, 3]}),
        (
            outbox._next_of(Channel.TELEGRAM).element,
            "ix_outbox_line",
            {
                "now": NOW,
                "soon": NOW,
                "step_seen": "",
                "telegram_limit": 16,
                "telegram_down_to": Priority.NOTICE,
            },
        ),
    ],
    ids=["claim", "put", "messages"],
)
async def test_what_is_earlier_is_looked_up_row_by_row(
    postgres_with_schema: str, statement: Any, index: str, values: dict[str, Any]
) -> None:
    stores = open_stores(postgres_with_schema, SECRETS)
    try:
        await crowd(stores)
        # What the planner thinks of the tables is else a matter of when it last looked.
        await stores.database.write(lambda conn: conn.execute(text("ANALYZE")).close())
        told = await stores.database.read(lambda conn: plan(conn, statement, **values))
    finally:
        await stores.close()
    assert "Join" not in told, told
    assert "Nested Loop" not in told, told
    assert index in told, told
    assert "Sort" not in told, told


async def test_a_crowd_is_claimed_in_order_by_whom_it_falls_to(stores: Stores) -> None:
    await crowd(stores)
    mine = await stores.inbox.claim("me", NOW, LEASE, 100)
    assert [row.update_id for row in mine] == [1000 * CHATS + n for n in range(100)]
    assert {row.chat_id for row in mine} == set(range(1000, 1000 + CHATS))
    assert await stores.inbox.claim("another", NOW, LEASE, 100) == [], "all chats are mine by now"
