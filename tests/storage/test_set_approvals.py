"""A second administrator's word on a set: one for all of it, and bound to exactly this list."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from account.changes.action import ActionKind
from account.changes.sensitive_numbers import APPROVAL_EXPIRED, APPROVAL_REJECTED
from account.changes.sets.change_set import ChangeSet, Fate, Outcome, SetState, minutes_left
from account.changes.sets.confirmation import OfferedSet
from account.changes.sets.second_opinion import Reason, SetRules
from account.effects.effect import BindTelegram, EndSessionsOf
from account.errors import (
    ApproverNotSecond,
    ConfirmExpired,
    OneByOne,
    RightMissing,
    SetTooLarge,
    StepUpRequired,
)
from account.identity.directory import Administrator, Company
from account.identity.permissions import Actor
from account.values.identifiers import Msisdn
from account.values.number import NumberState
from account.values.rights import Role
from storage import Stores
from storage.tables.change_sets import change_sets
from tests.account.world import AIGUL, HER_PHONE
from tests.storage.set_desk import FEW, Desk, a_msisdn

MARAT, HIS_PHONE = 4_000, Msisdn("77019990000")
SMALL = SetRules(numbers=5)


@pytest.fixture
async def desk(stores: Stores) -> Desk:
    desk = Desk(stores)
    marat = Administrator("adm-2", "Марат", HIS_PHONE)
    desk.carrier.administrators[HIS_PHONE.digits] = marat
    desk.carrier.granted["adm-2"] = (desk.alpha,)
    at = desk.clock.now()
    await stores.effect_store.write(
        [
            BindTelegram("adm-1", HER_PHONE, AIGUL, at),
            BindTelegram("adm-2", HIS_PHONE, MARAT, at),
        ]
    )
    return desk


def marat(desk: Desk, **changes: object) -> Actor:
    actor = replace(
        desk.actor(),
        telegram_id=MARAT,
        session_id="s-2",
        administrator_id="adm-2",
        name="Марат",
        phone=HIS_PHONE,
        companies=(desk.alpha,),
    )
    return replace(actor, **changes)  # type: ignore[arg-type]


async def proposed(desk: Desk, kind: ActionKind = ActionKind.BLOCK) -> tuple[ChangeSet, str]:
    """Ten numbers where five are allowed; and the token of Marat's button."""
    desk.opinion.rules = SMALL
    offered = await desk.previewed(range(FEW), kind)
    proof = None
    if desk.sets.needs_code(offered.change_set, FEW):
        proof = await desk.asked_code(offered.change_set)
    change_set, first = await desk.sets.confirm(desk.actor(), offered.token, proof)
    assert first
    return change_set, await token_of(desk)


async def token_of(desk: Desk) -> str:
    rows = await desk.stores.outbox.claim("post", desk.clock.now(), timedelta(seconds=1), 100)
    (asked,) = [row for row in rows if row.kind == "set.asked"]
    assert asked.to == str(MARAT)
    return asked.parameters["token"]


async def test_nothing_of_it_is_sent_before_somebody_else_has_approved_it(desk: Desk) -> None:
    change_set, token = await proposed(desk)
    assert change_set.state is SetState.PROPOSED

    await desk.steps()
    await desk.follow_up()

    assert set(desk.states()) == {NumberState.ACTIVE}
    approved, first = await desk.approvals.approve(marat(desk), token)
    assert (approved.state, first) == (SetState.RUNNING, True)
    await desk.to_the_end(change_set)
    assert await desk.outcomes(change_set) == {Outcome.DONE: FEW}
    told = [(what, result) for what, result, reference, _set in await desk.history() if reference]
    assert told.count(("set", "proposed")) == 1
    assert told.count(("change.approved", "done")) == 1
    assert (await desk.words()).count("set.final") == 1


async def test_the_pace_of_a_set_is_counted_from_when_it_was_let_run(desk: Desk) -> None:
    change_set, token = await proposed(desk)
    desk.clock.advance(timedelta(hours=10))
    await desk.approvals.approve(marat(desk), token)
    assert await desk.step()
    desk.clock.advance(timedelta(seconds=30))
    await desk.follow_up()
    counts, now = await desk.counts(change_set), desk.clock.now()
    assert 0 < counts.ended < FEW
    assert minutes_left(await desk.present(change_set), counts, now) == 1


