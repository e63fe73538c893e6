"""Sets that run in somebody's name stop for them when their password changes (B-22)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from account.changes.sensitive_numbers import APPROVAL_WITHDRAWN
from account.changes.sets.change_set import SetState, paused_word
from storage.engine.pg_notify import WORK, tell_others
from storage.tables.base import in_state
from storage.tables.change_sets import change_sets

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.queue.outbox import Outbox


def pause_sets_on(conn: Connection, outbox: Outbox, administrator_id: str, at: datetime) -> None:
    """Pause what runs in that administrator's name, and owe them a word for each.

    What waits for a second administrator's word is withdrawn.
    """
    conn.execute(_WITHDRAW, {"who": administrator_id, "at": at})
    found = conn.execute(_RUNNING, {"who": administrator_id}).all()
    for row in found:
        conn.execute(_PAUSE, {"of_id": row.id, "at": at})
        outbox.owe_on(conn, paused_word(row.id, row.telegram_id, at))
    if found:
        tell_others(conn, WORK)


_WITHDRAW = (
    update(change_sets)
    .where(
        change_sets.c.administrator_id == bindparam("who"),
        in_state(change_sets, SetState.PROPOSED),
    )
    .values(
        state=SetState.STOPPED.value,
        reason_code=APPROVAL_WITHDRAWN,
        halted_at=bindparam("at"),
        due=bindparam("at"),
    )
)
_running = in_state(change_sets, SetState.RUNNING)
_RUNNING = select(change_sets.c.id, change_sets.c.telegram_id).where(
    change_sets.c.administrator_id == bindparam("who"), _running
)
_PAUSE = (
    update(change_sets)
    .where(change_sets.c.id == bindparam("of_id"), _running)
    .values(state=SetState.PAUSED.value, halted_at=bindparam("at"), due=bindparam("at"))
)
