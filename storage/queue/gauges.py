"""How much waits, and how long: the figures an operator watches, read by partial indexes alone.

Everything is counted among what is not finished, so that a reading costs the same after years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from account.changes.action import WORKED_ON, ActionState
from account.documents.document import DocumentState
from storage.queue.inbox import NEW, QUARANTINED
from storage.queue.outbox import OWED
from storage.tables.actions import actions
from storage.tables.base import in_state
from storage.tables.documents import documents
from storage.tables.inbox import inbox
from storage.tables.outbox import outbox

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.engine.database import Database

# In this order, which is that of the partial index: SQLite compares the texts.
_OPEN = sorted(state.value for state in WORKED_ON)
_WAITING_DOCUMENTS = (DocumentState.QUEUED.value, DocumentState.MAKING.value)


@dataclass(frozen=True, slots=True)
class Figures:
    """One reading. `oldest_…` are the moments since when the longest waiting one waits, or None.

    `due_message` is the id of the oldest message that may be sent now and `last_message` the
    greatest id there is: messages carry no moment of their own.
    """

    inbox: int
    oldest_update: datetime | None
    quarantined: int
    actions: Mapping[str, int]
    oldest_unknown: datetime | None
    messages: int
    due_message: int | None
    last_message: int
    documents: int


class Gauges:
    """Reads the figures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, now: datetime) -> Figures:
        """All figures, in one transaction. Raises `StorageUnavailable`."""

        def work(conn: Connection) -> Figures:
            opened = {name: (count, since) for name, count, since in conn.execute(_ACTIONS)}
            states = {name: opened.get(name, (0, None))[0] for name in _OPEN}
            states[ActionState.OFFERED.value] = conn.execute(_OFFERED).scalar_one()
            row = conn.execute(_FIGURES, {"now": now}).one()
            return Figures(
                inbox=row.inbox,
                oldest_update=row.oldest_update,
                quarantined=row.quarantined,
                actions=states,
                oldest_unknown=opened.get(ActionState.UNKNOWN.value, (0, None))[1],
                messages=row.messages,
                due_message=row.due_message,
                last_message=row.last_message or 0,
                documents=row.documents,
            )

        return await self._database.read(work)


_is_new, _is_owed = in_state(inbox, NEW), in_state(outbox, OWED)
_FIGURES = select(
    select(func.count()).select_from(inbox).where(_is_new).scalar_subquery().label("inbox"),
    # The oldest is the one with the smallest id: that index there is.
    select(inbox.c.received_at)
    .where(_is_new)
    .order_by(inbox.c.id)
    .limit(1)
    .scalar_subquery()
    .label("oldest_update"),
    select(func.count())
    .select_from(inbox)
    .where(in_state(inbox, QUARANTINED))
    .scalar_subquery()
    .label("quarantined"),
    select(func.count()).select_from(outbox).where(_is_owed).scalar_subquery().label("messages"),
    select(func.min(outbox.c.id))
    .where(_is_owed, outbox.c.due <= bindparam("now"))
    .scalar_subquery()
    .label("due_message"),
    select(func.max(outbox.c.id)).scalar_subquery().label("last_message"),
    select(func.count())
    .select_from(documents)
    .where(in_state(documents, *_WAITING_DOCUMENTS))
    .scalar_subquery()
    .label("documents"),
)
_ACTIONS = (
    select(actions.c.state, func.count(), func.min(actions.c.sent_at))
    .where(in_state(actions, *_OPEN))
    .group_by(actions.c.state)
)
_OFFERED = select(func.count()).where(in_state(actions, ActionState.OFFERED))
