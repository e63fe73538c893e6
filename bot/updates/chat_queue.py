"""One chat in order, many chats side by side, and a way to stop without losing anything.

What is admitted here is in the inbox already, so nothing is lost by stopping: what did not begin
stays there. A chat's updates wait for one another. Of a flood only the first updates are held in
memory; the others are read from the inbox when their turn comes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import structlog

from bot.context.queued_update import QueuedUpdate
from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from storage.queue.inbox import InboxRow

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 100
MOST_HELD = 50
"""Updates of one chat that are held in memory."""
FIRST_RETRY = 0.5
SLOWEST_RETRY = 10.0


Receive = Callable[[QueuedUpdate], Awaitable[bool]]
More = Callable[[int, int], Awaitable[list["InboxRow"]]]


async def _not_yet(_queued: QueuedUpdate) -> bool:
    return False


async def _no_more(_chat_id: int, _limit: int) -> list[InboxRow]:
    return []


@dataclass(slots=True)
class _Line:
    """The updates of one chat. `left_out` counts those that are in the inbox alone, `answered` has
    the rows among them whose taps were answered at once.
    """

    updates: deque[QueuedUpdate] = field(default_factory=deque)
    rows: set[int] = field(default_factory=set)
    left_out: int = 0
    answered: set[int] = field(default_factory=set)


class ChatQueue:
    """Hands updates to whoever serves it, who answers False when it must be tried again later.

    `more` reads a chat's oldest undone rows again, as many as it is told at most.
    """

    def __init__(self, more: More = _no_more, *, at_once: int = MOST_AT_ONCE) -> None:
        self._more = more
        self._receive: Receive = _not_yet
        self._places = asyncio.Semaphore(at_once)
        self._lines: dict[int, _Line] = {}
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._timers: dict[QueuedUpdate, asyncio.TimerHandle] = {}
        self._begun: set[int] = set()
        self._closed = False

    def serve(self, receive: Receive) -> None:
        """From now on updates go to `receive`; until then they wait."""
        self._receive = receive

    @property
    def waiting(self) -> int:
        """How many updates are held in here, the ones being handled included."""
        return sum(len(line.updates) for line in self._lines.values()) + len(self._busy)

    @property
    def closed(self) -> bool:
        """Whether this process serves no chats (any more)."""
        return self._closed

    def behind(self, chat_id: int, limit: int) -> list[InboxRow]:
        """Rows of the chat that are held here and wait for their turn, the next ones first."""
        line = self._lines.get(chat_id)
        updates = () if line is None else islice(line.updates, limit)
        return [queued.row for queued in updates if queued.row is not None]

    def holds(self, chat_id: int, row_id: int) -> bool:
        """Whether a row is or will be handled here; once closed, whether it has begun."""
        if self._closed:
            return row_id in self._begun
        line = self._lines.get(chat_id)
        return line is not None and (bool(line.left_out) or row_id in line.rows)

    def close(self) -> None:
        """Take nothing in from here on; what did not begin stays in the inbox."""
        self._closed = True

    def admit(self, queued: QueuedUpdate) -> None:
        """Take an update in behind the earlier ones of its chat; the same one only once.

        Its tap is answered in time, also when the update itself is left in the inbox.
        """
        if self._closed:
            return
        line = self._lines.setdefault(queued.chat_id, _Line())
        if queued.row is None:
            if queued not in line.updates:
                line.updates.append(queued)
        elif queued.row.id not in line.rows:
            if line.left_out or len(line.updates) >= MOST_HELD:
                line.left_out += 1
                if queued.tap is not None:
                    line.answered.add(queued.row.id)
            else:
                line.updates.append(queued)
                line.rows.add(queued.row.id)
            if queued.tap is not None:
                queued.tap.hurry()
        if queued.chat_id not in self._busy:
            task = asyncio.get_running_loop().create_task(
                self._serve(queued.chat_id, line), name=f"chat-{queued.chat_id % 10_000:04}"
            )
            self._busy[queued.chat_id] = task

    def admit_later(self, seconds: float, queued: QueuedUpdate) -> None:
        """Take a request in after a while, the sooner of two; forgotten when the process ends."""
        loop = asyncio.get_running_loop()
        planned = self._timers.get(queued)
        if planned is not None:
            if planned.when() <= loop.time() + seconds:
                return
            planned.cancel()

        def due() -> None:
            self._timers.pop(queued, None)
            self.admit(queued)

        # The newest counts its tries: an equal key would keep the older update.
        self._timers.pop(queued, None)
        self._timers[queued] = loop.call_later(seconds, due)

    def forget(self) -> None:
        """Let go of all rows that have not begun: they are no longer ours to handle."""
        for line in self._lines.values():
            rows = {queued.row.id for queued in line.updates if queued.row is not None}
            line.updates = deque(queued for queued in line.updates if queued.row is None)
            line.rows -= rows
            line.left_out = 0
            line.answered.clear()

    async def drain(self, seconds: float) -> bool:
        """Let what runs finish, begin nothing new; True when all did in time."""
        self.close()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        running = set(self._busy.values())
        if not running:
            return True
        _done, late = await asyncio.wait(running, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late

    async def _serve(self, chat_id: int, line: _Line) -> None:
        try:
            while not self._closed:
                if not line.updates and line.left_out:
                    await self._refill(chat_id, line)
                if not line.updates:
                    return
                queued = line.updates.popleft()
                async with self._places:
                    await self._handle(queued)
                if queued.row is not None:
                    line.rows.discard(queued.row.id)
        finally:
            del self._busy[chat_id]
            del self._lines[chat_id]

    async def _refill(self, chat_id: int, line: _Line) -> None:
        """Hold the next rows of a chat whose earlier ones are all done."""
        left_out = line.left_out
        try:
            rows = await self._more(chat_id, MOST_HELD)
        except StorageUnavailable as fault:
            log.warning("storage.unavailable", error=type(fault).__name__)
            await asyncio.sleep(FIRST_RETRY)
            return
        line.updates.extend(
            QueuedUpdate(chat_id, row=row, late=row.id in line.answered) for row in rows
        )
        line.rows.update(row.id for row in rows)
        line.answered.difference_update(row.id for row in rows)
        # What came in while we read is in these rows already, or is read next time.
        if len(rows) < MOST_HELD and line.left_out == left_out:
            line.left_out = 0

    async def _handle(self, queued: QueuedUpdate) -> None:
        if queued.row is None or self._closed:
            await self._until_received(queued)
            return
        self._begun.add(queued.row.id)
        try:
            await self._until_received(queued)
        finally:
            self._begun.discard(queued.row.id)

    async def _until_received(self, queued: QueuedUpdate) -> None:
        pause = FIRST_RETRY
        while not self._closed and not await self._receive(queued):
            if queued.row is None:
                return
            log.warning("letter.again", seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, SLOWEST_RETRY)
