"""What Telegram keeps, as Python sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Bot:
    """One bot. `settings` holds names, commands, webhook, allowed updates, menu buttons."""

    id: int
    token: str
    settings: Json
    next_message: int
    next_update: int
    made: int

    @property
    def username(self) -> str:
        """The public name, from the id."""
        return f"my_account_{self.id}_bot"

    def as_user(self) -> Json:
        """The bot as a `User` of the Bot API."""
        name = self.settings.get("name", {}).get("") or "My Account"
        return {"id": self.id, "is_bot": True, "first_name": name, "username": self.username}


@dataclass
class Message:
    """A message as it stands now. `body` is the Bot API `Message`."""

    bot_id: int
    chat_id: int
    message_id: int
    body: Json
    by_bot: bool
    deleted: bool = False


@dataclass
class Chat:
    """What a bot and a chat know of each other.

    `state` holds: started, blocked, reply_keyboard, keyboard_message, pinned (message ids), action.
    """

    bot_id: int
    chat_id: int
    state: Json = field(default_factory=dict)


@dataclass
class StoredFile:
    """A file that can be downloaded; `stored` is its name in the files' folder."""

    file_id: str
    bot_id: int
    unique_id: str
    kind: str
    name: str
    mime: str
    size: int
    stored: str
    file_path: str
    shape: Json = field(default_factory=dict)
    """What messages tell of it: duration, width, performer, thumbnail; `size_of` is the photo that
    a smaller size belongs to."""
