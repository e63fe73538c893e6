"""The Bot API's refusals, word for word."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.sandbox.telegram.side import ADMINISTRATOR, BotSide, PeopleSide, buttons

BAD = "400 Bad Request: "
ENTITIES = BAD + "can't parse entities: "
TEXT_BUTTON = (
    "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
)


def keyboard(button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"text": ""}, BAD + "message text is empty"),
        ({"text": "  \n "}, BAD + "text must be non-empty"),
        ({"text": "x" * 4097}, BAD + "message is too long"),
        ({"text": "x" * 32769}, BAD + "text is too long"),
        ({"text": "x", "parse_mode": "Wiki"}, BAD + "unsupported parse_mode"),
        ({"chat_id": ""}, BAD + "chat_id is empty"),
        ({"chat_id": 999}, BAD + "chat not found"),
        ({"chat_id": "somebody"}, BAD + "chat not found"),
        ({"text": "\ud83d"}, BAD + "strings must be encoded in UTF-8"),
        ({"chat_id": 10**30}, BAD + "chat not found"),
        ({"chat_id": "@nobody"}, BAD + "chat not found"),
        ({"chat_id": 42}, "403 Forbidden: the bot can't send messages to the bot"),
        (
            {"reply_parameters": {"message_id": 9999}},
            BAD + "message to be replied not found",
        ),
        ({"reply_markup": "{"}, BAD + "can't parse reply keyboard markup JSON object"),
        ({"reply_markup": []}, BAD + "object expected as reply markup"),
        (
            {"reply_markup": {"inline_keyboard": None}},
            BAD + 'field "inline_keyboard" must be of type Array',
        ),
        (
            {"reply_markup": {"inline_keyboard": [{}]}},
            BAD + 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        (
            {"reply_markup": keyboard({"text": "A", "callback_data": "я" * 33})},
            BAD + "BUTTON_DATA_INVALID",
        ),
        ({"reply_markup": keyboard({"text": "A", "callback_data": ""})}, BAD + TEXT_BUTTON),
        ({"reply_markup": keyboard({"text": "A"})}, BAD + TEXT_BUTTON),
        (
            {"reply_markup": keyboard({"callback_data": "a"})},
            BAD + "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            {"reply_markup": keyboard({"text": "A", "url": "ftp://x.kz"})},
            BAD + "inline keyboard button URL 'ftp://x.kz' is invalid: Unsupported URL protocol",
        ),
    ],
)
async def test_send_message(
    bot: BotSide, people: PeopleSide, params: dict[str, Any], said: str
) -> None:
    asked = {"chat_id": ADMINISTRATOR, "text": "hello", **params}
    assert await bot.refused("sendMessage", **asked) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("я</b>", "Unexpected end tag at byte offset 2"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', 'Unclosed start tag "a" at byte offset 0'),
    ],
)
async def test_html(bot: BotSide, people: PeopleSide, text: str, said: str) -> None:
    asked = {"chat_id": ADMINISTRATOR, "text": text, "parse_mode": "HTML"}
    assert await bot.refused("sendMessage", **asked) == ENTITIES + said


async def test_markdown(bot: BotSide, people: PeopleSide) -> None:
    asked = {"chat_id": ADMINISTRATOR, "parse_mode": "MarkdownV2"}
    assert await bot.refused("sendMessage", text="1.5", **asked) == (
        ENTITIES + "Character '.' is reserved and must be escaped with the preceding '\\'"
    )
    assert await bot.refused("sendMessage", text="я*b", **asked) == (
        ENTITIES + "Can't find end of Bold entity at byte offset 2"
    )


async def test_the_text_is_checked_before_the_chat(bot: BotSide) -> None:
    asked = {"chat_id": 999, "text": "<b>", "parse_mode": "HTML"}
    assert (await bot.refused("sendMessage", **asked)).startswith(ENTITIES)


async def test_nobody_is_written_to_before_start(bot: BotSide, people: PeopleSide) -> None:
    await people.arrive(701)
    said = await bot.refused("sendMessage", chat_id=701, text="hello")
    assert said == "403 Forbidden: bot can't initiate conversation with a user"
    await people.say("/start", person=701)
    await bot.ok("sendMessage", chat_id=701, text="hello")


async def test_blocked(bot: BotSide, people: PeopleSide) -> None:
    await people.do("POST", f"users/{ADMINISTRATOR}/block", {"blocked": True})
    said = await bot.refused("sendMessage", chat_id=ADMINISTRATOR, text="hello")
    assert said == "403 Forbidden: bot was blocked by the user"
    [update] = await bot.updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    await people.say("I am back")
    await bot.ok("sendMessage", chat_id=ADMINISTRATOR, text="hello")
    kinds = [
        set(later) - {"update_id"} for later in await bot.updates(offset=update["update_id"] + 1)
    ]
    assert kinds == [{"my_chat_member"}, {"message"}]


async def test_deactivated(bot: BotSide, people: PeopleSide) -> None:
    await people.arrive(deactivated=True)
    said = await bot.refused("sendMessage", chat_id=ADMINISTRATOR, text="hello")
    assert said == "403 Forbidden: user is deactivated"


async def test_edits(bot: BotSide, people: PeopleSide) -> None:
    mine = await bot.send("one", reply_markup=buttons([("A", "a")]))
    theirs = (await people.say("two"))["message"]["message_id"]
    file = await bot.upload("sendDocument", "document", b"x", "a.txt", chat_id=str(ADMINISTRATOR))

    async def edit(message_id: int, text: str = "new", **more: Any) -> str:
        asked = {"chat_id": ADMINISTRATOR, "message_id": message_id, "text": text, **more}
        return await bot.refused("editMessageText", **asked)

    assert await edit(mine, "one", reply_markup=buttons([("A", "a")])) == (
        BAD + "message is not modified: specified new message content and reply markup are exactly"
        " the same as a current content and reply markup of the message"
    )
    for absent in (9999, 10**30, -5):
        assert await edit(absent) == BAD + "message to edit not found"
    assert await edit(theirs) == BAD + "message can't be edited"
    said = await edit(file["result"]["message_id"])
    assert said == BAD + "there is no text in the message to edit"
    assert await edit(mine, "x" * 4097) == BAD + "MESSAGE_TOO_LONG"
    said = await bot.refused("editMessageText", text="x")
    assert said == BAD + "message identifier is not specified"


async def test_deletions(bot: BotSide, people: PeopleSide) -> None:
    message = await bot.send()
    asked = {"chat_id": ADMINISTRATOR, "message_id": message}
    assert await bot.ok("deleteMessage", **asked) is True
    assert await bot.refused("deleteMessage", **asked) == BAD + "message to delete not found"
    said = await bot.refused("deleteMessage", message_id=1)
    assert said == BAD + "chat identifier is not specified"
    said = await bot.refused("deleteMessage", chat_id=ADMINISTRATOR)
    assert said == BAD + "message identifier is not specified"
    asked["message_id"] = await bot.send()
    await people.pass_time(49 * 3600)
    said = await bot.refused("deleteMessage", **asked)
    assert said == BAD + "message can't be deleted for everyone"


async def test_answers_to_taps(bot: BotSide, people: PeopleSide) -> None:
    too_old = BAD + "query is too old and response timeout expired or query ID is invalid"
    await bot.send(reply_markup=buttons([("A", "a")]))
    for wrong in ("1", "abc", "", "9" * 19, "9" * 60):
        assert await bot.refused("answerCallbackQuery", callback_query_id=wrong) == too_old
    tapped = await people.tap(text="A")
    asked = {"callback_query_id": tapped["callback_query_id"]}
    assert await bot.ok("answerCallbackQuery", **asked, text="First") is True
    assert await bot.ok("answerCallbackQuery", **asked, text="Second") is True
    [shown] = (await people.chat())["answers"]
    assert (shown["text"], shown["times"]) == ("Second", 2)
    assert await people.do("POST", "telegram/answers", {"once": True}) == {"once": True}
    assert await bot.refused("answerCallbackQuery", **asked) == too_old
    await people.do("POST", "telegram/answers", {"once": False})
    tapped = await people.tap(text="A")
    await people.pass_time(16)
    asked = {"callback_query_id": tapped["callback_query_id"]}
    assert await bot.refused("answerCallbackQuery", **asked) == too_old


async def test_files(bot: BotSide, people: PeopleSide) -> None:
    async def send(**params: Any) -> str:
        return await bot.refused("sendDocument", chat_id=ADMINISTRATOR, **params)

    assert await send() == BAD + "there is no document in the request"
    assert (await send(document="nonsense")).startswith(
        BAD + "wrong remote file identifier specified: "
    )
    empty = await bot.upload("sendDocument", "document", b"", "a.txt", chat_id="700")
    assert empty["description"] == "Bad Request: file must be non-empty"
    long = await bot.upload(
        "sendDocument", "document", b"x", "a.txt", chat_id="700", caption="x" * 1025
    )
    assert long["description"] == "Bad Request: message caption is too long"
    assert await bot.refused("getFile") == BAD + "file_id not specified"
    assert await bot.refused("getFile", file_id="x") == BAD + "invalid file_id"


@pytest.mark.slow
async def test_too_large_files(bot: BotSide, people: PeopleSide) -> None:
    sent = await bot.upload("sendDocument", "document", bytes(21 << 20), "a.bin", chat_id="700")
    said = await bot.refused("getFile", file_id=sent["result"]["document"]["file_id"])
    assert said == BAD + "file is too big"
    refused = await bot.upload(
        "sendDocument", "document", bytes((50 << 20) + 1), "b.bin", chat_id="700"
    )
    assert refused == {
        "ok": False,
        "error_code": 413,
        "description": "Request Entity Too Large",
    }


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        ("{", "can't parse commands JSON object"),
        ({}, "expected an Array of BotCommand"),
        ([{"command": "", "description": "x"}], "command must be non-empty"),
        ([{"command": "x" * 33, "description": "x"}], "command length must not exceed 32"),
        ([{"command": "x", "description": ""}], "command description must be non-empty"),
        (
            [{"command": "x", "description": "x" * 257}],
            "command description length must not exceed 256",
        ),
        ([{"command": "Меню", "description": "x"}], "BOT_COMMAND_INVALID"),
    ],
)
async def test_commands(bot: BotSide, commands: Any, said: str) -> None:
    assert await bot.refused("setMyCommands", commands=commands) == BAD + said


async def test_tokens_methods_and_paths(session: aiohttp.ClientSession, bot: BotSide) -> None:
    assert await bot.refused("noSuchMethod") == "404 Not Found: method not found"
    assert await bot.refused("GETME".lower() + "x") == "404 Not Found: method not found"
    await bot.ok("gEtMe")
    said = await BotSide(session, "42:OTHER").refused("getMe")
    assert said == "401 Unauthorized"
    for wrong in ("nonsense", "0:zz", "007:zz", "1" * 16 + ":zz", "5:", "5:z z"):
        said = await BotSide(session, wrong).refused("getMe")
        assert said == "401 Unauthorized: invalid token specified", wrong
    async with session.get("/botanical") as answer:
        assert (answer.status, (await answer.json())["description"]) == (404, "Not Found")
    async with session.get("/file/bot42:TEST/documents/file_7.txt") as answer:
        assert (answer.status, (await answer.json())["description"]) == (404, "Not Found")


async def test_chat_actions(bot: BotSide, people: PeopleSide) -> None:
    said = await bot.refused("sendChatAction", chat_id=ADMINISTRATOR, action="dance")
    assert said == BAD + "wrong parameter action in request"
    assert await bot.ok("sendChatAction", chat_id=ADMINISTRATOR, action="typing") is True


async def test_copies_and_forwards(bot: BotSide, people: PeopleSide) -> None:
    protected = await bot.send("secret", protect_content=True)
    way = {"chat_id": ADMINISTRATOR, "from_chat_id": ADMINISTRATOR}
    said = await bot.refused("forwardMessage", message_id=protected, **way)
    assert said == BAD + "message has protected content and can't be forwarded"
    assert await bot.refused("copyMessage", message_id=9999, **way) == (
        BAD + "message to copy not found"
    )
    assert await bot.refused("forwardMessage", message_id=9999, **way) == (
        BAD + "message to forward not found"
    )
    plain = await bot.send("plain")
    forwarded = await bot.ok("forwardMessage", message_id=plain, **way)
    assert forwarded["forward_origin"]["sender_user"]["id"] == 42


async def test_contacts_are_asked_for_in_private_only(bot: BotSide, people: PeopleSide) -> None:
    await people.do("POST", "users", {"id": -100, "title": "Team", "members": [ADMINISTRATOR]})
    markup = {"keyboard": [[{"text": "Share", "request_contact": True}]]}
    said = await bot.refused("sendMessage", chat_id=-100, text="x", reply_markup=markup)
    assert said == BAD + "phone number can be requested in private chats only"


async def test_floods(bot: BotSide, people: PeopleSide) -> None:
    await people.do("POST", "telegram/limits", {"on": True})
    for _ in range(3):
        await bot.send()
    asked = {"chat_id": ADMINISTRATOR, "text": "x"}
    async with bot.session.post("/bot42:TEST/sendMessage", json=asked) as answer:
        body = await answer.json()
        assert answer.status == 429
        seconds = body["parameters"]["retry_after"]
        assert answer.headers["Retry-After"] == str(seconds)
        assert body["description"] == f"Too Many Requests: retry after {seconds}"
    await people.pass_time(seconds + 1)
    await bot.send()
