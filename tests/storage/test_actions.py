"""A confirmed change: who was first, who may work on it, and what its end writes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from account.changes.action import Action, ActionState
from account.chapters.history import HistoryQuery
from account.effects.effect import Effect
from account.errors import ChangeUnderWay, ConfirmExpired
from account.values.periods import Period, today
from storage import Stores
from storage.tables import actions
from tests.storage.builders import (
    LEASE,
    MINUTE,
    NOW,
    OTHER_PHONE,
    PHONE,
    SECOND,
    a_message,
    accepted,
    an_entry,
    offered,
    secret_of,
    with_a_secret,
)

HERE: dict[str, Any] = {"session_id": "s1", "company_id": "company-1"}


async def history_of(stores: Stores) -> list[str | None]:
    day = today(NOW)
    page = await stores.history.page("company-1", HistoryQuery(Period(day, day)))
    return [entry.reference for entry in page.rows]


async def test_an_offer_is_kept_as_it_was_made(stores: Stores) -> None:
    action = await offered(stores, "token")
    assert await stores.actions.by_token("token") == action
    assert await stores.actions.read(action.id) == action
    assert await stores.actions.by_token("other") is None
    assert await stores.actions.read(stores.actions.new_id()) is None


async def test_what_nobody_may_read_is_sealed_and_gone_at_the_end(stores: Stores) -> None:
    iin = "850115300011"
    kept = await offered(stores, "t1", **with_a_secret(iin))
    assert secret_of(await read(stores, kept.id)) == iin
    rows = await stores.database.read(
        lambda conn: [tuple(row) for row in conn.execute(select(actions))]
    )
    assert iin not in str(rows)

    await stores.actions.void(kept.id)
    assert secret_of(await read(stores, kept.id)) is None
    await accepted(stores, "t2", msisdn=OTHER_PHONE, **with_a_secret(iin))
    [claimed] = await stores.actions.claim("w", NOW, LEASE, 10)
    assert secret_of(claimed) == iin
    await stores.actions.settle(claimed, ActionState.DONE, None, None, NOW, [])
    assert secret_of(await read(stores, claimed.id)) is None


async def test_a_new_offer_voids_the_earlier_ones_of_the_same_person(stores: Stores) -> None:
    first = await offered(stores, "t1")
    strangers = await offered(stores, "t2", telegram_id=6)
    await offered(stores, "t3", msisdn=OTHER_PHONE)
    assert (await read(stores, first.id)).state is ActionState.VOID
    assert (await read(stores, strangers.id)).state is ActionState.OFFERED
    with pytest.raises(ConfirmExpired):
        await stores.actions.accept("t1", **HERE, now=NOW, effects=[])


async def read(stores: Stores, action_id: str) -> Action:
    action = await stores.actions.read(action_id)
    assert action is not None
    return action


async def test_five_presses_at_once_are_accepted_once(stores: Stores, others: Stores) -> None:
    await offered(stores, "token")
    effects: list[Effect] = [an_entry(result="accepted"), a_message(key="once")]
    presses = [
        side.actions.accept("token", **HERE, now=NOW, effects=effects)
        for side in (stores, others, stores, others, stores)
    ]
    answers = await asyncio.gather(*presses)
    assert sorted(first for _, first in answers) == [False] * 4 + [True]
    assert {action.reference for action, _ in answers} == {"A-20220124-0001"}
    assert {action.state for action, _ in answers} == {ActionState.ACCEPTED}
    assert await history_of(stores) == ["A-20220124-0001"]
    assert await stores.outbox.waiting() == 1


async def test_numbers_grow_without_gaps_and_start_anew_in_almaty(stores: Stores) -> None:
    await accepted(stores, "t1")
    await offered(stores, "t2")
    with pytest.raises(ChangeUnderWay) as refused:
        await stores.actions.accept("t2", **HERE, now=NOW, effects=[])
    assert refused.value.reference == "A-20220124-0001"
    assert (await accepted(stores, "t3", msisdn=OTHER_PHONE)).reference == "A-20220124-0002"
    midnight_in_almaty = NOW.replace(hour=18, minute=0)
    await offered(stores, "t4", company_id="company-2", offered_at=midnight_in_almaty)
    action, _ = await stores.actions.accept(
        "t4", session_id="s1", company_id="company-2", now=midnight_in_almaty, effects=[]
    )
    assert action.reference == "A-20220125-0001"


async def test_two_changes_of_one_lane_at_once_make_one(stores: Stores, others: Stores) -> None:
    await offered(stores, "t1", telegram_id=5)
    await offered(stores, "t2", telegram_id=6)
    answers = await asyncio.gather(
        stores.actions.accept("t1", **HERE, now=NOW, effects=[an_entry()]),
        others.actions.accept("t2", **HERE, now=NOW, effects=[an_entry()]),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert [type(error) for error in refused] == [ChangeUnderWay]
    assert await history_of(stores) == ["A-20220124-0001"]


async def test_two_lanes_of_a_number_do_not_exclude_each_other(stores: Stores) -> None:
    await accepted(stores, "t1", "block")
    await accepted(stores, "t2", "forwarding")
    assert (await stores.actions.open_on("company-1", PHONE, "block")) is not None
    assert (await stores.actions.open_on("company-1", PHONE, "sim")) is None
    assert await stores.actions.open_count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"session_id": "s2"},
        {"company_id": "company-2"},
        {"now": NOW + 5 * MINUTE},
    ],
)
async def test_a_confirmation_elsewhere_or_late_is_refused(
    stores: Stores, change: dict[str, object]
) -> None:
    action = await offered(stores, "token")
    with pytest.raises(ConfirmExpired):
        await stores.actions.accept("token", **{**HERE, "now": NOW, "effects": [], **change})  # type: ignore[arg-type]
    assert (await read(stores, action.id)).state is ActionState.OFFERED


async def test_an_offer_can_be_voided_and_a_change_cannot(stores: Stores) -> None:
    offer = await offered(stores, "t1")
    await stores.actions.void(offer.id)
    assert (await read(stores, offer.id)).state is ActionState.VOID
    change = await accepted(stores, "t2")
    await stores.actions.void(change.id)
    assert (await read(stores, change.id)).state is ActionState.ACCEPTED


async def test_a_step_up_counts_for_an_offer_only(stores: Stores) -> None:
    offer = await offered(stores, "t1")
    await stores.actions.step_up(offer.id, NOW)
    assert (await read(stores, offer.id)).stepped_up_at == NOW
    change = await accepted(stores, "t2")
    await stores.actions.step_up(change.id, NOW)
    assert (await read(stores, change.id)).stepped_up_at is None


async def test_two_owners_never_claim_the_same_change(stores: Stores, others: Stores) -> None:
    ids = set()
    for n in range(20):
        ids.add((await accepted(stores, f"t{n}", f"lane-{n}")).id)
    claims = await asyncio.gather(
        *(
            side.actions.claim(owner, NOW, LEASE, 5)
            for owner, side in [("a", stores), ("b", others)] * 4
        )
    )
    taken = [action.id for claim in claims for action in claim]
    assert len(taken) == len(set(taken))
    while rest := await stores.actions.claim("a", NOW, LEASE, 5):
        taken += [action.id for action in rest]
    assert sorted(taken) == sorted(ids)


async def test_a_dead_owners_change_is_taken_over_and_its_late_words_are_void(
    stores: Stores,
) -> None:
    await accepted(stores, "token")
    [dead] = await stores.actions.claim("dead", NOW, LEASE, 10)
    sent = await stores.actions.mark_sent(dead, NOW)
    assert sent is not None
    assert (sent.state, sent.attempts, sent.sent_at) == (ActionState.SENT, 1, NOW)
    assert await stores.actions.claim("alive", NOW + LEASE - SECOND, LEASE, 10) == []
    [mine] = await stores.actions.claim("alive", NOW + LEASE, LEASE, 10)
    assert mine.fence == dead.fence + 1
    assert await stores.actions.mark_sent(dead, NOW) is None
    await stores.actions.unsend(dead, NOW, counts=True)
    await stores.actions.park(dead, ActionState.UNKNOWN, NOW, effects=[a_message()])
    await stores.actions.settle(
        dead, ActionState.REJECTED, "late", None, NOW, [an_entry(), a_message()]
    )
    assert await read(stores, mine.id) == mine
    assert await history_of(stores) == []
    assert await stores.outbox.waiting() == 0


async def test_a_change_goes_its_way_to_the_end(stores: Stores) -> None:
    await accepted(stores, "token")
    [action] = await stores.actions.claim("w", NOW, LEASE, 10)
    sent = await stores.actions.mark_sent(action, NOW)
    assert sent is not None
    assert await stores.actions.mark_sent(sent, NOW) is None, "it is sent already"
    await stores.actions.unsend(sent, NOW + SECOND, counts=False)
    assert await stores.actions.claim("w", NOW, LEASE, 10) == []
    [action] = await stores.actions.claim("w", NOW + SECOND, LEASE, 10)
    assert (action.state, action.attempts) == (ActionState.ACCEPTED, 0)
    sent = await stores.actions.mark_sent(action, NOW + SECOND)
    assert sent is not None
    await stores.actions.park(sent, ActionState.UNKNOWN, NOW + MINUTE, "order-1", [a_message()])
    [action] = await stores.actions.claim("w", NOW + MINUTE, LEASE, 10)
    assert (action.state, action.checks, action.order_id) == (ActionState.UNKNOWN, 1, "order-1")
    effects: list[Effect] = [an_entry(), a_message(key="final")]
    await stores.actions.settle(action, ActionState.DONE, None, None, NOW + MINUTE, effects)
    done = await read(stores, action.id)
    assert (done.state, done.order_id) == (ActionState.DONE, "order-1")
    assert done.settled_at == NOW + MINUTE
    assert await stores.actions.claim("w", NOW + timedelta(days=1), LEASE, 10) == []
    await stores.actions.settle(action, ActionState.REJECTED, "x", None, NOW, effects)
    assert (await read(stores, action.id)).state is ActionState.DONE
    assert len(await history_of(stores)) == 1
    await accepted(stores, "next")


@pytest.mark.parametrize("claimed_first", [True, False])
async def test_a_persons_verdict_ends_it_whoever_has_it_and_only_as_it_was_seen(
    stores: Stores, claimed_first: bool
) -> None:
    await accepted(stores, "t1")
    [claimed] = await stores.actions.claim("w", NOW, LEASE, 10)
    sent = await stores.actions.mark_sent(claimed, NOW)
    assert sent is not None
    await stores.actions.park(sent, ActionState.UNCONFIRMED, NOW)
    seen = await read(stores, sent.id)
    assert await stores.actions.undecided() == [seen]
    assert await stores.actions.by_reference(str(seen.reference)) == seen
    end = (ActionState.DONE, "SUPPORT.DONE", NOW, [an_entry()])
    if claimed_first:
        [worked_on] = await stores.actions.claim("w", NOW, LEASE, 10)
        assert not await stores.actions.decide(seen, *end), "it was seen before the claim"
        seen = await read(stores, sent.id)
        assert await stores.actions.decide(seen, *end)
        await stores.actions.settle(worked_on, ActionState.REJECTED, "X", None, NOW, [an_entry()])
    else:
        assert await stores.actions.decide(seen, *end)
    assert not await stores.actions.decide(seen, *end), "once"
    settled = await read(stores, sent.id)
    assert (settled.state, settled.reason_code) == (ActionState.DONE, "SUPPORT.DONE")
    assert len(await history_of(stores)) == 1
    assert await stores.actions.undecided() == []
