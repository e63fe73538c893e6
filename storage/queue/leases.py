"""Named leases: what only one process at a time may be, such as the poller of Telegram."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, or_, select, update

from storage.engine.types import EPOCH
from storage.engine.upserts import insert_once
from storage.queue.claims import TIME_IS_PRESENT
from storage.tables.processes import leases

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.engine.database import Database


class Leases:
    """Leases with a growing fence. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, name: str, owner: str, now: datetime, ttl: timedelta) -> int | None:
        """Take the lease until `now + ttl`, when it is free, over, or one's own already.

        The fence, greater each time; None when somebody else holds it, and by a time that was set
        since (storage.queue.claims).
        """
        values = {
            "lease": name,
            "by": owner,
            "now": now,
            "end": now + ttl,
            "step_seen": self._database.step_seen,
        }

        def work(conn: Connection) -> int | None:
            begin = {"name": name, "owner": "", "until": EPOCH, "fence": 0}
            conn.execute(_BEGIN.on(conn), begin)
            fence: int | None = conn.execute(_TAKE, values).scalar()
            return fence

        return await self._database.write(work)

    async def renew(self, name: str, owner: str, fence: int, now: datetime, ttl: timedelta) -> bool:
        """Hold on to it until `now + ttl`; False when somebody else has taken it over."""
        values = {"lease": name, "by": owner, "held": fence, "end": now + ttl}
        return await self._database.write(lambda conn: conn.execute(_RENEW, values).rowcount == 1)

    async def release(self, name: str, owner: str, fence: int) -> None:
        """Give it back, so that the next one need not wait."""
        values = {"lease": name, "by": owner, "held": fence, "end": EPOCH}
        await self._database.write(lambda conn: conn.execute(_RENEW, values).close())

    async def holder(self, name: str, now: datetime) -> str | None:
        """Who holds it now, or None."""
        values = {"lease": name, "now": now}
        return await self._database.read(lambda conn: conn.execute(_HOLDER, values).scalar())


_NAMED = leases.c.name == bindparam("lease")
_BEGIN = insert_once(leases)
_TAKE = (
    update(leases)
    .where(
        _NAMED,
        TIME_IS_PRESENT,
        or_(leases.c.until <= bindparam("now"), leases.c.owner == bindparam("by")),
    )
    .values(owner=bindparam("by"), until=bindparam("end"), fence=leases.c.fence + 1)
    .returning(leases.c.fence)
)
_RENEW = (
    update(leases)
    .where(_NAMED, leases.c.owner == bindparam("by"), leases.c.fence == bindparam("held"))
    .values(until=bindparam("end"))
)
_HOLDER = select(leases.c.owner).where(_NAMED, leases.c.until > bindparam("now"))
