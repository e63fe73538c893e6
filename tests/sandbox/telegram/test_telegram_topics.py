"""Topics of a forum, and media that people pay stars for."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.sandbox.telegram.side import ADMINISTRATOR, BotSide, PeopleSide

FORUM = -300
HERE = {"chat_id": FORUM}
BAD = "400 Bad Request: "
BULB = "5312536423851630001"


@pytest.fixture
async def forum(bot: BotSide, people: PeopleSide) -> None:
    """A forum of one person, in which the bot is an administrator; its updates are confirmed."""
    made = {"id": FORUM, "title": "Forum", "type": "supergroup", "is_forum": True}
    rights = {"members": [ADMINISTRATOR], "bot_is_administrator": True}
    await people.do("POST", "users", {**made, **rights})
    await news(bot)


async def news(bot: BotSide) -> list[dict[str, Any]]:
    """What came since the last look, confirmed."""
    found = await bot.updates(offset=1)
    if found:
        await bot.updates(offset=found[-1]["update_id"] + 1)
    return found


async def told(bot: BotSide) -> list[dict[str, Any]]:
    """The service messages that came, without what every message has."""
    common = {"message_id", "from", "chat", "date"}
    bodies = [one["message"] for one in await news(bot)]
    return [{name: one[name] for name in one if name not in common} for one in bodies]


async def topic(bot: BotSide, **params: Any) -> dict[str, Any]:
    made = await bot.ok("createForumTopic", **HERE, **{"name": "Orders", **params})
    return {"message_thread_id": made["message_thread_id"]}


async def test_a_topic_is_made_and_written_in(
    bot: BotSide, people: PeopleSide, forum: None
) -> None:
    made = await bot.ok("createForumTopic", **HERE, name="Orders", icon_custom_emoji_id=BULB)
    thread = made["message_thread_id"]
    assert (made["name"], made["icon_color"]) == ("Orders", 0x6FB9F0)
    assert made["icon_custom_emoji_id"] == BULB
    [update] = await news(bot)
    assert update["message"]["message_id"] == thread
    assert update["message"]["message_thread_id"] == thread
    assert update["message"]["chat"]["is_forum"] is True
    assert update["message"]["forum_topic_created"]["name"] == "Orders"
    sent = await bot.ok("sendMessage", **HERE, text="hello", message_thread_id=thread)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread, True)
    answer = {"reply_parameters": {"message_id": sent["message_id"]}}
    replied = await bot.ok("sendMessage", **HERE, text="and this", **answer)
    assert replied["message_thread_id"] == thread
    general = await bot.ok("sendMessage", **HERE, text="to all")
    assert "message_thread_id" not in general
    await people.say("mine", FORUM, message_thread_id=thread)
    [update] = await news(bot)
    assert update["message"]["message_thread_id"] == thread
    code, _ = await people.fails(
        "POST", f"users/{FORUM}/messages", {"text": "x", "message_thread_id": 999}
    )
    assert code == 404


async def test_a_topic_changes(bot: BotSide, people: PeopleSide, forum: None) -> None:
    where = {**HERE, **await topic(bot)}
    await news(bot)
    assert await bot.ok("editForumTopic", **where, name="Bills", icon_custom_emoji_id=BULB)
    assert await bot.ok("editForumTopic", **where, icon_custom_emoji_id="")
    assert await bot.refused("editForumTopic", **where, name="Bills") == BAD + "TOPIC_NOT_MODIFIED"
    assert await bot.ok("closeForumTopic", **where)
    assert await bot.refused("closeForumTopic", **where) == BAD + "TOPIC_NOT_MODIFIED"
    said = {"text": "x", "message_thread_id": where["message_thread_id"]}
    code, why = await people.fails("POST", f"users/{FORUM}/messages", said)
    assert (code, why) == (409, "the topic is closed")
    assert await bot.ok("reopenForumTopic", **where)
    await people.say("x", FORUM, message_thread_id=where["message_thread_id"])
    place = {"message_thread_id": where["message_thread_id"], "is_topic_message": True}
    assert (await told(bot))[:4] == [
        {**place, "forum_topic_edited": {"name": "Bills", "icon_custom_emoji_id": BULB}},
        {**place, "forum_topic_edited": {"icon_custom_emoji_id": ""}},
        {**place, "forum_topic_closed": {}},
        {**place, "forum_topic_reopened": {}},
    ]


async def test_a_topic_goes_with_its_messages(
    bot: BotSide, people: PeopleSide, forum: None
) -> None:
    where = {**HERE, **await topic(bot)}
    await bot.ok("sendMessage", **where, text="in it")
    await bot.ok("sendMessage", **HERE, text="beside it")
    assert await bot.ok("deleteForumTopic", **where)
    left = (await people.chat(FORUM))["messages"]
    assert [one["text"] for one in left if "text" in one] == ["beside it"]
    assert not any("message_thread_id" in one for one in left)
    assert await bot.refused("deleteForumTopic", **where) == BAD + "TOPIC_ID_INVALID"
    assert await bot.refused("sendMessage", **where, text="x") == BAD + "message thread not found"


async def test_the_general_topic(bot: BotSide, forum: None) -> None:
    for method, name in (("Close", "closed"), ("Reopen", "reopened")):
        assert await bot.ok(f"{method.lower()}GeneralForumTopic", **HERE)
        assert await told(bot) == [{f"forum_topic_{name}": {}}]
    assert await bot.ok("hideGeneralForumTopic", **HERE)
    assert await told(bot) == [{"general_forum_topic_hidden": {}}, {"forum_topic_closed": {}}]
    again = await bot.refused("hideGeneralForumTopic", **HERE)
    assert again == BAD + "TOPIC_NOT_MODIFIED"
    assert await bot.ok("reopenGeneralForumTopic", **HERE)
    both: list[dict[str, Any]] = [
        {"forum_topic_reopened": {}},
        {"general_forum_topic_unhidden": {}},
    ]
    assert await told(bot) == both
    refused = await bot.refused("unhideGeneralForumTopic", **HERE)
    assert refused == BAD + "TOPIC_NOT_MODIFIED"
    assert await bot.ok("editGeneralForumTopic", **HERE, name="Lobby")
    assert await told(bot) == [{"forum_topic_edited": {"name": "Lobby"}}]


async def test_pins_of_one_topic_are_taken_off(
    bot: BotSide, people: PeopleSide, forum: None
) -> None:
    where = {**HERE, **await topic(bot)}
    pinned = []
    for place in (where, HERE):
        sent = await bot.ok("sendMessage", **place, text="pin")
        await bot.ok("pinChatMessage", **HERE, message_id=sent["message_id"])
        pinned.append(sent["message_id"])
    assert await bot.ok("unpinAllForumTopicMessages", **where)
    assert (await people.chat(FORUM))["pinned"] == [pinned[1]]
    assert await bot.ok("unpinAllGeneralForumTopicMessages", **HERE)
    assert (await people.chat(FORUM))["pinned"] == []


async def test_rights_decide_about_topics(
    bot: BotSide, people: PeopleSide, session: aiohttp.ClientSession, forum: None
) -> None:
    guest = BotSide(session, "43:GUEST")
    await guest.ok("getMe")
    everyone = PeopleSide(session, "43")
    plain = {"id": FORUM, "bot_is_administrator": {"can_manage_topics": False}}
    await everyone.do("POST", "users", plain)
    refused = await guest.refused("createForumTopic", **HERE, name="x")
    assert refused == BAD + "not enough rights to create a topic"
    await everyone.do("POST", "users", {"id": FORUM, "bot_is_administrator": True})
    mine = {**HERE, **await topic(guest)}
    made = (await news(bot))[-1]["message"]
    assert made["message_thread_id"] == mine["message_thread_id"]
    assert made["from"]["id"] == 43
    await everyone.do("POST", "users", plain)
    assert await guest.ok("closeForumTopic", **mine)
    assert await guest.refused("sendMessage", **mine, text="x") == BAD + "TOPIC_CLOSED"


@pytest.mark.parametrize(
    ("chat", "wrong", "said"),
    [
        (ADMINISTRATOR, {}, "the chat is not a forum"),
        (FORUM, {"name": ""}, "title must be non-empty"),
        (FORUM, {"icon_color": 5}, "invalid icon color specified"),
        (FORUM, {"icon_custom_emoji_id": "1"}, "DOCUMENT_INVALID"),
    ],
)
async def test_what_is_no_topic(
    bot: BotSide, forum: None, chat: int, wrong: dict[str, Any], said: str
) -> None:
    asked = {"chat_id": chat, "name": "Orders", **wrong}
    assert await bot.refused("createForumTopic", **asked) == BAD + said


async def test_icons_of_topics_can_be_used_and_fetched(bot: BotSide, forum: None) -> None:
    icons = await bot.ok("getForumTopicIconStickers")
    assert (icons[0]["emoji"], icons[0]["type"]) == ("📰", "custom_emoji")
    assert (icons[0]["is_animated"], icons[0]["thumbnail"]["width"]) == (True, 128)
    await topic(bot, icon_custom_emoji_id=icons[-1]["custom_emoji_id"])
    file = await bot.ok("getFile", file_id=icons[0]["file_id"])
    assert file["file_size"] == icons[0]["file_size"]


async def paid(bot: BotSide, **params: Any) -> Any:
    media = [{"type": "photo", "media": "http://example.test/a.png"}]
    asked = {"chat_id": ADMINISTRATOR, "star_count": 20, "media": media, **params}
    return await bot.ok("sendPaidMedia", **asked)


async def test_paid_media_is_bought_once(bot: BotSide, people: PeopleSide) -> None:
    sent = await paid(bot, payload="album 1", caption="<b>20</b> stars", parse_mode="HTML")
    assert sent["paid_media"]["star_count"] == 20
    [photo] = sent["paid_media"]["paid_media"]
    assert (photo["type"], photo["photo"][-1]["width"] > 0) == ("photo", True)
    assert sent["caption"] == "20 stars"
    buying = {"message_id": sent["message_id"]}
    await people.do("POST", "users/700/payments", buying)
    code, why = await people.fails("POST", "users/700/payments", buying)
    assert (code, why) == (409, "the person has bought it already")
    [update] = await bot.updates()
    bought = update["purchased_paid_media"]
    assert (bought["from"]["id"], bought["paid_media_payload"]) == (ADMINISTRATOR, "album 1")
    assert await bot.ok("getMyStarBalance") == {"amount": 20}
    [transaction] = (await bot.ok("getStarTransactions"))["transactions"]
    assert transaction["source"]["transaction_type"] == "paid_media_payment"
    assert transaction["source"]["paid_media_payload"] == "album 1"
    charge = {"telegram_payment_charge_id": transaction["id"], "user_id": ADMINISTRATOR}
    assert await bot.ok("refundStarPayment", **charge)
    assert await bot.ok("getMyStarBalance") == {"amount": 0}


async def test_nobody_is_told_of_a_purchase_without_payload(
    bot: BotSide, people: PeopleSide
) -> None:
    sent = await paid(bot)
    await people.do("POST", "users/700/payments", {"message_id": sent["message_id"]})
    assert await bot.updates() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"star_count": 0}, "STARS_AMOUNT_INVALID"),
        ({"star_count": 25_001}, "STARS_AMOUNT_INVALID"),
        ({"media": []}, "paid media must include 1-10 items"),
        ({"media": [{"type": "audio", "media": "x"}]}, "unsupported paid media type specified"),
        ({"payload": "x" * 129}, "EXTENDED_MEDIA_PAYLOAD_INVALID"),
    ],
)
async def test_wrong_paid_media(
    bot: BotSide, people: PeopleSide, wrong: dict[str, Any], said: str
) -> None:
    media = [{"type": "photo", "media": "http://example.test/a.png"}]
    asked = {"chat_id": ADMINISTRATOR, "star_count": 20, "media": media, **wrong}
    assert await bot.refused("sendPaidMedia", **asked) == BAD + said
