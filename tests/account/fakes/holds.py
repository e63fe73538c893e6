"""Holds, kept in the ledger that the stores share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from account.changes.action import ActionKind, ActionState
from account.changes.holds import Hold
from account.effects.history import HistoryEntry
from tests.account.fakes.ledger import Ledger


class MemoryHolds:
    """`HoldStore` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def place(
        self,
        kind: ActionKind | None,
        company_id: str | None,
        reason: str,
        by: str,
        now: datetime,
        entry: HistoryEntry,
    ) -> Hold:
        hold = Hold(len(self._ledger.holds) + 1, kind, company_id, reason, now, by)
        self._ledger.holds.append(hold)
        self._ledger.entries.append(entry)
        return hold

    async def read(self, hold_id: int) -> Hold | None:
        return next((hold for hold in self._ledger.holds if hold.id == hold_id), None)

    async def lift(self, hold: Hold, by: str, now: datetime, entry: HistoryEntry) -> Hold | None:
        kept = self._ledger.holds[hold.id - 1]
        if kept.lifted_at is not None:
            return None
        lifted = replace(kept, lifted_at=now, lifted_by=by)
        self._ledger.holds[hold.id - 1] = lifted
        self._ledger.entries.append(entry)
        for one in self._ledger.actions.values():
            if one.action.state is ActionState.ACCEPTED and one.due is not None:
                one.due = min(one.due, now)
        return lifted

    async def present(self) -> Sequence[Hold]:
        return [hold for hold in self._ledger.holds if hold.lifted_at is None]

    async def cover(self, kind: ActionKind, company_id: str) -> bool:
        return self._ledger.held(kind, company_id)
