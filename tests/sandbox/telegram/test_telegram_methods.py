"""What the methods do when nothing is wrong."""

from __future__ import annotations

import asyncio
import io
import json
import time
from pathlib import Path

import aiohttp

from sandbox.app import Sandbox
from sandbox.world import World
from tests.sandbox.telegram.side import ADMINISTRATOR, BotSide, PeopleSide, buttons

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000002800000016808060000")


async def test_commands_by_scope_and_language(bot: BotSide, people: PeopleSide) -> None:
    for language, description in (("", "Menu"), ("ru", "Меню"), ("kk", "Мәзір")):
        commands = [{"command": "menu", "description": description}]
        await bot.ok("setMyCommands", commands=commands, language_code=language)
    await people.arrive(language_code="kk")
    assert (await people.chat())["commands"][0]["description"] == "Мәзір"
    scope = {"type": "chat", "chat_id": ADMINISTRATOR}
    own = [{"command": "block", "description": "Block"}]
    await bot.ok("setMyCommands", commands=own, scope=scope)
    assert (await people.chat())["commands"] == own
    assert await bot.ok("getMyCommands", scope=scope) == own
    assert await bot.ok("deleteMyCommands", scope=scope) is True
    assert await bot.ok("getMyCommands", scope=scope) == []


async def test_names_and_the_menu_button(bot: BotSide, people: PeopleSide) -> None:
    await bot.ok("setMyName", name="Мой кабинет", language_code="ru")
    assert await bot.ok("getMyName", language_code="ru") == {"name": "Мой кабинет"}
    await bot.ok("setMyDescription", description="Numbers of a company")
    assert (await bot.ok("getMyDescription"))["description"] == "Numbers of a company"
    await bot.ok("setMyShortDescription", short_description="Numbers")
    assert (await bot.ok("getMyShortDescription"))["short_description"] == "Numbers"
    assert await bot.ok("getChatMenuButton") == {"type": "commands"}
    await bot.ok("setChatMenuButton", menu_button={"type": "default"}, chat_id=ADMINISTRATOR)
    assert await bot.ok("getChatMenuButton", chat_id=ADMINISTRATOR) == {"type": "default"}


async def test_default_rights_of_an_administrator(bot: BotSide) -> None:
    rights = {"can_manage_chat": True, "can_post_messages": True, "can_pin_messages": True}
    await bot.ok("setMyDefaultAdministratorRights", rights=rights, for_channels=True)
    for_channels = await bot.ok("getMyDefaultAdministratorRights", for_channels=True)
    assert (for_channels["can_post_messages"], for_channels["can_delete_messages"]) == (True, False)
    assert "can_pin_messages" not in for_channels
    for_groups = await bot.ok("getMyDefaultAdministratorRights")
    assert not any(for_groups.values())


async def test_a_message_keeps_what_was_asked(bot: BotSide, people: PeopleSide) -> None:
    first = await bot.send("first")
    sent = await bot.ok(
        "sendMessage",
        chat_id=ADMINISTRATOR,
        text="second",
        protect_content=True,
        disable_notification=True,
        reply_parameters={"message_id": first},
        link_preview_options={"is_disabled": True, "nonsense": 1},
    )
    assert sent["has_protected_content"] is True
    assert sent["reply_to_message"]["text"] == "first"
    assert sent["link_preview_options"] == {"is_disabled": True}
    forgiven = {"message_id": 9999, "allow_sending_without_reply": True}
    await bot.send("third", reply_parameters=forgiven)


async def test_a_forced_reply_comes_as_a_reply(bot: BotSide, people: PeopleSide) -> None:
    asked = await bot.send("Which number?", reply_markup={"force_reply": True})
    said = await people.say("77012115526")
    assert said["message"]["reply_to_message"]["message_id"] == asked
    assert (await people.chat())["reply_keyboard"] is None


async def test_an_edit_without_markup_takes_the_keyboard_away(
    bot: BotSide, people: PeopleSide
) -> None:
    message = await bot.send(reply_markup=buttons([("A", "a")]))
    asked = {"chat_id": ADMINISTRATOR, "message_id": message}
    edited = await bot.ok("editMessageReplyMarkup", **asked, reply_markup=buttons([("B", "b")]))
    assert edited["reply_markup"]["inline_keyboard"][0][0]["text"] == "B"
    edited = await bot.ok("editMessageText", **asked, text="changed")
    assert "reply_markup" not in edited
    assert edited["edit_date"] >= edited["date"]


