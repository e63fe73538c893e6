"""Old windows, other chats, other people's words: one polite answer, and no flow is moved."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.conftest import Stage, log_in, several_companies
from tests.scenarios.entry import ask_to_block, enter
from tests.scenarios.phone import Phone
from tests.scenarios.test_taps import CONFIRM, data_of

NUMBER = "77012115526"
REFERENCE = "A-20220124-0001"
INVISIBLE = "\u200d\u2060\u200c\u00ad"


async def test_the_final_word_stays_and_its_buttons_outlive_a_restart(stage: Stage) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    await phone.tap(CONFIRM)
    final = await phone.sees("✅", REFERENCE)
    await phone.no_longer_sees("⏳ Sent")
    await phone.sees("⛔ Blocked since", "Usage details")
    await stage.stop_bot()
    await stage.start_bot()
    before = await phone.window()
    await phone.tap("+7 701 211 55 26", message=final)
    card = await phone.window_below(before)
    assert "⛔ Blocked since" in card.text
    assert any(message.id == final.id for message in await phone.messages())
    await phone.tap("Unblock", message=final)
    await phone.sees("Unblock +7 701 211 55 26?")
    await phone.tap("⌂ Menu", message=final)
    await phone.sees("37 numbers")
    shown = [m for m in await phone.messages() if m.buttons]
    assert len(shown) == 2, "the final word and one window"


async def test_somebody_elsewhere_stays_there_when_the_final_word_comes(stage: Stage) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    await stage.fault("operator", "delay", match="POST", seconds=1, times=1)
    await phone.tap(CONFIRM)
    await phone.sees("⏳", REFERENCE)
    await phone.command("/documents")
    final = await phone.sees("✅", REFERENCE)

    async def below() -> bool:
        window = await phone.window()
        return window.id > final.id and "2 · Actions" in "".join(window.buttons)

    await phone.until(below, "the documents below the final word")
    await phone.tap("2 · Actions")
    await phone.sees("✅ done", REFERENCE)


async def test_an_old_window_s_button_leads_to_the_present_one(stage: Stage) -> None:
    phone = await enter(stage)
    menu = await phone.window()
    data = data_of(menu, "Number management")
    await phone.command("/documents")
    await phone.tap("8 · Payments")
    documents = await phone.sees("Payments report", "Show here")
    await phone.tap_data(menu.id, data)
    await phone.is_told("out of date")
    assert "Payments report" in (await phone.window_below(documents)).text

    async def gone() -> bool:
        return all(message.id != documents.id for message in await phone.messages())

    await phone.until(gone, "the end of the window before")
    assert len([m for m in await phone.messages() if m.buttons]) == 1


async def test_somebody_without_any_window_taps_an_old_message(stage: Stage) -> None:
    phone = await stage.phone("77010542007")
    await phone.say("hello")
    first = await phone.sees("Choose a language")
    assert stage.app is not None
    stores = stage.app.stores

    async def handled() -> bool:
        return not await stores.inbox.waiting()

    await phone.until(handled, "the end of the first update")
    unit = await stores.units.open(phone.id, phone.id, stage.settings.bot_id)
    unit.drop_slots()
    await stores.units.close(unit, None)
    await phone.tap("English", message=first)
    await phone.is_told("out of date")
    fresh = await phone.sees("Enter the Administrator's phone number")
    assert fresh.id > first.id


async def test_a_lost_window_leaves_one_greeting(stage: Stage) -> None:
    phone = await stage.phone("77010542007")
    await phone.say("/start")
    await phone.tap("English")
    old = await phone.sees("Enter the Administrator's phone number")
    await phone.command("/start")
    await phone.tap_data(old.id, data_of(old, "Forgot password?"))
    await phone.is_told("out of date")

    async def one() -> bool:
        texts = [message.text for message in await phone.messages()]
        return sum("Share your number with the button" in text for text in texts) == 1

    await phone.until(one, "one greeting")
    await phone.sees("Enter the Administrator's phone number")
    assert await one()


@pytest.mark.parametrize(
    "where", ["Usage details", "Number management", "menu"], ids=["period", "list", "menu"]
)
async def test_start_leads_to_the_menu_in_one_step(stage: Stage, where: str) -> None:
    phone = await enter(stage)
    if where == "Usage details":
        await phone.say(NUMBER)
        await phone.tap(where)
        await phone.sees("Period")
    elif where != "menu":
        await phone.tap(where)
        await phone.sees("Type any part")
    window = await phone.command("/start")
    assert "37 numbers" in window.text


async def test_a_forwarded_text_moves_nothing(stage: Stage) -> None:
    phone = await enter(stage)
    await phone.send({"text": NUMBER, "forward": True})
    await phone.sees("forwarded message is not used")
    assert not any("Usage details" in b for b in (await phone.window()).buttons)


async def test_a_forwarded_number_is_no_login(stage: Stage) -> None:
    phone = await stage.phone("77010542007")
    await phone.say("/start")
    await phone.tap("English")
    await phone.sees("Enter the Administrator's phone number")
    await phone.send({"text": phone.number, "forward": True})
    await phone.sees("forwarded message is not used")
    await phone.say(phone.number)
    await phone.sees("Enter the password")


async def test_a_reply_to_an_old_window_is_a_text_for_the_present_one(stage: Stage) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    await phone.tap(CONFIRM)
    final = await phone.sees("✅", REFERENCE)
    await phone.sees("⛔ Blocked since", "Usage details")
    await phone.send({"text": "77010542006", "reply_to": final.id})
    await phone.sees("+7 701 054 20 06", "Usage details")
    assert not await answers_out_of_date(phone)


async def answers_out_of_date(phone: Phone) -> bool:
    told = [answer.get("text") or "" for answer in await phone.answers()]
    said = [message.text for message in await phone.messages()]
    return any("out of date" in text for text in told + said)


async def test_invisible_signs_behind_a_text_press_no_button(stage: Stage) -> None:
    phone = await enter(stage)
    await phone.say(NUMBER + INVISIBLE)
    await phone.sees("+7 701 211 55 26", "Usage details")
    await phone.say(INVISIBLE * 3 + "\u200d")
    await phone.command("/menu")
    await phone.sees("37 numbers")


async def test_a_secret_with_invisible_signs_is_deleted_all_the_same(stage: Stage) -> None:
    phone = await stage.phone("77010542007")
    await log_in(phone)
    assert await several_companies(phone)
    await phone.command("/logout")
    await phone.say(phone.number)
    await phone.sees("Enter the password")
    await phone.say("canary of the harbour" + INVISIBLE)
    await phone.sees("wrong")
    assert not any("canary" in message.text for message in await phone.messages())


async def test_a_secret_typed_long_ago_is_refused_and_deleted(stage: Stage) -> None:
    phone = await stage.phone("77010542007")
    await log_in(phone)
    assert await several_companies(phone)
    await phone.command("/logout")
    await phone.say(phone.number)
    await phone.sees("Enter the password")
    await stage.stop_bot()
    await phone.say("copper lantern on the river")
    await stage.advance(seconds=121)
    await stage.start_bot()
    await phone.sees("too late")
    assert not any("copper lantern" in message.text for message in await phone.messages())


@pytest.mark.parametrize(
    "update",
    [
        {"edited_message": {"message_id": 1}},
        {"channel_post": {"message_id": 1, "date": 1, "chat": {"id": -100, "type": "channel"}}},
        {"message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}},
        {
            "callback_query": {
                "id": "1",
                "from": {"id": 1, "is_bot": False, "first_name": "A"},
                "chat_instance": "1",
                "data": "x",
            }
        },
        {},
    ],
    ids=["edited", "channel", "nobody", "no message", "nothing"],
)
async def test_what_is_nobody_s_word_is_left_alone(stage: Stage, update: dict[str, Any]) -> None:
    phone = await enter(stage)
    answer = await stage.http.post(f"/sandbox/users/{phone.id}/raw", json=update)
    assert answer.status_code in (201, 404)
    assert stage.app is not None
    await stage.app.intake.keep([{"update_id": 4_000_000, **update}])
    await phone.say(NUMBER)
    await phone.sees("+7 701 211 55 26", "Usage details")
    assert not await answers_out_of_date(phone)


@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "private chat only"), ("ru", "личном чате"), ("kk", "жеке чат")],
)
async def test_a_group_gets_one_line_in_the_asker_s_language(
    stage: Stage, language: str, line: str
) -> None:
    phone = await enter(stage, language=language)
    group = -100500
    made = await stage.http.post(
        "/sandbox/users", json={"id": group, "first_name": "Group", "members": [phone.id]}
    )
    assert made.is_success, made.text
    for text in ("/start", "hello everybody", NUMBER):
        await stage.http.post(
            f"/sandbox/users/{group}/messages", json={"text": text, "from": phone.id}
        )

    async def said() -> list[str] | None:
        chat = (await stage.http.get(f"/sandbox/users/{group}/chat")).json()
        texts = [m["text"] for m in chat["messages"] if m["from"]["is_bot"]]
        return texts or None

    texts = await phone.until(said, "the line")
    await phone.say(NUMBER)
    await phone.sees("+7 701 211 55 26", "📊")
    assert len(texts) == 1
    assert line in texts[0]
