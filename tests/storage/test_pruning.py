"""A history whose beginning was forgotten is proven as before, and cannot be forged meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from storage import Stores
from storage.audit import pruning
from storage.audit.verification import ENTRY, SEAL_CHANGED
from storage.retention import KeptFor, Retention
from storage.tables.history import history, history_checkpoints, history_floors
from tests.storage.builders import NOW, an_entry

DAY = timedelta(days=1)
YEAR = timedelta(days=365)
LATER = NOW + YEAR + 5 * DAY
"""A year after the fifth day, of ten on each of which each company has an entry."""
COMPANIES = ("org-a", "org-b", None)


async def written(stores: Stores, days: int = 10) -> None:
    for day in range(days):
        entries = [an_entry(company_id=name, at=NOW + DAY * day) for name in COMPANIES]
        await stores.database.write(partial(stores.chain.append, entries=entries))


async def left(stores: Stores) -> int:
    count = select(func.count()).select_from(history)
    return int(await stores.database.read(lambda conn: conn.execute(count).scalar_one()))


async def does(stores: Stores, work: Callable[[Any], Any]) -> None:
    await stores.database.write(lambda conn: work(conn))


async def pruned(stores: Stores, now: Any = LATER) -> int:
    return await stores.pruning.prune(now - YEAR, now)


async def test_what_is_old_goes_and_the_rest_is_proven(stores: Stores) -> None:
    await written(stores)
    assert await pruned(stores, NOW + YEAR) == 0
    assert await pruned(stores) == 15
    assert await left(stores) == 15
    for full in (False, True):
        verdict = await stores.audit.verify(LATER, full=full)
        assert (verdict.breach, verdict.chains) == (None, 3)
    assert verdict.rows == 15
    assert await pruned(stores) == 0
    await written(stores, 2)
    verdict = await stores.audit.verify(LATER, full=True)
    assert (verdict.breach, verdict.rows) == (None, 21)


async def test_the_newest_checked_entry_of_a_company_stays(stores: Stores) -> None:
    await written(stores)
    assert await pruned(stores, NOW + 9 * YEAR) == 27
    assert await left(stores) == 3
    assert (await stores.audit.verify(LATER, full=True)).breach is None


async def test_a_long_beginning_goes_by_stretches(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "STRETCH", 2)
    monkeypatch.setattr(pruning, "_NEXT", pruning._NEXT.limit(2))
    await written(stores)
    assert await pruned(stores) == 15
    assert (await stores.audit.verify(LATER, full=True)).breach is None


async def test_nothing_goes_where_the_history_was_changed(stores: Stores) -> None:
    await written(stores)
    await does(
        stores,
        lambda conn: conn.execute(
            update(history)
            .where(history.c.seq == 2, history.c.company_id == "org-b")
            .values(result="rejected")
        ),
    )
    assert await pruned(stores) == 0
    assert await left(stores) == 30


async def test_what_does_not_follow_stays_as_evidence(stores: Stores) -> None:
    """It was checked before it was changed: the check of what is new does not see it."""
    await written(stores)
    assert (await stores.audit.verify(LATER)).breach is None
    await does(
        stores,
        lambda conn: conn.execute(
            update(history)
            .where(history.c.seq == 3, history.c.company_id == "org-b")
            .values(result="rejected")
        ),
    )
    assert await pruned(stores) == 5 + 2 + 5
    breach = (await stores.audit.verify(LATER, full=True)).breach
    assert breach is not None
    assert (breach.why, breach.company, breach.entry) == (ENTRY, "org-b", 3)


@pytest.mark.parametrize("full", [False, True])
async def test_a_floor_cannot_be_moved_by_hand(stores: Stores, full: bool) -> None:
    """Somebody takes three more entries away, and says that they were forgotten, too."""
    await written(stores)
    await pruned(stores)

    def forge(conn: Any) -> None:
        a = history.c.company_id == "org-a"
        mac = conn.execute(select(history.c.mac).where(a, history.c.seq == 8)).scalar_one()
        conn.execute(delete(history).where(a, history.c.seq <= 8))
        chain = conn.execute(select(history.c.chain).where(a).limit(1)).scalar_one()
        moved = update(history_floors).where(history_floors.c.chain == chain)
        conn.execute(moved.values(seq=8, mac=mac))

    await does(stores, forge)
    breach = (await stores.audit.verify(LATER, full=full)).breach
    assert breach is not None
    assert breach.why == SEAL_CHANGED


async def test_what_is_taken_away_without_a_floor_is_seen(stores: Stores) -> None:
    await written(stores)
    await pruned(stores)
    a = history.c.company_id == "org-a"
    await does(stores, lambda conn: conn.execute(delete(history).where(a, history.c.seq == 6)))
    breach = (await stores.audit.verify(LATER, full=True)).breach
    assert breach is not None
    assert (breach.why, breach.entry) == (ENTRY, 6)


async def test_an_entry_that_comes_back_below_the_floor_is_seen(stores: Stores) -> None:
    await written(stores)
    a = history.c.company_id == "org-a"
    old = select(history).where(a, history.c.seq == 4)
    row = await stores.database.read(lambda conn: dict(conn.execute(old).mappings().one()))
    await pruned(stores)
    await does(stores, lambda conn: conn.execute(insert(history), row))
    breach = (await stores.audit.verify(LATER, full=True)).breach
    assert breach is not None
    assert breach.why == ENTRY


async def test_nothing_goes_beyond_what_was_sealed(stores: Stores) -> None:
    """Where the seal over all was put back, checkpoints do not count."""
    await written(stores)
    await stores.audit.verify(LATER)
    await does(stores, lambda conn: conn.execute(update(history_checkpoints).values(seq=9)))
    assert await pruned(stores) == 0


@pytest.mark.parametrize(("term", "kept"), [(None, 30), (YEAR, 15)])
async def test_it_is_an_operator_s_choice(
    stores: Stores, term: timedelta | None, kept: int
) -> None:
    await written(stores)
    stores.retention.kept = KeptFor(history=term)
    await stores.purge(LATER)
    assert await left(stores) == kept


def test_without_a_setting_nothing_of_it_goes() -> None:
    assert Retention(None).kept.history is None  # type: ignore[arg-type]
