"""One chat in order, many chats side by side, and a way to stop without losing anything.

What is admitted here is in the inbox already, so nothing is lost by stopping: what did not begin
stays there. A chat's updates wait for one another; a flood of one chat waits behind itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from storage.inbox import InboxRow

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 100
FIRST_RETRY = 0.5
SLOWEST_RETRY = 10.0


@dataclass(frozen=True, slots=True)
class Letter:
    """Something for a chat to handle: a kept update, or a wish of our own that need not be kept.

    `wish` names what to do (`redraw`, `resurface`), `about` which window it was meant for.
    """

    chat_id: int
    row: InboxRow | None = None
    wish: str = ""
    about: str = ""


Receive = Callable[[Letter], Awaitable[bool]]


class Gate:
    """Hands letters to `receive`, which answers False when it must be tried again later."""

    def __init__(self, receive: Receive, *, at_once: int = MOST_AT_ONCE) -> None:
        self._receive = receive
        self._places = asyncio.Semaphore(at_once)
        self._waiting: dict[int, deque[Letter]] = {}
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._timers: set[asyncio.TimerHandle] = set()
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many letters are in here, the ones being handled included."""
        return sum(len(letters) for letters in self._waiting.values()) + len(self._busy)

    def admit(self, letter: Letter) -> None:
        """Take a letter in; behind the earlier ones of its chat."""
        if self._closed:
            return
        self._waiting.setdefault(letter.chat_id, deque()).append(letter)
        if letter.chat_id not in self._busy:
            task = asyncio.get_running_loop().create_task(
                self._serve(letter.chat_id), name=f"chat-{letter.chat_id % 10_000:04}"
            )
            self._busy[letter.chat_id] = task

    def admit_later(self, seconds: float, letter: Letter) -> None:
        """Take a letter in after a while; forgotten when the process ends before."""

        def due() -> None:
            self._timers.discard(timer)
            if not self._queued(letter):
                self.admit(letter)

        timer = asyncio.get_running_loop().call_later(seconds, due)
        self._timers.add(timer)

    async def drain(self, seconds: float) -> bool:
        """Let what runs finish, begin nothing new; True when all did in time."""
        self._closed = True
        for timer in self._timers:
            timer.cancel()
        self._waiting.clear()
        running = set(self._busy.values())
        if not running:
            return True
        _done, late = await asyncio.wait(running, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late

    def _queued(self, letter: Letter) -> bool:
        """The same wish is waiting already; one drawing of a window is enough."""
        return letter in self._waiting.get(letter.chat_id, ())

    async def _serve(self, chat_id: int) -> None:
        try:
            while not self._closed and (letters := self._waiting.get(chat_id)):
                letter = letters.popleft()
                async with self._places:
                    await self._until_received(letter)
        finally:
            if not self._waiting.get(chat_id):
                self._waiting.pop(chat_id, None)
            self._busy.pop(chat_id, None)

    async def _until_received(self, letter: Letter) -> None:
        pause = FIRST_RETRY
        while not await self._receive(letter):
            if self._closed or letter.row is None:
                return
            log.warning("letter.again", seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, SLOWEST_RETRY)
