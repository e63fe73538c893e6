"""Topics of a forum supergroup: made, edited, closed, reopened, hidden, deleted, unpinned.

A topic's id is the id of the message that tells of its making. All topics are in the group's
profile as `topics`, so every bot in it knows them; General is number 1 and always there. As in the
original the bot that changed a topic gets the service message as well.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request
from sandbox.telegram.files import kept_file
from sandbox.telegram.media import content_of, content_of_upload, made_upload
from sandbox.telegram.members import may
from sandbox.telegram.pictures import plain_png
from sandbox.telegram.records import Chat, Json
from sandbox.telegram.state import TelegramState
from sandbox.telegram.targets import writable_chat

GENERAL = 1
NAME_LIMIT = 128
COLORS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)
ICONS = {
    "5434144690511290129": "📰",
    "5312536423851630001": "💡",
    "5312016608254762256": "⚡️",
    "5377544228505134960": "🎙",
    "5418085807791545980": "🔝",
    "5370870893004203704": "🗣",
}
"""Emoji that a topic's icon can be, by the id of the custom emoji."""

_NOT_MODIFIED = "TOPIC_NOT_MODIFIED"


def topics_of(profile: Json) -> dict[str, Json]:
    """All topics of a forum by their number as text, General among them."""
    general = {"name": "General", "icon_color": COLORS[0]}
    return {str(GENERAL): general, **profile.get("topics", {})}


