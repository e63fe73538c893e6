"""What waits is counted as it is, and without reading what is finished."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy.dialects import sqlite

from storage import Stores
from storage.engine import schema
from storage.queue import gauges
from tests.storage.builders import LEASE, MINUTE, NOW, SECOND, a_message, an_update, offered


async def test_an_empty_database_has_nothing_waiting(stores: Stores) -> None:
    figures = await stores.gauges.read(NOW)
    assert (figures.inbox, figures.quarantined, figures.messages, figures.documents) == (0,) * 4
    assert figures.oldest_update is None
    assert figures.oldest_unknown is None
    assert figures.due_message is None
    assert set(figures.actions.values()) == {0}


async def test_what_waits_is_counted(stores: Stores) -> None:
    rows = await stores.inbox.put([an_update(1), an_update(2), an_update(3)])
    await stores.inbox.done([rows[0].id])
    await stores.inbox.quarantine(rows[1].id, "ValueError")
    await offered(stores, "token")
    await stores.outbox.owe(a_message())
    await stores.outbox.owe(a_message(to="6"))
    first = (await stores.outbox.claim("me", NOW, LEASE, 1))[0]
    await stores.outbox.postpone(first, NOW + MINUTE)
    figures = await stores.gauges.read(NOW + SECOND)
    assert (figures.inbox, figures.quarantined) == (1, 1)
    assert figures.oldest_update == NOW
    states = {"proposed": 0, "accepted": 0, "sent": 0, "unknown": 0, "offered": 1}
    states["unconfirmed"] = 0
    assert figures.actions == states
    assert figures.messages == 2
    assert figures.due_message == figures.last_message


async def test_what_is_finished_is_not_read(tmp_path: Path) -> None:
    await schema.upgrade(f"sqlite:///{tmp_path / 'empty.db'}")
    raw = sqlite3.connect(tmp_path / "empty.db")
    try:
        for query in (gauges._FIGURES, gauges._ACTIONS, gauges._OFFERED):
            text = str(query.compile(dialect=sqlite.dialect()))
            explained = raw.execute(f"EXPLAIN QUERY PLAN {text}", [0] * text.count("?"))
            plan = [row[3] for row in explained]
            scans = [line for line in plan if line.startswith("SCAN") and "CONSTANT" not in line]
            assert all("USING" in line and "ix_" in line for line in scans), plan
    finally:
        raw.close()
