"""Holds on outgoing changes: few rows, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, null, or_, select, update
from typing_extensions import override

from account.changes.action import ActionKind, ActionState
from account.changes.holds import Hold, HoldStore
from storage.engine.pg_notify import WORK, tell_others
from storage.tables.actions import actions, holds
from storage.tables.base import in_state

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from account.effects.history import HistoryEntry
    from storage.engine.database import Database
    from storage.stores.effects import EffectWriter


class HoldRows(HoldStore):
    """The port `HoldStore`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter) -> None:
        self._database = database
        self._effects = effects

    @override
    async def place(
        self,
        kind: ActionKind | None,
        company_id: str | None,
        reason: str,
        by: str,
        now: datetime,
        entry: HistoryEntry,
    ) -> Hold:
        values = {
            "kind": None if kind is None else kind.value,
            "company_id": company_id,
            "reason": reason,
            "placed_at": now,
            "placed_by": by,
        }

        def work(conn: Connection) -> Hold:
            row = conn.execute(_PLACE, values).one()
            self._effects.write(conn, [entry])
            return _hold(row)

        return await self._database.write(work)

    @override
    async def read(self, hold_id: int) -> Hold | None:

        def work(conn: Connection) -> Hold | None:
            row = conn.execute(_BY_ID, {"of_id": hold_id}).one_or_none()
            return None if row is None else _hold(row)

        return await self._database.read(work)

    @override
    async def lift(self, hold: Hold, by: str, now: datetime, entry: HistoryEntry) -> Hold | None:

        def work(conn: Connection) -> Hold | None:
            row = conn.execute(_LIFT, {"of_id": hold.id, "now": now, "by": by}).one_or_none()
            if row is None:
                return None
            waking = _WAKE
            if hold.kind is not None:
                waking = waking.where(actions.c.kind == hold.kind.value)
            if hold.company_id is not None:
                waking = waking.where(actions.c.company_id == hold.company_id)
            conn.execute(waking, {"now": now})
            tell_others(conn, WORK)
            self._effects.write(conn, [entry])
            return _hold(row)

        return await self._database.write(work)

    @override
    async def present(self) -> Sequence[Hold]:
        return await self._database.read(
            lambda conn: [_hold(row) for row in conn.execute(_PRESENT)]
        )

    @override
    async def cover(self, kind: ActionKind, company_id: str) -> bool:
        values = {"kind": kind.value, "company": company_id}
        return await self._database.glance(
            lambda conn: conn.execute(_COVER, values).first() is not None
        )


def covering(kind: ColumnElement[str], company_id: ColumnElement[str]) -> Select[int]:
    """The holds that are on and cover such a change."""
    return select(holds.c.id).where(
        _IS_ON,
        or_(holds.c.kind == null(), holds.c.kind == kind),
        or_(holds.c.company_id == null(), holds.c.company_id == company_id),
    )


def _hold(row: Any) -> Hold:
    return Hold(
        id=row.id,
        kind=None if row.kind is None else ActionKind(row.kind),
        company_id=row.company_id,
        reason=row.reason,
        placed_at=row.placed_at,
        placed_by=row.placed_by,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by,
    )


_IS_ON = holds.c.lifted_at == null()
_PLACE = holds.insert().returning(*holds.c)
_BY_ID = select(holds).where(holds.c.id == bindparam("of_id"))
_LIFT = (
    update(holds)
    .where(holds.c.id == bindparam("of_id"), _IS_ON)
    .values(lifted_at=bindparam("now"), lifted_by=bindparam("by"))
    .returning(*holds.c)
)
_PRESENT = select(holds).where(_IS_ON).order_by(holds.c.id)
_COVER = covering(bindparam("kind"), bindparam("company")).limit(1)
_WAKE = (
    update(actions)
    .where(in_state(actions, ActionState.ACCEPTED), actions.c.due > bindparam("now"))
    .values(due=bindparam("now"))
)
