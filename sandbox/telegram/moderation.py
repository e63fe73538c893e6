"""What a bot that administers a group does to its members and to the group itself."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request
from sandbox.telegram.media import content_of_upload
from sandbox.telegram.members import (
    PERMISSIONS,
    group_of_call,
    may,
    rights_of,
    set_standing,
    standing,
    standing_of_bot,
)
from sandbox.telegram.records import Chat, Json
from sandbox.telegram.state import TelegramState

TITLE_LIMIT = 128
DESCRIPTION_LIMIT = 255
CUSTOM_TITLE_LIMIT = 16
FOR_EVER_AFTER = 366 * 24 * 3600
SHORTEST_BAN = 30

_RESTRICT = "not enough rights to restrict/unrestrict chat member"


def _needed(telegram: TelegramState, call: Call, right: str, refusal: str, private: str) -> Chat:
    chat = group_of_call(telegram, call, private)
    if not may(telegram, call.bot, chat.chat_id, right):
        raise bad_request(refusal)
    return chat


def _restricted(telegram: TelegramState, call: Call) -> tuple[Chat, int, Json]:
    chat = _needed(
        telegram,
        call,
        "can_restrict_members",
        _RESTRICT,
        "can't restrict members of a private chat",
    )
    user_id = call.integer("user_id")
    if user_id not in telegram.store.people or user_id <= 0:
        raise bad_request("invalid user_id specified")
    now = standing(telegram, chat.chat_id, user_id)
    if now["status"] == "creator":
        raise bad_request("can't remove chat owner")
    if now["status"] == "administrator" and not now.get("can_be_edited"):
        raise bad_request("user is an administrator of the chat")
    return chat, user_id, now


def _until(telegram: TelegramState, call: Call) -> int:
    """The last moment of a ban; 0 for one without end."""
    left = call.integer("until_date") - telegram.now()
    return call.integer("until_date") if SHORTEST_BAN <= left <= FOR_EVER_AFTER else 0


def ban_chat_member(telegram: TelegramState, call: Call) -> bool:
    """The method banChatMember."""
    chat, user_id, _ = _restricted(telegram, call)
    banned = {"status": "kicked", "until_date": _until(telegram, call)}
    set_standing(telegram, chat.chat_id, user_id, banned, call.bot.as_user())
    return True


def unban_chat_member(telegram: TelegramState, call: Call) -> bool:
    """The method unbanChatMember: without only_if_banned a member is removed as well."""
    chat, user_id, now = _restricted(telegram, call)
    if now["status"] == "kicked" or not call.flag("only_if_banned"):
        set_standing(telegram, chat.chat_id, user_id, {"status": "left"}, call.bot.as_user())
    return True


def restrict_chat_member(telegram: TelegramState, call: Call) -> bool:
    """The method restrictChatMember; all permissions given back make a member again."""
    chat, user_id, now = _restricted(telegram, call)
    given = call.parsed("permissions", "chat permissions")
    if not isinstance(given, dict):
        raise bad_request("can't parse chat permissions: expected an Object")
    permissions = {name: bool(given.get(name)) for name in PERMISSIONS}
    if all(permissions.values()):
        new: Json = {"status": "member"}
    else:
        here = now["status"] in {"member", "restricted"} and now.get("is_member", True)
        until = {"is_member": here, "until_date": _until(telegram, call)}
        new = {"status": "restricted", **until, **permissions}
    set_standing(telegram, chat.chat_id, user_id, new, call.bot.as_user())
    return True


def promote_chat_member(telegram: TelegramState, call: Call) -> bool:
    """The method promoteChatMember: nobody gives rights that they do not have."""
    private = "can't promote members of a private chat"
    chat = _needed(telegram, call, "can_promote_members", "not enough rights", private)
    user_id = call.integer("user_id")
    if user_id not in telegram.store.people or user_id <= 0:
        raise bad_request("invalid user_id specified")
    now = standing(telegram, chat.chat_id, user_id)
    if now["status"] == "creator":
        raise bad_request("can't remove chat owner")
    kind = telegram.store.people[chat.chat_id]["type"]
    wanted = rights_of(kind, call.params)
    asked = {name for name in wanted if name in call.params and wanted[name]}
    mine = standing_of_bot(telegram, call.bot, chat.chat_id)
    if any(not mine.get(name) for name in asked):
        raise bad_request("RIGHT_FORBIDDEN")
    if not asked and not call.flag("is_anonymous"):
        new: Json = {"status": "member"} if now["status"] == "administrator" else now
    else:
        anonymous = {"is_anonymous": call.flag("is_anonymous")}
        new = {"status": "administrator", "can_be_edited": True, **anonymous, **wanted}
    set_standing(telegram, chat.chat_id, user_id, new, call.bot.as_user())
    return True


def set_custom_title(telegram: TelegramState, call: Call) -> bool:
    """The method setChatAdministratorCustomTitle."""
    private = "can't promote members of a private chat"
    chat = _needed(telegram, call, "can_promote_members", "not enough rights", private)
    user_id = call.integer("user_id")
    now = standing(telegram, chat.chat_id, user_id)
    if now["status"] != "administrator" or not now.get("can_be_edited"):
        raise bad_request("user is not an administrator")
    title = call.text("custom_title")[:CUSTOM_TITLE_LIMIT]
    new = {**now, "custom_title": title}
    set_standing(telegram, chat.chat_id, user_id, new, call.bot.as_user())
    return True


def set_chat_permissions(telegram: TelegramState, call: Call) -> bool:
    """The method setChatPermissions; getChat tells them."""
    private = "can't change default chat permissions in private chats"
    chat = _needed(telegram, call, "can_restrict_members", "not enough rights", private)
    given = call.parsed("permissions", "chat permissions")
    if not isinstance(given, dict):
        raise bad_request("can't parse chat permissions: expected an Object")
    permissions = {name: bool(given.get(name)) for name in PERMISSIONS}
    return _keep(telegram, chat.chat_id, "permissions", permissions)


def _keep(telegram: TelegramState, chat_id: int, name: str, value: object) -> bool:
    profile = telegram.store.people[chat_id]
    if value is None:
        profile.pop(name, None)
    else:
        profile[name] = value
    telegram.store.save_person(chat_id, profile)
    telegram.tell({"type": "person", "person": {"id": chat_id, **profile}})
    return True


def set_chat_title(telegram: TelegramState, call: Call) -> bool:
    """The method setChatTitle."""
    title = call.text("title").strip()
    chat = _changed(telegram, call, "title")
    if not title:
        raise bad_request("title must be non-empty")
    return _keep(telegram, chat.chat_id, "title", title[:TITLE_LIMIT])


def set_chat_description(telegram: TelegramState, call: Call) -> bool:
    """The method setChatDescription."""
    chat = _changed(telegram, call, "description")
    description = call.text("description")[:DESCRIPTION_LIMIT]
    if description == telegram.store.people[chat.chat_id].get("description", ""):
        raise bad_request("chat description is not modified")
    return _keep(telegram, chat.chat_id, "description", description or None)


def set_chat_photo(telegram: TelegramState, call: Call) -> bool:
    """The method setChatPhoto."""
    chat = _changed(telegram, call, "photo")
    upload = call.uploads.get(call.text("photo").removeprefix("attach://") or "photo")
    if upload is None:
        raise bad_request("there is no photo in the request")
    sizes = content_of_upload(telegram, call.bot, upload, "photo")["photo"]
    small, big = sizes[0], sizes[-1]
    photo = {
        "small_file_id": small["file_id"],
        "small_file_unique_id": small["file_unique_id"],
        "big_file_id": big["file_id"],
        "big_file_unique_id": big["file_unique_id"],
    }
    return _keep(telegram, chat.chat_id, "photo", photo)


def delete_chat_photo(telegram: TelegramState, call: Call) -> bool:
    """The method deleteChatPhoto."""
    chat = _changed(telegram, call, "photo")
    if not telegram.store.people[chat.chat_id].get("photo"):
        raise bad_request("CHAT_NOT_MODIFIED")
    return _keep(telegram, chat.chat_id, "photo", None)


def _changed(telegram: TelegramState, call: Call, what: str) -> Chat:
    refusal = f"not enough rights to change chat {what}"
    return _needed(telegram, call, "can_change_info", refusal, f"can't change private chat {what}")


METHODS: dict[str, Callable[[TelegramState, Call], bool]] = {
    "banchatmember": ban_chat_member,
    "kickchatmember": ban_chat_member,
    "unbanchatmember": unban_chat_member,
    "restrictchatmember": restrict_chat_member,
    "promotechatmember": promote_chat_member,
    "setchatadministratorcustomtitle": set_custom_title,
    "setchatpermissions": set_chat_permissions,
    "setchattitle": set_chat_title,
    "setchatdescription": set_chat_description,
    "setchatphoto": set_chat_photo,
    "deletechatphoto": delete_chat_photo,
}
