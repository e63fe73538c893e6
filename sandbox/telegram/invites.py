"""Invite links and requests to join.

The links of a group are in its profile, so `/sandbox/users/{id}` shows them to whoever drives a
test. People use them with `POST /sandbox/users/{group}/members`.
"""

from __future__ import annotations

import secrets

from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request
from sandbox.telegram.members import PRESENT, group_of_call, may, set_standing, standing
from sandbox.telegram.records import Bot, Chat, Json
from sandbox.telegram.state import TelegramState

NAME_LIMIT = 32
MEMBER_LIMIT = 99_999
SUBSCRIPTION_PERIOD = 2_592_000
SUBSCRIPTION_PRICE = 10_000

_SAID = {"name", "expire_date", "member_limit", "creates_join_request"}
_PRIVATE = "can't invite members to a private chat"


def _inviting(telegram: TelegramState, call: Call) -> Chat:
    chat = group_of_call(telegram, call, _PRIVATE)
    if not may(telegram, call.bot, chat.chat_id, "can_invite_users"):
        raise bad_request("not enough rights to manage chat invite link")
    return chat


def _links(telegram: TelegramState, chat_id: int) -> dict[str, Json]:
    found: dict[str, Json] = telegram.store.people[chat_id].setdefault("invite_links", {})
    return found


def _kept(telegram: TelegramState, chat_id: int, link: Json) -> Json:
    _links(telegram, chat_id)[link["invite_link"]] = link
    telegram.store.save_person(chat_id, telegram.store.people[chat_id])
    return link


def _new(bot: Bot, *, primary: bool = False) -> Json:
    return {
        "invite_link": f"https://t.me/+{secrets.token_urlsafe(12)}",
        "creator": bot.as_user(),
        "creates_join_request": False,
        "is_primary": primary,
        "is_revoked": False,
    }


def _said(telegram: TelegramState, call: Call) -> Json:
    """What a call says of a link; what it does not say is as it is by default."""
    said: Json = {"creates_join_request": call.flag("creates_join_request")}
    if call.text("name"):
        said["name"] = call.text("name")[:NAME_LIMIT]
    if call.integer("expire_date"):
        said["expire_date"] = call.integer("expire_date")
        if said["expire_date"] <= telegram.now():
            raise bad_request("EXPIRE_DATE_INVALID")
    limit = call.integer("member_limit")
    if limit and said["creates_join_request"]:
        raise bad_request(
            "member limit can't be specified for links requiring administrator approval"
        )
    if limit > 0:
        said["member_limit"] = min(limit, MEMBER_LIMIT)
    return said


def _link_of_call(telegram: TelegramState, call: Call, chat: Chat) -> Json:
    link = _links(telegram, chat.chat_id).get(call.text("invite_link"))
    if link is None or link["creator"]["id"] != call.bot.id:
        raise bad_request("INVITE_HASH_EXPIRED")
    return link


def export_chat_invite_link(telegram: TelegramState, call: Call) -> str:
    """The method exportChatInviteLink: a new primary link, the old one is revoked."""
    chat = _inviting(telegram, call)
    for link in _links(telegram, chat.chat_id).values():
        if link["is_primary"] and link["creator"]["id"] == call.bot.id:
            link["is_revoked"] = True
    made = _kept(telegram, chat.chat_id, _new(call.bot, primary=True))
    return str(made["invite_link"])


def create_chat_invite_link(telegram: TelegramState, call: Call) -> Json:
    """The method createChatInviteLink."""
    chat = _inviting(telegram, call)
    return _kept(telegram, chat.chat_id, {**_new(call.bot), **_said(telegram, call)})


def edit_chat_invite_link(telegram: TelegramState, call: Call) -> Json:
    """The method editChatInviteLink: all that is not given goes back to its default."""
    chat = _inviting(telegram, call)
    link = _link_of_call(telegram, call, chat)
    if link["is_primary"] or link["is_revoked"]:
        raise bad_request("INVITE_HASH_EXPIRED")
    kept = {name: value for name, value in link.items() if name not in _SAID}
    return _kept(telegram, chat.chat_id, {**kept, **_said(telegram, call)})


def revoke_chat_invite_link(telegram: TelegramState, call: Call) -> Json:
    """The method revokeChatInviteLink."""
    chat = _inviting(telegram, call)
    link = _link_of_call(telegram, call, chat)
    return _kept(telegram, chat.chat_id, {**link, "is_revoked": True})


