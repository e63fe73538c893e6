"""Calls that are given out to processes: each stretch of time once, by the database's clock."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from storage import Stores, open_stores
from storage.tables.processes import call_slots
from tests.storage.conftest import SECRETS


async def test_two_processes_have_stretches_that_follow_each_other(
    stores: Stores, url: str
) -> None:
    other = open_stores(url, SECRETS)
    try:
        given = await asyncio.gather(
            *(one.call_slots.take("TMF637", 5, 1.0, 60) for one in (stores, other) for _ in "123")
        )
    finally:
        await other.close()
    starts = sorted(one for one in given if one is not None)
    assert starts == pytest.approx([0, 5, 10, 15, 20, 25], abs=2)
    assert len(starts) == 6


async def test_what_is_too_late_takes_nothing(stores: Stores) -> None:
    assert await stores.call_slots.take("TMF637", 30, 1.0, 8) == 0
    assert await stores.call_slots.take("TMF637", 1, 1.0, 8) is None
    later = await stores.call_slots.take("TMF637", 1, 1.0, 60)
    assert later == pytest.approx(30, abs=2)
    assert await stores.call_slots.take("TMF620", 1, 1.0, 8) == 0


async def test_a_clock_that_was_set_back_shuts_nobody_out(stores: Stores) -> None:
    await stores.call_slots.take("TMF637", 1, 1.0, 8)
    far = update(call_slots).values(until=10**17)
    await stores.database.write(lambda conn: conn.execute(far))
    assert await stores.call_slots.take("TMF637", 1, 1.0, 8) == 0
