"""Who is what in a group or channel, and the methods that change it.

A group's profile holds `members`, `creator` (the first member when nobody is named),
`administrators` and `standing`: what was changed since, by user id, as a `ChatMember` without its
user. What a bot is in a group belongs to the two of them and is in the chat's state.
"""

from __future__ import annotations

from typing import Any

from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request
from sandbox.telegram.records import Bot, Chat, Json
from sandbox.telegram.state import TelegramState
from sandbox.telegram.targets import find_chat, present_in_group, writable_chat

RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages", "can_manage_direct_messages")
GROUP_RIGHTS = ("can_pin_messages", "can_manage_topics", "can_manage_tags")
NOT_GIVEN = {"can_promote_members"}
"""What clients leave off when they make a bot an administrator."""
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
PRESENT = {"creator", "administrator", "member", "restricted"}


def rights_of(kind: str, given: dict[str, Any] | None = None, *, left_off: bool = False) -> Json:
    """The rights of an administrator in a chat of this kind: all, or those given."""
    names = (*RIGHTS, *(CHANNEL_RIGHTS if kind == "channel" else GROUP_RIGHTS))
    if given is not None:
        rights = {name: str(given.get(name, "")).lower() in {"true", "1"} for name in names}
        return {**rights, "can_manage_chat": True}
    return {name: not (left_off and name in NOT_GIVEN) for name in names}


def creator_of(profile: Json) -> int | None:
    """Whose group it is."""
    members = profile.get("members") or [None]
    found: int | None = profile.get("creator") or members[0]
    return found


def standing(telegram: TelegramState, chat_id: int, user_id: int) -> Json:
    """What a person is in a group, a `ChatMember` without its user."""
    profile = telegram.store.people[chat_id]
    kept: Json | None = profile.get("standing", {}).get(str(user_id))
    if kept is not None:
        return kept
    if user_id not in profile.get("members", []):
        return {"status": "left"}
    if user_id == creator_of(profile):
        return {"status": "creator", "is_anonymous": False}
    if user_id in profile.get("administrators", []):
        rights = rights_of(profile["type"])
        return {"status": "administrator", "can_be_edited": False, "is_anonymous": False, **rights}
    return {"status": "member"}


def standing_of_bot(telegram: TelegramState, bot: Bot, chat_id: int) -> Json:
    """What a bot is in a group; in a private chat whether the person lets it write."""
    state = telegram.state(bot, chat_id).state
    if state.get("blocked"):
        return {"status": "kicked", "until_date": 0}
    if not state.get("started"):
        return {"status": "left"}
    profile = telegram.store.people[chat_id]
    if chat_id > 0:
        return {"status": "member"}
    given = state.get("administrator", profile.get("bot_is_administrator"))
    if not given:
        return {"status": "member"}
    rights = rights_of(profile["type"], left_off=True)
    if isinstance(given, dict):
        rights |= {name: bool(value) for name, value in given.items() if name in rights}
    return {"status": "administrator", "can_be_edited": False, "is_anonymous": False, **rights}


def may(telegram: TelegramState, bot: Bot, chat_id: int, right: str) -> bool:
    """Whether the bot has this right of an administrator."""
    return bool(standing_of_bot(telegram, bot, chat_id).get(right))


