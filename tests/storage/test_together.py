"""Writes of one kind that wait together share a transaction; none pays for another's fault."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from account.changes.action import ActionState
from account.effects.effect import Effect
from account.values.identifiers import Msisdn
from storage import Stores
from storage.engine.group_commit import MOST_TOGETHER, GroupCommit
from storage.errors import StorageUnavailable
from storage.tables.actions import actions
from storage.tables.outbox import outbox
from tests.storage.builders import LEASE, NOW, a_message, accepted, an_entry


class Writer:
    """Notes what is written together; the first write is held until `go`."""

    def __init__(self, *, bad: int | None = None, away: bool = False) -> None:
        self.batches: list[list[int]] = []
        self.go = asyncio.Event()
        self.bad = bad
        self.away = away

    async def __call__(self, items: Sequence[int]) -> None:
        self.batches.append(list(items))
        await self.go.wait()
        if self.bad in items:
            raise ValueError(self.bad)
        if self.away:
            raise StorageUnavailable


async def begun(writer: Writer, count: int) -> list[asyncio.Task[None]]:
    together = GroupCommit(writer)
    tasks = [asyncio.ensure_future(together.write(n)) for n in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_what_waits_goes_together() -> None:
    writer = Writer()
    tasks = await begun(writer, MOST_TOGETHER + 3)
    writer.go.set()
    await asyncio.gather(*tasks)
    assert writer.batches[0] == [0]
    assert writer.batches[1] == list(range(1, MOST_TOGETHER + 1))
    assert writer.batches[2] == [MOST_TOGETHER + 1, MOST_TOGETHER + 2]


async def test_a_fault_is_its_own() -> None:
    writer = Writer(bad=2)
    tasks = await begun(writer, 4)
    writer.go.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome).__name__ for outcome in outcomes] == [
        "NoneType",
        "NoneType",
        "ValueError",
        "NoneType",
    ]
    assert writer.batches == [[0], [1, 2, 3], [1], [2], [3]]


async def test_a_database_that_is_away_is_not_asked_for_each() -> None:
    writer = Writer(away=True)
    tasks = await begun(writer, 4)
    writer.go.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {StorageUnavailable}
    assert writer.batches == [[0], [1, 2, 3]]


async def test_who_is_cancelled_takes_nobody_along() -> None:
    writer = Writer()
    first, waiting, other = await begun(writer, 3)
    waiting.cancel()
    first.cancel()
    await asyncio.gather(first, waiting, return_exceptions=True)
    writer.go.set()
    await asyncio.wait_for(other, 60)
    assert first.cancelled()
    assert waiting.cancelled()
    # The one whose writing was broken off may have been written or not; its turn comes once more.
    assert writer.batches[0] == [0]
    assert writer.batches[-1][-1] == 2
    assert 1 not in [item for batch in writer.batches for item in batch]


@pytest.mark.parametrize("lost", [None, 3])
async def test_changes_that_end_at_once(stores: Stores, others: Stores, lost: int | None) -> None:
    """Each once, with what belongs to it; whose claim was lost, with nothing."""
    for n in range(8):
        number = Msisdn(f"7701054200{n}")
        await accepted(stores, f"t{n}", msisdn=number, telegram_id=n + 1)
    claimed = sorted(
        await stores.actions.claim("w", NOW, LEASE, 10), key=lambda one: one.telegram_id
    )
    if lost is not None:
        await others.actions.claim("x", NOW + 2 * LEASE, LEASE, 10)
        claimed = [
            *claimed[:lost],
            *sorted(
                await stores.actions.claim("w", NOW + 4 * LEASE, LEASE, 10),
                key=lambda one: one.telegram_id,
            )[lost:],
        ]

    async def settle(n: int) -> None:
        effects: list[Effect] = [
            an_entry(company_id=f"company-{n % 3}", reference=f"A-{n}"),
            a_message(f"word {n}", to=str(n), key=f"final:{n}"),
        ]
        state = ActionState.DONE if n % 2 else ActionState.REJECTED
        await stores.actions.settle(claimed[n], state, f"WHY.{n}", f"order-{n}", NOW, effects)

    await asyncio.gather(*(settle(n) for n in range(8) for _twice in range(2)))
    ended = list(range(8)) if lost is None else list(range(lost, 8))
    found = await stores.database.read(
        lambda conn: conn.execute(
            select(actions.c.telegram_id, actions.c.state, actions.c.reason_code).where(
                actions.c.settled_at == NOW, actions.c.owner.is_(None)
            )
        ).all()
    )
    assert sorted(tuple(row) for row in found) == [
        (n + 1, "done" if n % 2 else "rejected", f"WHY.{n}") for n in ended
    ]
    owed = await stores.database.read(
        lambda conn: list(conn.execute(select(outbox.c.key)).scalars())
    )
    assert sorted(owed) == [f"final:{n}" for n in ended]
    verdict = await stores.audit.verify(NOW)
    assert (verdict.breach, verdict.rows) == (None, len(ended))
