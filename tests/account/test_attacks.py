"""What an attacker can reach in a day and in a month, to the exact number (safety.md section 2).

The figures here stand in docs/reliability.md; a change of a limit has to be written down there.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from account.access.login import WRONG_IN_A_ROW, lock_for
from account.credentials.one_time_codes import CODE_LIFE, COUNTED_FOR, WRONG_CODES_A_DAY, Asker
from account.errors import (
    BadCredentials,
    CodeAttemptsExceeded,
    CodeExpired,
    CodeInvalid,
    CodeSendsExceeded,
    CodeTooEarly,
    LoginRefused,
    PasswordWeak,
    ResetExpired,
)
from account.values.identifiers import Msisdn
from storage.stores.login import FADE
from tests.account.attacked_login import (
    DAY,
    GUESS,
    MONTH,
    OTHER,
    PASSWORD,
    SENT,
    AttackedLogin,
    attacked_login,
)
from tests.account.world import AIGUL, HER_PHONE, NOON

TRIES_IN_A_DAY, TRIES_IN_A_MONTH = 35, 673
WRONG_CODES_IN_A_DAY, WRONG_CODES_IN_A_MONTH = 6, 180
CODES_IN_A_DAY, CODES_IN_A_MONTH = 2, 60
CODES_OF_ONE_ACCOUNT_IN_A_DAY = 10


@pytest.fixture
async def attacked(tmp_path: Path) -> AsyncIterator[AttackedLogin]:
    async with attacked_login(tmp_path) as ready:
        yield ready


# --- Guessing a password ---------------------------------------------------------------------


@cache
def most_tries(left: timedelta, level: int = 0) -> tuple[int, bool]:
    """The most guesses that fit in `left` after so many locks, and whether to rest for them.

    Besides taking lock after lock one may stop one guess short of the next lock and keep quiet
    until all is forgotten; nothing else changes what the counters hold.
    """
    if left < timedelta(0):
        return 0, False
    spared = WRONG_IN_A_ROW - 1
    straight = WRONG_IN_A_ROW + most_tries(left - lock_for(level + 1), level + 1)[0]
    rested = spared + (most_tries(left - FADE, 0)[0] if level else 0)
    return (rested, True) if rested > straight else (straight, False)


async def guesses(attacked: AttackedLogin, *, over: timedelta, fresh: bool) -> list[datetime]:
    """Guess in the best order there is; when the guesses were made that counted as guesses."""
    one, end, level, made = attacked.stranger(), attacked.now + over, 0, list[datetime]()
    while attacked.now < end:
        rest = most_tries(end - attacked.now - timedelta(microseconds=1), level)[1]
        for _ in range(WRONG_IN_A_ROW - rest):
            assert await attacked.tries(who=None if fresh else one)
            made.append(attacked.now)
        if not rest:
            assert not await attacked.tries(PASSWORD, who=None if fresh else one), "under the lock"
        level = 0 if rest else level + 1
        attacked.wait_until(attacked.now + (FADE if rest else lock_for(level)))
    return made


def most_within(moments: list[datetime], span: timedelta) -> int:
    """The most of these moments that any such span holds, its end not included."""
    inside: deque[datetime] = deque()
    most = 0
    for moment in moments:
        inside.append(moment)
        while inside[0] <= moment - span:
            inside.popleft()
        most = max(most, len(inside))
    return most


@pytest.mark.parametrize("fresh", [False, True], ids=["one account", "an account per guess"])
async def test_a_month_of_guessing_one_number(attacked: AttackedLogin, *, fresh: bool) -> None:
    await attacked.moves_in()
    made = await guesses(attacked, over=MONTH, fresh=fresh)
    assert len(made) == TRIES_IN_A_MONTH
    assert most_within(made, DAY) <= TRIES_IN_A_DAY
    assert len(made) == most_tries(MONTH - timedelta(microseconds=1))[0]
    assert await attacked.gets_in(), "the owner was locked out by strangers"


async def test_the_worst_day_of_guessing_one_number(attacked: AttackedLogin) -> None:
    await attacked.moves_in()
    assert len(await guesses(attacked, over=DAY, fresh=True)) == TRIES_IN_A_DAY


async def test_strangers_lock_the_owner_out_at_no_time(attacked: AttackedLogin) -> None:
    await attacked.moves_in()
    for level in range(1, 12):
        for _ in range(2 * WRONG_IN_A_ROW):
            await attacked.tries()
        assert await attacked.gets_in()
        attacked.wait_until(attacked.now + lock_for(level))


async def test_spraying_one_password_over_all_numbers(attacked: AttackedLogin) -> None:
    """A Telegram account has one budget over all numbers together."""
    phones = [Msisdn(f"7701000{n:04}") for n in range(100)]
    for n, phone in enumerate(phones):
        attacked.administrator(phone, f"adm-{n + 100}")
    await attacked.moves_in(phones[99])
    one, level, asked = attacked.stranger(), 0, iter(phones)
    end, made = attacked.now + DAY, 0
    while attacked.now < end:
        for _ in range(WRONG_IN_A_ROW):
            await attacked.tries(who=one, phone=next(asked))
            made += 1
        assert not await attacked.gets_in(one, phones[99]), "the right one under the lock"
        level += 1
        attacked.wait_until(attacked.now + lock_for(level))
    assert made == TRIES_IN_A_DAY


async def test_many_guesses_at_once_are_no_more_guesses(attacked: AttackedLogin) -> None:
    """A lock that came while a guess was being compared counts for that guess."""
    await attacked.moves_in()
    strangers = [attacked.stranger() for _ in range(60)]
    typed = ["a wrong guess"] * 30 + [PASSWORD] + ["a wrong guess"] * 29
    answers = await asyncio.gather(
        *(
            attacked.login.with_password(who, HER_PHONE, password, "en")
            for who, password in zip(strangers, typed, strict=True)
        ),
        return_exceptions=True,
    )
    assert {type(answer) for answer in answers} == {BadCredentials}


async def test_a_right_password_among_few_wrong_ones_gets_in(attacked: AttackedLogin) -> None:
    await attacked.moves_in()
    answers = await asyncio.gather(
        *(attacked.login.with_password(attacked.stranger(), HER_PHONE, "a wrong guess", "en"),),
        attacked.login.with_password(AIGUL, HER_PHONE, PASSWORD, "en"),
        return_exceptions=True,
    )
    assert [isinstance(answer, Exception) for answer in answers] == [True, False]


# --- Guessing a code -------------------------------------------------------------------------


async def ask_when_possible(attacked: AttackedLogin, who: int, until: datetime) -> bool:
    """Ask for a code as soon as one is to be had; False when that is not before `until`."""
    while attacked.now < until:
        try:
            await attacked.login.ask_code(who, HER_PHONE, "en")
        except CodeTooEarly as early:
            attacked.wait_until(attacked.now + timedelta(seconds=early.seconds))
        except CodeSendsExceeded as exceeded:
            attacked.wait_until(exceeded.until)
        except CodeAttemptsExceeded:
            counted = await attacked.stores.login.code_sends(HER_PHONE, attacked.now - COUNTED_FOR)
            oldest = next(code for code in counted if code.wrong)
            attacked.wait_until(oldest.sent_at + COUNTED_FOR)
        else:
            return True
    return False


async def wrong_codes(attacked: AttackedLogin, since: datetime = NOON - DAY) -> int:
    """How many wrong codes were really compared for the number."""
    return sum(code.wrong for code in await attacked.stores.login.code_sends(HER_PHONE, since))


@pytest.mark.parametrize("late", [timedelta(0), CODE_LIFE - timedelta(seconds=1)])
async def test_a_month_of_guessing_codes(attacked: AttackedLogin, late: timedelta) -> None:
    """Typed at once, or as late as a code lives: then days could overlap by three minutes."""
    end, wrong = attacked.now + MONTH, list[datetime]()
    while await ask_when_possible(attacked, who := attacked.stranger(), end):
        attacked.wait_until(attacked.now + late)
        asked = attacked.now - late - timedelta(seconds=1)
        for _ in range(3):
            with pytest.raises(LoginRefused):
                await attacked.login.enter_code(who, HER_PHONE, GUESS)
        wrong.extend([attacked.now] * await wrong_codes(attacked, asked))
    assert most_within(wrong, DAY) == WRONG_CODES_IN_A_DAY
    assert len(wrong) == WRONG_CODES_IN_A_MONTH


@pytest.mark.parametrize("late", [timedelta(0), CODE_LIFE - timedelta(seconds=1)])
async def test_typing_late_and_then_early_is_no_more_tries_in_a_day(
    attacked: AttackedLogin, late: timedelta
) -> None:
    wrong = list[datetime]()
    for wait in (late, late, timedelta(0), timedelta(0)):
        who = attacked.stranger()
        await ask_when_possible(attacked, who, attacked.now + MONTH)
        attacked.wait_until(attacked.now + wait)
        for _ in range(3):
            with pytest.raises(LoginRefused):
                await attacked.login.enter_code(who, HER_PHONE, GUESS)
        wrong.extend([attacked.now] * 3)
    assert most_within(wrong, DAY) == WRONG_CODES_IN_A_DAY


async def test_wrong_codes_of_changes_and_of_resets_are_one_budget(attacked: AttackedLogin) -> None:
    """The owner's own tries, or those of somebody with the open chat."""
    aigul = Asker(AIGUL, trusted=True)
    for purpose in ("reset", "step-up:1", "step-up:2", "reset"):
        await attacked.codes.issue(HER_PHONE, aigul, purpose, None)
        for _ in range(3):
            with pytest.raises((CodeInvalid, CodeAttemptsExceeded)):
                await attacked.codes.check(HER_PHONE, AIGUL, purpose, GUESS)
        attacked.wait_until(attacked.now + timedelta(seconds=60))
    assert await wrong_codes(attacked) == WRONG_CODES_A_DAY
    with pytest.raises(CodeAttemptsExceeded):
        await attacked.codes.issue(HER_PHONE, aigul, "step-up:3", None)


