"""Updates that could not be handled and were set aside, and the support desk's word on them.

One that no handler ever saw may be put back into the inbox, once, after what was wrong with the
program is mended; it is then handled like any other, by its own age: a code or a press of a button
that is old by now is refused. One that a handler had begun is not put back: what that did before it
failed would be done twice, and its person was told then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from account.changes.holds import SUPPORT
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import SupportRefused
from account.values.clock import Clock

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class SetAside:
    """One update. Moments are aware, UTC; `why` names an error's kind.

    `ours`: a request of the bot itself, nobody's update. `waits`: it is in quarantine now. `begun`:
    whether a handler had begun with it, None when nobody noted that. `content` is what came, None
    when it does not open or is kept no longer.
    """

    id: int
    chat_id: int
    ours: bool
    received_at: datetime
    waits: bool
    why: str
    begun: bool | None
    replayed_at: datetime | None
    content: bytes | None = field(repr=False)

    @property
    def obstacle(self) -> str | None:
        """Why it cannot be put back; None when it can."""
        if self.replayed_at is not None:
            return "it was put back before"
        if not self.waits:
            return "it is not in quarantine"
        if self.ours:
            return "it is a note of the bot to itself, which has lost its point"
        if self.content is None:
            return "it does not open with this secret; with the right one it is taken up by itself"
        if self.begun is not False:
            return "it had begun to be handled, and what that did would be done twice"
        return None


class Quarantine:
    """Shows what was set aside and puts it back, for `keeper`, the user of the operating system."""

    def __init__(self, store: QuarantineStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def waiting(self) -> Sequence[SetAside]:
        """The oldest of what is in quarantine."""
        return await self._store.waiting(MOST_SHOWN)

    async def find(self, update_id: int) -> SetAside:
        """What was set aside under that id. Raises `SupportRefused` when nothing was."""
        one = await self._store.read(update_id)
        if one is None:
            raise SupportRefused(f"there is no update {update_id}, or it is kept no longer")
        return one

    async def replay(self, keeper: str, update_id: int) -> SetAside:
        """Put it back into the inbox, with a line in the history. Raises `SupportRefused`."""
        one = await self.find(update_id)
        if one.obstacle is not None:
            raise SupportRefused(one.obstacle)
        now = self._clock.now()
        entry = HistoryEntry(
            at=now,
            what=HistoryEvent.UPDATE_REPLAYED,
            result="done",
            administrator_id=f"{SUPPORT}:{keeper}",
            administrator=keeper,
            parameters={"update": str(one.id), "why": one.why},
            channel=SUPPORT,
        )
        if not await self._store.replay(update_id, now, entry):
            raise SupportRefused("somebody else was first: look at it again")
        return await self.find(update_id)


class QuarantineStore(Protocol):
    """Updates that were set aside."""

    async def waiting(self, limit: int) -> Sequence[SetAside]:
        """What is in quarantine, oldest first."""

    async def read(self, update_id: int) -> SetAside | None:
        """What is in quarantine under that id, or was put back from there."""

    async def replay(self, update_id: int, now: datetime, entry: HistoryEntry) -> bool:
        """Put it back into the inbox, together with its entry.

        False when a handler may have begun with it, or it was put back before.
        """
