"""“It was not me”: from the chat, from an SMS in anybody's Telegram, and back again (safety.md)."""

from __future__ import annotations

import re

import pytest

from tests.scenarios.conftest import PASSWORD, Stage
from tests.scenarios.phone import Phone

HER, SHOWN, NAME = "77010542007", "+7 701 054 20 07", "Садыкова"
NEXT = "seven quiet horses by night"
STOPPED = "Changes are stopped, and all sessions have ended."
LINK = re.compile(r"https://t\.me/(\w+)\?start=(nm-[\w-]+)")


async def another_phone(stage: Stage, number: str = HER) -> Phone:
    """Another Telegram account that knows the password."""
    other = await stage.phone(number, name="Another phone")
    await other.say("/start")
    await other.tap("English")
    await other.say(number)
    await other.sees("Enter the password")
    await other.say(PASSWORD)
    await other.sees("Choose a company")
    await other.tap("TOO Demo")
    await other.sees("37 numbers")
    return other


async def link_in(phone: Phone, words: str) -> str:
    """What stands behind `?start=` in the newest SMS with these words."""
    found = LINK.search(await phone.gets_sms(words))
    assert found is not None
    return found.group(2)


async def stranger(stage: Stage) -> Phone:
    """Somebody whom nobody here knows."""
    phone = await stage.phone("77059998877", name="Stranger")
    await phone.say("/start")
    await phone.tap("English")
    await phone.sees("Enter the Administrator's phone number")
    return phone


async def set_new_password(phone: Phone, *, codes: int) -> None:
    await phone.command("/logout")
    await phone.sees("Enter the Administrator's phone number")
    await phone.tap("Forgot password?")
    await phone.say(HER)
    await phone.say(await phone.code(after=codes))
    await phone.sees("Enter a new password")
    await phone.say(NEXT)
    await phone.sees("once more")
    await phone.say(NEXT)
    await phone.sees("Choose a company")
    await phone.tap_to("TOO Demo", "Number management")


async def test_a_thief_with_the_password_is_stopped_from_her_own_chat(stage: Stage) -> None:
    her = await stage.administrator(HER)
    thief = await another_phone(stage)
    warning = await her.sees("was opened from a new Telegram account", "It was not me")
    await her.tap("It was not me", message=warning)
    await her.is_told(STOPPED)
    await her.sees("“It was not me” was pressed: changes in your name are stopped")
    pressed = await her.sees("was opened from a new Telegram account", STOPPED)
    assert pressed.buttons == []

    await thief.tap("Number management")
    await thief.is_told("Your session has ended")
    await thief.command("/start")
    await thief.say(HER)
    await thief.say(PASSWORD)
    await thief.sees("Phone number or password is wrong")


async def test_what_she_reads_while_it_is_stopped_and_how_she_goes_on(stage: Stage) -> None:
    her = await stage.administrator(HER)
    await another_phone(stage)
    await her.tap("It was not me")
    await her.sees("Enter the Administrator's phone number")
    await her.say(HER)
    await her.say(PASSWORD)
    await her.tap("TOO Demo")
    await her.sees("changes in your name are stopped", "You can view everything", "37 numbers")
    await her.say("77012115526")
    await her.tap("⛔ Block")
    await her.sees("Changes in your name are stopped: “It was not me” was pressed.")
    assert await stage.effects() == []

    await stage.advance(seconds=61)
    await set_new_password(her, codes=1)
    menu = await her.sees("37 numbers")
    assert "stopped" not in menu.text
    await her.say("77012115526")
    await her.tap("⛔ Block")
    await her.sees("Block +7 701 211 55 26?")
    await her.tap("⛔ Block +7")
    await her.sees("✅ Blocked")


