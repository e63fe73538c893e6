"""What processes left behind: rows and leases they hold are let go of, so that nobody waits.

Without it all the same comes back, only later: when the leases are over. Letting go of what a
living process has is safe for changes, messages and documents (their fence decides), and makes an
update be handled twice at worst.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, null, select, update

from account.actions import OPEN
from account.documents import DocumentState
from storage.claims import RELEASED
from storage.inbox import NEW
from storage.moments import EPOCH
from storage.outbox import OWED
from storage.tables import actions, documents, in_state, inbox, leases, outbox

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.database import Database


class Estates:
    """Every method is one transaction and raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owners(self) -> set[str]:
        """Who holds work that is not done, and named leases."""

        def work(conn: Connection) -> set[str]:
            return {owner for owned in _OWNERS for owner in conn.execute(owned).scalars() if owner}

        return await self._database.read(work)

    async def release(self, owners: Iterable[str]) -> None:
        """Let go of everything these owners hold."""
        values = {"owners": list(owners)}

        def work(conn: Connection) -> None:
            for statement in _RELEASE:
                conn.execute(statement, values)

        if values["owners"]:
            await self._database.write(work)


_UNDONE = {
    inbox: in_state(inbox, NEW),
    actions: in_state(actions, *sorted(state.value for state in OPEN)),
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
_RELEASE = [
    *(
        update(table)
        .where(undone, table.c.owner.in_(bindparam("owners", expanding=True)))
        .values(**RELEASED)
        for table, undone in _UNDONE.items()
    ),
    update(leases)
    .where(leases.c.owner.in_(bindparam("owners", expanding=True)))
    .values(until=EPOCH),
]
