"""Groups and channels: who is what there, several bots, posts, invite links, moderation."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.sandbox.telegram.side import ADMINISTRATOR, BotSide, PeopleSide

GROUP = -100
CHANNEL = -200
MARAT, DANA = 701, 702
BAD = "400 Bad Request: "


@pytest.fixture
async def group(bot: BotSide, people: PeopleSide) -> None:
    """A group of three, in which the bot is an administrator; its updates are confirmed."""
    await people.arrive(MARAT, first_name="Marat", phone_number=None)
    await people.arrive(DANA, first_name="Dana", phone_number=None)
    made = {"id": GROUP, "title": "Team", "members": [ADMINISTRATOR, MARAT, DANA]}
    await people.do("POST", "users", {**made, "bot_is_administrator": True})
    kinds = ["message", "chat_member", "message_reaction", "chat_join_request", "my_chat_member"]
    await news(bot, allowed_updates=[*kinds, "channel_post", "edited_channel_post"])


async def news(bot: BotSide, **params: Any) -> list[dict[str, Any]]:
    """What came since the last look, confirmed."""
    found = await bot.updates(offset=1, **params)
    if found:
        await bot.updates(offset=found[-1]["update_id"] + 1)
    return found


async def status(bot: BotSide, user: int, chat: int = GROUP) -> str:
    return str((await bot.ok("getChatMember", chat_id=chat, user_id=user))["status"])


async def test_everybody_is_what_they_are(bot: BotSide, people: PeopleSide, group: None) -> None:
    assert await status(bot, ADMINISTRATOR) == "creator"
    assert await status(bot, MARAT) == "member"
    assert await status(bot, 42) == "administrator"
    await people.do("POST", "users", {"id": GROUP, "administrators": [DANA]})
    assert await status(bot, DANA) == "administrator"
    listed = await bot.ok("getChatAdministrators", chat_id=GROUP)
    assert [(one["user"]["id"], one["status"]) for one in listed] == [
        (ADMINISTRATOR, "creator"),
        (DANA, "administrator"),
        (42, "administrator"),
    ]
    assert await bot.ok("getChatMemberCount", chat_id=GROUP) == 4
    assert await bot.refused("getChatMember", chat_id=GROUP, user_id=999) == (
        BAD + "invalid user_id specified"
    )
    assert await bot.refused("getChatAdministrators", chat_id=ADMINISTRATOR) == (
        BAD + "there are no administrators in the private chat"
    )


async def test_people_come_and_go(bot: BotSide, people: PeopleSide, group: None) -> None:
    await people.arrive(703, first_name="Aigul", phone_number=None)
    await people.do("POST", f"users/{GROUP}/members", {"person": 703})
    changed, came = await news(bot)
    assert changed["chat_member"]["old_chat_member"]["status"] == "left"
    assert changed["chat_member"]["new_chat_member"] == {
        "user": {"id": 703, "is_bot": False, "first_name": "Aigul"},
        "status": "member",
    }
    assert [one["id"] for one in came["message"]["new_chat_members"]] == [703]
    assert came["message"]["from"]["id"] == 703
    removed = {"person": 703, "status": "kicked", "by": ADMINISTRATOR}
    await people.do("POST", f"users/{GROUP}/members", removed)
    changed, gone = await news(bot)
    assert changed["chat_member"]["from"]["id"] == ADMINISTRATOR
    assert changed["chat_member"]["new_chat_member"]["status"] == "kicked"
    assert gone["message"]["left_chat_member"]["id"] == 703
    said = await people.fails("POST", f"users/{GROUP}/members", {"person": 703})
    assert said == (409, "703 is banned")
    by_a_member = {"person": DANA, "status": "kicked", "by": MARAT}
    code, _ = await people.fails("POST", f"users/{GROUP}/members", by_a_member)
    assert code == 409


async def test_moderation(bot: BotSide, people: PeopleSide, group: None) -> None:
    await bot.ok("banChatMember", chat_id=GROUP, user_id=MARAT)
    [changed] = await news(bot)
    assert changed["chat_member"]["from"]["id"] == 42
    assert await status(bot, MARAT) == "kicked"
    await bot.ok("unbanChatMember", chat_id=GROUP, user_id=MARAT, only_if_banned=True)
    assert await status(bot, MARAT) == "left"
    silent = {"can_send_messages": False}
    await bot.ok("restrictChatMember", chat_id=GROUP, user_id=DANA, permissions=silent)
    member = await bot.ok("getChatMember", chat_id=GROUP, user_id=DANA)
    assert (member["status"], member["can_send_messages"]) == ("restricted", False)
    assert member["is_member"] is True
    assert await bot.refused("banChatMember", chat_id=GROUP, user_id=ADMINISTRATOR) == (
        BAD + "can't remove chat owner"
    )
    assert await bot.refused("promoteChatMember", chat_id=GROUP, user_id=DANA) == (
        BAD + "not enough rights"
    )
    more = {"id": GROUP, "bot_is_administrator": {"can_promote_members": True}}
    await PeopleSide(bot.session, "42").do("POST", "users", more)
    given = {"can_manage_chat": True, "can_pin_messages": True}
    await bot.ok("promoteChatMember", chat_id=GROUP, user_id=DANA, **given)
    member = await bot.ok("getChatMember", chat_id=GROUP, user_id=DANA)
    assert (member["can_pin_messages"], member["can_delete_messages"]) == (True, False)
    await bot.ok("promoteChatMember", chat_id=GROUP, user_id=DANA)
    assert await status(bot, DANA) == "member"


async def test_a_bot_without_rights_moderates_nobody(bot: BotSide, people: PeopleSide) -> None:
    await people.arrive(MARAT, first_name="Marat", phone_number=None)
    made = {"id": GROUP, "title": "Team", "members": [ADMINISTRATOR, MARAT]}
    await people.do("POST", "users", made)
    assert await bot.refused("banChatMember", chat_id=GROUP, user_id=MARAT) == (
        BAD + "not enough rights to restrict/unrestrict chat member"
    )
    assert await bot.refused("setChatTitle", chat_id=GROUP, title="Ours") == (
        BAD + "not enough rights to change chat title"
    )
    assert await bot.refused("createChatInviteLink", chat_id=GROUP) == (
        BAD + "not enough rights to manage chat invite link"
    )


async def test_what_a_group_says_of_itself(bot: BotSide, people: PeopleSide, group: None) -> None:
    await bot.ok("setChatTitle", chat_id=GROUP, title="Ours")
    await bot.ok("setChatDescription", chat_id=GROUP, description="Four people")
    assert await bot.refused("deleteChatPhoto", chat_id=GROUP) == BAD + "CHAT_NOT_MODIFIED"
    sent = await bot.upload("setChatPhoto", "photo", b"x", "a.png", chat_id=str(GROUP))
    assert sent["result"] is True
    full = await bot.ok("getChat", chat_id=GROUP)
    assert (full["title"], full["description"]) == ("Ours", "Four people")
    assert set(full["photo"]) >= {"small_file_id", "big_file_id"}
    await bot.ok("deleteChatPhoto", chat_id=GROUP)
    assert "photo" not in await bot.ok("getChat", chat_id=GROUP)


async def test_two_bots_in_a_group(
    session: aiohttp.ClientSession, bot: BotSide, people: PeopleSide, group: None
) -> None:
    second = BotSide(session, "43:SECOND")
    await second.ok("getMe")
    said = await people.say("before", person=GROUP)
    assert await second.updates() == []
    refused = await second.refused("sendMessage", chat_id=GROUP, text="x")
    assert refused == "403 Forbidden: bot is not a member of the supergroup chat"
    hidden = await PeopleSide(session, "43").say("to the one outside", person=GROUP)
    assert hidden["update_id"] is None
    assert await second.updates() == []
    await PeopleSide(session, "43").do("POST", "users", {"id": GROUP})
    added, came = await news(second)
    assert added["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert [one["id"] for one in came["message"]["new_chat_members"]] == [43]
    await second.ok("sendMessage", chat_id=GROUP, text="hello")
    await news(bot)
    said = await people.say("both hear", person=GROUP, **{"from": MARAT})
    for one in (bot, second):
        [heard] = await news(one)
        assert heard["message"]["text"] == "both hear"
        assert heard["message"]["message_id"] == said["message"]["message_id"]
    message = said["message"]["message_id"]
    await people.do("PATCH", f"users/{GROUP}/messages/{message}", {"text": "both see"})
    [edited] = await second.updates(offset=-1)
    assert edited["edited_message"]["text"] == "both see"
    await PeopleSide(session, "43").do("POST", f"users/{GROUP}/block", {"blocked": True})
    await news(second)
    await people.say("one hears", person=GROUP)
    assert await second.updates(offset=2) == []
    await PeopleSide(session, "43").do("POST", f"users/{GROUP}/block", {"blocked": False})
    assert await second.ok("sendMessage", chat_id=GROUP, text="back")


async def test_a_channel_has_posts(bot: BotSide, people: PeopleSide, group: None) -> None:
    made = {"id": CHANNEL, "title": "News", "type": "channel", "username": "our_news"}
    await people.do("POST", "users", {**made, "members": [ADMINISTRATOR], "creator": ADMINISTRATOR})
    [added] = await news(bot)
    assert added["my_chat_member"]["chat"]["type"] == "channel"
    said = await people.say("an announcement", person=CHANNEL)
    [update] = await news(bot)
    post = update["channel_post"]
    assert "from" not in post
    assert post["sender_chat"] == post["chat"]
    message = said["message"]["message_id"]
    await people.do("PATCH", f"users/{CHANNEL}/messages/{message}", {"text": "corrected"})
    [update] = await news(bot)
    assert update["edited_channel_post"]["text"] == "corrected"
    sent = await bot.ok("sendMessage", chat_id="@our_news", text="from the bot")
    assert "from" not in sent
    assert sent["sender_chat"]["id"] == CHANNEL
    moved = await bot.ok(
        "forwardMessage", chat_id=ADMINISTRATOR, from_chat_id=CHANNEL, message_id=message
    )
    assert moved["forward_origin"]["type"] == "channel"
    assert moved["forward_origin"]["message_id"] == message


async def test_invite_links(bot: BotSide, people: PeopleSide, group: None) -> None:
    await people.arrive(703, first_name="Aigul", phone_number=None)
    link = await bot.ok("createChatInviteLink", chat_id=GROUP, name="Friends", member_limit=1)
    shown = await people.do("GET", f"users/{GROUP}")
    assert list(shown["invite_links"]) == [link["invite_link"]]
    by_link = {"person": 703, "link": link["invite_link"]}
    await people.do("POST", f"users/{GROUP}/members", by_link)
    changed, _ = await news(bot)
    assert changed["chat_member"]["invite_link"]["name"] == "Friends"
    await people.arrive(704, first_name="Serik", phone_number=None)
    code, said = await people.fails("POST", f"users/{GROUP}/members", {**by_link, "person": 704})
    assert (code, said) == (409, "the invite link has expired")
    both = {"member_limit": 2, "creates_join_request": True}
    assert await bot.refused("createChatInviteLink", chat_id=GROUP, **both) == (
        BAD + "member limit can't be specified for links requiring administrator approval"
    )
    first = await bot.ok("exportChatInviteLink", chat_id=GROUP)
    second = await bot.ok("exportChatInviteLink", chat_id=GROUP)
    assert first != second
    revoked = await bot.ok("revokeChatInviteLink", chat_id=GROUP, invite_link=link["invite_link"])
    assert revoked["is_revoked"] is True


async def test_requests_to_join(bot: BotSide, people: PeopleSide, group: None) -> None:
    link = await bot.ok("createChatInviteLink", chat_id=GROUP, creates_join_request=True)
    way = {"chat_id": GROUP}
    for person, answer in ((703, "approve"), (704, "decline")):
        await people.arrive(person, first_name="Aigul", phone_number=None)
        by_link = {"person": person, "link": link["invite_link"]}
        asked = await people.do("POST", f"users/{GROUP}/members", by_link)
        assert asked == {"status": "left", "asked": True}
        [update] = await news(bot)
        assert update["chat_join_request"]["from"]["id"] == person
        assert await bot.ok(f"{answer}ChatJoinRequest", **way, user_id=person) is True
        await news(bot)
    assert await status(bot, 703) == "member"
    assert await status(bot, 704) == "left"
    assert await bot.refused("approveChatJoinRequest", **way, user_id=703) == (
        BAD + "USER_ALREADY_PARTICIPANT"
    )
    assert await bot.refused("approveChatJoinRequest", **way, user_id=704) == (
        BAD + "HIDE_REQUESTER_MISSING"
    )


async def test_reactions(bot: BotSide, people: PeopleSide, group: None) -> None:
    sent = await bot.ok("sendMessage", chat_id=GROUP, text="good news")
    liked = {"message_id": sent["message_id"], "reaction": ["👍"], "from": MARAT}
    await people.do("POST", f"users/{GROUP}/reactions", liked)
    [update] = await news(bot)
    reaction = update["message_reaction"]
    assert (reaction["user"]["id"], reaction["old_reaction"]) == (MARAT, [])
    assert reaction["new_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    await people.do("POST", f"users/{GROUP}/reactions", {**liked, "reaction": []})
    [update] = await news(bot)
    assert update["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    code, _ = await people.fails("POST", f"users/{GROUP}/reactions", {"message_id": 9999})
    assert code == 404
