"""A chat as its person sees it: what stands there, and all that was ever said."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

Found = TypeVar("Found")


@dataclass
class ChatMessage:
    """A message as it stands in the chat."""

    id: int
    text: str
    buttons: list[tuple[str, str]]
    """Labels and callback data."""
    markup: str

    @property
    def is_window(self) -> bool:
        """Whether it belongs to a conversation; a final word's buttons lead there from outside."""
        return any("\x1d" in data for _label, data in self.buttons)


@dataclass(frozen=True)
class BotReply:
    """Something the bot told a person: a `window`, a `message` that stays, or an `alert`."""

    kind: str
    text: str
    at: float
    wall: float = 0.0
    """As `time.time`; `at` is `time.monotonic`."""


@dataclass
class Chat:
    """One private chat."""

    id: int
    shown: dict[int, ChatMessage] = field(default_factory=dict)
    said: list[BotReply] = field(default_factory=list)
    last_id: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def window(self) -> ChatMessage | None:
        """The newest message with buttons that are a window's, not a final word's."""
        for message in reversed(list(self.shown.values())):
            if message.is_window:
                return message
        return None

    def show(self, message: ChatMessage) -> None:
        """A message is there, new or with another text."""
        self.shown[message.id] = message
        self.tell("window" if message.is_window else "message", message.text)

    def tell(self, kind: str, text: str) -> None:
        """Note what the person was told."""
        self.said.append(BotReply(kind, text, time.monotonic(), time.time()))
        self.changed.set()

    async def until(
        self,
        look: Callable[[], Found | None],
        seconds: float,
        enough: Callable[[], bool] = lambda: False,
    ) -> Found | None:
        """What `look` finds within that time, or None then, or as soon as it is `enough`."""
        until = time.monotonic() + seconds
        while (found := look()) is None:
            left = until - time.monotonic()
            if left <= 0 or enough():
                return None
            self.changed.clear()
            try:
                await asyncio.wait_for(self.changed.wait(), min(left, 1.0))
            except TimeoutError:
                continue
        return found
