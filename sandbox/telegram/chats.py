"""Chats as a bot sees them: who is there, what is pinned, what the bot is doing."""

from __future__ import annotations

from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request
from sandbox.telegram.records import Json
from sandbox.telegram.state import TelegramState
from sandbox.telegram.targets import (
    check_not_blocked,
    find_chat,
    find_message,
    present_in_group,
    writable_chat,
)

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
_TOLD = ("bio", "description", "photo", "permissions")


def send_chat_action(telegram: TelegramState, call: Call) -> bool:
    """The method sendChatAction; the watching web chat shows it for five seconds."""
    action = call.text("action").lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = writable_chat(telegram, call)
    check_not_blocked(chat)
    telegram.tell_chat(chat.bot_id, chat.chat_id, "action", action=action)
    return True


def get_chat(telegram: TelegramState, call: Call) -> Json:
    """The method getChat."""
    chat = find_chat(telegram, call)
    if chat.chat_id < 0:
        present_in_group(chat, telegram.store.people[chat.chat_id])
    full = telegram.chat_of(chat.chat_id)
    full |= {
        "accent_color_id": abs(chat.chat_id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": True,
            "limited_gifts": True,
            "unique_gifts": True,
            "premium_subscription": True,
            "gifts_from_channels": True,
        },
    }
    profile = telegram.store.people[chat.chat_id]
    full |= {name: profile[name] for name in _TOLD if profile.get(name)}
    if chat.state.get("pinned"):
        pinned = telegram.store.message(chat.bot_id, chat.chat_id, chat.state["pinned"][-1])
        if pinned is not None:
            full["pinned_message"] = pinned.body
    return full


def pin_chat_message(telegram: TelegramState, call: Call) -> bool:
    """The method pinChatMessage."""
    chat = writable_chat(telegram, call)
    message = find_message(telegram, chat, call.integer("message_id"), "message to pin not found")
    pinned = [one for one in chat.state.get("pinned", []) if one != message.message_id]
    chat.state["pinned"] = [*pinned, message.message_id]
    return _keep_pinned(telegram, call, chat.chat_id, chat.state["pinned"])


def unpin_chat_message(telegram: TelegramState, call: Call) -> bool:
    """The method unpinChatMessage: the one named, or the latest."""
    chat = writable_chat(telegram, call)
    pinned = list(chat.state.get("pinned", []))
    wanted = call.integer("message_id") or (pinned[-1] if pinned else 0)
    if wanted not in pinned:
        raise bad_request("message to unpin not found")
    pinned.remove(wanted)
    return _keep_pinned(telegram, call, chat.chat_id, pinned)


def unpin_all_chat_messages(telegram: TelegramState, call: Call) -> bool:
    """The method unpinAllChatMessages."""
    return _keep_pinned(telegram, call, writable_chat(telegram, call).chat_id, [])


def _keep_pinned(telegram: TelegramState, call: Call, chat_id: int, pinned: list[int]) -> bool:
    chat = telegram.state(call.bot, chat_id)
    chat.state["pinned"] = pinned
    telegram.store.save_chat(chat)
    telegram.tell_chat(chat.bot_id, chat_id, "pinned", pinned=pinned)
    return True


def set_message_reaction(telegram: TelegramState, call: Call) -> bool:
    """The method setMessageReaction; shown to the person beside the message."""
    reactions = call.parsed("reaction", "reaction types") or []
    if not isinstance(reactions, list):
        raise bad_request("expected an Array of ReactionType")
    chat = writable_chat(telegram, call)
    absent = "message to react not found"
    message = find_message(telegram, chat, call.integer("message_id"), absent)
    kept = [one for one in reactions if isinstance(one, dict)][:1]
    chat.state.setdefault("reactions", {})[str(message.message_id)] = kept
    telegram.store.save_chat(chat)
    telegram.tell_chat(
        chat.bot_id, chat.chat_id, "reaction", message_id=message.message_id, reaction=kept
    )
    return True


def get_user_profile_audios(_telegram: TelegramState, _call: Call) -> Json:
    """The method getUserProfileAudios: nobody here has any."""
    return {"total_count": 0, "audios": []}


def get_user_profile_photos(_telegram: TelegramState, _call: Call) -> Json:
    """The method getUserProfilePhotos: nobody here has any."""
    return {"total_count": 0, "photos": []}


METHODS = {
    "getuserprofilephotos": get_user_profile_photos,
    "getuserprofileaudios": get_user_profile_audios,
    "sendchataction": send_chat_action,
    "getchat": get_chat,
    "pinchatmessage": pin_chat_message,
    "unpinchatmessage": unpin_chat_message,
    "unpinallchatmessages": unpin_all_chat_messages,
    "setmessagereaction": set_message_reaction,
}
