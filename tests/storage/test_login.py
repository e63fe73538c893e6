"""Wrong tries, locks, codes and sessions, as the store decides them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from account.access.login import Lock
from account.changes.action import ActionState
from account.credentials.one_time_codes import CODE_LIFE, COUNTED_FOR, Code, CodeOutcome
from account.effects.effect import (
    BindTelegram,
    Effect,
    EndSession,
    EndSessionsOf,
    OpenSession,
    SetPassword,
)
from account.errors import CodeSendsExceeded
from account.values.identifiers import Msisdn
from storage import Stores
from storage.tables.access import attempts
from tests.storage.builders import (
    MINUTE,
    NOW,
    OTHER_PHONE,
    PHONE,
    SECOND,
    a_code,
    a_message,
    a_session,
    accepted,
    mac,
    offered,
)

KEY = "phone:77010542006"
HOUR = timedelta(hours=1)
MINE = (PHONE, 5, "reset")


async def fail(stores: Stores, times: int, now: datetime = NOW) -> list[Lock | None]:
    return [await stores.login.fail(KEY, now, [a_message()]) for _ in range(times)]


async def test_the_fifth_wrong_try_locks_and_only_it_tells(stores: Stores) -> None:
    locks = await fail(stores, 5)
    assert locks == [None] * 4 + [Lock(NOW + 15 * MINUTE, 1)]
    assert await stores.outbox.waiting() == 1
    assert await stores.login.lock(["other", KEY], NOW) == locks[-1]
    assert await stores.login.lock([KEY], NOW + 15 * MINUTE) is None
    assert await stores.login.lock([], NOW) is None


async def test_locks_double_until_somebody_gets_in(stores: Stores) -> None:
    await fail(stores, 5)
    assert await fail(stores, 3, NOW + MINUTE) == [None] * 3, "nothing counts under a lock"
    later = NOW + HOUR
    assert (await fail(stores, 5, later))[-1] == Lock(later + 30 * MINUTE, 2)
    await stores.login.enter([KEY], [])
    later += HOUR
    assert (await fail(stores, 5, later))[-1] == Lock(later + 15 * MINUTE, 1)


async def test_a_day_without_tries_forgets_the_level(stores: Stores) -> None:
    await fail(stores, 5)
    await fail(stores, 4, NOW + HOUR)
    next_day = NOW + HOUR + timedelta(days=1)
    assert await fail(stores, 4, next_day) == [None] * 4
    assert (await fail(stores, 1, next_day))[0] == Lock(next_day + 15 * MINUTE, 1)


async def test_tries_at_once_are_all_counted(stores: Stores, others: Stores) -> None:
    tries = (side.login.fail(KEY, NOW, [a_message()]) for side in (stores, others, stores) * 3)
    locks = [lock for lock in await asyncio.gather(*tries) if lock is not None]
    assert locks == [Lock(NOW + 15 * MINUTE, 1)]
    assert await stores.outbox.waiting() == 1


async def test_a_password_lifts_the_locks_of_its_phone(stores: Stores) -> None:
    keys = [KEY, f"{KEY}:5", "phone:770105420061", "telegram:5"]
    for key in keys:
        for _ in range(5):
            await stores.login.fail(key, NOW, [])
    effects: list[Effect] = [
        SetPassword("adm-1", PHONE, "hash", NOW),
        BindTelegram("adm-1", PHONE, 5, NOW),
    ]
    await stores.effect_store.write(effects)
    locked = [key for key in keys if await stores.login.lock([key], NOW)]
    assert locked == ["phone:770105420061", "telegram:5"]
    credential = await stores.login.credential("adm-1")
    assert credential is not None
    assert (credential.password_hash, credential.known_to) == ("hash", frozenset({5}))
    await stores.effect_store.write([SetPassword("adm-1", PHONE, "newer", NOW), *effects[1:]])
    credential = await stores.login.credential("adm-1")
    assert credential is not None
    assert credential.password_hash == "newer"
    assert await stores.login.credential("adm-2") is None


async def test_a_right_code_is_used_once_and_grants_once(stores: Stores) -> None:
    await stores.login.issue(a_code("c1"), [a_message()])
    assert (await stores.login.try_code(*MINE, mac("123456"), NOW)).outcome is CodeOutcome.RIGHT
    assert (await stores.login.try_code(*MINE, mac("123456"), NOW)).outcome is CodeOutcome.EXPIRED
    assert await stores.login.take_grant(*MINE, NOW + SECOND) is None
    assert await stores.login.take_grant(PHONE, 6, "reset", NOW) is None
    grant = await stores.login.take_grant(*MINE, NOW)
    assert grant is not None
    assert grant.id == "c1"
    assert await stores.login.take_grant(*MINE, NOW) is None


async def test_three_wrong_tries_exhaust_a_code(stores: Stores) -> None:
    await stores.login.issue(a_code("c1"), [])
    uses = [await stores.login.try_code(*MINE, mac("0"), NOW) for _ in range(4)]
    assert [use.outcome for use in uses] == [
        CodeOutcome.WRONG,
        CodeOutcome.WRONG,
        CodeOutcome.EXHAUSTED,
        CodeOutcome.EXHAUSTED,
    ]
    assert [use.left for use in uses] == [2, 1, 0, 0]
    right = await stores.login.try_code(*MINE, mac("123456"), NOW)
    assert right.outcome is CodeOutcome.EXHAUSTED


async def test_a_newer_code_voids_the_older_and_keeps_its_wrong_tries(stores: Stores) -> None:
    await stores.login.issue(a_code("c1"), [])
    await stores.login.try_code(*MINE, mac("0"), NOW)
    later = NOW + MINUTE
    await stores.login.issue(a_code("c2", later, "654321"), [])
    old = await stores.login.try_code(*MINE, mac("123456"), later)
    assert (old.outcome, old.left) == (CodeOutcome.WRONG, 2)
    sends = await stores.login.code_sends(PHONE, NOW - SECOND)
    assert [(code.id, code.wrong) for code in sends] == [("c1", 1), ("c2", 1)]
    assert [code.id for code in await stores.login.code_sends(PHONE, NOW)] == ["c2"]
    assert await stores.login.code_sends(OTHER_PHONE, NOW - SECOND) == []


@pytest.mark.parametrize("whose", [(OTHER_PHONE, 5, "reset"), (PHONE, 6, "reset"), (PHONE, 5, "x")])
async def test_a_code_is_good_for_its_owner_only(
    stores: Stores, whose: tuple[Msisdn, int, str]
) -> None:
    await stores.login.issue(a_code("c1"), [])
    use = await stores.login.try_code(*whose, mac("123456"), NOW)
    assert use.outcome is CodeOutcome.EXPIRED


async def test_a_code_lives_three_minutes(stores: Stores) -> None:
    await stores.login.issue(a_code("c1"), [])
    late = await stores.login.try_code(*MINE, mac("123456"), NOW + CODE_LIFE)
    assert late.outcome is CodeOutcome.EXPIRED
    strange = await stores.login.try_code(*MINE, "ü" * 64, NOW)
    assert strange.outcome is CodeOutcome.WRONG


async def test_a_code_tried_many_times_at_once_counts_each(stores: Stores, others: Stores) -> None:
    await stores.login.issue(a_code("c1"), [])
    uses = await asyncio.gather(
        *(side.login.try_code(*MINE, mac("0"), NOW) for side in (stores, others) * 4)
    )
    outcomes = [use.outcome for use in uses]
    assert outcomes.count(CodeOutcome.WRONG) == 2
    assert outcomes.count(CodeOutcome.EXHAUSTED) == 6
    await stores.login.issue(a_code("c2"), [])
    uses = await asyncio.gather(
        *(side.login.try_code(*MINE, mac("123456"), NOW) for side in (stores, others) * 4)
    )
    assert [use.outcome for use in uses].count(CodeOutcome.RIGHT) == 1


async def test_a_code_that_was_typed_right_is_known_as_such(stores: Stores) -> None:
    for n in range(3):
        await stores.login.issue(a_code(f"c{n}", purpose=f"p{n}"), [])
    await stores.login.try_code(PHONE, 5, "p0", mac("123456"), NOW)
    await stores.login.try_code(PHONE, 5, "p1", mac("123456"), NOW)
    await stores.login.take_grant(PHONE, 5, "p1", NOW)
    await stores.login.try_code(PHONE, 5, "p2", mac("0"), NOW)
    sends = await stores.login.code_sends(PHONE, NOW - SECOND)
    assert [code.used for code in sends] == [True, True, False]


async def test_whoever_judges_a_code_sees_the_numbers_and_the_accounts(stores: Stores) -> None:
    await stores.login.issue(a_code("of neither", phone=OTHER_PHONE, telegram_id=6), [])
    await stores.login.issue(a_code("of the number", telegram_id=6), [])
    await stores.login.issue(a_code("of the account", phone=OTHER_PHONE), [])
    await stores.login.issue(a_code("of both", purpose="x"), [])
    old = NOW - COUNTED_FOR
    await stores.login.issue(a_code("too old", old, purpose="y"), [])
    seen: list[str] = []
    judge = partial(_note, seen)
    await stores.login.issue(a_code("new"), [], judge)
    assert seen == ["of the number", "of the account", "of both"]

    seen.clear()
    await stores.login.try_code(*MINE, mac("0"), NOW, judge)
    assert seen == ["of the number", "of both", "new"]


def _note(seen: list[str], codes: Sequence[Code]) -> None:
    seen.extend(code.id for code in codes)


async def test_what_bars_the_way_to_a_numbers_codes_is_purged_when_nobody_asks(
    stores: Stores,
) -> None:
    keys = {f"codes:{PHONE.digits}", "codes:telegram:5"}

    async def kept() -> set[str]:
        rows = select(attempts.c.key)
        return set(await stores.database.read(lambda conn: conn.execute(rows).scalars().all()))

    await stores.login.issue(a_code("c1"), [])
    later = NOW + timedelta(hours=25)
    await stores.login.issue(a_code("c2", later), [])
    await stores.retention.purge(later)
    assert await kept() == keys, "they were used a moment ago"
    await stores.retention.purge(later + timedelta(hours=25))
    assert await kept() == set()


async def test_codes_of_one_account_for_many_numbers_at_once_are_each_seen(
    stores: Stores, others: Stores
) -> None:
    def at_most_three(codes: Sequence[Code]) -> None:
        if sum(code.telegram_id == 5 for code in codes) >= 3:
            raise CodeSendsExceeded(NOW)

    phones = [Msisdn(f"7701054200{n}") for n in range(8)]
    answers = await asyncio.gather(
        *(
            (stores, others)[n % 2].login.issue(a_code(f"c{n}", phone=phone), [], at_most_three)
            for n, phone in enumerate(phones)
        ),
        return_exceptions=True,
    )
    assert [answer for answer in answers if answer is None] == [None] * 3
    assert {type(answer) for answer in answers} == {type(None), CodeSendsExceeded}


async def test_one_live_session_per_telegram_user(stores: Stores) -> None:
    await stores.effect_store.write([OpenSession(a_session("s1"))])
    await stores.effect_store.write([OpenSession(a_session("other", telegram_id=6))])
    offer = await offered(stores, "token")
    await stores.effect_store.write([OpenSession(a_session("s2", opened_at=NOW + SECOND))])
    first, second = await stores.sessions.read("s1"), await stores.sessions.read("s2")
    assert first is not None
    assert first.ended_at == NOW + SECOND
    assert second == a_session("s2", opened_at=NOW + SECOND)
    assert [session.id for session in await stores.sessions.unended("adm-1")] == ["s2", "other"]
    voided = await stores.actions.read(offer.id)
    assert voided is not None
    assert voided.state is ActionState.VOID


async def test_the_last_session_of_a_chat_is_known_after_its_end(stores: Stores) -> None:
    assert await stores.sessions.last_in(5) is None
    await stores.effect_store.write([OpenSession(a_session("s1"))])
    await stores.effect_store.write([OpenSession(a_session("s2", opened_at=NOW + SECOND))])
    await stores.effect_store.write([EndSession("s2", NOW + MINUTE)])
    last = await stores.sessions.last_in(5)
    assert last is not None
    assert (last.id, last.ended_at) == ("s2", NOW + MINUTE)


async def test_ending_sessions_spares_one_and_voids_offers(stores: Stores) -> None:
    for n in (1, 2, 3):
        await stores.effect_store.write([OpenSession(a_session(f"s{n}", telegram_id=n))])
    offer = await offered(stores, "t1", session_id="s1", telegram_id=1)
    change = await accepted(stores, "t2", session_id="s2", telegram_id=2)
    await stores.effect_store.write([EndSessionsOf("adm-1", NOW, but="s3")])
    assert [session.id for session in await stores.sessions.unended("adm-1")] == ["s3"]
    states = [await stores.actions.read(action.id) for action in (offer, change)]
    assert [action and action.state for action in states] == [
        ActionState.VOID,
        ActionState.ACCEPTED,
    ]
    await stores.effect_store.write([EndSession("s3", NOW), EndSession("s3", NOW + MINUTE)])
    ended = await stores.sessions.read("s3")
    assert ended is not None
    assert ended.ended_at == NOW


async def test_another_company_voids_the_sessions_offers(stores: Stores) -> None:
    await stores.effect_store.write([OpenSession(a_session("s1"))])
    offer = await offered(stores, "token")
    await stores.sessions.choose_company("s1", "company-2")
    session, action = await stores.sessions.read("s1"), await stores.actions.read(offer.id)
    assert session is not None
    assert session.company_id == "company-2"
    assert action is not None
    assert action.state is ActionState.VOID


async def test_deeds_are_all_written_or_none(stores: Stores) -> None:
    await stores.effect_store.write([OpenSession(a_session("s1"))])
    with pytest.raises(IntegrityError):
        await stores.effect_store.write([a_message(), OpenSession(a_session("s1"))])
    assert await stores.outbox.waiting() == 0
    session = await stores.sessions.read("s1")
    assert session is not None
    assert session.ended_at is None
    await stores.effect_store.write([])


async def test_the_login_before_this_one(stores: Stores) -> None:
    for key, at, telegram in (("s1", NOW, 5), ("s2", NOW + HOUR, 6), ("s3", NOW + 2 * HOUR, 7)):
        await stores.effect_store.write(
            [OpenSession(a_session(key, telegram_id=telegram, opened_at=at))]
        )
    before = stores.sessions.login_before
    assert await before("adm-1", "s1") is None
    assert await before("adm-1", "s2") == NOW
    assert await before("adm-1", "s3") == NOW + HOUR
    assert await before("adm-2", "s3") is None
