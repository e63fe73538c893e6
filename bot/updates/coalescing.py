"""What a person said once more while it waited in line: the last time is enough.

Who waits for a bot in trouble presses and types again. Were every repetition drawn in full, the
inbox would fill faster than it empties, and nothing would get through for minutes. So what has
waited for some seconds and stands in line once more, further back, gets no window of its own.

Never a confirmation: each press of one is judged by itself, whatever else there is. Never what
answers a question of the window (a code, a password): that is counted, and deleted, each time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

STALE_AFTER = timedelta(seconds=3)
"""Quicker than this is no impatience: two presses mean two."""
LOOK_AHEAD = 10
"""Letters that are looked at further back in line."""

_CONFIRMING = "confirm"
"""How the ids of all buttons begin that confirm something."""

Press = tuple[str, object, object, str]


def press_in(update: Any) -> Press | None:
    """What a raw update wants, equal for equal ones; None for what must not be passed over.

    Its shape is not trusted. Only plain typed text and presses of buttons count.
    """
    if not isinstance(update, dict):
        return None
    query, message = update.get("callback_query"), update.get("message")
    if isinstance(query, dict):
        data, tapped = query.get("data"), query.get("message")
        if isinstance(data, str) and isinstance(tapped, dict) and not _confirms(data):
            return "tap", _id_of(query.get("from")), tapped.get("message_id"), data
    elif isinstance(message, dict):
        text = message.get("text")
        if isinstance(text, str) and "forward_origin" not in message:
            return "text", _id_of(message.get("from")), None, text
    return None


def _confirms(data: str) -> bool:
    """Whether the pressed button is one of these; aiogram_dialog writes window, separator, id."""
    return data.rpartition("\x1d")[2].startswith(_CONFIRMING)


def _id_of(party: object) -> object:
    return party.get("id") if isinstance(party, dict) else None
