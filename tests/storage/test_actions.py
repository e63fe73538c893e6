"""A confirmed change: who was first, who may work on it, and what its end writes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from account.changes.action import Action, ActionState
from account.changes.waits import Wait, WaitReason
from account.chapters.history import HistoryQuery
from account.credentials.one_time_codes import CodeTry
from account.effects.effect import AddToDailyTotal, Bound, Effect
from account.errors import (
    ChangeUnderWay,
    CodeAttemptsExceeded,
    CodeExpired,
    CodeInvalid,
    ConfirmExpired,
    StepUpRequired,
)
from account.values.periods import Period, today
from storage import Stores
from storage.tables.access import codes
from storage.tables.actions import actions
from tests.storage.builders import (
    LEASE,
    MINUTE,
    NOW,
    OTHER_PHONE,
    PHONE,
    SECOND,
    a_code,
    a_message,
    accepted,
    an_entry,
    mac,
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


# --- by its code -----------------------------------------------------------------------------

PURPOSE = "step-up:it"


def typed(figures: str = "123456", purpose: str = PURPOSE) -> CodeTry:
    return CodeTry(PHONE, 5, purpose, (mac(figures),))


async def asked(stores: Stores, token: str = "token") -> Action:
    """An offer, and a code for it that somebody waits for."""
    offer = await offered(stores, token)
    await stores.login.issue(a_code(f"code of {token}", purpose=PURPOSE), [])
    return offer


async def code_of(stores: Stores) -> tuple[str, int]:
    """How the only code stands, and how often it was guessed."""
    row = await stores.database.read(lambda conn: conn.execute(select(codes)).one())
    return row.state, row.wrong


async def test_the_right_code_proves_and_accepts_at_once(stores: Stores) -> None:
    offer = await asked(stores)
    action, first = await stores.actions.accept(
        "token", **HERE, now=NOW, effects=[an_entry(result="accepted")], proof=typed()
    )
    assert first
    assert action == await read(stores, offer.id)
    assert (action.state, action.stepped_up_at) == (ActionState.ACCEPTED, NOW)
    assert await code_of(stores) == ("used", 0)
    assert await history_of(stores) == ["A-20220124-0001"]


async def test_the_same_code_six_times_at_once_accepts_once(stores: Stores, others: Stores) -> None:
    await asked(stores)
    effects: list[Effect] = [an_entry(result="accepted"), a_message(key="once")]
    tries = [
        side.actions.accept("token", **HERE, now=NOW, effects=effects, proof=typed())
        for side in (stores, others) * 3
    ]
    answers = await asyncio.gather(*tries)
    assert sorted(first for _, first in answers) == [False] * 5 + [True]
    assert {action.state for action, _ in answers} == {ActionState.ACCEPTED}
    assert await history_of(stores) == ["A-20220124-0001"]
    assert await stores.outbox.waiting() == 1


@pytest.mark.parametrize("proof", [typed("654321"), typed(purpose="step-up:other")])
async def test_a_wrong_code_or_another_changes_accepts_nothing(
    stores: Stores, proof: CodeTry
) -> None:
    offer = await asked(stores)
    with pytest.raises((CodeInvalid, CodeExpired)):
        await stores.actions.accept("token", **HERE, now=NOW, effects=[an_entry()], proof=proof)
    assert await read(stores, offer.id) == offer
    assert await code_of(stores) == ("live", 1 if proof.purpose == PURPOSE else 0)
    assert await history_of(stores) == []


async def test_the_third_wrong_code_is_the_last(stores: Stores) -> None:
    offer = await asked(stores)
    for left in (2, 1):
        with pytest.raises(CodeInvalid) as wrong:
            await stores.actions.use_up(offer.id, NOW, [an_entry()], typed("654321"))
        assert wrong.value.left == left
    for figures in ("654321", "123456"):
        with pytest.raises(CodeAttemptsExceeded):
            await stores.actions.accept("token", **HERE, now=NOW, effects=[], proof=typed(figures))
    assert await read(stores, offer.id) == offer
    assert await history_of(stores) == []


@pytest.mark.parametrize("why", ["lane", "effect", "session", "late"])
async def test_what_is_refused_leaves_the_code_unused(stores: Stores, why: str) -> None:
    """With its transaction goes the use of its code, on whichever database."""
    if why == "lane":
        await accepted(stores, "t0")
    offer = await asked(stores)
    here = {**HERE, "session_id": "another"} if why == "session" else HERE
    total = AddToDailyTotal("sum", NOW, 1, (Bound(0, lambda _left: StepUpRequired()),))
    effects: list[Effect] = [an_entry(), total] if why == "effect" else [an_entry()]
    now = NOW + 5 * MINUTE if why == "late" else NOW
    if why == "late":
        await stores.login.issue(a_code("fresh", NOW + 4 * MINUTE, purpose=PURPOSE), [])
    with pytest.raises((ChangeUnderWay, StepUpRequired, ConfirmExpired)):
        await stores.actions.accept("token", **here, now=now, effects=effects, proof=typed())
    assert await read(stores, offer.id) == offer
    rows = await stores.database.read(lambda conn: conn.execute(select(codes.c.state)).all())
    assert "used" not in {row.state for row in rows}
    assert await history_of(stores) == []


async def test_what_is_shown_once_is_used_up_by_its_code(stores: Stores, others: Stores) -> None:
    offer = await asked(stores)
    uses = [
        side.actions.use_up(offer.id, NOW, [an_entry()], typed()) for side in (stores, others) * 3
    ]
    ended = await asyncio.gather(*uses, return_exceptions=True)
    assert sorted(map(repr, ended)) == [repr(CodeExpired())] * 5 + ["True"]
    used = await read(stores, offer.id)
    assert (used.state, used.stepped_up_at) == (ActionState.DONE, NOW)


async def test_a_change_that_no_code_was_typed_for_is_not_proven(stores: Stores) -> None:
    change = await accepted(stores, "token")
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


@pytest.mark.parametrize(
    "wait", [Wait(WaitReason.TURN), Wait(WaitReason.PAUSED, NOW + timedelta(hours=3)), None]
)
async def test_what_a_change_waits_for_is_kept_until_its_next_look(
    stores: Stores, wait: Wait | None
) -> None:
    await accepted(stores, "token")
    [action] = await stores.actions.claim("w", NOW, LEASE, 10)
    await stores.actions.park(action, ActionState.ACCEPTED, NOW, wait=Wait(WaitReason.NO_ANSWER))
    [action] = await stores.actions.claim("w", NOW, LEASE, 10)
    assert action.wait == Wait(WaitReason.NO_ANSWER)
    await stores.actions.park(action, ActionState.ACCEPTED, NOW, wait=wait)
    assert (await read(stores, action.id)).wait == wait


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
