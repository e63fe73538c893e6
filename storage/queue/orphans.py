"""What processes left behind: rows and leases they hold are let go of, so that nobody waits.

Without it all the same comes back, only later: when the leases are over. Letting go of what a
living process has is safe for changes, messages and documents (their fence decides), and makes an
update be handled twice at worst.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, null, select, update

from account.changes.action import WORKED_ON
from account.documents.document import DocumentState
from storage.engine.pg_notify import INBOX, WORK, tell_others
from storage.engine.types import EPOCH
from storage.engine.upserts import insert_or_set
from storage.queue.claims import RELEASED, TIME_IS_PRESENT
from storage.queue.inbox import NEW
from storage.queue.outbox import OWED
from storage.tables.actions import actions
from storage.tables.base import in_state
from storage.tables.change_sets import change_sets
from storage.tables.documents import documents
from storage.tables.inbox import inbox
from storage.tables.outbox import outbox
from storage.tables.processes import leases

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.encryption.keyring import Keyring
    from storage.engine.database import Database


class Orphans:
    """Every method is one transaction and raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def beat(
        self, owner: str, now: datetime, ttl: timedelta, keys: Keyring | None = None
    ) -> None:
        """Say that this process lives, for `ttl` from now on, and with which keys."""
        values = {
            "name": f"{_LIFE}{owner}",
            "owner": owner,
            "until": now + ttl,
            "fence": 0,
            "holds_key": None if keys is None else keys.greatest,
            "writes_key": None if keys is None else keys.number,
        }
        await self._database.write(lambda conn: conn.execute(_BEAT.on(conn), values).close())

    async def inherit(self, heir: str, now: datetime) -> list[str]:
        """Let go of everything that processes hold whose life is over; their names.

        The heir itself is none of them, however late it is; and nobody is late by a time that was
        set since (storage.queue.claims).
        """
        values = {"heir": heir, "now": now, "step_seen": self._database.step_seen}

        def work(conn: Connection) -> list[str]:
            dead = list(conn.execute(_DEAD, values).scalars())
            if dead:
                _let_go(conn, dead)
                tell_others(conn, WORK)
                tell_others(conn, INBOX)
            return dead

        return await self._database.write(work)

    async def owners(self) -> set[str]:
        """Who holds work that is not done, and named leases."""

        def work(conn: Connection) -> set[str]:
            return {owner for owned in _OWNERS for owner in conn.execute(owned).scalars() if owner}

        return await self._database.read(work)

    async def release(self, owners: Iterable[str]) -> None:
        """Let go of everything these owners hold."""
        names = list(owners)
        if names:
            await self._database.write(lambda conn: _let_go(conn, names))


def _let_go(conn: Connection, owners: list[str]) -> None:
    for statement in _RELEASE:
        conn.execute(statement, {"owners": owners})


_UNDONE = {
    inbox: in_state(inbox, NEW),
    actions: in_state(actions, *sorted(state.value for state in WORKED_ON)),
    change_sets: in_state(change_sets, "checking", "paused", "proposed", "running", "stopped"),
    outbox: in_state(outbox, OWED),
    documents: in_state(documents, DocumentState.QUEUED.value, DocumentState.MAKING.value),
}
_OWNERS = [
    *(
        select(table.c.owner).where(undone, table.c.owner != null()).distinct()
        for table, undone in _UNDONE.items()
    ),
    select(leases.c.owner).where(leases.c.until > EPOCH),
]
_LIFE = "process:"
_lives = leases.c.name.like(f"{_LIFE}%")
_THEIRS = leases.c.owner.in_(bindparam("owners", expanding=True))
_BEAT = insert_or_set(leases, ("name",), ("owner", "until", "holds_key", "writes_key"))
_DEAD = (
    select(leases.c.owner)
    .where(
        _lives,
        leases.c.until <= bindparam("now"),
        leases.c.owner != bindparam("heir"),
        TIME_IS_PRESENT,
    )
    .order_by(leases.c.owner)
    .with_for_update(skip_locked=True)
)
_RELEASE = [
    *(
        update(table)
        .where(undone, table.c.owner.in_(bindparam("owners", expanding=True)))
        .values(**RELEASED)
        for table, undone in _UNDONE.items()
    ),
    delete(leases).where(_lives, _THEIRS),
    update(leases).where(_THEIRS).values(until=EPOCH),
]
