"""The time that all processes on one database share, and when it was last seen to step.

PostgreSQL has a clock of its own. SQLite has none, but whoever shares its file shares a machine
and so its wall clock. Either is compared with the machine's CLOCK_BOOTTIME, and how far they are
apart is kept for each start of a machine: so a step is seen that came while no process ran.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, literal_column, null, select

from storage.engine.pg_notify import INBOX, WORK, tell_others
from storage.engine.types import Moment
from storage.engine.upserts import insert_or_set
from storage.queue.claims import STEP as _STEP
from storage.stores.clock_steps import move, move_late
from storage.tables.processes import clocks

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.engine.database import Database

SAME_STEP = timedelta(seconds=5)
"""What several processes see within this, or as large up to this, is one step."""
_BOOT, _DECLARED = "boot:", "declared"
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the database knows of time. Moments are without anything declared, UTC.

    `raw` is the server's own clock, None on SQLite; `zero` is where the clock stood at `boottime`
    zero of this start of the machine, as it was last noted; `stepped_at` is when a step was last
    seen, and `step` a name that tells it from the one before, which may have been later by its own
    time; `declared` is what another living process has declared, None where there is none;
    `lived_at` is when any process was last known to live.
    """

    raw: datetime | None
    zero: datetime | None
    stepped_at: datetime | None
    step: str | None
    declared: timedelta | None
    lived_at: datetime | None = None


class ClockRows:
    """Every method is one transaction and raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, boot_id: str, owner: str, lived_since: datetime) -> Reading:
        """Ask; another process counts as living that has declared later than `lived_since`."""
        values = {"boot": _BOOT + boot_id, "me": owner, "since": lived_since}

        def work(conn: Connection) -> Reading:
            row = conn.execute(_ASK[conn.dialect.name], values).one()
            declared = None if row.declared is None else row.declared * _MICROSECOND
            return Reading(row.raw, row.zero, row.stepped_at, row.step, declared, row.lived_at)

        return await self._database.read(work)

    def go_by(self, step: str | None) -> None:
        """From here on this process tells the time as it is since that step, None for none yet.

        Until it does, it claims nothing and takes nobody for dead (storage.queue.claims).
        """
        self._database.step_seen = step or ""

    async def keep(self, boot_id: str, zero: datetime) -> None:
        """Note where the clock stood at `boottime` zero of this start of the machine."""
        await self._set(_row(_BOOT + boot_id, zero))

    async def declare(self, owner: str, declared: timedelta, at: datetime) -> None:
        """Say what this process has declared; `at` is the present moment without it."""
        await self._set(_row(_DECLARED, at, owner, declared))

    async def stepped(
        self, step: str, at: datetime, by: timedelta, now: datetime, *, seen: str | None = None
    ) -> None:
        """Note a step under a name of its own, and let nothing wait for a moment of the old time.

        `at` is without anything declared, `now` with it, both after the step; `seen` is the name of
        the last step that this process knew of, None for one that has just begun. What another one
        has noted before is not done twice: then only what this one may have written by the old time
        goes by the new one.
        """

        def work(conn: Connection) -> None:
            known = conn.execute(_STEP_KNOWN).one_or_none()
            conn.execute(_SET.on(conn), _row(_STEP, at, step, by))
            if known is not None and _is_same(known, at, by, seen):
                move_late(conn, by, now)
            else:
                move(conn, by, now)
            tell_others(conn, WORK)
            tell_others(conn, INBOX)

        await self._database.write(work)

    async def settle(self, by: timedelta, now: datetime) -> None:
        """Some time after a step: what was still written by the old time goes by the new one."""

        def work(conn: Connection) -> None:
            move_late(conn, by, now)
            tell_others(conn, WORK)
            tell_others(conn, INBOX)

        await self._database.write(work)

    async def _set(self, row: dict[str, Any]) -> None:
        await self._database.write(lambda conn: conn.execute(_SET.on(conn), row).close())


def _row(
    name: str, at: datetime, owner: str = "", declared: timedelta = timedelta(0)
) -> dict[str, Any]:
    return {"name": name, "at": at, "owner": owner, "value": declared // _MICROSECOND}


def _is_same(known: Any, at: datetime, by: timedelta, seen: str | None) -> bool:
    """Whether somebody has noted this step already."""
    if abs(at - known.at) < SAME_STEP:
        return True
    as_large = abs(known.value * _MICROSECOND - by) < SAME_STEP
    return seen is not None and known.owner != seen and as_large


_SET = insert_or_set(clocks, ("name",), ("at", "owner", "value"))
_STEP_KNOWN = select(clocks.c.at, clocks.c.owner, clocks.c.value).where(clocks.c.name == _STEP)
_STEPPED = _STEP_KNOWN.with_only_columns(clocks.c.at)
_TOLD = (
    select(clocks.c.at).where(clocks.c.name == bindparam("boot")).scalar_subquery().label("zero"),
    _STEPPED.scalar_subquery().label("stepped_at"),
    _STEPPED.with_only_columns(clocks.c.owner).scalar_subquery().label("step"),
    select(clocks.c.value)
    .where(
        clocks.c.name == _DECLARED,
        clocks.c.owner != bindparam("me"),
        clocks.c.at > bindparam("since"),
    )
    .scalar_subquery()
    .label("declared"),
    select(clocks.c.at).where(clocks.c.name == _DECLARED).scalar_subquery().label("lived_at"),
)
_SERVER = literal_column("CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)", Moment)
_ASK = {
    "sqlite": select(null().label("raw"), *_TOLD),
    "postgresql": select(_SERVER.label("raw"), *_TOLD),
}
