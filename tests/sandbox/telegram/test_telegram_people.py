"""The people's side: what a tap, a contact, a file or a group becomes."""

from __future__ import annotations

import asyncio
import io
import json

import aiohttp
import pytest

from tests.sandbox.telegram.side import ADMINISTRATOR, BotSide, PeopleSide, buttons, until


async def test_a_chat_shows_what_is_there_now(bot: BotSide, people: PeopleSide) -> None:
    kept = await bot.send("<b>first</b>", parse_mode="HTML")
    gone = await bot.send("second")
    await bot.ok("editMessageText", chat_id=ADMINISTRATOR, message_id=kept, text="changed")
    await bot.ok("deleteMessage", chat_id=ADMINISTRATOR, message_id=gone)
    chat = await people.chat()
    assert [message["text"] for message in chat["messages"]] == ["/start", "changed"]
    assert chat["messages"][1]["edit_date"]
    assert "entities" not in chat["messages"][1]


async def test_a_tap_names_the_button_or_its_data(bot: BotSide, people: PeopleSide) -> None:
    message = await bot.send(reply_markup=buttons([("Block", "b"), ("Menu", "m")]))
    await people.tap(message_id=message, text="Menu")
    await people.tap(data="forged by hand")
    first, second = await bot.updates()
    assert first["callback_query"]["data"] == "m"
    assert first["callback_query"]["message"]["reply_markup"]["inline_keyboard"]
    assert first["callback_query"]["id"].isdigit()
    assert second["callback_query"]["data"] == "forged by hand"
    assert second["callback_query"]["message"]["message_id"] == message
    status, said = await people.fails("POST", "users/700/taps", {"text": "Pay"})
    assert status == 409
    assert "'Block', 'Menu'" in said


async def test_taps_at_once_and_once_more(bot: BotSide, people: PeopleSide) -> None:
    await bot.send(reply_markup=buttons([("A", "a")]))
    taps = await people.tap(text="A", repeat=3)
    assert len(set(taps["callback_query_ids"])) == 3
    again = await people.tap(callback_query_id=taps["callback_query_id"])
    assert again["update_id"] > max(taps["update_ids"])
    ids = [update["callback_query"]["id"] for update in await bot.updates()]
    assert ids == [*taps["callback_query_ids"], taps["callback_query_id"]]


async def test_a_tap_on_a_deleted_message(bot: BotSide, people: PeopleSide) -> None:
    message = await bot.send(reply_markup=buttons([("A", "a")]))
    await bot.ok("deleteMessage", chat_id=ADMINISTRATOR, message_id=message)
    await people.tap(message_id=message, data="a")
    [update] = await bot.updates()
    gone = update["callback_query"]["message"]
    assert (gone["date"], gone["message_id"], gone["chat"]["id"]) == (0, message, ADMINISTRATOR)
    assert "text" not in gone


async def test_answers_are_shown(bot: BotSide, people: PeopleSide) -> None:
    await bot.send(reply_markup=buttons([("A", "a")]))
    tapped = await people.tap(text="A")
    query = tapped["callback_query_id"]
    await bot.ok("answerCallbackQuery", callback_query_id=query, text="No.", show_alert=True)
    [answer] = (await people.chat())["answers"]
    assert (answer["callback_query_id"], answer["text"], answer["show_alert"]) == (
        query,
        "No.",
        True,
    )


async def test_a_contact_of_ones_own_and_of_another(bot: BotSide, people: PeopleSide) -> None:
    keyboard = {
        "keyboard": [[{"text": "Share", "request_contact": True}]],
        "one_time_keyboard": True,
        "nonsense": 1,
    }
    asked = await bot.send("Your number?", reply_markup=keyboard)
    assert "nonsense" not in (await people.chat())["reply_keyboard"]
    await people.tap(text="Share")
    assert (await people.chat())["reply_keyboard"] is None
    await people.give(contact={"phone_number": "77770001122", "user_id": 5})
    own, other = [update["message"] for update in await bot.updates()]
    assert own["contact"]["user_id"] == own["from"]["id"] == ADMINISTRATOR
    assert own["contact"]["phone_number"] == "77010542007"
    assert own["reply_to_message"]["message_id"] == asked
    assert other["contact"]["user_id"] == 5


async def test_reply_keyboards_stay_until_removed(bot: BotSide, people: PeopleSide) -> None:
    await bot.send(reply_markup={"keyboard": [["Yes", "No"]]})
    await bot.send()
    await people.tap(text="Yes")
    assert (await bot.updates())[0]["message"]["text"] == "Yes"
    assert (await people.chat())["reply_keyboard"]["keyboard"][0][1] == {"text": "No"}
    await bot.send(reply_markup={"remove_keyboard": True})
    assert (await people.chat())["reply_keyboard"] is None


async def test_buttons_keep_style_and_lose_unknown_fields(bot: BotSide, people: PeopleSide) -> None:
    button = {"text": "Block", "callback_data": "b", "style": "danger", "colour": "red"}
    copy = {"text": "Copy", "copy_text": {"text": "77012115526"}}
    await bot.send(reply_markup={"inline_keyboard": [[button, copy], []]})
    chat = await people.chat()
    assert chat["messages"][-1]["reply_markup"] == {
        "inline_keyboard": [[{"text": "Block", "callback_data": "b", "style": "danger"}, copy]]
    }
    assert await people.tap(text="Copy") == {"copy_text": {"text": "77012115526"}}