async def test_only_the_first_word_counts(desk: Desk) -> None:
    change_set, token = await proposed(desk)
    await desk.approvals.reject(marat(desk), token)

    present, first = await desk.approvals.approve(marat(desk), token)

    assert (present.state, first) == (SetState.STOPPED, False)
    ended = await desk.to_the_end(change_set)
    assert ended.reason_code == APPROVAL_REJECTED
    assert await desk.outcomes(change_set) == {Outcome.NOT_SENT: FEW}
    assert set(desk.states()) == {NumberState.ACTIVE}
    assert (await desk.words()).count("set.final") == 1


async def test_a_word_for_another_list_is_none(desk: Desk) -> None:
    change_set, token = await proposed(desk)
    await desk.stores.database.write(
        lambda conn: conn.execute(
            update(change_sets).where(change_sets.c.id == change_set.id).values(digest="other")
        ).close()
    )
    with pytest.raises(ConfirmExpired):
        await desk.approvals.approve(marat(desk), token)


async def test_the_proposer_approves_nothing_whoever_they_log_in_as(desk: Desk) -> None:
    _change_set, token = await proposed(desk)
    with pytest.raises(ConfirmExpired):
        await desk.approvals.approve(desk.actor(), token)
    await desk.stores.effect_store.write(
        [BindTelegram("adm-1", HER_PHONE, MARAT, desk.clock.now())]
    )
    with pytest.raises(ApproverNotSecond):
        await desk.approvals.approve(marat(desk), token)


async def test_who_may_not_approve_does_not(desk: Desk) -> None:
    _change_set, token = await proposed(desk)
    operator = (replace(desk.alpha, role=Role.OPERATOR),)
    with pytest.raises(RightMissing):
        await desk.approvals.approve(marat(desk, companies=operator), token)


async def test_a_kind_with_a_code_is_approved_by_a_code(desk: Desk) -> None:
    for n in range(FEW):
        desk.is_now(n, NumberState.BLOCKED)
    change_set, token = await proposed(desk, ActionKind.UNBLOCK)
    with pytest.raises(StepUpRequired):
        await desk.approvals.approve(marat(desk), token)
    assert (await desk.present(change_set)).state is SetState.PROPOSED


async def test_a_day_without_a_word_ends_it(desk: Desk) -> None:
    change_set, token = await proposed(desk)
    desk.clock.advance(timedelta(hours=24, seconds=1))
    with pytest.raises(ConfirmExpired):
        await desk.approvals.approve(marat(desk), token)

    ended = await desk.to_the_end(change_set)

    assert ended.reason_code == APPROVAL_EXPIRED
    assert await desk.outcomes(change_set) == {Outcome.NOT_SENT: FEW}
    assert (await desk.words()).count("set.closed") == 1


async def test_its_person_takes_it_back_and_nobody_else_does(desk: Desk) -> None:
    change_set, token = await proposed(desk)
    with pytest.raises(ConfirmExpired):
        await desk.approvals.withdraw(marat(desk), change_set.id)

    await desk.approvals.withdraw(desk.actor(), change_set.id)

    await desk.to_the_end(change_set)
    assert set(desk.states()) == {NumberState.ACTIVE}
    assert not (await desk.approvals.approve(marat(desk), token))[1]


async def test_a_new_password_takes_it_back(desk: Desk) -> None:
    change_set, token = await proposed(desk)

    await desk.stores.effect_store.write([EndSessionsOf("adm-1", desk.clock.now())])

    assert not (await desk.approvals.approve(marat(desk), token))[1]
    await desk.to_the_end(change_set)
    assert set(desk.states()) == {NumberState.ACTIVE}


async def test_who_may_no_longer_do_it_has_it_ended(desk: Desk) -> None:
    change_set, token = await proposed(desk)
    desk.carrier.granted["adm-1"] = ()

    ended, first = await desk.approvals.approve(marat(desk), token)

    assert (ended.state, first) == (SetState.STOPPED, True)
    assert (await desk.present(change_set)).state is SetState.STOPPED


