"""A second administrator's word on what takes over a login number (safety.md section 2)."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from tests.scenarios.conftest import PASSWORD, Stage, log_in
from tests.scenarios.phone import Message, Phone
from tests.scenarios.processes import lab

MARAT, ASSEL, TIMUR, OLGA = "77012115526", "77010542007", "77071234567", "79161234567"
SHOWN = "+7 701 211 55 26"
WAITS = "⏳ Waiting for a second administrator until 25.01.2022 16:"
RESOURCE = "/tmf-api/resourceInventoryManagement/v4/resource"
BLANK = {
    "category": "SIM",
    "resourceStatus": "available",
    "relatedParty.id": "org-180140000018",
}


async def asks_for_own_card(stage: Stage, marat: Phone) -> None:
    """Марат asks for another card of his own login number; up to the summary."""
    await stage.advance(seconds=61)
    await marat.say(MARAT)
    await marat.tap("SIM & device")
    await marat.tap("SIM card replacement")
    await marat.sees("spare SIM cards")
    card = (await stage.http.get(RESOURCE, params=BLANK)).json()[0]["id"]
    await marat.tap(card[-8:])


async def proposed(stage: Stage) -> tuple[Phone, Phone, Message]:
    """Марат, who proposed; Әсел, who is asked; and the message that asks her."""
    assel = await stage.administrator(ASSEL)
    marat = await stage.administrator(MARAT)
    await asks_for_own_card(stage, marat)
    await marat.sees(f"Replace the SIM card of {SHOWN}?", "a second administrator has to approve")
    await marat.say(await marat.code(after=1))
    await marat.sees(WAITS, "A-20220124-0001")
    asked = await assel.sees("Requested by Марат Серікұлы Ибраев", "Approve", "Reject")
    return marat, assel, asked


async def test_it_says_who_asks_what_for_and_until_when(stage: Stage) -> None:
    _marat, _assel, asked = await proposed(stage)
    assert asked.text.startswith(f"TOO Demo › {SHOWN}\n\nReplace the SIM card of {SHOWN}?")
    assert "• the current card will stop working at once" in asked.text
    assert "Valid until 25.01.2022 16:01 · action A-20220124-0001" in asked.text
    assert asked.buttons == ["Approve", "Reject"]
    rows = asked.raw["reply_markup"]["inline_keyboard"]
    assert all(len(button["callback_data"]) <= 64 for row in rows for button in row)
    assert await stage.effects() == []


async def test_approved_it_is_done_and_told(stage: Stage) -> None:
    marat, assel, asked = await proposed(stage)
    await assel.tap("Approve", message=asked)
    await assel.is_told("Approved, the operator has it · action A-20220124-0001")
    await marat.sees("✅ SIM card replaced", "A-20220124-0001")
    assert [effect["what"] for effect in await stage.effects(MARAT)] == ["sim.replace"]
    closed = await assel.sees("Requested by ", "Approved, the operator has it")
    assert closed.buttons == []
    # Тимур has never been here: the announcement goes where his codes go.
    [letter] = await assel.mail("timur@demo.example")
    assert "*5526" in letter["text"]
    assert not [m for m in await assel.messages() if "has confirmed" in m.text]

    await assel.command("/documents")
    await assel.tap("Actions")
    await assel.sees("SIM card replacement", "Approved as second administrator")


async def test_rejected_it_ends_with_a_word(stage: Stage) -> None:
    marat, assel, asked = await proposed(stage)
    await assel.tap("Reject", message=asked)
    await assel.is_told("Not approved · action A-20220124-0001")
    await marat.sees("⚠️ SIM card not replaced", "Another administrator rejected it.")
    assert await stage.effects() == []


async def test_withdrawn_it_ends_and_the_question_loses_its_buttons(stage: Stage) -> None:
    marat, assel, asked = await proposed(stage)
    await marat.tap("Withdraw the request")
    await marat.is_told("The request was withdrawn · action A-20220124-0001")
    await marat.sees("⚠️ SIM card not replaced", "You have withdrawn the request.")
    closed = await assel.sees("Requested by Марат Серікұлы Ибраев, who has withdrawn")
    assert (closed.id, closed.buttons) == (asked.id, [])
    data = asked.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await assel.tap_data(asked.id, data)
    await assel.is_told("This was decided before. The request was withdrawn")
    assert await stage.effects() == []
    await marat.command("/documents")
    await marat.tap("Actions")
    await marat.sees("SIM card replacement", "Request withdrawn")


async def test_who_left_the_window_finds_it_again_and_withdraws_it_there(stage: Stage) -> None:
    marat, assel, _asked = await proposed(stage)
    await marat.command("/menu")
    await marat.sees("Number management")
    await asks_for_own_card(stage, marat)
    await marat.sees(WAITS, "A-20220124-0001")
    await marat.tap("Withdraw the request")
    await marat.sees("⚠️ SIM card not replaced", "You have withdrawn the request.")
    await assel.sees("has withdrawn the request")


async def test_an_approval_that_came_first_is_told_to_who_withdraws(stage: Stage) -> None:
    marat, assel, asked = await proposed(stage)
    window = await marat.sees(WAITS)
    row = window.raw["reply_markup"]["inline_keyboard"]
    data = next(
        button["callback_data"]
        for buttons in row
        for button in buttons
        if button["text"] == "Withdraw the request"
    )
    await asyncio.gather(assel.tap("Approve", message=asked), marat.tap_data(window.id, data))
    final = await marat.sees("A-20220124-0001", "SIM card")
    done = "✅" in final.text
    assert len(await stage.effects(MARAT)) == done
    finals = [m for m in await marat.messages() if "SIM card" in m.text and "action A-" in m.text]
    assert len([m for m in finals if m.text.startswith(("✅", "⚠️"))]) == 1


@pytest.mark.parametrize(("first", "second"), [("Approve", "Reject"), ("Reject", "Approve")])
async def test_pressed_five_times_and_the_other_one_too(
    stage: Stage, first: str, second: str
) -> None:
    marat, assel, asked = await proposed(stage)
    row = asked.raw["reply_markup"]["inline_keyboard"][0]
    data = {button["text"]: button["callback_data"] for button in row}
    await assel.tap(first, message=asked, repeat=5)
    await assel.tap_data(asked.id, data[second])
    await assel.is_told("This was decided before.")
    end = "✅ SIM card replaced" if first == "Approve" else "⚠️ SIM card not replaced"
    await marat.sees(end)
    assert len(await stage.effects()) == (first == "Approve")
    assert len([m for m in await marat.messages() if end in m.text]) == 1


async def test_nobody_answers_for_a_day(stage: Stage) -> None:
    marat, assel, asked = await proposed(stage)
    await stage.advance(hours=24)
    await marat.sees("⚠️ SIM card not replaced", "No other administrator approved it")
    await log_in_again(assel)
    await assel.tap("Approve", message=asked)
    await assel.is_told("This was decided before. Not approved")
    assert await stage.effects() == []


async def log_in_again(phone: Phone) -> None:
    """Log in with the password that is known; who has logged out types the number as well.

    Where the end of the session was told first, one comes back to the company one was in.
    """
    await phone.command("/start")
    window = await phone.sees("My Account › Log in")
    if "Enter the password" not in window.text:
        await phone.say(phone.number)
        await phone.sees("Enter the password")
    await phone.say(PASSWORD)

    async def inside() -> Message | None:
        ends = ("TOO Demo", "📱 Number management")
        shown = [one for one in await phone.messages() if one.buttons]
        return next((one for one in shown if one.buttons[0].startswith(ends)), None)

    shown = await phone.until(inside, "the companies or the menu")
    if shown.buttons[0].startswith("TOO Demo"):
        await phone.tap("TOO Demo", message=shown)
    await phone.sees("Number management")


async def test_without_a_session_one_logs_in_and_the_same_button_works(stage: Stage) -> None:
    marat, assel, asked = await proposed(stage)
    await assel.command("/logout")
    await assel.sees("Enter the Administrator's phone number")
    await assel.tap("Approve", message=asked)
    await assel.is_told("")
    assert await stage.effects() == []
    await log_in_again(assel)
    await assel.tap("Approve", message=asked)
    await assel.is_told("Approved, the operator has it")
    await marat.sees("✅ SIM card replaced")


async def test_the_button_is_worth_nothing_in_other_hands(stage: Stage) -> None:
    marat, _assel, asked = await proposed(stage)
    data = asked.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    olga = await stage.phone(OLGA)
    await olga.say("/start")
    await olga.tap("English")
    window = await olga.window()
    await olga.tap_data(window.id, data)
    own = await marat.window()
    await marat.tap_data(own.id, data)
    await marat.is_told("This confirmation is no longer valid.")
    await marat.tap_data(own.id, "ap:y:")
    await marat.tap_data(own.id, "ap:y:" + "я" * 20)
    await marat.tap_data(own.id, "ap:n:no-such-token")
    await stage.advance(seconds=10)
    assert await stage.effects() == []
    await marat.no_longer_sees("✅ SIM card replaced")


async def test_whose_right_is_gone_cannot_approve(stage: Stage) -> None:
    marat, assel, asked = await proposed(stage)
    await stage.administrator_becomes("adm-1", companies=["org-180140000901"])
    await assel.tap("Approve", message=asked)
    await assel.is_told("You have no access to this company.")
    assert await stage.effects() == []
    await stage.administrator_becomes("adm-1", companies=["org-180140000018"])
    await assel.tap("Approve", message=asked)
    await marat.sees("✅ SIM card replaced")


async def test_a_proposer_who_has_left_ends_it(stage: Stage) -> None:
    marat, assel, asked = await proposed(stage)
    await stage.administrator_becomes("adm-2", companies=["org-180140000901"])
    await assel.tap("Approve", message=asked)
    await assel.is_told("Not approved")
    await marat.sees(
        "⚠️ Not done", "Your role in the company no longer allows it; nothing was changed."
    )
    assert await stage.effects() == []


async def test_blocked_meanwhile_is_refused_after_the_approval(stage: Stage) -> None:
    marat, assel, asked = await proposed(stage)
    await stage.number_becomes(MARAT, blocked=True)
    await assel.tap("Approve", message=asked)
    await marat.sees("⚠️ SIM card not replaced", "Current state: ⛔ Blocked.")
    assert await stage.effects() == []


async def test_with_nobody_to_ask_it_is_said_at_once(stage: Stage) -> None:
    marat = await stage.administrator(MARAT)
    await asks_for_own_card(stage, marat)
    await marat.is_told("no other administrator has logged in")
    await marat.sees("spare SIM cards")
    assert await stage.effects() == []


@pytest.mark.slow
async def test_a_proposal_outlives_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGKILL between the proposal and the approval, and again right after it."""
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 120.0)
    async with lab(tmp_path) as world:
        await world.start_bot()
        assel, marat = await world.phone(ASSEL), await world.phone(MARAT)
        await log_in(assel)
        await assel.tap("TOO Demo")
        await log_in(marat)
        await marat.sees("Number management")
        await marat.say(MARAT)
        await marat.tap("SIM & device")
        await marat.tap("SIM card replacement")
        await marat.sees("spare SIM cards")
        card = (await world.http.get(RESOURCE, params=BLANK)).json()[0]["id"]
        await marat.tap(card[-8:])
        await marat.say(await marat.code(after=1))
        await marat.sees("⏳ Waiting for a second administrator")
        await world.stop_bot(signal.SIGKILL)
        await world.start_bot()
        asked = await assel.sees("Requested by Марат Серікұлы Ибраев", "Approve")
        await assel.tap("Approve", message=asked)
        await assel.sees("Requested by ", "Approved, the operator has it")
        await world.stop_bot(signal.SIGKILL)
        await world.start_bot()
        await marat.sees("✅ SIM card replaced", card)
        effects = (await world.http.get("/sandbox/operator/effects")).json()
        assert [effect["what"] for effect in effects] == ["sim.replace"]
