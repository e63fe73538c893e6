"""Words of scheduled changes: one is to begin, has not begun, or waits for its person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from account.changes.schedules import ScheduleState
from bot.delivery import redacted
from bot.delivery.word import UntoldError, Word
from bot.flows.schedules import texts

if TYPE_CHECKING:
    from account.chapters.notifications import Notifications
    from storage.open import Stores
    from storage.queue.outbox import OutboxRow


class ScheduleWords:
    """Asks again what became of the schedule and whether this chat may hear of it."""

    def __init__(self, stores: Stores, notifications: Notifications) -> None:
        self._stores = stores
        self._notifications = notifications

    async def of(self, row: OutboxRow) -> Word:
        """The word of a message owed. Raises `UntoldError`."""
        if row.kind == "schedule.suspended":
            return Word(texts.suspended_word())
        schedule = await self._stores.schedules.read(row.parameters["schedule"])
        if schedule is None:
            raise UntoldError("no such schedule")
        why = await self._notifications.barred(
            int(row.to), schedule.administrator_id, schedule.company_id
        )
        if row.kind == "schedule.missed":
            missed = texts.missed_word if why is None else redacted.not_begun
            return Word(missed(schedule))
        if why is None and schedule.state is ScheduleState.SCHEDULED:
            return Word(texts.scheduled_word(schedule))
        # Cancelled or begun since, or not for these eyes: how it ends is told then.
        raise UntoldError("no longer true")