async def test_what_was_confirmed_within_a_day_is_added_up(desk: Desk) -> None:
    desk.opinion.rules = SMALL
    first = await desk.confirmed(range(3))
    assert first.state is SetState.RUNNING
    await desk.to_the_end(first)

    second = await desk.confirmed(range(3, 6))

    assert second.state is SetState.PROPOSED


async def test_two_lists_confirmed_at_one_moment_are_added_up(
    desk: Desk, others: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From two Telegram accounts of one person, in two processes."""
    beside = Desk(others, desk, "two")
    desk.opinion.rules = beside.opinion.rules = SMALL
    elsewhere = replace(desk.actor(), telegram_id=AIGUL + 1, session_id="s-9")
    one = await desk.previewed(range(3))
    await beside.selection.add_text(elsewhere, "\n".join(a_msisdn(n).e164 for n in range(3, 6)))
    two = await beside.sets.preview(elsewhere, ActionKind.BLOCK, "en")
    await desk.steps()
    both_asked = asyncio.Barrier(2)
    for stores in (desk.stores, others):
        monkeypatch.setattr(
            stores.change_sets, "accept", _at_once(stores.change_sets.accept, both_asked)
        )

    confirmed = await asyncio.gather(
        desk.sets.confirm(desk.actor(), one.token), beside.sets.confirm(elsewhere, two.token)
    )

    states = sorted(change_set.state.value for change_set, _first in confirmed)
    assert states == ["proposed", "running"]


def _at_once(accept: Any, both: asyncio.Barrier) -> Any:
    """The first call waits until the other process is there as well."""
    waits = True

    async def accepted(*args: Any, **options: Any) -> Any:
        nonlocal waits
        if waits:
            waits = False
            await both.wait()
        return await accept(*args, **options)

    return accepted


async def test_what_nobody_approved_does_not_count(desk: Desk) -> None:
    change_set, token = await proposed(desk)
    await desk.approvals.reject(marat(desk), token)
    await desk.to_the_end(change_set)

    assert (await desk.confirmed(range(5))).state is SetState.RUNNING


async def test_login_numbers_are_in_it_where_somebody_can_approve(desk: Desk) -> None:
    login = Administrator("adm-3", "Third", a_msisdn(0))
    desk.carrier.administrators[a_msisdn(0).digits] = login
    desk.carrier.granted["adm-3"] = (desk.alpha,)

    offered = await desk.previewed(range(3))

    counts = await desk.counts(offered.change_set)
    assert (counts.size, counts.logins) == (3, 1)
    why = await desk.sets.second_for(desk.actor(), offered.change_set, counts)
    assert why == {Reason.LOGIN_NUMBERS}
    proposal, _first = await desk.sets.confirm(desk.actor(), offered.token)
    assert proposal.state is SetState.PROPOSED


async def test_with_nobody_to_approve_login_numbers_stay_out(desk: Desk) -> None:
    login = Administrator("adm-3", "Third", a_msisdn(0))
    desk.carrier.administrators[a_msisdn(0).digits] = login
    desk.carrier.granted |= {"adm-3": (desk.alpha,), "adm-2": ()}

    offered = await desk.previewed(range(3))

    by_place = {number.place: number for number in await desk.numbers(offered.change_set)}
    assert (by_place[0].fate, by_place[0].reason_code) == (Fate.REFUSED, OneByOne.code)
    assert (await desk.counts(offered.change_set)).size == 2


async def test_with_nobody_to_approve_it_has_to_be_smaller(desk: Desk) -> None:
    desk.carrier.granted["adm-2"] = ()
    desk.opinion.rules = SMALL
    offered: OfferedSet = await desk.previewed(range(FEW))
    with pytest.raises(SetTooLarge):
        await desk.sets.confirm(desk.actor(), offered.token)


async def test_an_operator_has_their_bound_and_no_second_to_lift_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "account.changes.sets.second_opinion.MOST", {Role.ADMINISTRATOR: 100, Role.OPERATOR: 4}
    )
    alpha: Company = replace(desk.alpha, role=Role.OPERATOR)
    desk.carrier.granted["adm-1"] = (alpha,)
    offered = await desk.previewed(range(5))
    with pytest.raises(SetTooLarge):
        await desk.sets.confirm(desk.actor(), offered.token)
