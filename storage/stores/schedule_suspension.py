"""What was confirmed for later waits for its person after a new password and the like (SC-1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, update

from account.changes.schedule import WAITING, ScheduleState
from account.changes.sets.change_set import SetState
from account.effects.effect import TellAccounts
from storage.stores.known_accounts import tell_on
from storage.tables.actions import schedules
from storage.tables.base import in_state
from storage.tables.change_sets import change_sets

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.queue.outbox import Outbox

WORD_LIFE = timedelta(days=7)


def suspend_on(conn: Connection, outbox: Outbox, administrator_id: str, at: datetime) -> None:
    """Nothing of the administrator's begins before they have kept it; they are told at once."""
    whose = {"whose": administrator_id}
    if sum(conn.execute(one, whose).rowcount for one in (_SUSPEND, _SUSPEND_SETS)):
        told = TellAccounts(
            administrator_id=administrator_id,
            kind="schedule.suspended",
            key=f"schedule:suspended:{administrator_id}:{at.isoformat()}",
            at=at,
            expires_at=at + WORD_LIFE,
        )
        tell_on(conn, outbox, told)


_SUSPEND = (
    update(schedules)
    .where(
        in_state(schedules, *sorted(state.value for state in WAITING)),
        schedules.c.administrator_id == bindparam("whose"),
    )
    .values(state=ScheduleState.SUSPENDED.value)
)
_SUSPEND_SETS = (
    update(change_sets)
    .where(
        in_state(change_sets, SetState.SCHEDULED),
        change_sets.c.administrator_id == bindparam("whose"),
    )
    .values(state=SetState.SUSPENDED.value)
)
