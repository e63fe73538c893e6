"""Links, freezes and the accounts that are known: what one transaction decides."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from account.changes.action import APPROVAL_LIFE, ActionKind, ActionState
from account.effects.effect import (
    BindTelegram,
    Effect,
    ForgetAccounts,
    Freeze,
    FreezeLink,
    OpenSession,
    RemoveAccount,
    Thaw,
)
from account.identity.sessions import Session
from account.values.identifiers import Msisdn
from storage import Stores
from tests.storage.builders import (
    LEASE,
    MINUTE,
    NOW,
    OTHER_PHONE,
    PHONE,
    SECOND,
    a_message,
    offered,
)

DAY = timedelta(days=1)
BACK = timedelta(hours=72)
HER = "adm-1"
TAKES_OVER = (ActionKind.SIM_REPLACE.value,)


def a_link(token_hash: str = "hash", who: str = HER) -> FreezeLink:
    return FreezeLink(token_hash, who, "Айгүл", PHONE, NOW + BACK)


def a_freeze(at: datetime = NOW, who: str = HER, phone: Msisdn = PHONE) -> Freeze:
    return Freeze(who, phone, at, TAKES_OVER)


async def logs_in(stores: Stores, account: int, at: datetime, who: str = HER) -> None:
    await stores.effect_store.write([BindTelegram(who, PHONE, account, at)])


async def known(stores: Stores) -> set[int]:
    listed = {one.telegram_id for one in await stores.accounts.known(HER)}
    credential = await stores.login.credential(HER)
    assert credential is not None
    assert credential.known_to == listed
    reached = await stores.approvals.telegrams([HER], NOW - 900 * DAY)
    assert set(reached.get(HER, ())) == listed
    return listed


# --- links -----------------------------------------------------------------------------------


async def test_ten_presses_at_once_and_one_counts(stores: Stores, others: Stores) -> None:
    await stores.effect_store.write([a_link()])
    effects: list[Effect] = [a_freeze(), a_message(key="once")]
    presses = [side.freezes.use("hash", NOW, effects) for side in (stores, others) * 5]
    assert sorted(await asyncio.gather(*presses)) == [False] * 9 + [True]
    assert await stores.outbox.waiting() == 1
    link, used = await stores.freezes.link("hash") or (None, None)
    assert (link, used) == (a_link(), True)


async def test_two_links_at_once_freeze_once(stores: Stores, others: Stores) -> None:
    await stores.effect_store.write([a_link("one"), a_link("two")])
    await asyncio.gather(
        stores.freezes.use("one", NOW, [a_freeze()]),
        others.freezes.use("two", NOW + SECOND, [a_freeze(NOW + SECOND)]),
    )
    frozen_at = await stores.freezes.frozen_at(HER)
    assert frozen_at is not None
    await stores.effect_store.write([Thaw(HER, frozen_at, NOW + MINUTE)])
    assert await stores.freezes.frozen_at(HER) is None


async def test_a_link_is_over_to_the_microsecond_and_forgotten_a_week_later(
    stores: Stores,
) -> None:
    await stores.effect_store.write([a_link()])
    assert not await stores.freezes.use("hash", NOW + BACK, [a_freeze()])
    assert await stores.freezes.frozen_at(HER) is None
    await stores.purge(NOW + BACK + 7 * DAY)
    assert await stores.freezes.link("hash") is not None
    await stores.purge(NOW + BACK + 7 * DAY + SECOND)
    assert await stores.freezes.link("hash") is None


async def test_a_freeze_uses_up_that_persons_links_alone(stores: Stores) -> None:
    await stores.effect_store.write([a_link("one"), a_link("two"), a_link("other", "adm-2")])
    assert await stores.freezes.use("one", NOW, [a_freeze()])
    assert not await stores.freezes.use("two", NOW, [])
    assert await stores.freezes.use("other", NOW, [])


# --- what is stopped -------------------------------------------------------------------------


async def proposed(stores: Stores, token: str, who: str, msisdn: Msisdn, kind: ActionKind) -> str:
    action = await offered(
        stores, token, token, kind=kind, administrator_id=who, msisdn=msisdn, telegram_id=ord(token)
    )
    await stores.actions.accept(
        token,
        session_id=action.session_id,
        company_id=action.company_id,
        now=NOW,
        effects=[],
        until=NOW + APPROVAL_LIFE,
    )
    return action.id


async def test_proposals_of_the_person_and_on_their_number_are_due_at_once(
    stores: Stores,
) -> None:
    replace = ActionKind.SIM_REPLACE
    theirs = await proposed(stores, "a", HER, OTHER_PHONE, replace)
    on_number = await proposed(stores, "b", "adm-2", PHONE, replace)
    await proposed(stores, "c", "adm-2", OTHER_PHONE, ActionKind.FORWARDING_SET)
    await proposed(stores, "d", "adm-3", PHONE, ActionKind.BLOCK)
    assert await stores.actions.claim("w", NOW, LEASE, 10) == []
    await stores.effect_store.write([a_freeze()])
    due = await stores.actions.claim("w", NOW, LEASE, 10)
    assert {action.id for action in due} == {theirs, on_number}
    told, first = await stores.approvals.decide(theirs, ActionState.ACCEPTED, None, NOW, [])
    assert (told.state, first) == (ActionState.PROPOSED, False)


async def test_who_and_what_is_stopped(stores: Stores) -> None:
    async def stops(who: str, msisdn: Msisdn | None, begun: datetime) -> bool:
        return await stores.freezes.stops(who, msisdn, begun)

    assert not await stops(HER, PHONE, NOW)
    await stores.effect_store.write([a_freeze()])
    assert await stops(HER, None, NOW + DAY)
    assert await stops("adm-2", PHONE, NOW)
    assert not await stops("adm-2", PHONE, NOW + SECOND), "it was begun afterwards"
    assert not await stops("adm-2", OTHER_PHONE, NOW)
    assert not await stops("adm-2", None, NOW)
    await stores.effect_store.write([a_freeze(NOW + DAY)])
    assert await stores.freezes.frozen_at(HER) == NOW, "it is one freeze"
    assert await stops("adm-2", PHONE, NOW + SECOND)
    await stores.effect_store.write([Thaw(HER, NOW + DAY, NOW + DAY)])
    assert await stops(HER, None, NOW)
    await stores.effect_store.write([Thaw(HER, NOW, NOW + DAY)])
    assert not await stops(HER, PHONE, NOW)
    await stores.effect_store.write([a_freeze(NOW + 2 * DAY)])
    assert await stores.freezes.frozen_at(HER) == NOW + 2 * DAY


# --- known accounts --------------------------------------------------------------------------


async def test_a_reset_forgets_the_others_and_a_login_knows_again(stores: Stores) -> None:
    for account in (1, 2, 3):
        await logs_in(stores, account, NOW - 9 * DAY)
    await stores.effect_store.write([ForgetAccounts(HER, 2, NOW)])
    assert await known(stores) == {2}
    await logs_in(stores, 3, NOW + MINUTE)
    assert await known(stores) == {2, 3}
    assert await stores.approvals.ever_logged_in(HER) == {1, 2, 3}


async def test_one_that_is_removed_is_out_at_once(stores: Stores) -> None:
    for account in (1, 2):
        await logs_in(stores, account, NOW - DAY)
        session = Session(f"s{account}", account, HER, "Айгүл", PHONE, None, NOW, NOW)
        await stores.effect_store.write([OpenSession(session)])
    await stores.effect_store.write([RemoveAccount(HER, 2, NOW)])
    assert await known(stores) == {1}
    assert [one.id for one in await stores.sessions.unended(HER)] == ["s1"]
    credential = await stores.login.credential(HER)
    assert credential is not None
    assert (credential.lets_in(1), credential.lets_in(2), credential.lets_in(3)) == (
        True,
        False,
        True,
    )
    assert await stores.approvals.ever_logged_in(HER) == {1, 2}
    await logs_in(stores, 2, NOW + MINUTE)
    [again] = [one for one in await stores.accounts.known(HER) if one.telegram_id == 2]
    assert again.first_at == NOW + MINUTE, "it begins anew"


@pytest.mark.parametrize(("since", "first"), [(BACK - SECOND, False), (BACK, True)])
async def test_how_long_one_must_be_forgotten_to_begin_anew(
    stores: Stores, since: timedelta, *, first: bool
) -> None:
    await logs_in(stores, 1, NOW - 9 * DAY)
    await stores.effect_store.write([ForgetAccounts(HER, 2, NOW)])
    await logs_in(stores, 1, NOW + since)
    [account] = await stores.accounts.known(HER)
    assert account.first_at == (NOW + since if first else NOW - 9 * DAY)


async def test_a_freeze_goes_back_three_days(stores: Stores) -> None:
    await logs_in(stores, 1, NOW - 9 * DAY)
    await logs_in(stores, 2, NOW - 9 * DAY)
    await logs_in(stores, 4, NOW - 9 * DAY)
    await stores.effect_store.write([ForgetAccounts(HER, 4, NOW - 8 * DAY)])
    await logs_in(stores, 2, NOW - 7 * DAY)
    await logs_in(stores, 3, NOW - DAY)
    await stores.effect_store.write(
        [RemoveAccount(HER, 4, NOW - DAY), ForgetAccounts(HER, 3, NOW - DAY)]
    )
    assert await known(stores) == {3}
    await stores.effect_store.write([a_freeze()])
    assert await known(stores) == {2}, "1 was forgotten long ago, 4 removed, 3 is new"


async def test_the_first_of_new_accounts_stays(stores: Stores) -> None:
    await logs_in(stores, 5, NOW - DAY)
    await logs_in(stores, 3, NOW - MINUTE)
    await stores.effect_store.write([a_freeze()])
    assert await known(stores) == {5}
    await logs_in(stores, 3, NOW + MINUTE)
    await logs_in(stores, 6, NOW + MINUTE)
    await stores.effect_store.write([ForgetAccounts(HER, 6, NOW + MINUTE)])
    assert await known(stores) == {5}, "while it lasts nobody comes in and nobody is forgotten"
    await stores.effect_store.write([Thaw(HER, NOW, NOW + MINUTE)])
    await logs_in(stores, 6, NOW + 2 * MINUTE)
    assert await known(stores) == {5, 6}


# --- the e-mail ------------------------------------------------------------------------------


async def test_changes_before_a_freeze_are_kept_in_mind_for_good(stores: Stores) -> None:
    action = await offered(
        stores,
        "token",
        "email",
        kind=ActionKind.EMAIL,
        parameters={"was": "a@a.kz", "email": "b@a.kz"},
    )
    await stores.actions.accept(
        "token", session_id=action.session_id, company_id=action.company_id, now=NOW, effects=[]
    )
    [claimed] = await stores.actions.claim("w", NOW, LEASE, 10)
    await stores.actions.settle(claimed, ActionState.DONE, None, None, NOW + MINUTE, [])
    years = NOW + 999 * DAY
    assert await stores.approvals.email_changes(PHONE, years) == []
    await stores.effect_store.write([a_freeze(NOW + SECOND), Thaw(HER, NOW + SECOND, NOW + DAY)])
    assert await stores.approvals.email_changes(PHONE, years) == [("a@a.kz", "b@a.kz")]
