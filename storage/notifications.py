"""What administrators have switched off. The port `NotificationStore`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select

from account.notifications import Topic
from storage.tables import muted
from storage.upserts import insert_once

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.database import Database


class NotificationRows:
    """A row for each topic that is off. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def muted(self, administrator_id: str) -> frozenset[Topic]:
        """See `account.ports.NotificationStore`; topics of an older version do not count."""

        def work(conn: Connection) -> frozenset[Topic]:
            rows = conn.execute(_OFF, {"administrator": administrator_id}).scalars()
            return frozenset(Topic(row) for row in rows if row in set(Topic))

        return await self._database.read(work)

    async def mute(self, administrator_id: str, topic: Topic, *, off: bool) -> None:
        """See `account.ports.NotificationStore`."""

        def work(conn: Connection) -> None:
            if off:
                row = {"administrator_id": administrator_id, "topic": topic.value}
                conn.execute(_MUTE.on(conn), row)
            else:
                conn.execute(_UNMUTE, {"administrator": administrator_id, "subject": topic.value})

        await self._database.write(work)


_OF = muted.c.administrator_id == bindparam("administrator")
_OFF = select(muted.c.topic).where(_OF)
_MUTE = insert_once(muted)
_UNMUTE = delete(muted).where(_OF, muted.c.topic == bindparam("subject"))