def create_subscription_link(telegram: TelegramState, call: Call) -> Json:
    """The method createChatSubscriptionInviteLink."""
    chat = _inviting(telegram, call)
    price = call.integer("subscription_price")
    if call.integer("subscription_period") != SUBSCRIPTION_PERIOD:
        raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
    if not 1 <= price <= SUBSCRIPTION_PRICE:
        raise bad_request("SUBSCRIPTION_PRICE_INVALID")
    plan = {"subscription_period": SUBSCRIPTION_PERIOD, "subscription_price": price}
    named = {"name": call.text("name")[:NAME_LIMIT]} if call.text("name") else {}
    return _kept(telegram, chat.chat_id, {**_new(call.bot), **named, **plan})


def edit_subscription_link(telegram: TelegramState, call: Call) -> Json:
    """The method editChatSubscriptionInviteLink: its name."""
    chat = _inviting(telegram, call)
    link = {**_link_of_call(telegram, call, chat)}
    link.pop("name", None)
    if call.text("name"):
        link["name"] = call.text("name")[:NAME_LIMIT]
    return _kept(telegram, chat.chat_id, link)


def usable_link(telegram: TelegramState, chat_id: int, address: str) -> Json | None:
    """The link when somebody can still come in by it."""
    link = _links(telegram, chat_id).get(address)
    if link is None or link["is_revoked"] or telegram.now() >= link.get("expire_date", 1 << 60):
        return None
    used = telegram.store.people[chat_id].get("came_by", {}).get(address, 0)
    return None if used >= link.get("member_limit", 1 << 60) else link


def count_use(telegram: TelegramState, chat_id: int, address: str) -> None:
    """One more came in by the link."""
    came: dict[str, int] = telegram.store.people[chat_id].setdefault("came_by", {})
    came[address] = came.get(address, 0) + 1


def ask_to_join(telegram: TelegramState, chat_id: int, user_id: int, link: Json | None) -> None:
    """A person asks: the group's bots that may invite get a `chat_join_request`."""
    profile = telegram.store.people[chat_id]
    profile.setdefault("join_requests", {})[str(user_id)] = (link or {}).get("invite_link", "")
    telegram.store.save_person(chat_id, profile)
    request: Json = {
        "chat": telegram.chat_of(chat_id),
        "from": telegram.user(user_id),
        "user_chat_id": user_id,
        "date": telegram.now(),
    }
    if link:
        request["invite_link"] = link
    for bot in telegram.bots_in(chat_id):
        if may(telegram, bot, chat_id, "can_invite_users"):
            telegram.push(bot, "chat_join_request", chat_id, request)


def _answered(telegram: TelegramState, call: Call) -> tuple[Chat, int]:
    chat = _inviting(telegram, call)
    user_id = call.integer("user_id")
    if user_id <= 0 or user_id not in telegram.store.people:
        raise bad_request("invalid user_id specified")
    if standing(telegram, chat.chat_id, user_id)["status"] in PRESENT:
        raise bad_request("USER_ALREADY_PARTICIPANT")
    requests = telegram.store.people[chat.chat_id].get("join_requests", {})
    if str(user_id) not in requests:
        raise bad_request("HIDE_REQUESTER_MISSING")
    address = requests.pop(str(user_id))
    if address:
        count_use(telegram, chat.chat_id, address)
    telegram.store.save_person(chat.chat_id, telegram.store.people[chat.chat_id])
    return chat, user_id


def approve_join_request(telegram: TelegramState, call: Call) -> bool:
    """The method approveChatJoinRequest."""
    chat, user_id = _answered(telegram, call)
    more = {"via_join_request": True}
    set_standing(telegram, chat.chat_id, user_id, {"status": "member"}, call.bot.as_user(), **more)
    return True


def decline_join_request(telegram: TelegramState, call: Call) -> bool:
    """The method declineChatJoinRequest."""
    _answered(telegram, call)
    return True


METHODS = {
    "exportchatinvitelink": export_chat_invite_link,
    "createchatinvitelink": create_chat_invite_link,
    "editchatinvitelink": edit_chat_invite_link,
    "revokechatinvitelink": revoke_chat_invite_link,
    "createchatsubscriptioninvitelink": create_subscription_link,
    "editchatsubscriptioninvitelink": edit_subscription_link,
    "approvechatjoinrequest": approve_join_request,
    "declinechatjoinrequest": decline_join_request,
}
