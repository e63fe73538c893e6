"""The inbox's quarantine, as the support desk sees it (`account.support.quarantine`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, false, null, or_, select, update
from typing_extensions import override

from account.support.quarantine import QuarantineStore, SetAside
from storage.engine.pg_notify import INBOX, tell_others
from storage.errors import SealBroken
from storage.queue.inbox import NEW, QUARANTINED, TELEGRAM
from storage.tables.base import in_state
from storage.tables.inbox import inbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from account.effects.history import HistoryEntry
    from storage.encryption.sealer import Sealer
    from storage.engine.database import Database
    from storage.stores.effects import EffectWriter


class QuarantineRows(QuarantineStore):
    """The port `QuarantineStore`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter, sealer: Sealer) -> None:
        self._database = database
        self._effects = effects
        self._sealer = sealer

    @override
    async def waiting(self, limit: int) -> Sequence[SetAside]:
        values = {"limit": limit}
        rows = await self._database.read(lambda conn: conn.execute(_WAITING, values).all())
        return [self._set_aside(row) for row in rows]

    @override
    async def read(self, update_id: int) -> SetAside | None:
        values = {"of_id": update_id}
        row = await self._database.read(lambda conn: conn.execute(_READ, values).one_or_none())
        return None if row is None else self._set_aside(row)

    @override
    async def replay(self, update_id: int, now: datetime, entry: HistoryEntry) -> bool:

        def work(conn: Connection) -> bool:
            if conn.execute(_REPLAY, {"of_id": update_id, "now": now}).rowcount != 1:
                return False
            self._effects.write(conn, [entry])
            tell_others(conn, INBOX)
            return True

        return await self._database.write(work)

    def _set_aside(self, row: Row[Any]) -> SetAside:
        try:
            content = self._sealer.open(row.sealed or b"", f"inbox:{row.key}")
        except SealBroken:
            content = None
        return SetAside(
            id=row.id,
            chat_id=row.chat_id or 0,
            ours=row.kind != TELEGRAM,
            received_at=row.received_at,
            waits=row.state == QUARANTINED,
            why=row.why or "",
            begun=row.begun,
            replayed_at=row.replayed_at,
            content=content,
        )


_IS_SET_ASIDE = in_state(inbox, QUARANTINED)
_WAITING = select(inbox).where(_IS_SET_ASIDE).order_by(inbox.c.id).limit(bindparam("limit"))
_READ = select(inbox).where(
    inbox.c.id == bindparam("of_id"), or_(_IS_SET_ASIDE, inbox.c.replayed_at != null())
)
_REPLAY = (
    update(inbox)
    .where(
        inbox.c.id == bindparam("of_id"),
        and_(_IS_SET_ASIDE, inbox.c.kind == TELEGRAM),
        and_(inbox.c.begun == false(), inbox.c.replayed_at == null()),
    )
    .values(state=NEW, replayed_at=bindparam("now"), owner=None, lease_until=None)
)


if TYPE_CHECKING:

    def _is_a_quarantine_store(rows: QuarantineRows) -> QuarantineStore:
        return rows
