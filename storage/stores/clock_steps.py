"""What a step of the shared clock does to rows that have moments of the old time.

After a step back nothing waits for them: what is due is due earlier, leases end earlier, and what
counts as fresh is as old as it was. After a step forward nobody loses a message that is owed to
them, and who lives keeps what they have in hand: nothing is done twice because a clock was set.
Fences keep those apart who hold what they no longer have.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, bindparam, case, true, type_coerce, update

from account.changes.action import WORKED_ON, ActionState
from account.changes.sets.change_set import SetState
from account.documents.document import DocumentState
from storage.engine.types import Moment
from storage.queue.inbox import NEW
from storage.queue.outbox import OWED
from storage.tables.access import attempts, codes, sessions
from storage.tables.actions import actions
from storage.tables.alerts import alert_looks, alerts
from storage.tables.base import in_state
from storage.tables.change_sets import change_sets
from storage.tables.documents import documents, subscriptions
from storage.tables.inbox import inbox
from storage.tables.outbox import outbox
from storage.tables.processes import leases

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table, Update

LATE = timedelta(seconds=30)
"""How long somebody may go on writing moments of the old time: who has not seen the step yet, and
who had looked at the clock before a call to the operator."""
_MICROSECOND = timedelta(microseconds=1)
_A_DAY = timedelta(days=1)


def move(conn: Connection, by: timedelta, now: datetime) -> None:
    """Have rows go by the new time, once for each step; `now` is the present moment after it."""
    if by > timedelta(0):
        for statement in _LIVE_ON:
            conn.execute(statement, {"by": by // _MICROSECOND, "before": now - by})
    elif by:
        _move_back(conn, -by, now, after=now)


def move_late(conn: Connection, by: timedelta, now: datetime) -> None:
    """The same for what was written with a moment of the old time after `move`; may be repeated.

    Only moments are taken for such that are ahead by as much as the clock went back: what is due
    by the new time is left alone, up to what waits for longer than that, which is looked at early.
    """
    if -by > LATE:
        _move_back(conn, -by, now, after=now - by - LATE)


def _move_back(conn: Connection, back: timedelta, now: datetime, *, after: datetime) -> None:
    count = back // _MICROSECOND
    # The end of quiet hours is less than a day away: a small step moves nothing that waits for it.
    for statement in (*_PULL_IN, *_PULL_IN_BY_DAYS) if back >= _A_DAY else _PULL_IN:
        conn.execute(statement, {"now": now, "after": after, "back": count})
    for statement in _AGE:
        conn.execute(statement, {"after": after, "back": count})


def _moved(table: Table, name: str) -> Any:
    back = bindparam("back", type_=BigInteger)
    return type_coerce(type_coerce(table.c[name], BigInteger) - back, Moment)


def _pulled(table: Table, undone: Any, name: str) -> Update:
    """As much earlier as the clock went back, but not before now."""
    moved, now = _moved(table, name), bindparam("now", type_=Moment)
    earlier = case((moved > now, moved), else_=now)
    return update(table).where(undone, table.c[name] > bindparam("after")).values({name: earlier})


def _aged(table: Table, rows: Any, name: str) -> Update:
    """As much earlier as the clock went back: as long ago as it was."""
    moved = _moved(table, name)
    return update(table).where(rows, table.c[name] > bindparam("after")).values({name: moved})


_WORKED_ON = in_state(actions, *sorted(state.value for state in WORKED_ON))
_OFFERED = in_state(actions, ActionState.OFFERED.value)
_UNMADE = in_state(documents, DocumentState.QUEUED.value, DocumentState.MAKING.value)
_SET_OPEN = in_state(
    change_sets,
    *sorted({*SetState} - {SetState.OFFERED, SetState.VOID, SetState.ENDED}),
)
_SET_OFFERED, _SET_PAUSED = in_state(change_sets, "offered"), in_state(change_sets, "paused")
_LOOKED = in_state(alert_looks, "open")
_SUBSCRIBED = in_state(subscriptions, "active")
_UNHANDLED, _UNSENT = in_state(inbox, NEW), in_state(outbox, OWED)
_PULL_IN = (
    _pulled(actions, _WORKED_ON, "due"),
    _pulled(actions, _WORKED_ON, "lease_until"),
    _pulled(actions, _WORKED_ON, "sent_at"),
    _pulled(actions, _WORKED_ON, "restored_at"),
    _pulled(alert_looks, _LOOKED, "due"),
    _pulled(alert_looks, _LOOKED, "lease_until"),
    _pulled(change_sets, _SET_OPEN, "due"),
    _pulled(change_sets, _SET_OPEN, "lease_until"),
    _pulled(documents, _UNMADE, "due"),
    _pulled(documents, _UNMADE, "lease_until"),
    # One that comes too early by it is put back to its day (`account.documents.subscriptions`).
    _pulled(subscriptions, _SUBSCRIBED, "due"),
    _pulled(outbox, _UNSENT, "due"),
    _pulled(outbox, _UNSENT, "lease_until"),
    _pulled(inbox, _UNHANDLED, "lease_until"),
    _pulled(leases, leases.c.name != "", "until"),
)
_PULL_IN_BY_DAYS = (_pulled(alerts, in_state(alerts, "due"), "tell_at"),)
_AGE = (
    _aged(actions, _OFFERED, "offered_at"),
    _aged(actions, _OFFERED, "identified_at"),
    _aged(actions, _OFFERED, "stepped_up_at"),
    _aged(change_sets, _SET_OFFERED, "offered_at"),
    _aged(change_sets, _SET_OFFERED, "stepped_up_at"),
    _aged(change_sets, _SET_PAUSED, "halted_at"),
    _aged(subscriptions, _SUBSCRIBED, "waits_since"),
    _aged(sessions, true(), "opened_at"),
    _aged(sessions, true(), "seen_at"),
    _aged(codes, true(), "sent_at"),
    _aged(codes, true(), "verified_at"),
    _aged(attempts, true(), "tried_at"),
    _aged(attempts, true(), "locked_until"),
)
_BY = bindparam("by", type_=BigInteger)


def _later(table: Table, name: str) -> Any:
    return type_coerce(type_coerce(table.c[name], BigInteger) + _BY, Moment)


def _held_on(table: Table, undone: Any, name: str = "lease_until") -> Update:
    """Leases that were not over before the step last for as long as they would have."""
    alive = table.c[name] > bindparam("before", type_=Moment)
    return update(table).where(undone, alive).values({name: _later(table, name)})


_LIVE_ON = (
    update(outbox).where(_UNSENT).values(expires_at=_later(outbox, "expires_at")),
    _held_on(actions, _WORKED_ON),
    _held_on(alert_looks, _LOOKED),
    _held_on(change_sets, _SET_OPEN),
    _held_on(documents, _UNMADE),
    _held_on(outbox, _UNSENT),
    _held_on(inbox, _UNHANDLED),
    _held_on(leases, leases.c.name != "", "until"),
)