async def test_albums_and_media(bot: BotSide, people: PeopleSide) -> None:
    media = [
        {"type": "document", "media": "attach://one", "caption": "<b>x</b>", "parse_mode": "HTML"},
        {"type": "document", "media": "attach://two"},
    ]
    form = aiohttp.FormData({"chat_id": "700", "media": json.dumps(media)})
    form.add_field("one", io.BytesIO(b"1"), filename="1.pdf")
    form.add_field("two", io.BytesIO(b"2"), filename="2.pdf")
    async with bot.session.post("/bot42:TEST/sendMediaGroup", data=form) as answer:
        first, second = (await answer.json())["result"]
    assert first["media_group_id"] == second["media_group_id"]
    assert first["caption_entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    photo = await bot.upload("sendPhoto", "photo", PNG, "chart.png", chat_id="700", caption="y")
    size = photo["result"]["photo"][-1]
    assert (size["width"], size["height"]) == (640, 360)
    edited = await bot.ok(
        "editMessageMedia",
        chat_id=ADMINISTRATOR,
        message_id=first["message_id"],
        media={"type": "document", "media": second["document"]["file_id"], "caption": "z"},
    )
    assert (edited["document"]["file_name"], edited["caption"]) == ("2.pdf", "z")
    edited = await bot.ok(
        "editMessageCaption", chat_id=ADMINISTRATOR, message_id=first["message_id"], caption="w"
    )
    assert edited["caption"] == "w"


async def test_other_kinds(bot: BotSide, people: PeopleSide) -> None:
    for kind in ("video", "animation", "audio", "voice"):
        sent = await bot.upload(f"send{kind}", kind, b"x", f"a.{kind}", chat_id="700")
        assert sent["result"][kind]["file_size"] == 1
    sent = await bot.ok("sendLocation", chat_id=700, latitude=51.1, longitude=71.4)
    assert sent["location"] == {"latitude": 51.1, "longitude": 71.4}
    sent = await bot.ok("sendContact", chat_id=700, phone_number="7701", first_name="A")
    assert sent["contact"] == {"phone_number": "7701", "first_name": "A"}


async def test_copies_pins_and_reactions(bot: BotSide, people: PeopleSide) -> None:
    theirs = (await people.say("keep this"))["message"]["message_id"]
    here = {"chat_id": ADMINISTRATOR}
    copied = await bot.ok("copyMessage", **here, from_chat_id=ADMINISTRATOR, message_id=theirs)
    assert (await people.texts())[-1] == "keep this"
    await bot.ok("pinChatMessage", **here, message_id=copied["message_id"])
    full = await bot.ok("getChat", **here)
    assert full["pinned_message"]["text"] == "keep this"
    await bot.ok("unpinChatMessage", **here)
    assert (await people.chat())["pinned"] == []
    liked = [{"type": "emoji", "emoji": "👍"}]
    await bot.ok("setMessageReaction", **here, message_id=theirs, reaction=liked)
    assert (await people.chat())["reactions"] == {str(theirs): liked}
    ids = [copied["message_id"], 9999]
    assert await bot.ok("deleteMessages", **here, message_ids=ids) is True
    assert (await people.texts())[-1] == "keep this"


async def test_only_known_people_are_mentioned(bot: BotSide, people: PeopleSide) -> None:
    text = '<a href="tg://user?id=700">you</a> <a href="tg://user?id=5">nobody</a>'
    sent = await bot.ok("sendMessage", chat_id=700, text=text, parse_mode="HTML")
    [mention] = sent["entities"]
    assert (mention["type"], mention["user"]["first_name"]) == ("text_mention", "Assel")


async def test_the_sandbox_stops_at_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    sandbox = Sandbox(world)
    await sandbox.start()
    async with aiohttp.ClientSession(world.http_url) as session:
        bot, people = BotSide(session), PeopleSide(session)
        await bot.ok("getMe")
        await people.arrive()
        await people.fault("hang_before_effect", match="sendMessage")
        waiting = [
            asyncio.ensure_future(work)
            for work in (
                bot.call("getUpdates", timeout=50),
                bot.call("sendMessage", chat_id=700),
                session.get("/sandbox/events"),
            )
        ]
        await asyncio.sleep(0.2)
        started = time.monotonic()
        await sandbox.close()
        assert time.monotonic() - started < 30
        await asyncio.gather(*waiting, return_exceptions=True)