async def test_the_link_in_the_sms_works_from_anybodys_telegram_and_says_nothing(
    stage: Stage,
) -> None:
    her = await stage.administrator(HER)
    thief = await another_phone(stage)
    payload = await link_in(her, "opened from a new Telegram account")
    passer_by = await stranger(stage)
    await passer_by.say(f"/start {payload}")
    await passer_by.sees(STOPPED, "To allow changes again")
    await passer_by.say(f"/start {payload}")
    await passer_by.sees("Changes are stopped already.")
    texts = "\n".join(m.text for m in await passer_by.messages() if "/start" not in m.text)
    assert not [mark for mark in (NAME, SHOWN, HER, "TOO Demo") if mark in texts]
    await her.sees("“It was not me” was pressed: changes in your name are stopped")
    await her.gets_sms("changes in your name are stopped")
    await thief.tap("Number management")
    await thief.is_told("Your session has ended")


@pytest.mark.parametrize("guess", ["nm-", "nm-AAAAAAAAAAAAAAAAAAAAAA", "nm-../../x", "nm-я"])
async def test_a_guess_and_an_old_link_are_answered_alike(stage: Stage, guess: str) -> None:
    her = await stage.administrator(HER)
    await another_phone(stage)
    payload = await link_in(her, "opened from a new Telegram account")
    passer_by = await stranger(stage)
    await passer_by.say(f"/start {guess}")
    await passer_by.sees("This link is no longer valid", "Nothing has changed")
    if guess == "nm-":
        await stage.advance(hours=72)
        await passer_by.say(f"/start {payload}")
        await passer_by.sees("This link is no longer valid", "Nothing has changed")
    await her.no_longer_sees("“It was not me” was pressed")


async def test_colleagues_hear_it_and_hear_that_it_is_over(stage: Stage) -> None:
    marat = await stage.administrator("77012115526")
    her = await stage.administrator(HER)
    await another_phone(stage)
    await her.tap("It was not me")
    await marat.sees("TOO Demo: changes in the name of", NAME, "are stopped")
    await stage.advance(seconds=61)
    await set_new_password(her, codes=1)
    await marat.sees(NAME, "can make changes again, with a new password")


async def test_whose_number_is_to_be_taken_over_hears_it_before_and_stops_it(
    stage: Stage,
) -> None:
    """Асель asks for another card of Марат's login number; he has his chat and his phone."""
    from tests.scenarios.test_approvals import asks_for_own_card

    marat = await stage.administrator("77012115526")
    her = await stage.administrator(HER)
    await asks_for_own_card(stage, her)
    await her.say(await her.code(after=1))
    await her.sees("⏳ Waiting for a second administrator")
    warning = await marat.sees("confirmed for your login number", "SIM card replacement")
    assert LINK.search(await marat.gets_sms("Ваш номер для входа *5526")) is not None
    await marat.tap("It was not me", message=warning)
    await her.sees("⚠️ SIM card not replaced", "“It was not me” was pressed")
    await marat.sees("Replace the SIM card of", "Not approved")
    assert await stage.effects() == []


async def test_known_accounts_are_listed_and_removed_with_the_password(stage: Stage) -> None:
    her = await stage.administrator(HER)
    await stage.advance(hours=73)
    await her.command("/start")
    await her.say(HER)
    await her.say(PASSWORD)
    await her.tap("TOO Demo")
    other = await another_phone(stage)
    await other.command("/profile")
    await other.tap("Known Telegram accounts")
    await other.tap("Remove: ")
    await other.is_told("This Telegram account is new")

    await her.command("/profile")
    await her.tap("Known Telegram accounts")
    await her.sees("have logged in as you", "this one", "Another phone")
    await her.tap("Remove: Another phone")
    await her.sees("Remove Another phone")
    await her.say("not the password")
    await her.sees("The current password is wrong")
    await her.say(PASSWORD)
    listed = await her.sees("have logged in as you", "The account has been removed.")
    assert "Another phone" not in listed.text
    await other.sees("of your Telegram accounts was removed", "It was not me")
    await other.command("/start")
    await other.say(HER)
    await other.say(PASSWORD)
    await other.sees("Phone number or password is wrong")
    texts = [message.text for message in await her.messages()]
    assert not any(PASSWORD in text for text in texts)
