"""A raw update as the bot reads it: what it does not know beside the text costs nobody an answer.

Telegram gives its closed unions new members several times a year (kinds of origins, of media, of
backgrounds), and an installed bot reads by the models of its day: one unknown member anywhere in a
message, and all of it is refused. So what is refused is read once more without all that the bot
makes no use of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from aiogram.types import Update
from pydantic import ValidationError

from bot.telegram.fast_parsing import update_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aiogram import Bot

log = structlog.get_logger(__name__)

SENT_BY_PEOPLE = frozenset(
    {
        "text",
        "animation",
        "audio",
        "checklist",
        "contact",
        "dice",
        "document",
        "game",
        "location",
        "paid_media",
        "photo",
        "poll",
        "sticker",
        "story",
        "venue",
        "video",
        "video_note",
        "voice",
    }
)
"""Members of a message that a person sends; all others are Telegram's word that something was done
(pinned, a timer set, a gift), also those it will have one day.
"""
_HIDDEN = "hidden_user"
"""The kind of origin that names nobody."""


def is_service(update: Any) -> bool:
    """Whether a raw update is a message that nobody wrote: there is nothing to answer."""
    message = update.get("message") if isinstance(update, dict) else None
    return isinstance(message, dict) and SENT_BY_PEOPLE.isdisjoint(message)


def is_edited(update: Any) -> bool:
    """Whether somebody changed a message that they had sent before."""
    return isinstance(update, dict) and "edited_message" in update


def typed_anew(update: dict[str, Any], newest: Mapping[int, int]) -> dict[str, Any] | None:
    """A text corrected in the newest message of a person, as if it were typed again; else None.

    `newest` is the newest message of each person. The message keeps its `edit_date`, so that no
    window takes a password or a code from it.
    """
    message = update["edited_message"]
    if not isinstance(message, dict) or not isinstance(message.get("text"), str):
        return None
    user, chat, edited = message.get("from"), message.get("chat"), message.get("edit_date")
    person = user.get("id") if isinstance(user, dict) else None
    private = isinstance(chat, dict) and chat.get("id") == person
    if not isinstance(person, int) or not private or not isinstance(edited, int):
        return None
    if newest.get(person) != message.get("message_id"):
        return None
    rest = {name: value for name, value in update.items() if name != "edited_message"}
    return {**rest, "message": {**message, "date": edited}}


def read(update: Any, bot: Bot) -> Update:
    """The update as a model. Raises `ValidationError` when even what is used of it is none."""
    _without_buttons(update)
    if (ordinary := update_of(update, bot)) is not None:
        return ordinary
    try:
        return Update.model_validate(update, context={"bot": bot})
    except ValidationError as unknown:
        needed = _needed(update)
        if needed is None:
            raise
        found = Update.model_validate(needed, context={"bot": bot})
        at = ".".join(str(part) for part in unknown.errors(include_input=False)[0]["loc"][:3])
        log.info("update.reduced", at=at)
        return found


def _without_buttons(update: Any) -> None:
    """Take away the buttons of the window that was tapped: a model of each, read by nobody.

    Only the outermost shape is looked at; whether it is an update is for the model to say.
    """
    query = update.get("callback_query") if isinstance(update, dict) else None
    message = query.get("message") if isinstance(query, dict) else None
    if isinstance(message, dict):
        message.pop("reply_markup", None)
        message.pop("entities", None)


def _needed(update: Any) -> dict[str, Any] | None:
    """What the bot uses of it, in the shape of an update; None when it is none at all."""
    if not isinstance(update, dict):
        return None
    number = {"update_id": update.get("update_id")}
    message, query = update.get("message"), update.get("callback_query")
    if isinstance(message, dict):
        return {**number, "message": _message(message)}
    if isinstance(query, dict):
        found = _some(query, ("id", "data", "chat_instance"))
        found["from"] = _user(query.get("from"))
        if isinstance(query.get("message"), dict):
            found["message"] = _message(query["message"])
        return {**number, "callback_query": found}
    member = update.get("my_chat_member")
    if not isinstance(member, dict):
        return None
    return {
        **number,
        "my_chat_member": {
            "date": member.get("date"),
            "chat": _chat(member.get("chat")),
            "from": _user(member.get("from")),
            "old_chat_member": _standing(member.get("old_chat_member")),
            "new_chat_member": _standing(member.get("new_chat_member")),
        },
    }


def _message(message: dict[str, Any]) -> dict[str, Any]:
    found = _some(message, ("message_id", "date", "text", "message_thread_id", "is_topic_message"))
    if type(message.get("edit_date")) is int:
        found["edit_date"] = message["edit_date"]
    found["chat"] = _chat(message.get("chat"))
    if "from" in message:
        found["from"] = _user(message["from"])
    if isinstance(message.get("contact"), dict):
        names = ("phone_number", "first_name", "user_id")
        found["contact"] = _some(message["contact"], names)
    if "forward_origin" in message:
        # Whatever it came from: what is forwarded is not typed.
        origin = {"type": _HIDDEN, "date": message.get("date"), "sender_user_name": ""}
        found["forward_origin"] = origin
    return found


def _chat(chat: Any) -> Any:
    return _some(chat, ("id", "type")) if isinstance(chat, dict) else chat


def _user(user: Any) -> Any:
    names = ("id", "is_bot", "first_name", "language_code")
    return _some(user, names) if isinstance(user, dict) else user


def _standing(member: Any) -> Any:
    """Whether the bot was thrown out; all else is one to us."""
    if not isinstance(member, dict):
        return member
    user = _user(member.get("user"))
    if member.get("status") == "kicked":
        return {"status": "kicked", "user": user, "until_date": 0}
    return {"status": "left", "user": user}


def _some(found: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: found[name] for name in names if name in found}
