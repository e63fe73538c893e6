"""One person in two administrators' logins is no second administrator (safety.md section 2)."""

from __future__ import annotations

from tests.scenarios.conftest import PASSWORD, Stage
from tests.scenarios.phone import Message, Phone
from tests.scenarios.test_approvals import ASSEL, MARAT, asks_for_own_card

SHOWN = "+7 701 211 55 26"


async def logs_in_as(phone: Phone, number: str) -> None:
    """With the password that is known, whoever is logged in there now."""
    await phone.command("/logout")
    await phone.sees("Enter the Administrator's phone number")
    await phone.say(number)
    await phone.sees("Enter the password")
    await phone.say(PASSWORD)
    if number == ASSEL:
        await phone.tap("TOO Demo")
    await phone.sees("Number management")


async def another_phone(stage: Stage, number: str) -> Phone:
    """Another Telegram account, with the password of that administrator."""
    phone = await stage.phone(number)
    await phone.say("/start")
    await phone.tap("English")
    await phone.say(number)
    await phone.sees("Enter the password")
    await phone.say(PASSWORD)
    if number == ASSEL:
        await phone.tap("TOO Demo")
    await phone.sees("Number management")
    return phone


async def asked_of(phone: Phone) -> list[Message]:
    return [m for m in await phone.messages() if "Approve" in m.buttons]


async def test_a_chat_that_was_the_first_administrator_is_never_the_second(stage: Stage) -> None:
    """X was Марат and is Әсел now; Марат, elsewhere, would have X approve."""
    x = await stage.administrator(MARAT)
    assel = await stage.administrator(ASSEL)
    await logs_in_as(x, ASSEL)
    marat = await another_phone(stage, MARAT)
    await asks_for_own_card(stage, marat)
    await marat.sees(f"Replace the SIM card of {SHOWN}?", "a second administrator has to approve")
    await marat.say(await marat.code(after=1))
    asked = await assel.sees("Requested by Марат Серікұлы Ибраев", "Approve")
    assert await asked_of(x) == []

    [row] = asked.raw["reply_markup"]["inline_keyboard"]
    own = await x.window()
    await x.tap_data(own.id, row[0]["callback_data"])
    await x.is_told("This confirmation is no longer valid.")
    assert await stage.effects() == []
    await assel.tap("Approve", message=asked)
    await marat.sees("✅ SIM card replaced")


async def test_who_became_the_first_after_the_question_is_refused(stage: Stage) -> None:
    assel = await stage.administrator(ASSEL)
    marat = await stage.administrator(MARAT)
    await asks_for_own_card(stage, marat)
    await marat.say(await marat.code(after=1))
    asked = await assel.sees("Requested by Марат Серікұлы Ибраев", "Approve")
    await logs_in_as(assel, MARAT)
    await logs_in_as(assel, ASSEL)
    await assel.tap("Approve", message=asked)
    await assel.is_told("Both administrators have logged in from the same Telegram account")
    await stage.advance(seconds=10)
    assert await stage.effects() == []


async def test_with_nobody_left_it_is_refused_before_it_is_confirmed(stage: Stage) -> None:
    marat = await stage.administrator(MARAT)
    x = await stage.administrator(ASSEL)
    await logs_in_as(x, MARAT)
    await logs_in_as(x, ASSEL)
    await asks_for_own_card(stage, marat)
    await marat.is_told("no other administrator has logged in")
    assert await stage.effects() == []
