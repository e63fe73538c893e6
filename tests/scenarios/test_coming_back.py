"""After the end of a session: the known chat is asked for its password alone, and goes on where it
was (S01, G-17).
"""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import PASSWORD, Stage
from tests.scenarios.phone import Message, Phone

HER, HER_SHOWN, MARAT = "77010542007", "+7 701 054 20 07", "77012115526"
NUMBER, SHOWN = "77010542008", "+7 701 054 20 08"


async def ran_out(stage: Stage, phone: Phone, button: str) -> Message:
    """Half an hour later that button is tapped; what asks for the password."""
    await stage.advance(minutes=31)
    await phone.tap(button)
    await phone.hears("Your session has ended. Log in again.")
    return await phone.sees("Enter the password")


async def test_the_password_alone_and_the_window_is_there_again(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say(NUMBER)
    await phone.tap("Usage details")
    await phone.tap("Calls")
    await phone.sees("Usage details", "Calls ✓")
    asked = await ran_out(stage, phone, "SMS")
    assert "+7 701 211 55 26" in asked.text
    assert not any("Share" in message.text for message in await phone.messages())
    await phone.say(PASSWORD)
    back = await phone.window_below(asked)
    assert back.text.startswith(f"TOO Demo › {SHOWN} › Usage details")
    assert "Calls ✓" in back.buttons, "as it was left"
    assert not any(PASSWORD in message.text for message in await phone.messages())
    await phone.tap("‹ Back")
    await phone.sees(SHOWN, "Tariff: ")
    assert "Cannot get window data" not in capsys.readouterr().err


async def test_of_two_companies_it_is_the_one_that_was_open(stage: Stage) -> None:
    phone = await stage.administrator(HER)
    await phone.command("/documents")
    await phone.tap("3 · Numbers")
    await phone.sees("TOO Demo", "XLSX")
    asked = await ran_out(stage, phone, "XLSX")
    await phone.say(PASSWORD)
    back = await phone.window_below(asked)
    assert back.text.startswith("TOO Demo › ")
    assert any("XLSX" in label for label in back.buttons)


async def test_a_question_does_not_come_back_but_what_it_was_asked_from(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say(NUMBER)
    await phone.tap(f"⛔ Block {SHOWN}")
    await phone.sees(f"Block {SHOWN}?", "Valid until")
    asked = await ran_out(stage, phone, f"⛔ Block {SHOWN}")
    await phone.say(PASSWORD)
    back = await phone.window_below(asked)
    assert "🟢 Active since" in back.text
    assert await stage.effects() == []


async def test_after_start_it_is_the_password_alone_too(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await stage.advance(minutes=31)
    window = await phone.command("/start")
    assert "Enter the password" in window.text
    await phone.say(PASSWORD)
    await phone.sees("37 numbers")


async def test_another_administrator_in_the_same_chat_gets_the_menu(stage: Stage) -> None:
    other = await stage.administrator(HER)
    await other.sees("37 numbers")
    phone = await stage.administrator(MARAT)
    await phone.say(NUMBER)
    await phone.sees("Tariff: ")
    await ran_out(stage, phone, "Usage details")
    await phone.tap("‹ Back")
    await phone.sees("Enter the Administrator's phone number")
    await phone.say(HER)
    await phone.sees(HER_SHOWN, "Enter the password")
    await phone.say(PASSWORD)
    await phone.sees("Choose a company")


async def test_who_logged_out_is_asked_for_the_number(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say(NUMBER)
    await phone.sees("Tariff: ")
    await phone.command("/logout")
    await stage.advance(minutes=31)
    window = await phone.command("/start")
    assert "Enter the Administrator's phone number" in window.text


async def test_wrong_passwords_lock_here_as_anywhere(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await ran_out(stage, phone, "Number management")
    for n in range(5):
        await phone.say(f"not the password {n}")
        await phone.no_longer_sees(f"not the password {n}")
    await phone.say(PASSWORD)
    await phone.no_longer_sees(PASSWORD)
    await phone.sees("Enter the password", "Phone number or password is wrong")
    await stage.advance(minutes=16)
    await phone.say(PASSWORD)
    await phone.sees("37 numbers")
