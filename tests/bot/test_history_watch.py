"""A running bot checks what is new in the history, seals it, and makes much of what is wrong."""

from __future__ import annotations

import structlog
from sqlalchemy import select, update

from bot.ops.clock import SteadyClock
from bot.workers.history_watch import LEASE, HistoryWatch
from storage.audit.seals import ALL
from storage.open import Stores
from storage.tables.history import history, history_seals
from tests.storage.builders import NOW, an_entry


async def seals(stores: Stores) -> int:
    number = select(history_seals.c.number).where(history_seals.c.name == ALL)
    return await stores.database.read(lambda conn: conn.execute(number).scalar() or 0)


async def test_what_is_new_is_sealed_by_one_at_a_time(stores: Stores) -> None:
    clock = SteadyClock(NOW)
    watch = HistoryWatch(stores, clock, "one")
    await stores.history.append(an_entry())
    await watch.check()
    assert await seals(stores) == 1
    await stores.history.append(an_entry())
    fence = await stores.leases.take("audit", "other", clock.now(), LEASE)
    assert fence is not None
    await watch.check()
    assert await seals(stores) == 1
    await stores.leases.release("audit", "other", fence)
    await watch.check()
    await watch.check()
    assert await seals(stores) == 2


async def test_what_is_wrong_is_an_alarm_each_time(stores: Stores) -> None:
    watch = HistoryWatch(stores, SteadyClock(NOW), "one")
    await stores.history.append(an_entry())
    changed = update(history).values(result="refused")
    await stores.database.write(lambda conn: conn.execute(changed).close())
    for _ in range(2):
        with structlog.testing.capture_logs() as logged:
            await watch.check()
        assert [(entry["event"], entry["kind"]) for entry in logged] == [("audit.broken", "entry")]
        assert "alarm" in logged[0]
    assert await seals(stores) == 0
