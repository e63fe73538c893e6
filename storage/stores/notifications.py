"""What administrators have switched off, and what they were told of a month.

The ports `NotificationStore` and `ReminderStore`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, delete, select
from typing_extensions import override

from account.chapters.notifications import Topic
from account.chapters.reminders import ReminderStore
from storage.engine.upserts import insert_once
from storage.tables.access import known_telegrams
from storage.tables.people import muted, reminders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from account.chapters.reminders import Reminder
    from account.effects.effect import Effect
    from account.values.periods import Month
    from storage.engine.database import Database
    from storage.stores.effects import EffectWriter


class NotificationRows(ReminderStore):
    """Both ports; a row for each topic that is off. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter) -> None:
        self._database = database
        self._effects = effects

    @override
    async def muted(self, administrator_id: str) -> frozenset[Topic]:
        """Topics of an older version do not count."""

        def work(conn: Connection) -> frozenset[Topic]:
            rows = conn.execute(_OFF, {"administrator": administrator_id}).scalars()
            return frozenset(Topic(row) for row in rows if row in set(Topic))

        return await self._database.read(work)

    @override
    async def mute(self, administrator_id: str, topic: Topic, *, off: bool) -> None:

        def work(conn: Connection) -> None:
            if off:
                row = {"administrator_id": administrator_id, "topic": topic.value}
                conn.execute(_MUTE.on(conn), row)
            else:
                conn.execute(_UNMUTE, {"administrator": administrator_id, "subject": topic.value})

        await self._database.write(work)

    @override
    async def untold(
        self, reminder: Reminder, month: Month, after: str, limit: int
    ) -> Sequence[str]:
        values = {"what": reminder.value, "of": str(month), "after": after, "most": limit}
        return await self._database.read(lambda conn: conn.execute(_UNTOLD, values).scalars().all())

    @override
    async def told(
        self, administrator_id: str, reminder: Reminder, month: Month, effects: Sequence[Effect]
    ) -> bool:
        row = {
            "administrator_id": administrator_id,
            "reminder": reminder.value,
            "month": str(month),
        }

        def work(conn: Connection) -> bool:
            if conn.execute(_TOLD.on(conn), row).first() is None:
                return False
            self._effects.write(conn, effects)
            return True

        return await self._database.write(work)


_OF = muted.c.administrator_id == bindparam("administrator")
_OFF = select(muted.c.topic).where(_OF)
_MUTE = insert_once(muted)
_UNMUTE = delete(muted).where(_OF, muted.c.topic == bindparam("subject"))
_UNTOLD = (
    select(known_telegrams.c.administrator_id)
    .distinct()
    .select_from(
        known_telegrams.outerjoin(
            reminders,
            and_(
                reminders.c.administrator_id == known_telegrams.c.administrator_id,
                reminders.c.reminder == bindparam("what"),
                reminders.c.month == bindparam("of"),
            ),
        )
    )
    .where(
        reminders.c.administrator_id.is_(None),
        known_telegrams.c.administrator_id > bindparam("after"),
    )
    .order_by(known_telegrams.c.administrator_id)
    .limit(bindparam("most"))
)
_TOLD = insert_once(reminders, "administrator_id")
