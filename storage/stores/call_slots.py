"""How many calls a second all processes together make, given out a few at a time.

A name has one moment until which its calls are given out. Who takes some moves it on, and so has
a stretch of time in which nobody else calls. The time is the database's own, so that processes on
machines whose clocks differ agree.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, func, select, update

from storage.engine.upserts import insert_once
from storage.tables.processes import call_slots

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.engine.database import Database

_SECOND = 1_000_000
_FARTHEST = 60 * _SECOND
"""Nothing is given out so far ahead: a moment beyond was written before the clock was set back."""


class CallSlots:
    """Every method is one transaction and raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, name: str, count: int, per_second: float, within: float) -> float | None:
        """Seconds until the first of `count` calls, which follow each other at that rate.

        None when it would be later than `within` seconds, at most a minute; nothing is taken then.
        """
        length = round(count * _SECOND / per_second)

        def work(conn: Connection) -> float | None:
            now = _now(conn)
            conn.execute(_FIRST.on(conn), {"name": name, "until": now})
            latest = now + min(round(within * _SECOND), _FARTHEST)
            values = {"of": name, "now": now, "length": length, "latest": latest}
            until = conn.execute(_TAKE, {**values, "farthest": now + _FARTHEST}).scalar()
            return None if until is None else max(0, until - length - now) / _SECOND

        return await self._database.write(work)


def _now(conn: Connection) -> int:
    if conn.dialect.name == "sqlite":  # whoever shares the file shares the machine's clock
        return time.time_ns() // 1000
    seconds = func.extract("epoch", func.clock_timestamp())
    return int(conn.execute(select(seconds * _SECOND)).scalar_one())


_FIRST = insert_once(call_slots)
_BEGINS = case(
    (call_slots.c.until < bindparam("now"), bindparam("now")),
    (call_slots.c.until > bindparam("farthest"), bindparam("now")),
    else_=call_slots.c.until,
)
_TAKE = (
    update(call_slots)
    .where(call_slots.c.name == bindparam("of"), bindparam("latest") >= _BEGINS)
    .values(until=_BEGINS + bindparam("length"))
    .returning(call_slots.c.until)
)
