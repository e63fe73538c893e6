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
    from storage.unit_of_work import ConversationUnitOfWork, SlotKey

GREETING = "greeting"
"""The destiny under which the message is kept that bears the button for sharing one's number."""
LEFT = "left"
"""The destiny of the windows that the end of a session took away (`bot.context.saved_windows`)."""
STACK, CONTEXT = "aiogd:stack:", "aiogd:context:"
"""Those of the library's own, with the id behind them."""


def present_window(unit: ConversationUnitOfWork) -> str | None:
    """The name of the window the person is in; None without one."""
    intents = _stack(unit).get("intents") or []
    if not intents:
        return None
    state = kept(unit, CONTEXT + str(intents[-1])).get("state")
    return str(state) if state else None


def present_data(unit: ConversationUnitOfWork) -> dict[str, str]:
    """What the present window's dialog was begun with; empty without a window."""
    intents = _stack(unit).get("intents") or []
    told = kept(unit, CONTEXT + str(intents[-1])).get("start_data") if intents else None
    return {key: str(value) for key, value in told.items()} if isinstance(told, dict) else {}


def window_message(unit: ConversationUnitOfWork) -> int | None:
    """Telegram's id of the message that shows the window; None when none was sent."""
    message_id = _stack(unit).get("last_message_id")
    return message_id if isinstance(message_id, int) else None


def drop_conversation(unit: ConversationUnitOfWork) -> None:
    """Forget where the person is, all but the greeting, which goes when the next one comes, and
    the windows that wait for a login.
    """
    stays = {slot_of(unit, name): unit.slot(slot_of(unit, name)) for name in (GREETING, LEFT)}
    unit.drop_slots()
    for key, row in stays.items():
        unit.put_slot(key, row)


def as_typed(message: Message) -> Message:
    """A message as the windows are to see it: text is text, and belongs to the present window.

    aiogram_dialog takes invisible signs at the end of a text for a press of a button, and a reply
    to an old window for an input of that window.
    """
    text = message.text and message.text.rstrip(REPLY_CALLBACK_SYMBOLS)
    return message.model_copy(update={"text": text, "reply_to_message": None})


def slot_of(unit: ConversationUnitOfWork, destiny: str) -> SlotKey:
    """Where the state of that destiny is kept in a private chat."""
    return unit.chat_id, f"||{destiny}"


def kept(unit: ConversationUnitOfWork, destiny: str) -> dict[str, Any]:
    """What is kept there, empty when nothing is."""
    data: dict[str, Any] = json.loads(unit.slot(slot_of(unit, destiny)).data)
    return data


def _stack(unit: ConversationUnitOfWork) -> dict[str, Any]:
    return kept(unit, STACK + DEFAULT_STACK_ID)
