"""Outgoing changes that the operator's own people have stopped for a while.

A hold covers a kind of change, a company, or both; or everything. What is confirmed under it stays
accepted: it is not sent, people are told so before and after they confirm, and it goes on by itself
when the hold is lifted. It waits no longer than any confirmed change does (`ChangeSpec.keep_for`);
then it ends unsent, with that reason.

Who placed and who lifted a hold, and why, stands in the history for good. Why is not shown in
chats: it may be about those who would read it there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from account.changes.action import ActionKind
from account.changes.spec import ChangeSpec
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import SupportRefused
from account.values.clock import Clock

LOOK_AGAIN, AT_LEAST = timedelta(seconds=30), timedelta(seconds=1)
"""How long what is on hold rests; lifting the hold wakes it at once."""
LONGEST_REASON = 200
ON_HOLD = "CHANGE.HELD"
"""Why a change ended that waited under a hold for as long as it could."""
SUPPORT = "support"
"""The channel of entries that were made on the command line."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold. `kind` None: every kind; `company_id` None: every company. Times are aware, UTC."""

    id: int
    kind: ActionKind | None
    company_id: str | None
    reason: str
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None = None
    lifted_by: str | None = None


class Holds:
    """Places and lifts holds for `keeper`, the user of the operating system who asks for it."""

    def __init__(
        self,
        store: HoldStore,
        clock: Clock,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._specs = specs

    async def place(
        self, keeper: str, kind: ActionKind | None, company_id: str | None, reason: str
    ) -> Hold:
        """Stop such changes from now on. Raises `SupportRefused`; what was sent already is not."""
        if not reason or not reason.isprintable() or len(reason) > LONGEST_REASON:
            raise SupportRefused(f"the reason is one line of at most {LONGEST_REASON} characters")
        if kind is not None and self._specs[kind].at_once:
            raise SupportRefused(f"{kind} is done by the press itself and sends nothing")
        now = self._clock.now()
        entry = self._entry(HistoryEvent.HOLD_PLACED, keeper, kind, company_id, reason, now)
        return await self._store.place(kind, company_id, reason, keeper, now, entry)

    async def lift(self, keeper: str, hold_id: int) -> Hold:
        """Let such changes through again, those that wait at once.

        Raises `SupportRefused` when there is no such hold, or it was lifted before.
        """
        hold = await self._store.read(hold_id)
        if hold is None:
            raise SupportRefused(f"there is no hold {hold_id}")
        now = self._clock.now()
        entry = self._entry(
            HistoryEvent.HOLD_LIFTED, keeper, hold.kind, hold.company_id, hold.reason, now
        )
        lifted = await self._store.lift(hold, keeper, now, entry)
        if lifted is None:
            raise SupportRefused(f"hold {hold_id} was lifted before")
        return lifted

    async def present(self) -> Sequence[Hold]:
        """The holds that are on, oldest first."""
        return await self._store.present()

    async def cover(self, kind: ActionKind, company_id: str) -> bool:
        """Whether such changes of that company are not let through now."""
        return await self._store.cover(kind, company_id)

    def _entry(
        self,
        what: HistoryEvent,
        keeper: str,
        kind: ActionKind | None,
        company_id: str | None,
        reason: str,
        now: datetime,
    ) -> HistoryEntry:
        told = {"reason": reason} if kind is None else {"reason": reason, **self._of_kind(kind)}
        return HistoryEntry(
            at=now,
            what=what,
            result="done",
            administrator_id=f"{SUPPORT}:{keeper}",
            administrator=keeper,
            company_id=company_id,
            parameters=told,
            channel=SUPPORT,
        )

    def _of_kind(self, kind: ActionKind) -> dict[str, str]:
        return {"kind": kind.value, "what": self._specs[kind].what}


class HoldStore(Protocol):
    """Holds on outgoing changes, and their trace."""

    async def place(
        self,
        kind: ActionKind | None,
        company_id: str | None,
        reason: str,
        by: str,
        now: datetime,
        entry: HistoryEntry,
    ) -> Hold:
        """Keep a hold that is on, together with its entry."""

    async def read(self, hold_id: int) -> Hold | None:
        """The hold with that number, on or lifted."""

    async def lift(self, hold: Hold, by: str, now: datetime, entry: HistoryEntry) -> Hold | None:
        """Lift it and make due what waits under it; None when it was lifted before."""

    async def present(self) -> Sequence[Hold]:
        """The holds that are on, oldest first."""

    async def cover(self, kind: ActionKind, company_id: str) -> bool:
        """Whether one that is on covers such changes of that company."""
