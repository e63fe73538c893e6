"""Blocking and unblocking: asked, confirmed once, and told truly (S15, G-6 to G-10)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Message, Phone

MARAT, ASSEL = "77012115526", "77010542007"
NUMBER, SHOWN = "77010542008", "+7 701 054 20 08"
BLOCKED, ITS_NAME = "77010542006", "+7 701 054 20 06"


async def card(stage: Stage, number: str = NUMBER) -> Phone:
    phone = await stage.administrator(MARAT)
    await phone.say(number)
    await phone.sees("Tariff: ")
    return phone


async def asked_to_block(stage: Stage, number: str = NUMBER) -> tuple[Phone, Message]:
    phone = await card(stage, number)
    await phone.tap("⛔ Block")
    return phone, await phone.sees("?", "Valid until 16:05")


async def asked_to_unblock(stage: Stage) -> Phone:
    phone = await card(stage, BLOCKED)
    await stage.advance(seconds=60)  # since the code of the login
    await phone.tap(f"🔒 Unblock {ITS_NAME}")
    await phone.sees(
        f"Unblock {ITS_NAME}?",
        "calls, SMS and data work again",
        f"Enter the 6 digits to unblock {ITS_NAME}.",
        "Send again in 60 s",
    )
    return phone


async def open_history(phone: Phone) -> None:
    await phone.command("/documents")
    await phone.tap("2 · Actions")


# --- blocking --------------------------------------------------------------------------------


async def test_the_question_says_what_will_happen(stage: Stage) -> None:
    _phone, question = await asked_to_block(stage)
    for line in (
        f"Block {SHOWN}?",
        "• incoming and outgoing calls, SMS and data stop at once",
        "• the monthly fee may still be charged",
        "• call forwarding stays set up but will not work",
        "• you can unblock it here at any time",
    ):
        assert line in question.text
    assert question.buttons[0] == f"⛔ Block {SHOWN}"
    assert question.raw["reply_markup"]["inline_keyboard"][0][0]["style"] == "danger"
    assert question.buttons[-2:] == ["Cancel", "⌂ Menu"]
    assert "own login number" not in question.text


async def test_the_own_login_number_is_warned_about(stage: Stage) -> None:
    _phone, question = await asked_to_block(stage, MARAT)
    assert "⚠️ this is your own login number: codes by SMS cannot reach you" in question.text


async def test_a_number_is_blocked_and_told_as_it_is(stage: Stage) -> None:
    phone, _question = await asked_to_block(stage)
    await phone.tap(f"⛔ Block {SHOWN}")
    word = await phone.sees("✅ Blocked 24.01.2022 16:00", "A-20220124-0001", SHOWN)
    assert [effect["what"] for effect in await stage.effects()] == ["block"]
    await phone.tap(SHOWN, message=word)
    await phone.sees("⛔ Blocked since 24.01.2022 16:00", f"🔒 Unblock {SHOWN}")


async def test_the_card_with_its_new_state_stands_below_the_final_word(stage: Stage) -> None:
    phone, _question = await asked_to_block(stage)
    await phone.tap(f"⛔ Block {SHOWN}")
    word = await phone.sees("✅ Blocked", "A-20220124-0001")
    below = await phone.window_below(word)
    assert below.text.startswith(f"TOO Demo › {SHOWN}\n\n⛔ Blocked since 24.01.2022 16:00")
    assert f"🔒 Unblock {SHOWN}" in below.buttons


async def test_the_end_of_one_change_leaves_the_wait_for_another(stage: Stage) -> None:
    phone, _question = await asked_to_block(stage)
    await stage.fault("operator", "delay", match="POST /tmf-api/productOrdering", seconds=2)
    await phone.tap(f"⛔ Block {SHOWN}")
    await phone.sees("⏳")
    await stage.fault("operator", "delay", match="POST /tmf-api/productOrdering", seconds=6)
    await phone.say(ASSEL)
    await phone.tap("⛔ Block +7 701 054 20 07")
    await phone.tap(
        "⛔ Block +7 701 054 20 07", message=await phone.sees("Block +7 701 054 20 07?")
    )
    word = await phone.sees("✅ Blocked", SHOWN)
    below = await phone.window_below(word)
    assert "+7 701 054 20 07" in below.text
    second = await phone.sees("✅ Blocked", "A-20220124-0002")
    assert "⛔ Blocked since" in (await phone.window_below(second)).text


async def test_cancelling_changes_nothing(stage: Stage) -> None:
    phone, question = await asked_to_block(stage)
    confirm = question.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await phone.tap("Cancel")
    await phone.sees("🟢 Active since", "Refresh")
    await phone.tap_data(question.id, confirm)
    await phone.is_told("out of date")
    assert await stage.effects() == []


async def test_a_confirmation_lives_five_minutes(stage: Stage) -> None:
    phone, _question = await asked_to_block(stage)
    await stage.advance(minutes=5)
    await phone.tap(f"⛔ Block {SHOWN}")
    await phone.is_told("This confirmation is no longer valid. Nothing has changed")
    await phone.sees("🟢 Active since", "Refresh")
    assert await stage.effects() == []


async def test_five_taps_at_once_block_once(stage: Stage) -> None:
    phone, _question = await asked_to_block(stage)
    await phone.tap(f"⛔ Block {SHOWN}", repeat=5)
    await phone.sees("✅ Blocked", "A-20220124-0001")
    assert len(await stage.effects()) == 1
    await phone.no_longer_sees("Check status")
    words = [m for m in await phone.messages() if "✅ Blocked" in m.text]
    assert len(words) == 1


async def test_a_reason_may_be_told_and_taken_back(stage: Stage) -> None:
    phone, question = await asked_to_block(stage)
    assert question.buttons[2:6] == ["Lost", "Stolen", "Not used", "Other reason"]
    await phone.tap("Stolen")
    await phone.sees("Stolen ✓")
    await phone.tap("Stolen")
    await phone.no_longer_sees("✓")
    await phone.tap("Lost")
    await phone.sees("Lost ✓")
    await phone.tap(f"⛔ Block {SHOWN}")
    await phone.sees("✅ Blocked", "A-20220124-0001")
    order = (
        await stage.http.get("/tmf-api/productOrderingManagement/v4/productOrder?category=block")
    ).json()[0]
    assert order["note"][0]["text"] == "A-20220124-0001, lost"
    await open_history(phone)
    await phone.sees(f"Block {SHOWN}", "✅ done · Lost · Марат Серікұлы Ибраев · A-20220124-0001")


async def test_blocked_meanwhile_is_as_good_as_done(stage: Stage) -> None:
    phone, _question = await asked_to_block(stage)
    await stage.number_becomes(NUMBER, blocked=True)
    await phone.tap(f"⛔ Block {SHOWN}")
    await phone.sees("✅ Blocked", "A-20220124-0001")
    assert await stage.effects() == []


async def test_already_blocked_before_the_question_is_said(stage: Stage) -> None:
    phone = await card(stage)
    await stage.number_becomes(NUMBER, blocked=True)
    await phone.tap(f"⛔ Block {SHOWN}")
    await phone.is_told("The number is already ⛔ Blocked. Nothing has changed.")
    await phone.sees("⛔ Blocked since", f"🔒 Unblock {SHOWN}")


async def test_debt_between_question_and_confirmation_refuses(stage: Stage) -> None:
    phone, _question = await asked_to_block(stage)
    await stage.number_becomes(NUMBER, debt="1500.00")
    await phone.tap(f"⛔ Block {SHOWN}")
    word = await phone.sees("⚠️ Not blocked", "Current state: 🟠 Blocked / Debt.")
    assert not any("Unblock" in label or "⛔" in label for label in word.buttons)
    assert await stage.effects() == []
    await phone.tap("🧾 Payments", message=word)
    await phone.sees(f"{SHOWN} › Payments", "Period: ")
    await open_history(phone)
    await phone.sees(f"Block {SHOWN}", "⚠️ not done")


async def test_the_operator_refuses(stage: Stage) -> None:
    phone, _question = await asked_to_block(stage)
    await stage.fault("operator", "reject", match="POST /tmf-api/productOrderingManagement")
    await phone.tap(f"⛔ Block {SHOWN}")
    await phone.sees("⚠️ Not blocked", "The operator's system refused the request.", "🟢 Active")
    assert await stage.effects() == []


# --- unblocking ------------------------------------------------------------------------------


async def test_a_code_that_the_operator_does_not_deliver_is_told(stage: Stage) -> None:
    phone = await card(stage, BLOCKED)
    await phone.has_sms(2)
    before = len(await phone.sms())
    await stage.fault("sms", "reject", times=1)
    await phone.tap(f"🔒 Unblock {ITS_NAME}")
    await phone.sees("⚠️ The one-time code could not be delivered", "corporate support")
    window = await phone.window()
    assert "could not be delivered" not in window.text, "the question comes below it again"
    assert len(await phone.sms()) == before
    await stage.advance(seconds=61)
    await phone.tap("Send again")
    await phone.gets_sms("unblock *2006")


async def test_unblocking_needs_the_code_that_names_it(stage: Stage) -> None:
    phone = await asked_to_unblock(stage)
    sms = await phone.gets_sms("unblock *2006")
    code = await phone.code(after=1)
    assert code in sms
    await phone.say(code)
    await phone.sees("✅ Unblocked 24.01.2022 16:01", "A-20220124-0001")
    assert not any(code in message.text for message in await phone.messages())
    assert [effect["what"] for effect in await stage.effects()] == ["unblock"]


async def test_the_right_code_typed_twice_unblocks_once(stage: Stage) -> None:
    phone = await asked_to_unblock(stage)
    code = await phone.code(after=1)
    await stage.fault("operator", "delay", match="POST /tmf-api/productOrdering", seconds=2)
    for _ in range(3):
        await phone.say(code)
    await phone.sees("⏳", "This was confirmed already.")
    await phone.sees("✅ Unblocked", "A-20220124-0001")
    assert len(await stage.effects()) == 1
    assert not any(code in message.text for message in await phone.messages())


@pytest.mark.parametrize("how", ["forwarded", "old", "in a caption", "edited"])
async def test_a_code_that_is_no_fresh_text_of_ones_own_executes_nothing(
    stage: Stage, how: str
) -> None:
    phone = await asked_to_unblock(stage)
    code = await phone.code(after=1)
    now = int(stage.clock.now().timestamp())
    message: dict[str, Any] = {
        "message_id": 900_000,
        "date": now,
        "chat": {"id": phone.id, "type": "private", "first_name": "M"},
        "from": {"id": phone.id, "is_bot": False, "first_name": "M"},
        "text": code,
    }
    kind = "message"
    if how == "forwarded":
        sender = {"id": 5, "is_bot": False, "first_name": "S"}
        message["forward_origin"] = {"type": "user", "date": now, "sender_user": sender}
    elif how == "old":
        message["date"] = now - 121
    elif how == "in a caption":
        photo = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
        message |= {"photo": [photo], "caption": message.pop("text")}
    else:
        kind, message["edit_date"] = "edited_message", now
    assert stage.app is not None
    await stage.app.intake.keep([{"update_id": 900_000, kind: message}])
    if how != "edited":
        await phone.sees(
            {
                "forwarded": "A forwarded message is not used here",
                "old": "came too late to be used",
                "in a caption": "Type it as a text message",
            }[how],
            f"Enter the 6 digits to unblock {ITS_NAME}.",
        )
    await phone.say(f"{code[:3]}-{code[3:]}")
    await phone.sees("✅ Unblocked", "A-20220124-0001")
    assert len(await stage.effects()) == 1


async def test_without_the_code_there_is_no_way(stage: Stage) -> None:
    phone = await card(stage, BLOCKED)
    await phone.tap(f"🔒 Unblock {ITS_NAME}")
    window = await phone.sees("Enter the 6 digits")
    assert f"🟢 Unblock {ITS_NAME}" not in window.buttons
    send = window.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await phone.tap_data(window.id, send.replace("resend", "confirm_kind"))
    await phone.tap_data(window.id, send.replace("resend", "confirm"))
    code = await phone.code(after=1)
    for typed in ("000000" if code != "000000" else "111111", "yes", "/menu", code):
        await phone.say(typed)
    await phone.sees(f"Search: {code}")
    await phone.no_longer_sees("⏳")
    assert await stage.effects() == []


async def test_a_wrong_code_says_how_many_tries_are_left(stage: Stage) -> None:
    phone = await asked_to_unblock(stage)
    code = await phone.code(after=1)
    await phone.say("000000" if code != "000000" else "000001")
    await phone.sees("Enter the 6 digits to unblock", "The code is wrong. 2 attempts are left.")
    for typed in ("what code", code[:5], "١٢٣٤٥٦"):
        await phone.say(typed)
        await phone.sees("This is not a code. Enter its 6 digits.")
    await phone.say(f"{code[:3]} {code[3:]}")
    await phone.sees("✅ Unblocked", "A-20220124-0001")


async def test_a_code_that_came_too_late(stage: Stage) -> None:
    phone = await asked_to_unblock(stage)
    code = await phone.code(after=1)
    await stage.advance(minutes=3)
    await phone.say(code)
    await phone.sees("The code is no longer valid. Ask for a new one.")
    await phone.tap("Send again")
    await phone.say(await phone.code(after=2))
    await phone.sees("✅ Unblocked", "A-20220124-0001")


async def test_the_code_of_one_change_is_worth_nothing_for_another(stage: Stage) -> None:
    phone = await asked_to_unblock(stage)
    code = await phone.code(after=1)
    await phone.say("/menu")
    await phone.sees("37 numbers")
    await stage.advance(seconds=60)
    await phone.say("77010542021")
    await phone.tap("🔒 Unblock +7 701 054 20 21")
    await phone.sees("Unblock +7 701 054 20 21?", "Enter the 6 digits to unblock +7 701 054 20 21")
    if await phone.code(after=2) != code:
        await phone.say(code)
        await phone.sees("The code is wrong")
    assert await stage.effects() == []


async def test_debt_before_the_unblock_refuses_with_the_new_state(stage: Stage) -> None:
    phone = await asked_to_unblock(stage)
    await stage.number_becomes(BLOCKED, debt="300")
    await phone.say(await phone.code(after=1))
    await phone.sees("⚠️ Not unblocked", "Current state: 🟠 Blocked / Debt.")
    assert await stage.effects() == []


# --- two administrators ----------------------------------------------------------------------


async def test_two_administrators_block_one_number(stage: Stage) -> None:
    marat, _question = await asked_to_block(stage)
    assel = await stage.administrator(ASSEL)
    await assel.say(NUMBER)
    await assel.tap(f"⛔ Block {SHOWN}")
    await assel.sees("Valid until")
    await marat.tap(f"⛔ Block {SHOWN}")
    await marat.sees("✅ Blocked", "A-20220124-0001")
    await assel.tap(f"⛔ Block {SHOWN}")
    await assel.sees("✅ Blocked", "A-20220124-0002")
    assert len(await stage.effects()) == 1


async def test_a_change_under_way_holds_another_back(stage: Stage) -> None:
    marat, _question = await asked_to_block(stage)
    assel = await stage.administrator(ASSEL)
    await assel.say(NUMBER)
    await assel.sees("Tariff: ")
    await stage.http.patch("/sandbox/operator/settings", json={"order_seconds": 60})
    await marat.tap(f"⛔ Block {SHOWN}")
    await marat.sees("⏳ Sent to the operator · action A-20220124-0001", "Check status")
    await assel.tap(f"⛔ Block {SHOWN}")
    await assel.is_told("not finished yet (A-20220124-0001)")
    await assel.sees("🟢 Active since")