async def test_many_wrong_codes_at_once_are_no_more_tries(attacked: AttackedLogin) -> None:
    """An account holds three live codes; what is left of the day is one try, not three."""
    aigul = Asker(AIGUL, trusted=True)
    for n in range(5):
        await attacked.codes.issue(HER_PHONE, aigul, f"step-up:{n}", None)
    for n in range(3):
        for _ in range(3):
            with pytest.raises((CodeInvalid, CodeAttemptsExceeded)):
                await attacked.codes.check(HER_PHONE, AIGUL, f"step-up:{n}", GUESS)
    at_once = [
        attacked.codes.check(HER_PHONE, AIGUL, f"step-up:{n}", GUESS)
        for n in range(2, 5)
        for _ in range(3)
    ]
    await asyncio.gather(*at_once, return_exceptions=True)
    assert await wrong_codes(attacked) == WRONG_CODES_A_DAY


async def test_a_code_of_another_account_cannot_be_used(attacked: AttackedLogin) -> None:
    await attacked.login.ask_code(AIGUL, HER_PHONE, "en")
    with pytest.raises(CodeExpired):
        await attacked.login.enter_code(attacked.stranger(), HER_PHONE, SENT)


# --- Flooding with codes ---------------------------------------------------------------------


async def test_a_month_of_asking_for_codes(attacked: AttackedLogin) -> None:
    end, sent = attacked.now + MONTH, list[datetime]()
    while await ask_when_possible(attacked, attacked.stranger(), end):
        sent.append(attacked.now)
    assert most_within(sent, DAY) == CODES_IN_A_DAY
    assert len(sent) == CODES_IN_A_MONTH