async def test_documents_travel_both_ways(
    session: aiohttp.ClientSession, bot: BotSide, people: PeopleSide
) -> None:
    form = aiohttp.FormData({"caption": "numbers"})
    form.add_field("document", io.BytesIO(b"1;2"), filename="номера.csv")
    async with session.post("/sandbox/users/700/messages", data=form) as answer:
        assert answer.status == 201
    [update] = await bot.updates()
    document = update["message"]["document"]
    assert (document["file_name"], document["file_size"]) == ("номера.csv", 3)
    path = (await bot.ok("getFile", file_id=document["file_id"]))["file_path"]
    async with session.get(f"/file/bot42:TEST/{path}") as answer:
        assert await answer.read() == b"1;2"
    sent = await bot.upload("sendDocument", "document", b"pdf", "a.pdf", chat_id="700")
    again = await bot.ok(
        "sendDocument", chat_id=700, document=sent["result"]["document"]["file_id"]
    )
    assert again["document"] == sent["result"]["document"]
    async with session.get(f"/sandbox/files/{again['document']['file_id']}") as answer:
        assert await answer.read() == b"pdf"
        assert answer.content_type == "application/pdf"


@pytest.mark.parametrize("kind", ["sticker", "voice", "video", "location", "poll", "photo"])
async def test_other_messages(bot: BotSide, people: PeopleSide, kind: str) -> None:
    await people.give(**{kind: True})
    [update] = await bot.updates()
    assert kind in update["message"]


async def test_edited_and_taken_back(bot: BotSide, people: PeopleSide) -> None:
    said = await people.say("first")
    message = said["message"]["message_id"]
    await people.do("PATCH", f"users/700/messages/{message}", {"text": "second"})
    updates = await bot.updates()
    assert updates[1]["edited_message"]["text"] == "second"
    assert updates[0]["message"]["text"] == "first"
    await people.do("DELETE", f"users/700/messages/{message}")
    assert await people.texts() == ["/start"]


async def test_poison(bot: BotSide, people: PeopleSide) -> None:
    await people.do("POST", "users/700/raw", {"message": {"text": 7}, "update_id": 1})
    [update] = await bot.updates()
    assert update["message"] == {"text": 7}
    assert update["update_id"] > 500_000_000


async def test_groups(bot: BotSide, people: PeopleSide) -> None:
    await people.arrive(701, first_name="Marat")
    await people.do("POST", "users", {"id": -100, "title": "Team", "members": [700, 701]})
    await people.say("/start", person=-100, **{"from": 701})
    added, came, said = await bot.updates()
    assert added["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert [one["id"] for one in came["message"]["new_chat_members"]] == [42]
    assert said["message"]["chat"] == {"id": -100, "type": "supergroup", "title": "Team"}
    assert said["message"]["from"]["id"] == 701
    await bot.ok("sendMessage", chat_id=-100, text="hello", reply_markup=buttons([("A", "a")]))
    await people.tap(person=-100, text="A", **{"from": 700})
    await people.do("POST", "users/-100/block", {"blocked": True})
    assert await bot.refused("sendMessage", chat_id=-100, text="x") == (
        "403 Forbidden: bot was kicked from the supergroup chat"
    )


async def test_events(session: aiohttp.ClientSession, bot: BotSide, people: PeopleSide) -> None:
    async with session.get("/sandbox/users/700/events") as stream:
        kinds: list[str] = []

        async def listen() -> None:
            async for line in stream.content:
                event = json.loads(line[6:]) if line.startswith(b"data: ") else {}
                kinds.extend([event["type"]] if event else [])

        listening = asyncio.ensure_future(listen())
        await asyncio.sleep(0.1)
        message = await bot.send("one", reply_markup=buttons([("A", "a")]))
        tapped = await people.tap(text="A")
        await bot.ok("answerCallbackQuery", callback_query_id=tapped["callback_query_id"])
        await bot.ok("editMessageText", chat_id=700, message_id=message, text="two")
        await bot.ok("sendChatAction", chat_id=700, action="upload_document")
        await bot.ok("deleteMessage", chat_id=700, message_id=message)

        async def told() -> bool:
            return "deleted" in kinds

        await until(told)
        listening.cancel()
    assert kinds == ["message", "answer", "edited", "action", "deleted"]


async def test_the_log_of_calls(bot: BotSide, people: PeopleSide) -> None:
    await bot.send()
    await bot.refused("sendMessage", chat_id=999, text="x")
    calls = await people.do("GET", "telegram/calls?method=sendMessage")
    shown = [(call["chat_id"], call["ok"], call["error_code"]) for call in calls]
    assert shown == [("700", True, None), ("999", False, 400)]


async def test_nobody_to_talk_to(session: aiohttp.ClientSession) -> None:
    people = PeopleSide(session)
    await people.arrive()
    status, said = await people.fails("POST", "users/700/messages", {"text": "hello"})
    assert (status, said) == (409, "no bot has called yet")
    assert (await people.chat())["messages"] == []
    status, _ = await people.fails("GET", "users/5/chat")
    assert status == 404


async def test_the_web_chat_is_served(session: aiohttp.ClientSession) -> None:
    for path in ("/", "/web/main.js", "/web/chat.css", "/web/icon.svg"):
        async with session.get(path) as answer:
            assert answer.status == 200
    async with session.get("/web/none.js") as answer:
        assert answer.status == 404
