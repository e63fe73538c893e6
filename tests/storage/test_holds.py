"""Holds are kept with their trace; no change that one of them covers is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from account.changes.action import ActionKind, ActionState
from account.effects.history import HistoryEvent
from storage import Stores
from tests.storage.builders import (
    LEASE,
    MINUTE,
    NOW,
    OTHER_PHONE,
    a_message,
    accepted,
    an_entry,
)

BLOCK, TRANSFER = ActionKind.BLOCK, ActionKind.TRANSFER
OURS, OTHERS = "company-1", "company-2"
PLACED, LIFTED = (
    an_entry(what=what) for what in (HistoryEvent.HOLD_PLACED, HistoryEvent.HOLD_LIFTED)
)


async def test_a_hold_is_kept_as_it_was_placed_until_it_is_lifted(stores: Stores) -> None:
    hold = await stores.holds.place(TRANSFER, OURS, "because", "aidar", NOW, PLACED)
    assert await stores.holds.present() == [hold]
    assert await stores.holds.read(hold.id) == hold
    lifted = await stores.holds.lift(hold, "dana", NOW + MINUTE, LIFTED)
    assert lifted is not None
    assert (lifted.lifted_at, lifted.lifted_by) == (NOW + MINUTE, "dana")
    assert (lifted.placed_at, lifted.placed_by, lifted.reason) == (NOW, "aidar", "because")
    assert await stores.holds.present() == []
    assert await stores.holds.lift(hold, "dana", NOW + MINUTE, LIFTED) is None
    assert (await stores.audit.verify(NOW)).rows == 2, "each once, and in the chain"


@pytest.mark.parametrize(
    ("kind", "company", "covered"),
    [
        (BLOCK, None, True),
        (None, OURS, True),
        (BLOCK, OURS, True),
        (None, None, True),
        (TRANSFER, None, False),
        (None, OTHERS, False),
        (BLOCK, OTHERS, False),
        (TRANSFER, OURS, False),
    ],
)
async def test_what_is_covered_is_not_sent_whenever_the_hold_came(
    stores: Stores, kind: ActionKind | None, company: str | None, covered: bool
) -> None:
    await accepted(stores, "t1")
    [claimed] = await stores.actions.claim("w", NOW, LEASE, 10)
    hold = await stores.holds.place(kind, company, "because", "aidar", NOW, PLACED)
    assert await stores.holds.cover(BLOCK, OURS) is covered
    sent = await stores.actions.mark_sent(claimed, NOW)
    assert (sent is None) is covered
    if covered:
        await stores.holds.lift(hold, "dana", NOW, LIFTED)
        sent = await stores.actions.mark_sent(claimed, NOW)
    assert sent is not None
    assert sent.state is ActionState.SENT


async def test_lifting_wakes_what_rests_under_the_hold(stores: Stores) -> None:
    ours = await accepted(stores, "t1")
    await accepted(stores, "t2", msisdn=OTHER_PHONE, company_id=OTHERS)
    for action in await stores.actions.claim("w", NOW, LEASE, 10):
        await stores.actions.postpone(action, NOW + MINUTE)
    hold = await stores.holds.place(BLOCK, OURS, "because", "aidar", NOW, PLACED)
    await stores.holds.lift(hold, "dana", NOW + timedelta(seconds=1), LIFTED)
    woken = await stores.actions.claim("w", NOW + timedelta(seconds=1), LEASE, 10)
    assert [action.id for action in woken] == [ours.id]


async def test_a_word_is_owed_along_with_the_rest_once(stores: Stores) -> None:
    await accepted(stores, "t1")
    for minute in range(3):
        [claimed] = await stores.actions.claim("w", NOW + minute * MINUTE, LEASE, 10)
        due = NOW + (minute + 1) * MINUTE
        await stores.actions.postpone(claimed, due, [a_message(key="held")])
    assert len(await stores.outbox.claim("w", NOW + MINUTE, LEASE, 10)) == 1
