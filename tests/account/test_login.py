"""Logging in, the first password, the forgotten one: and that a stranger learns nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta

import pytest

from account.access.login import lock_for
from account.credentials.one_time_codes import Address, code_address
from account.credentials.passwords import Passwords
from account.effects.effect import Channel
from account.effects.history import HistoryEvent
from account.errors import (
    BadCredentials,
    CarrierUnavailable,
    CodeAttemptsExceeded,
    CodeExpired,
    CodeInvalid,
    CodeMalformed,
    CodeOwnerUnproven,
    CodeSendsExceeded,
    CodeTooEarly,
    PasswordFault,
    PasswordMismatch,
    PasswordWeak,
    ResetExpired,
)
from account.identity.directory import Administrator
from account.identity.sessions import Session, SessionLimits
from account.values.identifiers import Email, Msisdn
from tests.account.world import AIGUL, HER_PHONE, NOON, STRANGER, World

PASSWORD = "тоғыз ат 9"
NEW = "он екі құлын"
UNKNOWN = Msisdn("77010000001")
NEVER_IN = Msisdn("77010000002")


async def with_password(world: World, *, known: bool = True) -> None:
    """Айгүл has a password; her Telegram is known from before."""
    world.ledger.passwords["adm-1"] = await world.passwords.hash(PASSWORD)
    if known:
        world.ledger.people.logged_in("adm-1", AIGUL, world.clock.now())


async def log_in(
    world: World, password: str = PASSWORD, who: int = AIGUL, phone: Msisdn = HER_PHONE
) -> Session:
    return await world.login.with_password(who, phone, password, "kk")


async def refused(world: World, password: str = "wrong", who: int = AIGUL, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(BadCredentials):
            await log_in(world, password, who)


def a_code_but(code: str) -> str:
    return "000000" if code != "000000" else "111111"


# --- The door --------------------------------------------------------------------------------


async def test_the_right_password_opens_a_session(world: World) -> None:
    await with_password(world)

    session = await log_in(world)

    assert world.ledger.sessions[session.id] == session
    assert (session.telegram_id, session.administrator_id) == (AIGUL, "adm-1")
    assert (session.phone, session.company_id, session.opened_at) == (HER_PHONE, None, NOON)
    assert [entry.what for entry in world.ledger.entries] == [HistoryEvent.LOGIN]
    assert world.ledger.owed == []


async def test_a_new_session_ends_the_one_before(world: World) -> None:
    await with_password(world)
    first = await log_in(world)

    await log_in(world)

    assert world.ledger.sessions[first.id].ended_at == NOON


async def test_a_login_from_another_telegram_is_told_to_the_owner_once(world: World) -> None:
    await with_password(world)

    await log_in(world, who=7009)
    await log_in(world, who=7009)

    notice, in_chat, to_colleagues = world.ledger.owed
    assert (notice.kind, notice.channel, notice.to) == (
        "login.new_telegram",
        Channel.SMS,
        HER_PHONE.digits,
    )
    assert (in_chat.kind, in_chat.channel, in_chat.to) == (
        "login.new_telegram",
        Channel.TELEGRAM,
        str(AIGUL),
    )
    assert (to_colleagues.kind, to_colleagues.to) == ("colleague.login", "adm-1")
    assert set(world.ledger.people.accounts["adm-1"]) == {AIGUL, 7009}


@pytest.mark.parametrize(
    "case", ["unknown number", "wrong password", "no password yet", "empty", "locked"]
)
async def test_every_refusal_is_the_same_after_the_same_work(world: World, case: str) -> None:
    await with_password(world)
    phone, password = HER_PHONE, "wrong"
    if case == "unknown number":
        phone = UNKNOWN
    elif case == "no password yet":
        phone = NEVER_IN
        world.carrier.administrators[phone.digits] = replace(world.aigul, id="adm-2", phone=phone)
    elif case == "empty":
        password = ""
    elif case == "locked":
        await refused(world, times=5)
        password = PASSWORD
    world.passwords.compared = 0

    with pytest.raises(BadCredentials) as answer:
        await log_in(world, password, phone=phone)

    assert (str(answer.value), answer.value.args) == ("", ())
    assert world.passwords.compared == 1
    assert "s-1" in world.ledger.sessions
    assert len(world.ledger.sessions) == 1


async def test_a_password_is_taken_in_any_composition_of_its_letters(world: World) -> None:
    longest = "йё" * 64
    world.ledger.passwords["adm-1"] = await world.passwords.hash(longest)

    await log_in(world, unicodedata.normalize("NFD", longest))


async def test_what_was_typed_is_kept_nowhere(world: World) -> None:
    await with_password(world)
    await refused(world, "hunter2-hunter2")
    await log_in(world)

    kept = repr(world.ledger)
    assert "hunter2" not in kept
    assert PASSWORD not in kept


async def test_a_refused_login_is_in_the_history(world: World) -> None:
    await with_password(world)
    await refused(world)

    [entry] = world.ledger.entries
    assert (entry.what, entry.result, entry.administrator_id) == (
        HistoryEvent.LOGIN_REFUSED,
        "refused",
        "adm-1",
    )


async def test_a_silent_operator_is_no_wrong_try(world: World) -> None:
    await with_password(world)
    world.carrier.down = True

    with pytest.raises(CarrierUnavailable):
        await log_in(world, "wrong")

    assert world.ledger.tries == {}


async def test_a_password_of_yesterdays_parameters_is_hashed_anew(world: World) -> None:
    weaker = Passwords(b"pepper", time_cost=1, memory_kib=16, threads=1)
    old = await weaker.hash(PASSWORD)
    weaker.close()
    world.ledger.passwords["adm-1"] = old

    await log_in(world)
    renewed = world.ledger.passwords["adm-1"]
    await log_in(world)

    assert renewed != old
    assert world.ledger.passwords["adm-1"] == renewed
    assert not world.passwords.outdated(renewed)


# --- Locks -----------------------------------------------------------------------------------


async def test_five_wrong_tries_in_a_row_lock_for_a_quarter_of_an_hour(world: World) -> None:
    await with_password(world)
    await refused(world, times=5)

    await refused(world, PASSWORD)
    world.wait(minutes=14, seconds=59.9)
    await refused(world, PASSWORD)
    world.wait(seconds=0.1)
    await log_in(world)


async def test_four_wrong_tries_lock_nothing_and_a_right_one_forgets_them(world: World) -> None:
    await with_password(world)
    for _ in range(3):
        await refused(world, times=4)
        await log_in(world)


async def test_locks_double_up_to_a_day(world: World) -> None:
    await with_password(world)

    for minutes in (15, 30, 60, 120):
        await refused(world, times=5)
        world.wait(minutes=minutes, seconds=-0.1)
        await refused(world, PASSWORD)
        world.wait(seconds=0.1)

    await log_in(world)
    await refused(world, times=5)
    world.wait(minutes=15)
    await log_in(world)
    hours = [lock_for(level) / timedelta(hours=1) for level in range(1, 11)]
    assert hours == [0.25, 0.5, 1, 2, 4, 8, 16, 24, 24, 24]
    assert lock_for(10_000) == timedelta(hours=24)


async def test_tries_under_a_lock_do_not_prolong_it(world: World) -> None:
    await with_password(world)
    await refused(world, times=30)

    world.wait(minutes=15)
    await log_in(world)


async def test_a_stranger_cannot_lock_the_owner_out(world: World) -> None:
    await with_password(world)

    await refused(world, who=STRANGER, times=50)
    await refused(world, PASSWORD, who=STRANGER)

    await log_in(world)


async def test_strangers_together_have_one_budget_for_a_number(world: World) -> None:
    await with_password(world)
    for stranger in range(5):
        await refused(world, who=STRANGER + stranger)

    await refused(world, PASSWORD, who=STRANGER + 9)


async def test_a_stranger_has_one_budget_for_all_numbers(world: World) -> None:
    await with_password(world)
    for n in range(5):
        with pytest.raises(BadCredentials):
            await log_in(world, who=STRANGER, phone=Msisdn(f"7701000001{n}"))

    await refused(world, PASSWORD, who=STRANGER)
    await log_in(world)


async def test_a_locked_strangers_tries_do_not_use_up_anybody_elses(world: World) -> None:
    await with_password(world)
    for n in range(5):
        with pytest.raises(BadCredentials):
            await log_in(world, who=STRANGER, phone=Msisdn(f"7701000001{n}"))
    await refused(world, who=STRANGER, times=5)

    await log_in(world, who=7009)  # her other telephone


async def test_the_owner_locks_herself_alone(world: World) -> None:
    await with_password(world)
    await refused(world, times=5)

    await refused(world, PASSWORD)
    await log_in(world, who=7009)  # her other telephone


async def test_the_owner_is_told_once_a_lock(world: World) -> None:
    await with_password(world)
    await refused(world, who=STRANGER, times=12)

    assert [(owed.kind, owed.to) for owed in world.ledger.owed] == [
        ("login.locked", HER_PHONE.digits),
        ("login.locked", str(AIGUL)),
    ]

    world.wait(minutes=15)
    await refused(world, who=STRANGER, times=5)
    assert [owed.kind for owed in world.ledger.owed] == ["login.locked"] * 4


async def test_tries_at_an_unknown_number_are_told_to_nobody(world: World) -> None:
    for _ in range(9):
        with pytest.raises(BadCredentials):
            await log_in(world, who=STRANGER, phone=UNKNOWN)

    assert world.ledger.owed == []
    # The history keeps them, or an unknown number would be less work than a known one.
    assert {entry.administrator_id for entry in world.ledger.entries} == {""}


# --- Where codes go --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phone", "register", "email", "address"),
    [
        ("77010542005", None, "a@alpha.kz", Address(Channel.SMS, "77010542005")),
        ("77051234567", None, None, Address(Channel.SMS, "77051234567")),
        ("77071234567", None, "a@alpha.kz", Address(Channel.SMS, "77071234567")),
        ("79161234567", None, "a@alpha.kz", Address(Channel.MAIL, "a@alpha.kz")),
        ("996555123456", None, None, None),
        # Numbers move between operators: the operator's word wins over the country.
        ("77071234567", False, None, Address(Channel.SMS, "77071234567")),
        ("79161234567", False, None, Address(Channel.SMS, "79161234567")),
        ("77471234567", True, None, None),
        ("77010542005", True, "a@alpha.kz", Address(Channel.MAIL, "a@alpha.kz")),
        ("77010542005", True, None, None),
    ],
)
def test_codes_go_where_they_can_arrive(
    phone: str, register: bool | None, email: str | None, address: Address | None
) -> None:
    administrator = Administrator(
        "adm-1", "Айгүл", Msisdn(phone), Email(email) if email else None, register
    )

    assert code_address(administrator) == address


async def test_a_code_is_six_figures_in_the_persons_language(world: World) -> None:
    asked = await world.login.ask_code(AIGUL, HER_PHONE, "kk")

    [message] = world.ledger.owed
    assert (message.channel, message.to, message.kind, message.language) == (
        Channel.SMS,
        HER_PHONE.digits,
        "code.reset",
        "kk",
    )
    assert len(world.last_code()) == 6
    assert world.last_code().isascii()
    assert world.last_code().isdigit()
    assert message.expires_at == asked.expires_at == NOON + timedelta(minutes=3)
    assert asked.resend_at == NOON + timedelta(seconds=60)
    assert world.last_code() not in repr(world.ledger.codes)


async def test_an_unknown_number_gets_the_same_answers_and_no_code(world: World) -> None:
    known = await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    unknown = await world.login.ask_code(STRANGER, UNKNOWN, "kk")

    assert replace(unknown, phone=HER_PHONE) == known
    assert len(world.ledger.owed) == 1
    code = world.last_code()
    for who, phone in ((AIGUL, HER_PHONE), (STRANGER, UNKNOWN)):
        with pytest.raises(CodeTooEarly):
            await world.login.ask_code(who, phone, "kk")
        for left in (2, 1):
            with pytest.raises(CodeInvalid) as wrong:
                await world.login.enter_code(who, phone, a_code_but(code))
            assert wrong.value.left == left
        with pytest.raises(CodeAttemptsExceeded):
            await world.login.enter_code(who, phone, a_code_but(code))


async def test_without_an_address_for_it_nothing_is_sent_and_nothing_told(world: World) -> None:
    known = await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    phone = Msisdn("77071234567")
    world.carrier.administrators[phone.digits] = Administrator("adm-2", "Болат", phone, None, True)

    asked = await world.login.ask_code(7002, phone, "kk")

    assert replace(asked, phone=HER_PHONE) == known
    assert len(world.code_messages()) == 1


# --- Limits of codes -------------------------------------------------------------------------


def she_is_known(world: World) -> None:
    """Her account has logged in before."""
    world.ledger.people.logged_in("adm-1", AIGUL, world.clock.now())


async def reset(world: World, who: int, *, shared: bool = False) -> None:
    """A reset up to the right code."""
    await world.login.ask_code(who, HER_PHONE, "kk", shared=shared)
    await world.login.enter_code(who, HER_PHONE, world.last_code())


@pytest.mark.parametrize(
    ("after", "seconds"), [(0, 60), (0.1, 60), (29.5, 31), (59, 1), (59.9, 1), (60.0, None)]
)
async def test_the_next_code_comes_after_sixty_seconds(
    world: World, after: float, seconds: int | None
) -> None:
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    world.wait(seconds=after)

    if seconds is None:
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")
        assert len(world.code_messages()) == 2
        return
    with pytest.raises(CodeTooEarly) as early:
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    assert early.value.seconds == seconds
    assert len(world.code_messages()) == 1


async def test_asking_from_another_telegram_is_no_way_around_the_wait(world: World) -> None:
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")

    with pytest.raises(CodeTooEarly):
        await world.login.ask_code(STRANGER, HER_PHONE, "kk")


async def test_five_codes_an_hour(world: World) -> None:
    she_is_known(world)
    for _ in range(5):
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")
        world.wait(minutes=2)

    with pytest.raises(CodeSendsExceeded) as exceeded:
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    assert exceeded.value.until == NOON + timedelta(hours=1)

    world.wait(minutes=50)
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")


async def test_a_code_that_was_typed_right_gives_its_place_back(world: World) -> None:
    she_is_known(world)
    for _ in range(20):
        await reset(world, AIGUL)
        world.wait(minutes=1)
    for _ in range(5):
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")
        world.wait(minutes=1)
    with pytest.raises(CodeSendsExceeded):
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")


@pytest.mark.parametrize("trusted", ["known", "shared"])
async def test_strangers_at_their_bound_leave_the_owner_alone(world: World, trusted: str) -> None:
    if trusted == "known":
        she_is_known(world)
    for n in range(2):
        await world.login.ask_code(STRANGER + n, HER_PHONE, "kk")
        typed = a_code_but(world.last_code())
        for _ in range(3):
            with pytest.raises((CodeInvalid, CodeAttemptsExceeded)):
                await world.login.enter_code(STRANGER + n, HER_PHONE, typed)
        world.wait(minutes=1)
    with pytest.raises(CodeOwnerUnproven) as refused:
        await world.login.ask_code(STRANGER + 2, HER_PHONE, "kk")
    assert refused.value.until == NOON + timedelta(days=1, minutes=3)

    await reset(world, AIGUL, shared=trusted == "shared")


async def test_an_account_unknown_to_the_number_is_a_stranger_like_any(world: World) -> None:
    for _ in range(2):
        await world.login.ask_code(STRANGER, HER_PHONE, "kk")
        world.wait(minutes=1)
    with pytest.raises(CodeOwnerUnproven):
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")


async def test_the_owners_codes_are_none_of_the_strangers(world: World) -> None:
    she_is_known(world)
    for _ in range(3):
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")
        world.wait(minutes=1)
    await world.login.ask_code(STRANGER, HER_PHONE, "kk")


async def test_one_account_has_one_budget_over_all_numbers(world: World) -> None:
    phones = [Msisdn(f"7701000002{n}") for n in range(10)]
    for phone in phones:
        await world.login.ask_code(STRANGER, phone, "kk")
    with pytest.raises(CodeSendsExceeded) as exceeded:
        await world.login.ask_code(STRANGER, HER_PHONE, "kk")
    assert exceeded.value.until == NOON + timedelta(days=1)
    assert not isinstance(exceeded.value, CodeOwnerUnproven)
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")


async def test_ten_codes_a_day(world: World) -> None:
    she_is_known(world)
    for _ in range(10):
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")
        world.wait(minutes=30)

    with pytest.raises(CodeSendsExceeded) as exceeded:
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    assert exceeded.value.until == NOON + timedelta(days=1)

    world.wait(hours=19)
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")


async def test_a_code_is_good_for_three_minutes(world: World) -> None:
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    world.wait(minutes=3)
    with pytest.raises(CodeExpired):
        await world.login.enter_code(AIGUL, HER_PHONE, world.last_code())

    await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    world.wait(minutes=2, seconds=59.9)
    await world.login.enter_code(AIGUL, HER_PHONE, world.last_code())


async def test_three_wrong_codes_kill_the_code(world: World) -> None:
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    wrong = a_code_but(world.last_code())

    left = []
    for _ in range(2):
        with pytest.raises(CodeInvalid) as refusal:
            await world.login.enter_code(AIGUL, HER_PHONE, wrong)
        left.append(refusal.value.left)
    with pytest.raises(CodeAttemptsExceeded):
        await world.login.enter_code(AIGUL, HER_PHONE, wrong)
    with pytest.raises(CodeAttemptsExceeded):
        await world.login.enter_code(AIGUL, HER_PHONE, world.last_code())

    assert left == [2, 1]


async def test_a_new_code_does_not_forget_the_wrong_ones(world: World) -> None:
    she_is_known(world)
    wrong = 0
    while wrong < 10:
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")
        typed = a_code_but(world.last_code())
        for _ in range(2):
            with pytest.raises(CodeInvalid):
                await world.login.enter_code(AIGUL, HER_PHONE, typed)
            wrong += 1
        world.wait(minutes=20)

    with pytest.raises(CodeAttemptsExceeded):
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    world.wait(hours=22, minutes=22)
    with pytest.raises(CodeAttemptsExceeded):
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    world.wait(minutes=1)  # the first two were tried a day ago at the latest
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")


async def test_the_tenth_wrong_code_of_a_day_is_the_last(world: World) -> None:
    she_is_known(world)
    for _ in range(3):
        await world.login.ask_code(AIGUL, HER_PHONE, "kk")
        for _ in range(3):
            with pytest.raises((CodeInvalid, CodeAttemptsExceeded)):
                await world.login.enter_code(AIGUL, HER_PHONE, a_code_but(world.last_code()))
        world.wait(minutes=20)
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    with pytest.raises((CodeInvalid, CodeAttemptsExceeded)):
        await world.login.enter_code(AIGUL, HER_PHONE, a_code_but(world.last_code()))

    with pytest.raises(CodeAttemptsExceeded):
        await world.login.enter_code(AIGUL, HER_PHONE, world.last_code())


async def test_a_new_code_kills_the_old_one(world: World) -> None:
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    old = world.last_code()
    world.wait(seconds=60)
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    new = world.last_code()

    if old != new:
        with pytest.raises(CodeInvalid):
            await world.login.enter_code(AIGUL, HER_PHONE, old)
    await world.login.enter_code(AIGUL, HER_PHONE, new)


async def test_a_code_is_good_once(world: World) -> None:
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    await world.login.enter_code(AIGUL, HER_PHONE, world.last_code())

    with pytest.raises(CodeExpired):
        await world.login.enter_code(AIGUL, HER_PHONE, world.last_code())


async def test_a_code_is_good_for_one_person_one_number_and_one_purpose(world: World) -> None:
    other = Msisdn("77010542008")
    world.carrier.administrators[other.digits] = replace(world.aigul, id="adm-2", phone=other)
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    code = world.last_code()
    await world.login.ask_code(AIGUL, other, "kk")

    elsewhere: list[Awaitable[None]] = [
        world.login.enter_code(STRANGER, HER_PHONE, code),
        world.codes.check(HER_PHONE, AIGUL, "step-up:any", code),
    ]
    for attempt in elsewhere:
        with pytest.raises(CodeExpired):
            await attempt
    if code != world.last_code():
        with pytest.raises(CodeInvalid):
            await world.login.enter_code(AIGUL, other, code)
    await world.login.enter_code(AIGUL, HER_PHONE, code)


@pytest.mark.parametrize(
    "typed",
    ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "\ud83d", "\x00", "9" * 4_096],
)
async def test_what_is_no_code_costs_no_try(world: World, typed: str) -> None:
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")

    for _ in range(4):
        with pytest.raises(CodeMalformed):
            await world.login.enter_code(AIGUL, HER_PHONE, typed)
    await world.login.enter_code(AIGUL, HER_PHONE, world.last_code())


@pytest.mark.parametrize("written", [" {0}{1}\n", "{0} {1}", "{0}\u00a0{1}", "{0}-{1}"])
async def test_gaps_in_the_code_do_no_harm(world: World, written: str) -> None:
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")

    code = world.last_code()
    await world.login.enter_code(AIGUL, HER_PHONE, written.format(code[:3], code[3:]))


async def test_a_code_that_was_never_asked_for(world: World) -> None:
    with pytest.raises(CodeExpired):
        await world.login.enter_code(AIGUL, HER_PHONE, "123456")


# --- The new password ------------------------------------------------------------------------


async def proven(world: World) -> None:
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    await world.login.enter_code(AIGUL, HER_PHONE, world.last_code())


async def set_new(
    world: World, password: str = NEW, again: str | None = None, who: int = AIGUL
) -> Session:
    draft = await world.login.draft_password(who, HER_PHONE, password)
    return await world.login.set_password(
        who, HER_PHONE, draft, password if again is None else again, "kk"
    )


async def test_the_first_password_lets_the_person_in(world: World) -> None:
    await proven(world)

    session = await set_new(world)

    assert world.ledger.sessions[session.id].ended_at is None
    assert [entry.what for entry in world.ledger.entries] == [
        HistoryEvent.LOGIN,
        HistoryEvent.PASSWORD_CHANGED,
    ]
    told = [owed.kind for owed in world.ledger.owed[1:]]
    assert told == ["password.changed", "colleague.password"]
    await log_in(world, NEW)


async def test_a_new_password_ends_every_other_session_and_the_old_password(
    world: World,
) -> None:
    await with_password(world)
    elsewhere = await log_in(world, who=7009)
    await proven(world)

    session = await set_new(world)

    live = [kept.id for kept in world.ledger.sessions.values() if kept.ended_at is None]
    assert live == [session.id]
    assert world.ledger.sessions[elsewhere.id].ended_at == world.clock.now()
    await refused(world, PASSWORD)
    await log_in(world, NEW)


async def test_a_new_password_lifts_the_locks_of_the_number(world: World) -> None:
    await with_password(world)
    await refused(world, times=5)
    await proven(world)

    await set_new(world)

    await log_in(world, NEW)
    await log_in(world, NEW, who=7009)


async def test_a_right_code_gives_ten_minutes_for_the_password(world: World) -> None:
    await proven(world)
    world.wait(minutes=10)
    await set_new(world)

    world.wait(hours=1)
    await proven(world)
    world.wait(minutes=10, seconds=0.1)
    with pytest.raises(ResetExpired):
        await set_new(world, "жаңа құпия сөз")
    await log_in(world, NEW)


async def test_one_code_sets_one_password(world: World) -> None:
    await proven(world)
    await set_new(world)

    with pytest.raises(ResetExpired):
        await set_new(world, "жаңа құпия сөз")
    await log_in(world, NEW)


async def test_without_a_code_nobody_sets_a_password(world: World) -> None:
    await with_password(world)
    with pytest.raises(ResetExpired):
        await set_new(world)
    await world.login.ask_code(AIGUL, HER_PHONE, "kk")
    with pytest.raises(ResetExpired):
        await set_new(world)
    await world.login.enter_code(AIGUL, HER_PHONE, world.last_code())
    with pytest.raises(ResetExpired):
        await set_new(world, who=STRANGER)

    assert world.ledger.sessions.keys() == {"s-1"}
    await log_in(world)


async def test_two_different_passwords_cost_nothing_but_another_try(world: World) -> None:
    await proven(world)

    with pytest.raises(PasswordMismatch):
        await set_new(world, NEW, again=NEW + "!")
    await set_new(world)


async def test_the_second_writing_may_be_composed_otherwise(world: World) -> None:
    await proven(world)

    longest = "ёж и йод" * 16
    await set_new(world, longest, again=unicodedata.normalize("NFD", longest))


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        (PASSWORD, PasswordFault.SAME),
        (unicodedata.normalize("NFD", PASSWORD), PasswordFault.SAME),
        ("Айгүл Серікова 1990", PasswordFault.IS_NAME),
        ("alphallp2022", PasswordFault.IS_NAME),
        ("+7 701 054 20 05", PasswordFault.IS_PHONE),
        ("short", PasswordFault.TOO_SHORT),
    ],
)
async def test_which_new_passwords_are_refused_at_once(
    world: World, password: str, reason: PasswordFault
) -> None:
    await with_password(world)
    await proven(world)

    with pytest.raises(PasswordWeak) as weak:
        await world.login.draft_password(AIGUL, HER_PHONE, password)
    assert weak.value.reason is reason


async def test_between_the_two_messages_only_a_hash_is_kept(world: World) -> None:
    await proven(world)
    draft = await world.login.draft_password(AIGUL, HER_PHONE, NEW)

    assert draft.startswith("$argon2id$")
    assert NEW not in draft


async def test_an_unknown_number_can_neither_draft_nor_set(world: World) -> None:
    await world.login.ask_code(STRANGER, UNKNOWN, "kk")
    with pytest.raises(ResetExpired):
        await world.login.draft_password(STRANGER, UNKNOWN, NEW)
    draft = await world.passwords.hash(NEW)
    with pytest.raises(ResetExpired):
        await world.login.set_password(STRANGER, UNKNOWN, draft, NEW, "kk")


# --- The session -----------------------------------------------------------------------------


async def test_logging_out_ends_the_session_and_what_it_was_offered(world: World) -> None:
    offer = await world.offered()

    await world.login.log_out(world.session)

    assert world.ledger.sessions["s-1"].ended_at == NOON
    assert world.action(offer.action).state.value == "void"
    assert [entry.what for entry in world.ledger.entries] == [HistoryEvent.LOGOUT]


@pytest.mark.parametrize(
    ("opened", "seen", "ended", "alive"),
    [
        (timedelta(0), timedelta(0), False, True),
        (timedelta(hours=1), timedelta(minutes=29, seconds=59), False, True),
        (timedelta(hours=1), timedelta(minutes=30), False, False),
        (timedelta(hours=11, minutes=59), timedelta(0), False, True),
        (timedelta(hours=12), timedelta(0), False, False),
        (timedelta(0), timedelta(0), True, False),
    ],
)
def test_a_session_ends_by_rest_by_age_and_by_hand(
    world: World, opened: timedelta, seen: timedelta, ended: bool, alive: bool
) -> None:
    session = replace(
        world.session,
        opened_at=NOON - opened,
        seen_at=NOON - seen,
        ended_at=NOON if ended else None,
    )

    assert session.alive(NOON, SessionLimits()) is alive
