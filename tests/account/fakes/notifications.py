"""`NotificationStore` over a ledger."""

from __future__ import annotations

from collections.abc import Sequence

from account.chapters.notifications import Topic
from account.chapters.reminders import Reminder
from account.effects.effect import (
    Effect,
)
from account.values.periods import Month
from tests.account.fakes.ledger import Ledger


class MemoryNotifications:
    """`NotificationStore` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def muted(self, administrator_id: str) -> frozenset[Topic]:
        return frozenset(self._ledger.muted.get(administrator_id, ()))

    async def mute(self, administrator_id: str, topic: Topic, *, off: bool) -> None:
        topics = self._ledger.muted.setdefault(administrator_id, set())
        (topics.add if off else topics.discard)(topic)

    async def untold(
        self, reminder: Reminder, month: Month, after: str, limit: int
    ) -> Sequence[str]:
        told = {who for who, *what in self._ledger.told if what == [reminder, month]}
        return [who for who in sorted(self._ledger.people.accounts.keys() - told) if who > after][
            :limit
        ]

    async def told(
        self, administrator_id: str, reminder: Reminder, month: Month, effects: Sequence[Effect]
    ) -> bool:
        if (administrator_id, reminder, month) in self._ledger.told:
            return False
        self._ledger.told.append((administrator_id, reminder, month))
        self._ledger.carry_out(effects)
        return True
