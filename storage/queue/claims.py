"""Work that one process at a time may do: a lease, and a fence that grows with every claim.

Actions, messages owed and documents are rows with `due`, `owner`, `lease_until`, `fence` and
`attempts`. A claim takes due rows that nobody alive has. Whoever writes back names the fence it was
given; after somebody else took the row over, the fence has grown and the write finds nothing.

Leases are moments of the time that all processes share. Whoever has not seen its last step yet
claims nothing: by the old time the leases of the living may be over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Text,
    and_,
    bindparam,
    func,
    null,
    or_,
    select,
    update,
)

from storage.tables.base import in_state
from storage.tables.processes import clocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Executable, Row, Table

RELEASED: dict[str, Any] = {"owner": None, "lease_until": None}
"""What a write sets that lets go of the claim."""


STEP = "step"
"""The row of `clocks` that names the last step of the shared clock, as its owner."""
_step_seen: BindParameter[str | None] = bindparam("step_seen", type_=Text)
_LAST_STEP = select(clocks.c.owner).where(clocks.c.name == STEP).scalar_subquery()
TIME_IS_PRESENT = or_(_step_seen == null(), func.coalesce(_LAST_STEP, "") == _step_seen)
"""Whether `:now` goes by the last step: `:step_seen` is `Database.step_seen` of that moment."""


def free(table: Table, *states: str) -> ColumnElement[bool]:
    """The rows in one of the states that are due at `:now` and that nobody alive has.

    None by a time that is no longer the present one.
    """
    now: BindParameter[Any] = bindparam("now")
    unclaimed = or_(table.c.lease_until == null(), table.c.lease_until <= now)
    return and_(in_state(table, *states), table.c.due <= now, unclaimed, TIME_IS_PRESENT)


class Claims:
    """Claims on the rows of one table that are in one of `states`.

    `ready` narrows them further, or `due` says itself which ids are next, in their order; their
    bind parameters come from `claim`. `values` are set besides.
    """

    def __init__(
        self,
        table: Table,
        states: Sequence[str],
        *,
        ready: ColumnElement[bool] | None = None,
        due: Executable | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        longest_due = (
            select(table.c.id)
            .where(free(table, *states))
            .order_by(table.c.due, table.c.id)
            .limit(bindparam("limit"))
            .with_for_update(skip_locked=True)
        )
        if ready is not None:
            longest_due = longest_due.where(ready)
        self._due = longest_due if due is None else due
        self._take = (
            update(table)
            .where(table.c.id.in_(bindparam("ids", expanding=True)))
            .values(
                owner=bindparam("by"),
                lease_until=bindparam("until"),
                fence=table.c.fence + 1,
                **(values or {}),
            )
            .returning(*table.c)
        )

    def claim(
        self,
        conn: Connection,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        step_seen: str | None,
        **ready: Any,
    ) -> list[Row[Any]]:
        """Take up to `limit` due rows until `now + lease`, in the order of `due`.

        `step_seen` is `Database.step_seen` when `now` was looked up.
        """
        values = {"now": now, "limit": limit, "step_seen": step_seen, **ready}
        found = conn.execute(self._due, values)
        ids = list(found.scalars())
        if not ids:
            return []
        values = {"ids": ids, "by": owner, "until": now + lease, "claimed_now": now}
        taken = {row.id: row for row in conn.execute(self._take, values)}
        return [taken[row_id] for row_id in ids]
