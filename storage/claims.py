"""Work that one process at a time may do: a lease, and a fence that grows with every claim.

Actions, messages owed and documents are rows with `due`, `owner`, `lease_until`, `fence` and
`attempts`. A claim takes due rows that nobody alive has. Whoever writes back names the fence it was
given; after somebody else took the row over, the fence has grown and the write finds nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, bindparam, null, or_, select, update

from storage.tables import in_state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Row, Table

RELEASED: dict[str, Any] = {"owner": None, "lease_until": None}
"""What a write sets that lets go of the claim."""


class Claims:
    """Claims on the rows of one table that are in one of `states`.

    `ready` narrows them further (its bind parameters come from `claim`); `values` are set besides.
    """

    def __init__(
        self,
        table: Table,
        states: Sequence[str],
        *,
        ready: ColumnElement[bool] | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        free = or_(table.c.lease_until == null(), table.c.lease_until <= bindparam("now"))
        due = (
            select(table.c.id)
            .where(in_state(table, *states), table.c.due <= bindparam("now"), free)
            .order_by(table.c.due, table.c.id)
            .limit(bindparam("limit"))
            .with_for_update(skip_locked=True)
        )
        self._due = due if ready is None else due.where(ready)
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
        **ready: Any,
    ) -> list[Row[Any]]:
        """Take up to `limit` due rows until `now + lease`, longest due first."""
        found = conn.execute(self._due, {"now": now, "limit": limit, **ready})
        ids = list(found.scalars())
        if not ids:
            return []
        values = {"ids": ids, "by": owner, "until": now + lease, "claimed_now": now}
        taken = {row.id: row for row in conn.execute(self._take, values)}
        return [taken[row_id] for row_id in ids]
