"""What waits in a chat's queue: an update that is kept, or a request of our own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from bot.context.callback_answer import CallbackAnswer
from storage.queue.inbox import InboxRow


@dataclass(frozen=True, slots=True)
class QueuedUpdate:
    """Something for a chat to handle: a kept update, or a request of our own that needs no keeping.

    `request` names what to do (`redraw`, `resurface`), `about` which window it was meant for;
    `tries` counts how often it failed before. `late`: it was part of a flood and its tap is
    answered.
    """

    chat_id: int
    row: InboxRow | None = None
    request: str = ""
    about: str = ""
    tries: int = field(default=0, compare=False)
    tap: CallbackAnswer | None = field(default=None, compare=False)
    late: bool = field(default=False, compare=False)


class LaterQueue(Protocol):
    """Where a request of our own waits for its moment."""

    def admit_later(self, seconds: float, queued: QueuedUpdate) -> None:
        """Take a request in after a while, the sooner of two; forgotten when the process ends."""