def thread_of(telegram: TelegramState, call: Call, chat: Chat, replied: Json | None) -> int:
    """The topic a message of the bot goes into, 0 for General and outside forums. Raises 400."""
    profile = telegram.store.people[chat.chat_id]
    if not profile.get("is_forum"):
        return 0
    thread = call.integer("message_thread_id")
    if not thread and replied is not None:
        thread = int(replied.get("message_thread_id", 0))
    if thread == GENERAL or (thread and str(thread) not in topics_of(profile)):
        raise bad_request("message thread not found")
    closed = topics_of(profile)[str(thread or GENERAL)].get("is_closed")
    if closed and not may(telegram, call.bot, chat.chat_id, "can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    return thread


def in_thread(thread: int) -> Json:
    """What a message says of its topic."""
    return {"message_thread_id": thread, "is_topic_message": True} if thread else {}


def _forum(telegram: TelegramState, call: Call) -> Chat:
    chat = writable_chat(telegram, call)
    if not telegram.store.people[chat.chat_id].get("is_forum"):
        raise bad_request("the chat is not a forum")
    return chat


def _allowed(telegram: TelegramState, call: Call, chat: Chat, right: str, what: str) -> None:
    if not may(telegram, call.bot, chat.chat_id, right):
        raise bad_request(f"not enough rights to {what}")


def _topic(telegram: TelegramState, call: Call, chat: Chat) -> tuple[int, Json]:
    """The topic a call names; General is not named so. Raises 400."""
    thread = call.integer("message_thread_id")
    topic = topics_of(telegram.store.people[chat.chat_id]).get(str(thread))
    if topic is None or thread == GENERAL:
        raise bad_request("TOPIC_ID_INVALID")
    return thread, topic


def _keep(telegram: TelegramState, chat_id: int, thread: int, topic: Json | None) -> None:
    profile = telegram.store.people[chat_id]
    kept = dict(profile.get("topics", {}))
    kept.pop(str(thread), None)
    if topic is not None:
        kept[str(thread)] = topic
    profile["topics"] = kept
    telegram.store.save_person(chat_id, profile)


def _tell(telegram: TelegramState, call: Call, chat: Chat, thread: int, content: Json) -> int:
    """The service message in every bot's copy; `thread` 0 is General, -1 the message's own."""
    there = telegram.bots_in(chat.chat_id)
    telegram.store.level_message_ids(there)
    number = call.bot.next_message
    place = in_thread(number if thread < 0 else thread)
    for bot in there:
        body = {"from": call.bot.as_user(), **place, **content}
        message = telegram.add_message(bot, chat.chat_id, body, by_bot=bot is call.bot)
        telegram.push(bot, "message", chat.chat_id, message.body)
    return number


def _name(call: Call) -> str:
    name = call.text("name").strip()[:NAME_LIMIT]
    if not name:
        raise bad_request("title must be non-empty")
    return name


def _icon(call: Call) -> Json:
    icon = call.text("icon_custom_emoji_id")
    if icon and icon not in ICONS:
        raise bad_request("DOCUMENT_INVALID")
    return {"icon_custom_emoji_id": icon} if icon else {}


def create_forum_topic(telegram: TelegramState, call: Call) -> Json:
    """The method createForumTopic."""
    chat = _forum(telegram, call)
    _allowed(telegram, call, chat, "can_manage_topics", "create a topic")
    made: Json = {"name": _name(call)}
    made["icon_color"] = call.integer("icon_color", COLORS[0])
    if made["icon_color"] not in COLORS:
        raise bad_request("invalid icon color specified")
    made |= _icon(call)
    thread = _tell(telegram, call, chat, -1, {"forum_topic_created": made})
    _keep(telegram, chat.chat_id, thread, {**made, "creator": call.bot.id})
    return {"message_thread_id": thread, **made}


def _changeable(telegram: TelegramState, call: Call) -> tuple[Chat, int, Json]:
    """A topic that the bot may change: by right, or because it made it. Raises 400."""
    chat = _forum(telegram, call)
    thread, topic = _topic(telegram, call, chat)
    if topic.get("creator") != call.bot.id:
        _allowed(telegram, call, chat, "can_manage_topics", "edit the topic")
    return chat, thread, topic


def edit_forum_topic(telegram: TelegramState, call: Call) -> bool:
    """The method editForumTopic: what is not given stays, an empty icon is taken away."""
    chat, thread, topic = _changeable(telegram, call)
    edited: Json = {"name": _name(call)} if "name" in call.params else {}
    if "icon_custom_emoji_id" in call.params:
        edited |= {"icon_custom_emoji_id": "", **_icon(call)}
    changed = {name: value for name, value in edited.items() if topic.get(name, "") != value}
    if not changed:
        raise bad_request(_NOT_MODIFIED)
    _keep(telegram, chat.chat_id, thread, {**topic, **changed})
    _tell(telegram, call, chat, thread, {"forum_topic_edited": changed})
    return True


def _set(telegram: TelegramState, call: Call, chat: Chat, thread: int, **flags: bool) -> bool:
    """Close, open, hide or show a topic; each change is told."""
    topic = topics_of(telegram.store.people[chat.chat_id])[str(thread)]
    told = {
        ("is_closed", True): "forum_topic_closed",
        ("is_closed", False): "forum_topic_reopened",
        ("is_hidden", True): "general_forum_topic_hidden",
        ("is_hidden", False): "general_forum_topic_unhidden",
    }
    changed = {name: on for name, on in flags.items() if bool(topic.get(name)) != on}
    if next(iter(flags)) not in changed:
        raise bad_request(_NOT_MODIFIED)
    _keep(telegram, chat.chat_id, thread, {**topic, **changed})
    for change in changed.items():
        _tell(telegram, call, chat, 0 if thread == GENERAL else thread, {told[change]: {}})
    return True


def _closing(*, closed: bool) -> Callable[[TelegramState, Call], bool]:
    def close(telegram: TelegramState, call: Call) -> bool:
        chat, thread, _ = _changeable(telegram, call)
        return _set(telegram, call, chat, thread, is_closed=closed)

    return close


def delete_forum_topic(telegram: TelegramState, call: Call) -> bool:
    """The method deleteForumTopic: the topic and all messages in it."""
    chat = _forum(telegram, call)
    thread, _ = _topic(telegram, call, chat)
    _allowed(telegram, call, chat, "can_delete_messages", "delete the topic")
    for bot in telegram.bots_in(chat.chat_id):
        for body in telegram.store.messages(bot.id, chat.chat_id):
            if body.get("message_thread_id") != thread:
                continue
            message = telegram.store.message(bot.id, chat.chat_id, body["message_id"])
            if message is not None:
                telegram.delete_message(message)
    _keep(telegram, chat.chat_id, thread, None)
    return True


def _general(telegram: TelegramState, call: Call) -> Chat:
    chat = _forum(telegram, call)
    _allowed(telegram, call, chat, "can_manage_topics", "edit the topic")
    return chat


def edit_general_forum_topic(telegram: TelegramState, call: Call) -> bool:
    """The method editGeneralForumTopic."""
    chat = _general(telegram, call)
    topic, name = topics_of(telegram.store.people[chat.chat_id])[str(GENERAL)], _name(call)
    if topic["name"] == name:
        raise bad_request(_NOT_MODIFIED)
    _keep(telegram, chat.chat_id, GENERAL, {**topic, "name": name})
    _tell(telegram, call, chat, 0, {"forum_topic_edited": {"name": name}})
    return True


def _general_set(**flags: bool) -> Callable[[TelegramState, Call], bool]:
    def change(telegram: TelegramState, call: Call) -> bool:
        return _set(telegram, call, _general(telegram, call), GENERAL, **flags)

    return change


def _unpin(telegram: TelegramState, call: Call, chat: Chat, thread: int) -> bool:
    _allowed(telegram, call, chat, "can_pin_messages", "manage pinned messages in the chat")
    pinned = chat.state.get("pinned", [])
    there = []
    for message_id in pinned:
        message = telegram.store.message(chat.bot_id, chat.chat_id, message_id)
        if message is not None and message.body.get("message_thread_id", 0) != thread:
            there.append(message_id)
    chat.state["pinned"] = there
    telegram.store.save_chat(chat)
    telegram.tell_chat(chat.bot_id, chat.chat_id, "pinned", pinned=there)
    return True


def unpin_all_forum_topic_messages(telegram: TelegramState, call: Call) -> bool:
    """The method unpinAllForumTopicMessages."""
    chat = _forum(telegram, call)
    return _unpin(telegram, call, chat, _topic(telegram, call, chat)[0])


def unpin_all_general_forum_topic_messages(telegram: TelegramState, call: Call) -> bool:
    """The method unpinAllGeneralForumTopicMessages."""
    return _unpin(telegram, call, _forum(telegram, call), 0)


def get_forum_topic_icon_stickers(telegram: TelegramState, call: Call) -> list[Json]:
    """The method getForumTopicIconStickers; pictures without a drawing."""
    kind = {"type": "custom_emoji", "set_name": "Topics"}
    return [
        {**_icon_sticker(telegram, call, emoji), **kind, "emoji": emoji, "custom_emoji_id": icon}
        for icon, emoji in ICONS.items()
    ]


def _icon_sticker(telegram: TelegramState, call: Call, emoji: str) -> Json:
    """An animated sticker without layers."""
    empty = f'{{"tgs":1,"v":"5.5.2","nm":"{emoji}","fr":60,"ip":0,"op":60,"w":512,"h":512}}'
    animation = gzip.compress(empty.encode(), mtime=0)
    upload = made_upload(telegram, animation, "icon.tgs", "application/x-tgsticker")
    picture = made_upload(telegram, plain_png(128, 128), "thumbnail.png")
    thumbnail = content_of_upload(telegram, call.bot, picture, "photo")["photo"][-1]
    file = kept_file(telegram, call.bot, upload, "sticker", {"thumbnail": thumbnail})
    shown = content_of(telegram, file)
    return shown if isinstance(shown, dict) else {}


METHODS: dict[str, Callable[[TelegramState, Call], Any]] = {
    "createforumtopic": create_forum_topic,
    "editforumtopic": edit_forum_topic,
    "closeforumtopic": _closing(closed=True),
    "reopenforumtopic": _closing(closed=False),
    "deleteforumtopic": delete_forum_topic,
    "unpinallforumtopicmessages": unpin_all_forum_topic_messages,
    "editgeneralforumtopic": edit_general_forum_topic,
    "closegeneralforumtopic": _general_set(is_closed=True),
    "reopengeneralforumtopic": _general_set(is_closed=False, is_hidden=False),
    "hidegeneralforumtopic": _general_set(is_hidden=True, is_closed=True),
    "unhidegeneralforumtopic": _general_set(is_hidden=False),
    "unpinallgeneralforumtopicmessages": unpin_all_general_forum_topic_messages,
    "getforumtopiciconstickers": get_forum_topic_icon_stickers,
}