async def test_asking_at_once_sends_one_code(attacked: AttackedLogin) -> None:
    strangers = [attacked.stranger() for _ in range(50)]
    answers = await asyncio.gather(
        *(attacked.login.ask_code(who, HER_PHONE, "en") for who in strangers),
        return_exceptions=True,
    )
    assert sum(not isinstance(answer, Exception) for answer in answers) == 1
    assert await attacked.sms() == ["code.reset"]


async def test_one_account_asking_for_codes_of_all_numbers(attacked: AttackedLogin) -> None:
    one, sent = attacked.stranger(), 0
    for n in range(50):
        phone = Msisdn(f"7701000{n:04}")
        attacked.administrator(phone, f"adm-{n + 100}")
        with suppress(CodeSendsExceeded):
            await attacked.login.ask_code(one, phone, "en")
            sent += 1
    assert sent == len(await attacked.sms()) == CODES_OF_ONE_ACCOUNT_IN_A_DAY


async def test_one_account_asking_for_codes_of_many_numbers_at_once(
    attacked: AttackedLogin,
) -> None:
    one = attacked.stranger()
    phones = [Msisdn(f"7701000{n:04}") for n in range(50)]
    answers = await asyncio.gather(
        *(attacked.login.ask_code(one, phone, "en") for phone in phones), return_exceptions=True
    )
    sent = sum(not isinstance(answer, Exception) for answer in answers)
    assert sent == CODES_OF_ONE_ACCOUNT_IN_A_DAY


