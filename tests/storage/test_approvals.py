"""Proposals: the lock they hold, the first word that counts, and a claim that comes too late."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from account.changes.action import APPROVAL_LIFE, Action, ActionKind, ActionState
from account.effects.effect import Approval, BindTelegram, Channel, Effect, TellAccounts
from account.errors import ChangeUnderWay
from storage import Stores
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

UNTIL = NOW + APPROVAL_LIFE
KINDS = [ActionKind.SIM_REPLACE]
DAY = timedelta(days=1)


def an_approval(action: Action, **changes: object) -> Approval:
    values: dict[str, object] = {
        "token_hash": "hash",
        "action_id": action.id,
        "company_id": action.company_id,
        "administrator_id": "adm-2",
        "telegram_id": 6,
        "expires_at": UNTIL,
    }
    return Approval(**{**values, **changes})  # type: ignore[arg-type]


async def proposed(stores: Stores, token: str = "token", **changes: object) -> Action:
    changes = {"kind": ActionKind.SIM_REPLACE, **changes}
    action = await offered(stores, token, "sim", **changes)
    taken, first = await stores.actions.accept(
        token,
        session_id=action.session_id,
        company_id=action.company_id,
        now=NOW,
        effects=[
            an_approval(action),
            an_entry(result="proposed"),
            a_message(kind="approval.asked"),
        ],
        until=UNTIL,
    )
    assert first
    return taken


async def present(stores: Stores, action: Action) -> Action:
    found = await stores.actions.read(action.id)
    assert found is not None
    return found


async def test_a_proposal_waits_and_holds_its_lane(stores: Stores) -> None:
    action = await proposed(stores)
    assert (action.state, action.accepted_at) == (ActionState.PROPOSED, NOW)
    assert action.approvable_until == UNTIL
    assert action.reference == "A-20220124-0001"
    assert await stores.actions.claim("w", UNTIL - SECOND, LEASE, 10) == []
    open_one = await stores.actions.open_on(action.company_id, PHONE, "sim")
    assert open_one == action
    await offered(stores, "second", "sim", kind=ActionKind.SIM_REPLACE, telegram_id=9)
    with pytest.raises(ChangeUnderWay):
        await stores.actions.accept(
            "second", session_id="s1", company_id="company-1", now=NOW, effects=[]
        )
    assert await stores.approvals.by_token("hash") == an_approval(action)
    assert await stores.approvals.of_action(action.id) == (an_approval(action),)
    assert await stores.approvals.of_action("another") == ()
    assert await stores.approvals.by_token("other") is None


async def test_five_words_at_once_and_one_counts(stores: Stores, others: Stores) -> None:
    action = await proposed(stores)
    later = NOW + MINUTE
    effects: list[Effect] = [an_entry(), a_message(key="once")]
    words = [
        side.approvals.decide(action.id, state, None, later, effects)
        for side, state in zip(
            (stores, others, stores, others, stores),
            (ActionState.ACCEPTED, ActionState.REJECTED) * 2 + (ActionState.ACCEPTED,),
            strict=False,
        )
    ]
    answers = await asyncio.gather(*words)
    assert sorted(first for _, first in answers) == [False] * 4 + [True]
    assert len({told.state for told, _ in answers}) == 1
    assert await stores.outbox.waiting() == 2


async def test_accepted_it_is_due_at_once(stores: Stores) -> None:
    action = await proposed(stores)
    later = NOW + timedelta(hours=3)
    told, first = await stores.approvals.decide(action.id, ActionState.ACCEPTED, None, later, [])
    assert first
    assert (told.state, told.accepted_at, told.reason_code) == (ActionState.ACCEPTED, later, None)
    [claimed] = await stores.actions.claim("w", later, LEASE, 10)
    assert await stores.actions.mark_sent(claimed, later) is not None


async def test_rejected_it_is_over_and_its_lane_is_free(stores: Stores) -> None:
    action = await proposed(stores, **with_a_secret("850115300011"))
    told, first = await stores.approvals.decide(
        action.id, ActionState.REJECTED, "APPROVAL.REJECTED", NOW + MINUTE, []
    )
    assert first
    assert (told.state, told.reason_code) == (ActionState.REJECTED, "APPROVAL.REJECTED")
    assert (told.settled_at, secret_of(told)) == (NOW + MINUTE, None)
    assert await stores.actions.claim("w", UNTIL + DAY, LEASE, 10) == []
    await accepted(stores, "next", "sim")


async def test_at_its_end_a_worker_has_it_and_nobody_decides(stores: Stores) -> None:
    action = await proposed(stores)
    told, first = await stores.approvals.decide(action.id, ActionState.ACCEPTED, None, UNTIL, [])
    assert (told.state, first) == (ActionState.PROPOSED, False)
    [claimed] = await stores.actions.claim("w", UNTIL, LEASE, 10)
    await stores.actions.settle(claimed, ActionState.REJECTED, "APPROVAL.EXPIRED", None, UNTIL, [])
    assert (await present(stores, action)).state is ActionState.REJECTED


async def test_a_worker_whose_clock_is_ahead_loses_its_claim(stores: Stores) -> None:
    action = await proposed(stores)
    [claimed] = await stores.actions.claim("w", UNTIL, LEASE, 10)
    _told, first = await stores.approvals.decide(
        action.id, ActionState.ACCEPTED, None, UNTIL - SECOND, []
    )
    assert first
    await stores.actions.settle(claimed, ActionState.REJECTED, "APPROVAL.EXPIRED", None, UNTIL, [])
    assert (await present(stores, action)).state is ActionState.ACCEPTED


async def test_an_offer_is_used_up_once(stores: Stores, others: Stores) -> None:
    action = await offered(stores, "token", **with_a_secret("850115300011"))
    uses = [side.actions.use_up(action.id, NOW, [an_entry()]) for side in (stores, others) * 3]
    assert sorted(await asyncio.gather(*uses)) == [False] * 5 + [True]
    used = await present(stores, action)
    assert (used.state, used.settled_at, secret_of(used)) == (ActionState.DONE, NOW, None)
    assert await stores.actions.claim("w", NOW + DAY, LEASE, 10) == []


# --- being told first ------------------------------------------------------------------------


async def test_a_change_sees_whether_the_others_were_told(stores: Stores) -> None:
    action = await accepted(stores, "token")
    for to in ("5", "6"):
        await stores.outbox.owe(a_message(to=to, ahead_of=action.id))
    await stores.outbox.owe(a_message(to="7", ahead_of="another change"))
    assert await stores.actions.announcing(action.id)
    first, second, _ = await stores.outbox.claim("w", NOW, LEASE, 10)
    await stores.outbox.delivered(first, 1)
    assert await stores.actions.announcing(action.id)
    await stores.outbox.give_up(second, "blocked")
    assert not await stores.actions.announcing(action.id)


async def test_a_postponed_change_comes_back_as_it_was(stores: Stores) -> None:
    await accepted(stores, "token")
    [claimed] = await stores.actions.claim("w", NOW, LEASE, 10)
    await stores.actions.postpone(claimed, NOW + SECOND)
    assert await stores.actions.claim("w", NOW, LEASE, 10) == []
    [again] = await stores.actions.claim("w", NOW + SECOND, LEASE, 10)
    assert (again.state, again.attempts, again.checks) == (ActionState.ACCEPTED, 0, 0)
    await stores.actions.postpone(claimed, NOW + DAY)
    assert (await stores.actions.mark_sent(again, NOW)) is not None


async def test_a_message_for_later_comes_later_and_holds_up_nobody(stores: Stores) -> None:
    await stores.outbox.owe(a_message("later", not_before=NOW + MINUTE))
    await stores.outbox.owe(a_message("now"))
    [now] = await stores.outbox.claim("w", NOW, LEASE, 10)
    assert now.parameters == {"text": "now"}
    await stores.outbox.delivered(now, 1)
    assert await stores.outbox.next_due(NOW) == NOW + MINUTE
    [later] = await stores.outbox.claim("w", NOW + MINUTE, LEASE, 10)
    assert later.parameters == {"text": "later"}


async def test_a_message_that_is_tried_again_still_goes_first(stores: Stores) -> None:
    await stores.outbox.owe(a_message("first"))
    [first] = await stores.outbox.claim("w", NOW, LEASE, 10)
    await stores.outbox.postpone(first, NOW + 5 * SECOND)
    await stores.outbox.owe(a_message("second"))
    assert await stores.outbox.claim("w", NOW + SECOND, LEASE, 10) == []


# --- who can be asked ------------------------------------------------------------------------


async def test_the_late_chats_of_each_the_latest_first(stores: Stores) -> None:
    binds = [("adm-1", 10, NOW), ("adm-1", 11, NOW + MINUTE), ("adm-2", 20, NOW)]
    binds += [("adm-1", 10, NOW + DAY), ("adm-4", 40, NOW)]
    await stores.effect_store.write([BindTelegram(who, PHONE, chat, at) for who, chat, at in binds])
    known = await stores.approvals.telegrams(["adm-1", "adm-2", "adm-3"], NOW)
    assert known == {"adm-1": (10, 11), "adm-2": (20,)}
    known = await stores.approvals.telegrams(["adm-1", "adm-2"], NOW + MINUTE)
    assert known == {"adm-1": (10,), "adm-2": (20,)}, "of an old login the latest one"
    assert await stores.approvals.telegrams([], NOW) == {}


async def test_whoever_was_ever_logged_in_is_remembered_for_good(stores: Stores) -> None:
    binds = [("adm-1", 10, NOW - 999 * DAY), ("adm-1", 11, NOW), ("adm-2", 20, NOW)]
    await stores.effect_store.write([BindTelegram(who, PHONE, chat, at) for who, chat, at in binds])
    await stores.purge(NOW + 999 * DAY)
    assert await stores.approvals.ever_logged_in("adm-1") == {10, 11}
    assert await stores.approvals.ever_logged_in("adm-3") == frozenset()


async def test_who_blocked_the_bot_cannot_be_asked(stores: Stores) -> None:
    unit = await stores.units.open(11, 11, 1)
    unit.set_language("ru", NOW, chosen=True)
    unit.set_blocked(NOW, blocked=True)
    await stores.units.close(unit, None)
    binds = [("adm-1", 10, NOW), ("adm-1", 11, NOW + MINUTE)]
    await stores.effect_store.write([BindTelegram(who, PHONE, chat, at) for who, chat, at in binds])
    late = NOW + timedelta(seconds=30)
    assert await stores.approvals.telegrams(["adm-1"], late) == {}, "the old chat is no stand-in"
    assert await stores.approvals.telegrams(["adm-1"], NOW - DAY) == {"adm-1": (10,)}


async def test_who_blocked_the_bot_is_owed_what_is_worth_hearing_later(stores: Stores) -> None:
    await stores.effect_store.write([BindTelegram("adm-1", PHONE, 11, NOW)])
    unit = await stores.units.open(11, 11, 1)
    unit.set_language("ru", NOW, chosen=True)
    unit.set_blocked(NOW, blocked=True)
    await stores.units.close(unit, None)
    assert await stores.approvals.telegrams(["adm-1"], NOW - DAY, blocked=True) == {"adm-1": (11,)}
    await stores.effect_store.write([TellAccounts("adm-1", "email.changed", "k", NOW, NOW + DAY)])
    [told] = await stores.outbox.claim("w", NOW, LEASE, 10)
    assert (told.to, told.kind) == ("11", "email.changed")


async def test_every_late_account_is_told_once(stores: Stores) -> None:
    binds = [("adm-1", 10, NOW - 31 * DAY), ("adm-1", 11, NOW - 29 * DAY), ("adm-1", 12, NOW)]
    await stores.effect_store.write([BindTelegram(who, PHONE, chat, at) for who, chat, at in binds])
    tell = TellAccounts("adm-1", "email.changed", "k", NOW, NOW + DAY, {"email": "n"}, but=12)
    await stores.effect_store.write([tell, tell, replace(tell, administrator_id="adm-2")])
    [told] = await stores.outbox.claim("w", NOW, LEASE, 10)
    assert (told.channel, told.to, told.kind) == (Channel.TELEGRAM, "11", "email.changed")
    assert (told.parameters, told.key) == ({"email": "n"}, "k:email.changed:11")


# --- another e-mail --------------------------------------------------------------------------


async def changes_email(stores: Stores, was: str, now: str, at: datetime) -> Action:
    action = await offered(
        stores,
        f"token-{now}",
        f"email-{now}",
        kind=ActionKind.EMAIL,
        offered_at=at,
        parameters={"was": was, "email": now},
    )
    await stores.actions.accept(
        f"token-{now}", session_id="s1", company_id=action.company_id, now=at, effects=[]
    )
    return await present(stores, action)


@pytest.mark.parametrize("end", [ActionState.DONE, ActionState.REJECTED])
async def test_addresses_of_late_changes_however_they_ended(
    stores: Stores, end: ActionState
) -> None:
    async def since(moment: datetime) -> list[tuple[str, str]]:
        return list(await stores.approvals.email_changes(PHONE, moment))

    await offered(stores, "unconfirmed", kind=ActionKind.EMAIL, telegram_id=99)
    assert await since(NOW - DAY) == []
    await changes_email(stores, "a@a.kz", "b@a.kz", NOW)
    assert await since(NOW + 9 * DAY) == [("a@a.kz", "b@a.kz")], "it may be done at this moment"
    [claimed] = await stores.actions.claim("w", NOW, LEASE, 10)
    await stores.actions.settle(claimed, end, None, None, NOW + MINUTE, [])
    assert await since(NOW) == [("a@a.kz", "b@a.kz")]
    assert await since(NOW + MINUTE) == []
    await changes_email(stores, "b@a.kz", "c@a.kz", NOW + DAY)
    assert await since(NOW) == [("a@a.kz", "b@a.kz"), ("b@a.kz", "c@a.kz")]
    assert await stores.approvals.email_changes(OTHER_PHONE, NOW) == []


async def test_only_an_offer_is_identified(stores: Stores) -> None:
    action = await offered(stores, "token", kind=ActionKind.EMAIL)
    assert action.identified_at is None
    await stores.actions.identify(action.id, NOW)
    assert (await present(stores, action)).identified_at == NOW
    await stores.actions.void(action.id)
    await stores.actions.identify(action.id, NOW + MINUTE)
    assert (await present(stores, action)).identified_at == NOW


# --- what was taken over ---------------------------------------------------------------------


async def test_what_was_done_or_may_be(stores: Stores) -> None:
    async def recent(since: timedelta = DAY) -> bool:
        return await stores.approvals.took_over(PHONE, KINDS, NOW - since)

    action = await offered(stores, "token", "sim", kind=ActionKind.SIM_REPLACE)
    assert not await recent()
    await stores.actions.accept(
        "token", session_id="s1", company_id=action.company_id, now=NOW, effects=[]
    )
    assert not await recent(), "it has not been sent"
    [claimed] = await stores.actions.claim("w", NOW, LEASE, 10)
    sent = await stores.actions.mark_sent(claimed, NOW)
    assert await recent()
    assert await stores.approvals.done_last_by(PHONE, ActionKind.SIM_REPLACE) is None
    assert sent is not None
    await stores.actions.settle(sent, ActionState.DONE, None, "o", NOW, [])
    assert await recent()
    assert not await recent(timedelta(0))
    assert await stores.approvals.done_last_by(PHONE, ActionKind.SIM_REPLACE) == (
        action.administrator_id
    )
    assert await stores.approvals.done_last_by(OTHER_PHONE, ActionKind.SIM_REPLACE) is None
    assert await stores.approvals.done_last_by(PHONE, ActionKind.BLOCK) is None
    assert not await stores.approvals.took_over(OTHER_PHONE, KINDS, NOW - DAY)
    assert not await stores.approvals.took_over(PHONE, [ActionKind.BLOCK], NOW - DAY)
    assert not await stores.approvals.took_over(PHONE, [], NOW - DAY)
