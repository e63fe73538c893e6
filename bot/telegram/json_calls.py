"""Calls of the Bot API that hold plain values only, which are all that windows make.

aiogram turns a call into a form and a whole `Message` back into a model, buttons and all, at half
of what a tap costs. Here a call goes out as JSON, and of the message that comes back is read what
somebody may ask for. Whatever is not plain (files, lists of media) is left to aiogram.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiogram.client.default import Default
from aiogram.types import (
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.telegram.fast_parsing import message_of
from bot.telegram.quick_json import decoded, encoded

if TYPE_CHECKING:
    from aiogram import Bot
    from aiogram.methods import TelegramMethod

HEADERS = {"Content-Type": "application/json"}

_PLAIN = (str, int, float)
_MARKUP = (InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove, LinkPreviewOptions)
_RETURNS_MESSAGE = (Message, Message | bool)
_UNREAD = frozenset(
    {"reply_markup", "entities", "from", "reply_to_message", "link_preview_options"}
)
"""Of a message that we have sent ourselves."""


def plain_body(bot: Bot, method: TelegramMethod[Any]) -> bytes | None:
    """The call's fields as JSON; None when one of them is not plain."""
    fields: dict[str, Any] = {}
    for name, given in method.__dict__.items():
        value = bot.default[given.name] if isinstance(given, Default) else given
        if value is None or value == "":
            continue
        if isinstance(value, _MARKUP):
            value = _plain_buttons(value) or value.model_dump(
                mode="json", exclude_none=True, warnings=False
            )
        elif not isinstance(value, _PLAIN):
            return None
        elif isinstance(value, str) and type(value) is not str:
            value = str.__str__(value)
        fields[name] = value
    try:
        return encoded(fields)
    except (TypeError, ValueError):
        # A default of aiogram's inside of a markup; half a surrogate pair, which has no bytes.
        return None


def _plain_buttons(markup: Any) -> dict[str, Any] | None:
    """A keyboard whose buttons are of text alone; None for any other markup."""
    if type(markup) is not InlineKeyboardMarkup:
        return None
    rows = []
    for row in markup.inline_keyboard:
        buttons = [
            {name: value for name, value in button.__dict__.items() if value is not None}
            for button in row
        ]
        if any(type(value) is not str for button in buttons for value in button.values()):
            return None
        rows.append(buttons)
    return {"inline_keyboard": rows}


def plain_result(bot: Bot, method: TelegramMethod[Any], body: bytes) -> Any:
    """What a call brought when it went well and is known here; None for all else.

    Raises ValueError for what is not JSON or not a message.
    """
    told = decoded(body)
    if not isinstance(told, dict) or told.get("ok") is not True:
        return None
    result = told.get("result")
    if result is True:
        return True
    if isinstance(result, dict) and method.__returning__ in _RETURNS_MESSAGE:
        read = {name: value for name, value in result.items() if name not in _UNREAD}
        made = message_of(read, bot)
        return made or Message.model_validate(read, context={"bot": bot})
    return None
