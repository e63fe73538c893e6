"""A word each month that its certificate and its invoice register can be had (section 9, T9).

Who was told is a row of ours, written together with the message owed: however many processes look,
and however often one of them dies, everybody is told once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from account.changes.ports import ApprovalStore
from account.chapters.notifications import NotificationStore, Topic
from account.effects.effect import Channel, Effect, OutboxMessage
from account.errors import CarrierUnavailable
from account.identity.directory import Directory
from account.identity.permissions import GRANTED
from account.identity.sessions import KNOWN_FOR
from account.values.clock import Clock
from account.values.periods import (
    ALMATY,
    CERTIFICATE_CLOSES_ON,
    REGISTER_CLOSES_ON,
    Month,
    last_closed,
    today,
)
from account.values.rights import Right

AT = time(10, 0)
"""Almaty's time: nobody is to be woken up by it."""
LATE_BY = timedelta(days=7)
"""After so long it is no news any more."""
MESSAGE_LIFE = timedelta(days=3)
AT_ONCE = 50
MOST_IN_VAIN = 5
"""After so many questions without an answer the operator is taken to be away."""


class Reminder(StrEnum):
    """What can be had. Values are persisted."""

    CERTIFICATE = "certificate"
    REGISTER = "register"


CLOSES_ON: Mapping[Reminder, int] = {
    Reminder.CERTIFICATE: CERTIFICATE_CLOSES_ON,
    Reminder.REGISTER: REGISTER_CLOSES_ON,
}


class Reminders:
    """Tells every administrator with a chat who may order documents of some company."""

    def __init__(
        self, carrier: Directory, approvals: ApprovalStore, store: ReminderStore, clock: Clock
    ) -> None:
        self._carrier = carrier
        self._approvals = approvals
        self._store = store
        self._clock = clock

    async def look(self) -> int:
        """Owe what is due now; how many messages that were. Raises `CarrierUnavailable`.

        What was owed before it raised stays owed; the next look goes on from there.
        """
        return sum([await self._remind(reminder) for reminder in Reminder])

    async def _remind(self, reminder: Reminder) -> int:
        now = self._clock.now()
        month = last_closed(today(now), CLOSES_ON[reminder])
        since = _since(month, CLOSES_ON[reminder])
        count, after, in_vain = 0, "", 0
        while since <= now < since + LATE_BY:
            whom = await self._store.untold(reminder, month, after, AT_ONCE)
            if not whom:
                break
            after = whom[-1]
            chats = await self._approvals.telegrams(whom, now - KNOWN_FOR)
            for administrator_id in whom:
                try:
                    effects = await self._message(administrator_id, chats, reminder, month)
                except CarrierUnavailable:
                    # One of whom no answer can be had keeps nobody else waiting.
                    in_vain += 1
                    if in_vain == MOST_IN_VAIN:
                        raise
                    continue
                await self._store.told(administrator_id, reminder, month, effects)
                count += len(effects)
        return count

    async def _message(
        self,
        administrator_id: str,
        chats: Mapping[str, tuple[int, ...]],
        reminder: Reminder,
        month: Month,
    ) -> Sequence[Effect]:
        """What this administrator is owed: nothing without a chat, a right, or the wish."""
        telegram_id = next(iter(chats.get(administrator_id, ())), None)
        if telegram_id is None or Topic.MONTHLY in await self._store.muted(administrator_id):
            return ()
        companies = await self._carrier.companies(administrator_id)
        if not any(Right.ORDER_DOCUMENTS in GRANTED[company.role] for company in companies):
            return ()
        return [
            OutboxMessage(
                channel=Channel.TELEGRAM,
                to=str(telegram_id),
                kind=f"reminder.{reminder.value}",
                expires_at=self._clock.now() + MESSAGE_LIFE,
                parameters={"month": str(month)},
                key=f"reminder:{reminder.value}:{month}:{administrator_id}",
            )
        ]


def _since(month: Month, closes_on: int) -> datetime:
    """From when on it is told that the month can be had."""
    opened = month.plus(1).first + timedelta(days=closes_on)
    return datetime.combine(opened, AT, ALMATY)


class ReminderStore(NotificationStore, Protocol):
    """Who was told what of a month."""

    async def untold(
        self, reminder: Reminder, month: Month, after: str, limit: int
    ) -> Sequence[str]:
        """Administrators with a Telegram account who were not told yet, by id, behind `after`."""

    async def told(
        self, administrator_id: str, reminder: Reminder, month: Month, effects: Sequence[Effect]
    ) -> bool:
        """Note that they were, and write the effects; False, and nothing, when it is noted."""
