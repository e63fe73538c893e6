"""Where a person is and what they typed, past aiogram_dialog's own conventions.

The names in here are the library's own format of version 2.6, which it keeps for its users' sake:
what is kept must be understood by the next release as well.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiogram.types import Message
from aiogram_dialog.api.entities import DEFAULT_STACK_ID
from aiogram_dialog.utils import REPLY_CALLBACK_SYMBOLS

if TYPE_CHECKING:
    from storage.unit_of_work import ConversationUnitOfWork

GREETING = "greeting"
"""The destiny under which the message is kept that bears the button for sharing one's number."""


def present_window(unit: ConversationUnitOfWork) -> str | None:
    """The name of the window the person is in; None without one."""
    intents = _stack(unit).get("intents") or []
    if not intents:
        return None
    state = _kept(unit, f"aiogd:context:{intents[-1]}").get("state")
    return str(state) if state else None


def present_data(unit: ConversationUnitOfWork) -> dict[str, str]:
    """What the present window's dialog was begun with; empty without a window."""
    intents = _stack(unit).get("intents") or []
    told = _kept(unit, f"aiogd:context:{intents[-1]}").get("start_data") if intents else None
    return {key: str(value) for key, value in told.items()} if isinstance(told, dict) else {}


def window_message(unit: ConversationUnitOfWork) -> int | None:
    """Telegram's id of the message that shows the window; None when none was sent."""
    message_id = _stack(unit).get("last_message_id")
    return message_id if isinstance(message_id, int) else None


def drop_conversation(unit: ConversationUnitOfWork) -> None:
    """Forget where the person is, all but the greeting: it goes when the next one comes."""
    key = (unit.chat_id, f"||{GREETING}")
    greeting = unit.slot(key)
    unit.drop_slots()
    unit.put_slot(key, greeting)


def as_typed(message: Message) -> Message:
    """A message as the windows are to see it: text is text, and belongs to the present window.

    aiogram_dialog takes invisible signs at the end of a text for a press of a button, and a reply
    to an old window for an input of that window.
    """
    text = message.text and message.text.rstrip(REPLY_CALLBACK_SYMBOLS)
    return message.model_copy(update={"text": text, "reply_to_message": None})


def _stack(unit: ConversationUnitOfWork) -> dict[str, Any]:
    return _kept(unit, f"aiogd:stack:{DEFAULT_STACK_ID}")


def _kept(unit: ConversationUnitOfWork, destiny: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(unit.slot((unit.chat_id, f"||{destiny}")).data)
    return data
