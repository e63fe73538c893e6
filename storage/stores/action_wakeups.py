"""Changes that the operator has told something of: they are looked at earlier, and nothing else.

What an event says is never written. It can only bring the moment forward at which a worker asks
the operator itself, and for each change not more than once in `EVERY`, however many events come:
one that comes too early is not lost, its look is put off. An event may come while a worker has the
change: then the worker, done with its look, leaves the next one for the moment that was asked for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, bindparam, or_, select, update

from account.changes.action import ActionState
from storage.engine.pg_notify import WORK, tell_others
from storage.stores.action_statements import STATES_WORKED_ON
from storage.tables.actions import actions
from storage.tables.base import in_state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from storage.engine.database import Database

EVERY = timedelta(seconds=1)
EVERY_UNCONFIRMED = timedelta(minutes=1)
"""Nobody is held up by what is unconfirmed, and after a day each look at it is an alarm."""
WOKEN, REPEATED, NOT_OPEN = "woken", "repeated", "not_open"
"""What became of an event: a look is due; one was due already; it is about nothing that is open."""


class ActionWakeups:
    """Every method is one transaction and raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wake(self, events: Sequence[frozenset[str]], now: datetime) -> list[str]:
        """What became of each event; it is told by the ids it names, ours or of orders."""

        def work(conn: Connection) -> list[str]:
            names = sorted(frozenset().union(*events))
            found: dict[str, Row[Any]] = {}
            for row in conn.execute(_NAMED, {"names": names}):
                found |= {row.id: row, row.order_id: row}
            done: dict[str, str] = {}
            outcomes = [_outcome(conn, event, found, done, now) for event in events]
            if WOKEN in outcomes:
                tell_others(conn, WORK)
            return outcomes

        return await self._database.write(work) if events else []


def _outcome(
    conn: Connection,
    event: frozenset[str],
    found: dict[str, Row[Any]],
    done: dict[str, str],
    now: datetime,
) -> str:
    rows = {found[name].id: found[name] for name in sorted(event) if name in found}
    outcomes = set()
    for row in rows.values():
        outcomes.add(REPEATED if row.id in done else _wake(conn, row, now))
        done[row.id] = WOKEN
    return next((one for one in (WOKEN, REPEATED) if one in outcomes), NOT_OPEN)


def _wake(conn: Connection, row: Row[Any], now: datetime) -> str:
    look_at = now
    if row.woken_at is not None:
        unconfirmed = row.state == ActionState.UNCONFIRMED.value
        every = EVERY_UNCONFIRMED if unconfirmed else EVERY
        # Not beyond the next look: a moment far ahead is of before the clock was set back.
        look_at = min(max(now, row.woken_at + every), now + every)
    held = row.lease_until is not None and row.lease_until > now
    if (row.look_at is not None and row.look_at <= look_at) or (row.due <= look_at and not held):
        return REPEATED
    conn.execute(_WAKE, {"of_id": row.id, "at": look_at, "due_at": min(row.due, look_at)}).close()
    return WOKEN


_LOOKED_AT = (ActionState.SENT, ActionState.UNKNOWN, ActionState.UNCONFIRMED)
"""What has been sent: of nothing else can the operator know."""
_NAMES = bindparam("names", expanding=True, type_=Text)
_NAMED = (
    select(
        actions.c.id,
        actions.c.order_id,
        actions.c.state,
        actions.c.due,
        actions.c.lease_until,
        actions.c.woken_at,
        actions.c.look_at,
    )
    .where(
        # All of them, as the index has them; then those that are meant.
        in_state(actions, *STATES_WORKED_ON),
        actions.c.state.in_([state.value for state in _LOOKED_AT]),
        or_(actions.c.id.in_(_NAMES), actions.c.order_id.in_(_NAMES)),
    )
    .order_by(actions.c.id)
    .with_for_update()
)
_WAKE = (
    update(actions)
    .where(actions.c.id == bindparam("of_id"))
    .values(due=bindparam("due_at"), look_at=bindparam("at"), woken_at=bindparam("at"))
)
