"""Updates and messages of the ordinary shape, read by looking at each member once.

Nearly all that comes is a press of a button, or a text that somebody typed. Whether each member is
what Telegram says it is, is looked at here; anything that is not, or that is not known here, is
left to aiogram's models, which tell poison from what is merely rare.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeGuard

from aiogram.types import CallbackQuery, Chat, Message, Update, User

from bot.framework.unvalidated import construct

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from aiogram import Bot

_USER: dict[str, type] = {
    "id": int,
    "is_bot": bool,
    "first_name": str,
    "last_name": str,
    "username": str,
    "language_code": str,
}
_USER_HAS = frozenset({"id", "is_bot", "first_name"})
_CHAT: dict[str, type] = {
    "id": int,
    "type": str,
    "first_name": str,
    "last_name": str,
    "username": str,
}
_CHAT_HAS = frozenset({"id", "type"})
_QUERY: dict[str, type] = {
    "id": str,
    "chat_instance": str,
    "data": str,
    "from": dict,
    "message": dict,
}
_MESSAGE: dict[str, type] = {
    "message_id": int,
    "date": int,
    "edit_date": int,
    "text": str,
    "chat": dict,
    "from": dict,
}
_MESSAGE_HAS = frozenset({"message_id", "date", "chat"})
_LATEST = 1 << 34
"""Larger numbers are no seconds to pydantic; zero is the date of a message out of reach."""
_LARGEST = 1 << 62


def update_of(raw: Any, bot: Bot) -> Update | None:
    """A press of a button, or a text, of which all is known; None for all else."""
    if type(raw) is not dict or len(raw) != 2 or type(raw.get("update_id")) is not int:
        return None
    name = "callback_query" if "callback_query" in raw else "message"
    event = _query(raw.get(name), bot) if name == "callback_query" else _typed(raw.get(name), bot)
    if event is None:
        return None
    return construct(Update, bot, {"update_id": raw["update_id"], name: event})


def message_of(raw: Any, bot: Bot) -> Message | None:
    """A message of text, or of nothing that is known; None for all else."""
    if not _is(raw, _MESSAGE, _MESSAGE_HAS) or not 0 < raw["date"] < _LATEST:
        return None
    chat = _chat(raw["chat"], bot)
    if chat is None:
        return None
    fields = {**raw, "chat": chat, "date": datetime.fromtimestamp(raw["date"], UTC)}
    if "from" in fields:
        fields["from_user"] = _user(fields.pop("from"), bot)
        if fields["from_user"] is None:
            return None
    return construct(Message, bot, fields)


def _query(raw: Any, bot: Bot) -> CallbackQuery | None:
    if not _is(raw, _QUERY, _QUERY.keys()):
        return None
    user, message = _user(raw["from"], bot), message_of(raw["message"], bot)
    if user is None or message is None:
        return None
    fields = {
        "id": raw["id"],
        "from_user": user,
        "chat_instance": raw["chat_instance"],
        "message": message,
        "data": raw["data"],
    }
    return construct(CallbackQuery, bot, fields)


def _typed(raw: Any, bot: Bot) -> Message | None:
    return message_of(raw, bot) if type(raw) is dict and "text" in raw else None


def _user(raw: Any, bot: Bot) -> User | None:
    return construct(User, bot, raw) if _is(raw, _USER, _USER_HAS) else None


def _chat(raw: Any, bot: Bot) -> Chat | None:
    return construct(Chat, bot, raw) if _is(raw, _CHAT, _CHAT_HAS) else None


def _is(raw: Any, kinds: Mapping[str, type], has: AbstractSet[str]) -> TypeGuard[dict[str, Any]]:
    """Whether it is an object of known members, each of its type, with all that it must have.

    Half a letter, which JSON can hold and nothing else, is no text.
    """
    if type(raw) is not dict or not has <= raw.keys():
        return False
    for name, value in raw.items():
        if type(value) is not kinds.get(name):
            return False
        if isinstance(value, str):
            if not value.isascii() and not _whole(value):
                return False
        elif isinstance(value, int) and not -_LARGEST < value < _LARGEST:
            return False
    return True


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