def set_standing(
    telegram: TelegramState, chat_id: int, user_id: int, new: Json, actor: Json, **more: Any
) -> Json:
    """Make a person what `new` says, and tell the bots that administer the group. The old one."""
    profile = telegram.store.people[chat_id]
    old = standing(telegram, chat_id, user_id)
    members = [one for one in profile["members"] if one != user_id]
    here = new["status"] in PRESENT and new.get("is_member", True)
    changed = {**profile.get("standing", {}), str(user_id): new}
    if new in ({"status": "left"}, {"status": "member"}):
        changed.pop(str(user_id))
        profile["administrators"] = [o for o in profile.get("administrators", []) if o != user_id]
    if here:
        members = profile["members"] if user_id in profile["members"] else [*members, user_id]
    profile.setdefault("creator", creator_of(profile))
    profile |= {"members": members, "standing": changed}
    telegram.store.save_person(chat_id, profile)
    user = telegram.user(user_id)
    content = {
        "chat": telegram.chat_of(chat_id),
        "from": actor,
        "date": telegram.now(),
        "old_chat_member": {"user": user, **old},
        "new_chat_member": {"user": user, **new},
        **more,
    }
    if old != new:
        for bot in telegram.bots_in(chat_id):
            if standing_of_bot(telegram, bot, chat_id)["status"] == "administrator":
                telegram.push(bot, "chat_member", chat_id, content)
    return old


def group_of_call(telegram: TelegramState, call: Call, refusal: str) -> Chat:
    """The group a call means, with the bot in it. Raises 400 with `refusal` for a private chat."""
    chat = writable_chat(telegram, call)
    if chat.chat_id > 0:
        raise bad_request(refusal)
    return chat


def _member_of_call(telegram: TelegramState, call: Call) -> int:
    user_id = call.integer("user_id")
    if user_id <= 0 or (
        user_id not in telegram.store.people and user_id not in telegram.store.bots
    ):
        raise bad_request("invalid user_id specified")
    return user_id


def _as_member(telegram: TelegramState, chat_id: int, user_id: int) -> Json:
    bot = telegram.store.bots.get(user_id)
    if bot is not None:
        return {"user": bot.as_user(), **standing_of_bot(telegram, bot, chat_id)}
    return {"user": telegram.user(user_id), **standing(telegram, chat_id, user_id)}


def get_chat_member(telegram: TelegramState, call: Call) -> Json:
    """The method getChatMember."""
    chat = find_chat(telegram, call)
    user_id = _member_of_call(telegram, call)
    if chat.chat_id > 0:
        here = user_id == chat.chat_id or (user_id == call.bot.id and chat.state.get("started"))
        user = telegram.user(user_id) if user_id != call.bot.id else call.bot.as_user()
        return {"user": user, "status": "member" if here else "left"}
    present_in_group(chat, telegram.store.people[chat.chat_id])
    return _as_member(telegram, chat.chat_id, user_id)


def get_chat_administrators(telegram: TelegramState, call: Call) -> list[Json]:
    """The method getChatAdministrators: the creator first; other bots only with return_bots."""
    chat = group_of_call(telegram, call, "there are no administrators in the private chat")
    profile = telegram.store.people[chat.chat_id]
    owner = creator_of(profile)
    people = sorted(profile["members"], key=lambda one: one != owner)
    bots = [
        bot.id
        for bot in telegram.bots_in(chat.chat_id)
        if bot.id == call.bot.id or call.flag("return_bots")
    ]
    listed = [_as_member(telegram, chat.chat_id, one) for one in (*people, *bots)]
    return [one for one in listed if one["status"] in {"creator", "administrator"}]


def get_chat_member_count(telegram: TelegramState, call: Call) -> int:
    """The method getChatMemberCount: people and bots."""
    chat = find_chat(telegram, call)
    if chat.chat_id > 0:
        return 2
    present_in_group(chat, telegram.store.people[chat.chat_id])
    return len(telegram.store.people[chat.chat_id]["members"]) + len(telegram.bots_in(chat.chat_id))


def leave_chat(telegram: TelegramState, call: Call) -> bool:
    """The method leaveChat."""
    chat = find_chat(telegram, call)
    if chat.chat_id > 0:
        raise bad_request("chat not found")
    chat.state["started"] = False
    telegram.store.save_chat(chat)
    return True


METHODS = {
    "getchatmember": get_chat_member,
    "getchatadministrators": get_chat_administrators,
    "getchatmembercount": get_chat_member_count,
    "getchatmemberscount": get_chat_member_count,
    "leavechat": leave_chat,
}