async def test_strangers_keep_the_owner_from_her_codes_at_no_time(attacked: AttackedLogin) -> None:
    await attacked.moves_in()
    end = attacked.now + 2 * DAY
    while await ask_when_possible(attacked, who := attacked.stranger(), end):
        for _ in range(3):
            with pytest.raises(LoginRefused):
                await attacked.login.enter_code(who, HER_PHONE, GUESS)
        attacked.wait_until(attacked.now + timedelta(seconds=60))
        await attacked.login.ask_code(AIGUL, HER_PHONE, "en")
        await attacked.login.enter_code(AIGUL, HER_PHONE, SENT)


async def test_the_sms_of_the_worst_day(attacked: AttackedLogin) -> None:
    """Two codes, and a notice for each of the seven locks."""
    await attacked.moves_in()
    attacked.wait_until(attacked.now + DAY)
    before = len(await attacked.sms())
    start = attacked.now
    await guesses(attacked, over=DAY, fresh=True)
    locked = len(await attacked.sms()) - before
    attacked.clock.advance(start - attacked.now)
    while await ask_when_possible(attacked, attacked.stranger(), start + DAY):
        pass
    assert (locked, len(await attacked.sms()) - before) == (7, 9)


# --- What may be asked without a right code --------------------------------------------------


async def test_the_present_password_is_told_to_nobody_without_a_right_code(
    attacked: AttackedLogin,
) -> None:
    """Else "this is the present password" is a way to guess it without any lock."""
    await attacked.moves_in()
    stranger = attacked.stranger()
    for who in (stranger, AIGUL):  # her code was used up when she set the password
        for password in (PASSWORD, OTHER, "short"):
            with pytest.raises(ResetExpired):
                await attacked.login.draft_password(who, HER_PHONE, password)


async def test_a_right_code_of_long_ago_tells_nothing_any_more(attacked: AttackedLogin) -> None:
    await attacked.moves_in()
    attacked.wait_until(attacked.now + timedelta(minutes=2))
    borrower = attacked.stranger()
    await attacked.login.ask_code(borrower, HER_PHONE, "en")
    await attacked.login.enter_code(borrower, HER_PHONE, SENT)
    with pytest.raises(PasswordWeak):
        await attacked.login.draft_password(borrower, HER_PHONE, PASSWORD)
    attacked.wait_until(attacked.now + timedelta(minutes=10, seconds=1))
    for password in (PASSWORD, OTHER):
        with pytest.raises(ResetExpired):
            await attacked.login.draft_password(borrower, HER_PHONE, password)
