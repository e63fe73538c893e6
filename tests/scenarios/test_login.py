"""Logging in, the first password, the forgotten one, and getting out again (S01, S02)."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

import pytest

from tests.scenarios.conftest import PASSWORD, Stage, log_in, several_companies
from tests.scenarios.phone import Message, Phone

ASSEL = "77010542007"
MARAT = "77012115526"
WRONG = "Phone number or password is wrong"


async def greeted(phone: Phone) -> None:
    """To the first window of the login, by way of the language for a newcomer."""
    window = await phone.command("/start")
    if "English ✓" in window.buttons:
        await phone.tap("English")
    await phone.sees("Enter the Administrator's phone number")


async def tries(phone: Phone, number: str, password: str) -> Message:
    """A login with a password; what the person reads then."""
    await greeted(phone)
    await phone.say(number)
    await phone.sees("Enter the password")
    await phone.say(password)
    return await phone.sees("Enter the password", WRONG)


async def logs_in_with_password(phone: Phone, number: str, password: str = PASSWORD) -> None:
    await greeted(phone)
    await phone.say(number)
    await phone.sees("Enter the password")
    await phone.say(password)
    await phone.sees("Number management")


async def asks_for_code(phone: Phone, number: str) -> Message:
    await greeted(phone)
    await phone.tap("Forgot password?")
    await phone.sees("A code will be sent")
    await phone.say(number)
    return await phone.sees("Enter the 6 digits")


async def set_up(stage: Stage, number: str = MARAT, *, name: str = "Marat") -> Phone:
    """Somebody who has logged in once with a password of their own, and out again."""
    phone = await stage.phone(number, name=name)
    await log_in(phone)
    await phone.sees("Number management")
    await phone.command("/logout")
    await phone.sees("Enter the Administrator's phone number")
    return phone


def besides_the_number(window: Message) -> tuple[str, tuple[str, ...]]:
    """What a window says and offers, without the number that was typed."""
    lines = [line for line in window.text.splitlines() if not line.startswith("+7")]
    return "\n".join(lines), tuple(window.buttons)


# --- the first windows -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "first", "greeting"),
    [("kk", "Қазақша ✓", "Тілді таңдаңыз"), ("ru", "Русский ✓", "Выберите язык")],
)
async def test_the_language_of_the_phone_is_offered_first(
    stage: Stage, code: str, first: str, greeting: str
) -> None:
    phone = await stage.phone(ASSEL, language=code)
    await phone.say("/start")
    window = await phone.sees(greeting)
    assert window.buttons[0] == first
    assert len(window.buttons) == 3


async def test_a_language_nobody_here_speaks_is_offered_english(stage: Stage) -> None:
    phone = await stage.phone(ASSEL, language="de")
    await phone.say("hello")
    window = await phone.sees("Choose a language")
    assert window.buttons[0] == "English ✓"


@pytest.mark.parametrize(
    "typed", ["87010542007", "7010542007", "+7 701 054 20 07", "8 (701) 054-20-07"]
)
async def test_a_number_is_understood_in_every_usual_writing(stage: Stage, typed: str) -> None:
    phone = await stage.phone(ASSEL)
    await greeted(phone)
    await phone.say(typed)
    await phone.sees("+7 701 054 20 07", "Enter the password")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("7701ABCDEFG", "This is not a phone number"),
        ("123", "This is not a phone number"),
        ("١٢٣٤٥٦٧٨٩٠١", "This is not a phone number"),
        ("77272596060", "This is not a mobile number"),
    ],
)
async def test_what_is_no_mobile_number_is_refused(stage: Stage, typed: str, sentence: str) -> None:
    phone = await stage.phone(ASSEL)
    await greeted(phone)
    await phone.say(typed)
    await phone.sees("Enter the Administrator's phone number", sentence)


async def test_a_contact_counts_when_it_is_the_own_one(stage: Stage) -> None:
    phone = await stage.phone(ASSEL)
    await greeted(phone)
    await phone.share({"phone_number": MARAT, "user_id": phone.id + 1})
    await phone.sees("This is somebody else's contact")
    await phone.send({"contact": "own", "forward": True})
    await phone.sees("This is somebody else's contact")
    await phone.share("own")
    await phone.sees("+7 701 054 20 07", "Enter the password")
    await phone.no_longer_sees("Welcome to My Account")
    assert not (await phone.chat())["reply_keyboard"]


async def test_who_shares_the_number_gets_a_code_where_strangers_have_used_up_theirs(
    stage: Stage,
) -> None:
    for number in ("77059998801", "77059998802"):
        stranger = await stage.phone(number, name="Stranger")
        await greeted(stranger)
        await stranger.say(ASSEL)
        await stranger.tap("Forgot password?")
        await stranger.sees("Enter the 6 digits")
        await stage.advance(seconds=60)
    phone = await stage.phone(ASSEL)
    await greeted(phone)
    await phone.say(ASSEL)
    await phone.tap("Forgot password?")
    await phone.sees("A code will be sent", "go back and share it with the button", "25.01.2022")
    assert (await phone.chat())["reply_keyboard"]
    assert len(await phone.sms()) == 2
    await phone.share("own")
    await phone.sees("Enter the 6 digits")
    await phone.say(await phone.code(after=2))
    await phone.sees("You need to set a password")


# --- the password ----------------------------------------------------------------------------


async def test_a_password_opens_the_account_and_leaves_the_chat(stage: Stage) -> None:
    phone = await set_up(stage)
    await logs_in_with_password(phone, MARAT)
    assert not any(PASSWORD in message.text for message in await phone.messages())


async def test_every_refusal_is_the_same(stage: Stage) -> None:
    await set_up(stage)
    windows = []
    for number in (MARAT, "77012223344", "77010542011", "77010542010"):
        stranger = await stage.phone("77059998877", name="Stranger")
        window = await tries(stranger, number, "a wrong password")
        windows.append(window)
    assert len({besides_the_number(window) for window in windows}) == 1, "a stranger can tell"


async def test_a_refused_password_leads_to_its_answer_and_back(stage: Stage) -> None:
    await set_up(stage)
    phone = await stage.phone("77059998877", name="Stranger")
    window = await tries(phone, MARAT, "a wrong password")
    assert "❓ What if I can't log in?" in window.buttons
    await phone.tap("What if I can't log in?")
    await phone.sees("What if I can't log into My Account?", "use Forgot password?")
    await phone.tap("Back")
    await phone.sees("Enter the password")


async def test_five_wrong_passwords_lock_and_fifteen_minutes_unlock(stage: Stage) -> None:
    owner = await set_up(stage)
    stranger = await stage.phone("77059998877", name="Stranger")
    window = await tries(stranger, MARAT, "a wrong password")
    for _ in range(4):
        await stranger.say("another wrong one")
        window = await stranger.sees("Enter the password", WRONG)
    await owner.gets_sms("login is paused after several wrong passwords")
    await stranger.say(PASSWORD)
    locked = await stranger.sees("Enter the password", WRONG)
    assert (locked.text, locked.buttons) == (window.text, window.buttons)

    await logs_in_with_password(owner, MARAT)  # a stranger cannot lock the owner out

    await stage.advance(minutes=15, seconds=1)
    await stranger.say(PASSWORD)
    await stranger.sees("Number management")
    assert sum("is paused" in sms["text"] for sms in await owner.sms()) == 1


async def test_an_owner_is_told_of_a_login_from_another_telegram(stage: Stage) -> None:
    owner = await set_up(stage)
    other = await stage.phone(MARAT, name="Second telephone")
    await logs_in_with_password(other, MARAT)
    await owner.gets_sms("opened from a new Telegram account")
    await owner.sees("opened from a new Telegram account", "It was not me")
    await logs_in_with_password(owner, MARAT)
    assert sum("from a new Telegram" in sms["text"] for sms in await owner.sms()) == 1


# --- the code --------------------------------------------------------------------------------


async def test_the_code_is_deleted_and_the_account_opened(stage: Stage) -> None:
    phone = await stage.phone(MARAT)
    await log_in(phone)
    await phone.sees("Number management")
    code = await phone.code()
    texts = [message.text for message in await phone.messages()]
    assert not any(code in text or PASSWORD in text for text in texts)
    await phone.gets_sms("a new password was set")


@pytest.mark.parametrize(
    ("number", "address"),
    [("77071234567", "timur@demo.example"), ("79161234567", "olga@kazyna.example")],
)
async def test_tele2_and_foreign_numbers_get_the_code_by_mail(
    stage: Stage, number: str, address: str
) -> None:
    phone = await stage.phone(number)
    await asks_for_code(phone, number)
    await phone.say(await phone.mail_code(address))
    await phone.sees("Enter a new password")
    assert await phone.sms() == []


async def test_the_register_knows_better_than_the_prefix(stage: Stage) -> None:
    phone = await stage.phone("77081112233")
    await asks_for_code(phone, phone.number)
    await phone.say(await phone.code())
    await phone.sees("Enter a new password")


async def test_who_gets_no_code_reads_the_same(stage: Stage) -> None:
    """Without a registered e-mail, unknown, no administrator any more: nothing is sent."""
    known = await stage.phone(MARAT)
    windows = [await asks_for_code(known, MARAT)]
    await known.code()
    for number in ("77471234567", "77012223344", "77010542011"):
        phone = await stage.phone(number, name="Nobody")
        windows.append(await asks_for_code(phone, number))
        assert await phone.sms() == []
    [(_text, buttons)] = {besides_the_number(window) for window in windows}
    assert buttons == ("Send again in 60 s", "❓ No code?", "‹ Back")


async def test_another_code_is_sent_after_sixty_seconds(stage: Stage) -> None:
    phone = await stage.phone(MARAT)
    await asks_for_code(phone, MARAT)
    first = await phone.code()
    await stage.advance(seconds=59)
    await phone.tap("Send again")
    await phone.sees("A new code can be sent in 1 second.")
    await stage.advance(seconds=1)
    await phone.tap("Send again")
    second = await phone.code(after=1)
    assert len(await phone.sms()) == 2
    if first != second:
        await phone.say(first)
        await phone.sees("The code is wrong. 2 attempts are left.")
    await phone.say(second)
    await phone.sees("Enter a new password")


async def test_the_button_counts_down_by_itself(stage: Stage) -> None:
    phone = await stage.phone(MARAT)
    await asks_for_code(phone, MARAT)
    await stage.advance(seconds=57)
    await phone.say("no code")
    await phone.sees("Send again in 3 s")
    await stage.advance(seconds=3)
    await phone.no_longer_sees("Send again in")
    await phone.sees("Send again")


async def test_a_code_opens_once(stage: Stage) -> None:
    phone = await stage.phone(MARAT)
    await asks_for_code(phone, MARAT)
    code = await phone.code()
    await phone.say(code)
    await phone.sees("Enter a new password")
    await phone.tap("Back")
    await phone.sees("Enter the Administrator's phone number")
    await stage.advance(seconds=60)
    await asks_for_code(phone, MARAT)
    newer = await phone.code(after=1)
    if newer != code:
        await phone.say(code)
        await phone.sees("The code is wrong")


async def test_a_code_lives_three_minutes(stage: Stage) -> None:
    phone = await stage.phone(MARAT)
    await asks_for_code(phone, MARAT)
    code = await phone.code()
    await stage.advance(minutes=3)
    await phone.say(code)
    await phone.sees("The code is no longer valid")


async def test_three_wrong_tries_end_a_code(stage: Stage) -> None:
    phone = await stage.phone(MARAT)
    await asks_for_code(phone, MARAT)
    code = await phone.code()
    wrong = "000000" if code != "000000" else "000001"
    await phone.say(wrong)
    await phone.sees("The code is wrong. 2 attempts are left.")
    await phone.say("12345 6789")
    await phone.sees("This is not a code. Enter its 6 digits.")
    await phone.say(wrong)
    await phone.sees("The code is wrong. 1 attempt is left.")
    await phone.say(wrong)
    await phone.sees("Too many wrong codes")
    await phone.say(code)
    await phone.sees("Enter the 6 digits", "Too many wrong codes")


async def test_the_code_outlives_a_restart_of_the_bot(stage: Stage) -> None:
    phone = await stage.phone(MARAT)
    await asks_for_code(phone, MARAT)
    code = await phone.code()
    await stage.stop_bot()
    await phone.say(code)
    await stage.start_bot()
    await phone.sees("Enter a new password")


# --- the new password ------------------------------------------------------------------------


async def test_a_new_password_has_its_rules(stage: Stage) -> None:
    phone = await set_up(stage)
    await stage.advance(seconds=60)
    await asks_for_code(phone, MARAT)
    await phone.say(await phone.code(after=1))
    await phone.sees("Enter a new password")
    for typed, sentence in (
        ("short", "too short: at least 10 characters"),
        ("q" * 129, "too long: at most 128 characters"),
        ("qwertyuiop", "too common: rows of the keyboard"),
        ("1111111111", "too common: the same characters"),
        ("пароль1234", "too common: it would be guessed first"),
        ("kcell12345", "cannot be the operator's name"),
        ("180140000018", "cannot be the BIN"),
        ("\u200b" * 10, "Invisible characters do not count"),
        ("8 (701) 211-55-26 m", "cannot be the phone number with a few characters added"),
        ("8 (701) 211-55-26", "cannot be the phone number"),
        ("Марат Серікұлы Ибраев", "cannot be your name or the company's name"),
        (PASSWORD, "This is the current password"),
    ):
        await phone.say(typed)
        await phone.sees("Enter a new password", sentence)
    await phone.say("a quite different password")
    await phone.sees("once more")
    await phone.say("a quite different passwort")
    await phone.sees("Enter a new password", "The passwords do not match")
    await phone.say("a quite different password")
    await phone.sees("once more")
    await phone.say("a quite different password")
    await phone.sees("Number management")


async def test_a_new_password_ends_the_sessions_elsewhere(stage: Stage) -> None:
    first = await stage.phone(MARAT)
    await log_in(first)
    await first.sees("Number management")
    await stage.advance(seconds=60)
    second = await stage.phone(MARAT, name="Second telephone")
    await asks_for_code(second, MARAT)
    await second.say(await second.code(after=1))
    await second.sees("Enter a new password")
    await second.say("a quite different password")
    await second.sees("once more")
    await second.say("a quite different password")
    await second.sees("Number management")
    # The warning comes below the window, which is drawn anew there, and whose session has ended.
    await first.hears("A new password was set")
    await first.hears("Your session has ended")
    await first.sees("Enter the Administrator's phone number")


@pytest.mark.parametrize("typed", [[], [PASSWORD]], ids=["first", "once more"])
async def test_setting_a_password_may_take_ten_minutes(stage: Stage, typed: list[str]) -> None:
    phone = await stage.phone(MARAT)
    await asks_for_code(phone, MARAT)
    await phone.say(await phone.code())
    await phone.sees("Enter a new password")
    for one in typed:
        await phone.say(one)
        await phone.sees("once more")
    await stage.advance(minutes=10, seconds=1)
    await phone.say(PASSWORD)
    await phone.sees("Enter the Administrator's phone number", "Time is up")


# --- the end of a session --------------------------------------------------------------------


async def test_logging_out_ends_the_session_at_once(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    window = await phone.window()
    await phone.tap("Profile")
    await phone.tap("Log out")
    await phone.is_told("You are logged out.")
    await phone.sees("Enter the Administrator's phone number")
    assert "Log in" in (await phone.command("/numbers")).text
    assert window.id not in {message.id for message in await phone.messages() if message.buttons}


async def test_half_an_hour_of_silence_ends_a_session(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await stage.advance(minutes=29)
    await phone.tap("Number management")
    await phone.sees("Type any part")
    await stage.advance(minutes=30)
    await phone.tap("Filter")
    await phone.is_told("Your session has ended. Log in again.")
    await phone.sees("+7 701 211 55 26", "Enter the password")


async def test_a_session_ends_after_twelve_hours(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    for _ in range(24):
        await stage.advance(minutes=29)
        assert "Log in" not in (await phone.command("/profile")).text
    await stage.advance(minutes=24)
    assert "Log in" in (await phone.command("/profile")).text


async def test_several_companies_are_asked_for_after_the_login(stage: Stage) -> None:
    phone = await stage.phone(ASSEL)
    await log_in(phone)
    assert await several_companies(phone)


async def at_the_password(stage: Stage) -> tuple[Phone, Message, int]:
    """Where the password is asked for, that window, and how many SMS there are."""
    phone = await set_up(stage)
    await phone.say(MARAT)
    window = await phone.sees("Enter the password", "Forgot password?")
    return phone, window, len(await phone.sms())


async def test_a_button_pressed_while_the_right_password_is_read_does_nothing(
    stage: Stage,
) -> None:
    phone, window, sms = await at_the_password(stage)
    button = next(
        one["callback_data"]
        for row in window.raw["reply_markup"]["inline_keyboard"]
        for one in row
        if "Forgot" in one["text"]
    )
    async with asyncio.TaskGroup() as hands:
        hands.create_task(phone.say(PASSWORD))
        hands.create_task(pressed_after(phone, window.id, button))
    await phone.sees("Number management")
    await phone.command("/menu")
    shown = [message for message in await phone.messages() if message.buttons]
    assert [("Number management" in str(one.buttons)) for one in shown] == [True], shown
    codes = [text for text in (await phone.sms())[sms:] if re.search(r"[0-9]{6}", text["text"])]
    assert codes == [], "a code for nobody"


async def pressed_after(phone: Phone, message_id: int, data: str) -> None:
    """A press that comes right behind the message, for as long as its window is there."""
    await asyncio.sleep(0)
    with suppress(AssertionError):
        await phone.tap_data(message_id, data)


async def test_after_a_wrong_password_one_window_has_the_button(stage: Stage) -> None:
    phone, _window, _sms = await at_the_password(stage)
    await stage.advance(minutes=2)
    await phone.say("wrong password of mine")
    await phone.sees("Enter the password", WRONG)
    assert len([message for message in await phone.messages() if message.buttons]) == 1
    await phone.tap("Forgot password?")
    await phone.sees("Enter the 6 digits")
    assert len([message for message in await phone.messages() if message.buttons]) == 1


async def test_a_password_typed_twice_is_not_looked_for(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say("77010542008")
    await phone.sees("Tariff: ")
    await stage.advance(minutes=31)
    await phone.say("/menu")
    await phone.sees("Enter the password")
    await phone.say(PASSWORD)
    await phone.sees("+7 701 054 20 08", "Tariff: ")
    await phone.say(PASSWORD)
    await phone.sees("+7 701 054 20 08", "Tariff: ", "Your message was deleted.")
    assert not any(PASSWORD in message.text for message in await phone.messages())
    await phone.say(PASSWORD + " or not")
    await phone.sees("Nothing found")
