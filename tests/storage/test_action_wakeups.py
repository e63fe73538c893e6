"""What an event of the operator's can do to a change: bring its next look forward, nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from account.changes.action import Action, ActionState
from storage import Stores
from storage.stores.action_wakeups import EVERY, NOT_OPEN, REPEATED, WOKEN
from storage.tables.actions import actions
from tests.storage.builders import LEASE, MINUTE, NOW, OTHER_PHONE, SECOND, accepted

LATER = NOW + 10 * MINUTE
FAR = NOW + 60 * MINUTE


async def waiting(stores: Stores, token: str = "t", **more: Any) -> Action:
    """A change that was sent, has the order `po-<token>`, and is looked at in an hour."""
    await accepted(stores, token, **more)
    [claimed] = await stores.actions.claim("w", NOW, LEASE, 1)
    sent = await stores.actions.mark_sent(claimed, NOW)
    assert sent is not None
    await stores.actions.park(sent, ActionState.SENT, FAR, f"po-{token}")
    found = await stores.actions.read(claimed.id)
    assert found is not None
    return found


async def due_of(stores: Stores, action: Action) -> datetime:
    statement = select(actions.c.due).where(actions.c.id == action.id)
    due: datetime = await stores.database.read(lambda conn: conn.execute(statement).scalar_one())
    return due


async def wake(stores: Stores, *names: str, now: datetime = LATER) -> str:
    [outcome] = await stores.action_wakeups.wake([frozenset(names)], now)
    return outcome


@pytest.mark.parametrize("by", ["id", "order"])
async def test_an_event_brings_the_next_look_forward_and_changes_nothing(
    stores: Stores, by: str
) -> None:
    action, other = await waiting(stores, "a"), await waiting(stores, "b", msisdn=OTHER_PHONE)
    assert await wake(stores, "strange", action.id if by == "id" else "po-a") == WOKEN
    assert await due_of(stores, action) == LATER
    assert await due_of(stores, other) == FAR
    assert await stores.actions.read(action.id) == action
    [claimed] = await stores.actions.claim("w", LATER, LEASE, 9)
    assert claimed == replace(action, fence=action.fence + 1)


async def test_what_is_not_open_is_not_woken(stores: Stores) -> None:
    ended = await waiting(stores, "a")
    await wake(stores, ended.id)
    [claimed] = await stores.actions.claim("w", LATER, LEASE, 1)
    await stores.actions.settle(claimed, ActionState.DONE, None, None, LATER, [])
    unsent = await accepted(stores, "b", msisdn=OTHER_PHONE)
    before = [await stores.actions.read(one.id) for one in (ended, unsent)]
    assert await wake(stores, ended.id, "po-a", unsent.id) == NOT_OPEN
    assert await wake(stores) == NOT_OPEN
    assert [await stores.actions.read(one.id) for one in (ended, unsent)] == before
    assert await stores.action_wakeups.wake([], LATER) == []


async def test_many_events_are_one_look_a_second(stores: Stores) -> None:
    action = await waiting(stores)
    flood = [frozenset({action.id})] * 5
    assert await stores.action_wakeups.wake(flood, LATER) == [WOKEN, *[REPEATED] * 4]
    assert await wake(stores, action.id) == REPEATED
    looks = 0
    for tenth in range(50):
        now = LATER + tenth * timedelta(milliseconds=100)
        await stores.action_wakeups.wake(flood, now)
        for claimed in await stores.actions.claim("w", now, LEASE, 9):
            looks += 1
            await stores.actions.park(claimed, ActionState.SENT, FAR)
    assert looks == 5, "five seconds of ten floods a second"
    assert await due_of(stores, action) <= LATER + 5 * SECOND, "the last event is not lost"


async def test_what_is_unconfirmed_is_looked_at_once_a_minute(stores: Stores) -> None:
    action = await waiting(stores)
    await wake(stores, action.id)
    [claimed] = await stores.actions.claim("w", LATER, LEASE, 1)
    await stores.actions.park(claimed, ActionState.UNCONFIRMED, FAR)
    assert await wake(stores, action.id, now=LATER + SECOND) == WOKEN
    assert await due_of(stores, action) == LATER + MINUTE


async def test_an_event_while_a_worker_has_it_is_not_lost(stores: Stores) -> None:
    action = await waiting(stores)
    await wake(stores, action.id)
    [claimed] = await stores.actions.claim("w", LATER, LEASE, 1)
    while_it_looks = LATER + EVERY * 2
    assert await wake(stores, action.id, now=while_it_looks) == WOKEN
    await stores.actions.park(claimed, ActionState.SENT, FAR)
    assert await due_of(stores, action) == while_it_looks
    [again] = await stores.actions.claim("w", while_it_looks, LEASE, 1)
    await stores.actions.park(again, ActionState.SENT, FAR)
    assert await due_of(stores, action) == FAR, "once for each event"


async def test_a_look_that_is_due_anyway_is_not_brought_forward(stores: Stores) -> None:
    action = await waiting(stores)
    assert await wake(stores, action.id, now=FAR + SECOND) == REPEATED
    assert await due_of(stores, action) == FAR


async def test_a_clock_that_went_back_puts_no_look_off(stores: Stores) -> None:
    action = await waiting(stores)
    await wake(stores, action.id, now=FAR - SECOND)
    [claimed] = await stores.actions.claim("w", FAR, LEASE, 1)
    await stores.actions.park(claimed, ActionState.SENT, FAR)
    assert await wake(stores, action.id, now=LATER) == WOKEN
    assert await due_of(stores, action) == LATER + EVERY


async def test_a_subscription_is_one_row_for_each_api(stores: Stores, others: Stores) -> None:
    rows = stores.event_subscriptions
    await rows.begin("TMF622", "k-1", "digest", NOW)
    [kept] = (await others.event_subscriptions.all()).values()
    assert (kept.key, kept.told, kept.hub_id, kept.refused, kept.since, kept.heard_at) == (
        *("k-1", "digest", None, None, NOW, None),
    )
    await rows.answered("k-1", "h-1", None)
    await rows.heard("TMF622", LATER)
    kept = (await rows.all())["TMF622"]
    assert (kept.hub_id, kept.heard_at) == ("h-1", LATER)
    await rows.begin("TMF622", "k-2", "other", LATER)
    await rows.answered("k-1", "too late", None)
    await rows.forget("k-1")
    kept = (await rows.all())["TMF622"]
    assert (kept.key, kept.hub_id, kept.heard_at) == ("k-2", None, None)
    await rows.answered("k-2", None, 501)
    assert (await rows.all())["TMF622"].refused == 501
    await rows.forget("k-2")
    assert await rows.all() == {}


async def test_orders_that_ended_without_an_event_are_counted(stores: Stores) -> None:
    rows = stores.event_subscriptions
    until = FAR + MINUTE

    async def untold() -> int:
        return await rows.ended_untold("TMF622", ["block"], until, 3)

    assert await untold() == 0
    await rows.begin("TMF622", "k", "digest", NOW)
    for token, woken in (("a", False), ("b", False), ("c", True)):
        action = await waiting(stores, token, msisdn=OTHER_PHONE)
        if woken:
            await wake(stores, action.id)
        [claimed] = await stores.actions.claim("w", FAR, LEASE, 1)
        await stores.actions.settle(claimed, ActionState.DONE, None, None, FAR, [])
    assert await untold() == 2
    assert await rows.ended_untold("TMF622", ["transfer"], until, 3) == 0
    assert await rows.ended_untold("TMF622", ["block"], FAR, 3) == 0
    await rows.heard("TMF622", FAR - SECOND)
    assert await untold() == 0
