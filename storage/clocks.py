"""The time that all processes on one database share, and when it was last seen to step.

PostgreSQL has a clock of its own. SQLite has none, but whoever shares its file shares a machine
and so its wall clock. Either is compared with the machine's CLOCK_BOOTTIME, and how far they are
apart is kept for each start of a machine: so a step is seen that came while no process ran.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    bindparam,
    case,
    literal_column,
    null,
    select,
    type_coerce,
    update,
)

from account.actions import WORKED_ON
from account.documents import DocumentState
from storage.inbox import NEW
from storage.moments import Moment
from storage.outbox import OWED
from storage.sharing import INBOX, WORK, tell_others
from storage.tables import actions, clocks, documents, in_state, inbox, leases, outbox
from storage.upserts import insert_or_set

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection, Table, Update

    from storage.database import Database

SAME_STEP = timedelta(seconds=5)
"""What several processes see within this is one step."""
_BOOT, _DECLARED, _STEP = "boot:", "declared", "step"
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the database knows of time. Moments are without anything declared, UTC.

    `raw` is the server's own clock, None on SQLite; `zero` is where the clock stood at `boottime`
    zero of this start of the machine, as it was last noted; `stepped_at` is when a step was last
    seen, and `step` a name that tells it from the one before, which may have been later by its own
    time; `declared` is what another living process has declared, None where there is none.
    """

    raw: datetime | None
    zero: datetime | None
    stepped_at: datetime | None
    step: str | None
    declared: timedelta | None


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
            return Reading(row.raw, row.zero, row.stepped_at, row.step, declared)

        return await self._database.read(work)

    async def keep(self, boot_id: str, zero: datetime) -> None:
        """Note where the clock stood at `boottime` zero of this start of the machine."""
        await self._set(_row(_BOOT + boot_id, zero))

    async def declare(self, owner: str, declared: timedelta, at: datetime) -> None:
        """Say what this process has declared; `at` is the present moment without it."""
        await self._set(_row(_DECLARED, at, owner, declared))

    async def stepped(self, step: str, at: datetime, by: timedelta, now: datetime) -> None:
        """Note a step under a name of its own, and let nothing wait for a moment of the old time.

        `at` is without anything declared, `now` with it, both after the step. By as much as the
        clock went back, leases end earlier and what is due is due earlier, and nothing was sent in
        the future: fences keep those apart who hold what they no longer have.
        """
        values = {"now": now, "back": max(-by, timedelta(0)) // _MICROSECOND}

        def work(conn: Connection) -> None:
            known = conn.execute(_STEPPED).scalar()
            conn.execute(_SET.on(conn), _row(_STEP, at, step, by))
            if known is not None and abs(at - known) < SAME_STEP:
                return
            if values["back"]:
                for statement in _PULL_IN:
                    conn.execute(statement, values)
            tell_others(conn, WORK)
            tell_others(conn, INBOX)

        await self._database.write(work)

    async def _set(self, row: dict[str, Any]) -> None:
        await self._database.write(lambda conn: conn.execute(_SET.on(conn), row).close())


def _row(
    name: str, at: datetime, owner: str = "", declared: timedelta = timedelta(0)
) -> dict[str, Any]:
    return {"name": name, "at": at, "owner": owner, "value": declared // _MICROSECOND}


_SET = insert_or_set(clocks, ("name",), ("at", "owner", "value"))
_STEPPED = select(clocks.c.at).where(clocks.c.name == _STEP)
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
)
_SERVER = literal_column("CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)", Moment)
_ASK = {
    "sqlite": select(null().label("raw"), *_TOLD),
    "postgresql": select(_SERVER.label("raw"), *_TOLD),
}


def _earlier(column: Column[Any]) -> Any:
    """The moment as much earlier as the clock went back, but not before now."""
    back = bindparam("back", type_=BigInteger)
    moved = type_coerce(type_coerce(column, BigInteger) - back, Moment)
    now = bindparam("now", type_=Moment)
    return case((moved > now, moved), else_=now)


def _pulled(table: Table, undone: Any, name: str) -> Update:
    column = table.c[name]
    return update(table).where(undone, column > bindparam("now")).values({name: _earlier(column)})


_WORKED_ON = in_state(actions, *sorted(state.value for state in WORKED_ON))
_UNMADE = in_state(documents, DocumentState.QUEUED.value, DocumentState.MAKING.value)
_UNHANDLED, _UNSENT = in_state(inbox, NEW), in_state(outbox, OWED)
_PULL_IN = (
    _pulled(actions, _WORKED_ON, "due"),
    _pulled(actions, _WORKED_ON, "lease_until"),
    _pulled(actions, _WORKED_ON, "sent_at"),
    _pulled(documents, _UNMADE, "due"),
    _pulled(documents, _UNMADE, "lease_until"),
    _pulled(outbox, _UNSENT, "due"),
    _pulled(outbox, _UNSENT, "lease_until"),
    _pulled(inbox, _UNHANDLED, "lease_until"),
    _pulled(leases, leases.c.name != "", "until"),
)
