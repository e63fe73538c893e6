"""Words of scheduled changes: one is to begin, has not begun, or waits for its person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from aiogram.types import InlineKeyboardMarkup

from account.changes.schedule import OPEN, WAITING, ScheduleState
from account.values.wall_times import WallTime
from bot.delivery import redacted
from bot.delivery.outgoing_message import OutgoingMessage, UntoldError
from bot.flows.schedules import texts
from bot.widgets.deep_links import doing_now, to_number, to_schedule

if TYPE_CHECKING:
    from account.changes.schedule import Schedule
    from account.chapters.notifications import Notifications
    from storage.open import Stores
    from storage.queue.outbox import OutboxRow


OF_ALL = {
    "schedule.suspended": texts.suspended_word,
    "schedule.restored": texts.restored_word,
    "schedule.abandoned": texts.abandoned_word,
}
"""Of all of a person's, without one's number."""
UNDONE = {
    "schedule.missed": ScheduleState.MISSED,
    "schedule.overtaken": ScheduleState.OVERTAKEN,
    "schedule.stopped": ScheduleState.STOPPED,
}


class ScheduleWords:
    """Asks again what became of the schedule and whether this chat may hear of it."""

    def __init__(self, stores: Stores, notifications: Notifications) -> None:
        self._stores = stores
        self._notifications = notifications

    async def of(self, row: OutboxRow) -> OutgoingMessage:
        """The word of a message owed. Raises `UntoldError`."""
        if row.kind in OF_ALL:
            keyboard = InlineKeyboardMarkup(inline_keyboard=[[to_schedule()]])
            return OutgoingMessage(OF_ALL[row.kind](), keyboard)
        schedule = await self._stores.schedules.read(row.parameters["schedule"])
        if schedule is None:
            raise UntoldError("no such schedule")
        why = await self._notifications.barred(
            int(row.to), schedule.administrator_id, schedule.company_id
        )
        hushed = self._notifications.hushes_scheduled()
        which = UNDONE.get(row.kind)
        if which is not None:
            if why is not None:
                return OutgoingMessage(redacted.not_begun(schedule), silent=hushed)
            at = row.parameters.get("at")
            gone = WallTime.read(at) if at else schedule.at
            buttons = [[doing_now(schedule.id)], [to_number(schedule.msisdn)]]
            return OutgoingMessage(
                texts.undone_word(schedule, which, gone),
                InlineKeyboardMarkup(inline_keyboard=buttons),
                silent=hushed,
            )
        if row.kind == "schedule.late":
            if why is not None:
                raise UntoldError("no longer theirs")
            due = WallTime.read(row.parameters["at"])
            return OutgoingMessage(texts.late_word(schedule, due), silent=hushed)
        if row.kind == "schedule.renew":
            if why is not None:
                raise UntoldError("no longer theirs")
            return _renewal(schedule, date.fromisoformat(row.parameters["until"]))
        if why is None and schedule.state in WAITING:
            before = None
            if schedule.pair_id is not None:
                before = await self._stores.schedules.read(schedule.pair_id)
            return OutgoingMessage(texts.scheduled_word(schedule, before))
        # Cancelled or begun since, or not for these eyes: how it ends is told then.
        raise UntoldError("no longer true")


def _renewal(schedule: Schedule, until: date) -> OutgoingMessage:
    if schedule.state not in OPEN or schedule.repeat is None:
        raise UntoldError("no longer true")
    if schedule.repeat.until != until:
        raise UntoldError("renewed since")
    return OutgoingMessage(
        texts.renew_word(schedule, until),
        InlineKeyboardMarkup(inline_keyboard=[[to_schedule(schedule.id)]]),
    )
