"""A process that stands still in the middle of a transaction, and those that go on (PostgreSQL)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.util import await_only

from storage import Stores, open_stores
from storage.engine import postgres
from storage.engine.pg_notify import lock_chats, lock_claiming
from tests.storage.builders import LEASE, NOW, an_update
from tests.storage.conftest import SECRETS

if TYPE_CHECKING:
    from sqlalchemy import Connection

pytestmark = pytest.mark.postgres
CHAT = 5


@pytest_asyncio.fixture
async def pair(
    postgres_with_schema: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Stores, Stores]]:
    """One process that will stand still, and another one."""
    monkeypatch.setattr(postgres, "STANDS_STILL_MS", 200)
    one, other = (open_stores(postgres_with_schema, SECRETS) for _ in range(2))
    yield one, other
    await one.close()
    await other.close()


async def test_who_stands_still_in_a_transaction_holds_nobody_up(
    pair: tuple[Stores, Stores],
) -> None:
    """The crash lab, seed 8015 on PostgreSQL: one process slept for 85 s with the lock behind which
    all claim, and with a chat's; for so long nothing was taken, and no other one could start.
    """
    one, other = pair
    asleep, awake = asyncio.Event(), asyncio.Event()

    def work(conn: Connection) -> int:
        lock_claiming(conn)
        lock_chats(conn, [CHAT])
        asleep.set()
        await_only(awake.wait())
        return int(conn.execute(text("SELECT 1")).scalar_one())

    standing = asyncio.create_task(one.database.write(work))
    await asleep.wait()
    assert (await other.inbox.put([an_update(1, chat_id=CHAT)]))[0].fresh
    assert len(await other.inbox.claim("other", NOW, LEASE, 9)) == 1
    awake.set()
    assert await standing == 1, "its work is done once more when it is awake"
