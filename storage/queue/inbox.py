"""Updates as they came, kept before anything else is done with them (safety.md section 1).

A row is new until it was handled, then done and its payload erased; one that cannot be handled goes
to quarantine, where the payload stays sealed for a week. Rows may be owned by a process under a
lease, so that several share one database; those of a dead process are claimed by another.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, null, or_, select, update

from storage.engine.array_parameters import is_among
from storage.engine.pg_notify import INBOX, ROW_BY_ROW, lock_chats, lock_claiming, tell_others
from storage.engine.upserts import insert_once
from storage.errors import SealBroken
from storage.queue.claims import TIME_IS_PRESENT
from storage.tables.base import in_state
from storage.tables.inbox import inbox

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.encryption.sealer import Sealer
    from storage.engine.database import Database

NEW, DONE, QUARANTINED = "new", "done", "quarantined"
TELEGRAM = "telegram"
UNOPENED = SealBroken.__name__
"""Why a row is in quarantine whose seal did not open: it holds up no chat there, keeps its content,
and is taken up again by who can open it."""
MOST_REOPENED = 1000


@dataclass(frozen=True, slots=True)
class NewUpdate:
    """One update to keep: Telegram's JSON as bytes. `received_at` is aware, UTC."""

    bot_id: int
    update_id: int
    chat_id: int | None
    received_at: datetime
    payload: bytes


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One kept update. `kind` is `telegram`, or the name of something of our own.

    `fresh` is False for an update that was kept before; `attempts` counts claims. `ours` is False
    for a fresh one that nobody has yet: an earlier one of its chat is not ours either.
    `replayed_at`: when somebody put it back that was in quarantine; it may be old by then.
    """

    id: int
    key: str
    bot_id: int | None
    update_id: int | None
    chat_id: int | None
    kind: str
    received_at: datetime
    attempts: int
    sealed: bytes | None
    replayed_at: datetime | None = None
    fresh: bool = True
    ours: bool = True


class Inbox:
    """The inbox. Every method is one transaction and raises `StorageUnavailable`."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def put(
        self,
        updates: Sequence[NewUpdate],
        *,
        owner: str | None = None,
        until: datetime | None = None,
    ) -> list[InboxRow]:
        """Keep a batch in one commit: a row per update, in the same order.

        An update whose id was kept before is not kept again; its row has `fresh=False` and no
        payload. With `owner`, the fresh rows belong to that process `until` then, except behind a
        row of their chat that does not: those are left to be claimed in their turn.
        """
        values = [
            {
                "key": f"t:{new.bot_id}:{new.update_id}",
                "bot_id": new.bot_id,
                "update_id": new.update_id,
                "chat_id": new.chat_id,
                "kind": TELEGRAM,
                "received_at": new.received_at,
                "owner": owner,
                "lease_until": until,
                **self._sealed(f"t:{new.bot_id}:{new.update_id}", new.payload),
            }
            for new in updates
        ]
        return await self._put(values, owner)

    async def put_internal(
        self,
        chat_id: int,
        kind: str,
        payload: bytes,
        now: datetime,
        bot_id: int | None = None,
        *,
        owner: str | None = None,
        until: datetime | None = None,
    ) -> InboxRow:
        """Keep something of our own that the chat has to handle in its turn; see `put`."""
        key = f"i:{secrets.token_hex(16)}"
        value = {
            "key": key,
            "bot_id": bot_id,
            "update_id": None,
            "chat_id": chat_id,
            "kind": kind,
            "received_at": now,
            "owner": owner,
            "lease_until": until,
            **self._sealed(key, payload),
        }
        return (await self._put([value], owner))[0]

    async def undone(self, limit: int, after: int = 0) -> list[InboxRow]:
        """New rows with a greater id than `after`, oldest first, whoever owns them."""
        values = {"after": after, "limit": limit}
        return await self._database.read(
            lambda conn: [_row(row) for row in conn.execute(_UNDONE, values)]
        )

    async def of_chat(self, chat_id: int, owner: str, limit: int) -> list[InboxRow]:
        """A chat's new rows that belong to that process, oldest first."""
        values = {"of_chat": chat_id, "by": owner, "limit": limit}
        return await self._database.read(
            lambda conn: [_row(row) for row in conn.execute(_OF_CHAT, values)]
        )

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, limit: int
    ) -> list[InboxRow]:
        """Take new rows that belong to nobody alive, oldest first, one attempt more each.

        Never a row of a chat whose earlier row another process has, and none by a time that was set
        since (storage.queue.claims).
        """
        found = {
            "owner": owner,
            "now": now,
            "limit": limit,
            "step_seen": self._database.step_seen,
        }

        def work(conn: Connection) -> list[InboxRow]:
            lock_claiming(conn)
            ids = conn.execute(_FREE, found).scalars().all()
            if not ids:
                return []
            taken = conn.execute(_TAKE, {"ids": ids, "by": owner, "until": now + lease})
            return sorted((_row(row) for row in taken), key=lambda row: row.id)

        return await self._database.write(work)

    async def owned(self, owner: str) -> list[tuple[int, int]]:
        """Ids and chats (0 for none) of the new rows that belong to that process."""
        rows = await self._database.read(lambda conn: conn.execute(_OWNED, {"by": owner}).all())
        return [(row.id, row.chat_id or 0) for row in rows]

    async def let_go(self, owner: str, ids: Collection[int]) -> int:
        """Let others have these rows, as far as they are new and that process still has them."""
        values = {"by": owner, "ids": list(ids)}

        def work(conn: Connection) -> int:
            count = conn.execute(_LET_GO, values).rowcount
            if count:
                tell_others(conn, INBOX)
            return count

        return await self._database.write(work)

    async def renew(self, owner: str, until: datetime) -> None:
        """Keep everything that process owns until then."""
        await self._write(_RENEW, {"by": owner, "until": until})

    def payload(self, row: InboxRow) -> bytes:
        """The update as it came. Raises `SealBroken`, also when it was erased."""
        return self._sealer.open(row.sealed or b"", f"inbox:{row.key}")

    async def done(self, ids: Iterable[int]) -> None:
        """The rows are handled; their payload is erased."""
        await self._write(_DONE, {"ids": list(ids)})

    async def quarantine(self, inbox_id: int, why: str, *, begun: bool = True) -> None:
        """Set a row aside; `why` names an error's kind and never holds its text.

        `begun`: a handler may have done something of what it asks for.
        """
        values = {"inbox_id": inbox_id, "reason": why, "was_begun": begun}
        await self._write(_QUARANTINE, values)

    async def reopen(self) -> int:
        """Take up again what was set aside because it did not open, as far as it opens now."""
        found = await self._database.read(lambda conn: conn.execute(_UNOPENED).all())
        ids = [row.id for row in found if self._sealer.opens(row.sealed or b"", f"inbox:{row.key}")]
        if ids:
            await self._write(_REOPEN, {"ids": ids})
        return len(ids)

    async def waiting(self) -> int:
        """How many rows are new."""
        return await self._database.read(lambda conn: conn.execute(_WAITING).scalar_one())

    def _sealed(self, key: str, payload: bytes) -> dict[str, Any]:
        return {"state": NEW, "sealed": self._sealer.seal(payload, f"inbox:{key}")}

    async def _put(self, values: list[dict[str, Any]], owner: str | None = None) -> list[InboxRow]:
        if not values:
            return []

        def work(conn: Connection) -> list[InboxRow]:
            lock_chats(conn, (value["chat_id"] for value in values))
            fresh = {row[0]: row[1] for row in conn.execute(_PUT.on(conn), values)}
            ids = dict(fresh)
            if missing := [value["key"] for value in values if value["key"] not in fresh]:
                ids.update((row[0], row[1]) for row in conn.execute(_FIND, {"keys": missing}))
            left = _left_to_others(conn, owner, set(fresh.values())) if owner else ()
            if left or (fresh and not owner):
                tell_others(conn, INBOX)
            return [_put_row(value, ids, fresh, left) for value in values]

        return await self._database.write(work)

    async def _write(self, statement: Any, values: dict[str, Any]) -> None:
        await self._database.write(lambda conn: conn.execute(statement, values).close())


_ROW = (
    inbox.c.id,
    inbox.c.key,
    inbox.c.bot_id,
    inbox.c.update_id,
    inbox.c.chat_id,
    inbox.c.kind,
    inbox.c.received_at,
    inbox.c.attempts,
    inbox.c.sealed,
    inbox.c.replayed_at,
)
_other = inbox.alias("earlier")
_IS_NEW = in_state(inbox, NEW)
_BY_IDS = inbox.c.id.in_(bindparam("ids", expanding=True))
_PUT = insert_once(inbox, "key", "id")
_FIND = select(inbox.c.key, inbox.c.id).where(inbox.c.key.in_(bindparam("keys", expanding=True)))
_UNDONE = (
    select(*_ROW)
    .where(_IS_NEW, inbox.c.id > bindparam("after"))
    .order_by(inbox.c.id)
    .limit(bindparam("limit"))
)
_OF_CHAT = (
    select(*_ROW)
    .where(_IS_NEW, inbox.c.chat_id == bindparam("of_chat"), inbox.c.owner == bindparam("by"))
    .order_by(inbox.c.id)
    .limit(bindparam("limit"))
)
_EARLIER = select(_other.c.id).where(
    _other.c.chat_id == inbox.c.chat_id, _other.c.id < inbox.c.id, in_state(_other, NEW)
)
_ELSEWHERE = (
    _EARLIER.where(_other.c.owner != bindparam("owner"), _other.c.lease_until > bindparam("now"))
    .offset(ROW_BY_ROW)
    .exists()
)
_NOT_OURS = (
    _EARLIER.where(or_(_other.c.owner == null(), _other.c.owner != bindparam("owner")))
    .offset(ROW_BY_ROW)
    .exists()
)
_BEHIND_OTHERS = select(inbox.c.id).where(_BY_IDS, _NOT_OURS)
_LEAVE = update(inbox).where(_BY_IDS).values(owner=None, lease_until=None)
_FREE = (
    select(inbox.c.id)
    .where(
        _IS_NEW,
        or_(inbox.c.lease_until == null(), inbox.c.lease_until <= bindparam("now")),
        TIME_IS_PRESENT,
        ~_ELSEWHERE,
    )
    .order_by(inbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(inbox)
    .where(_BY_IDS)
    .values(owner=bindparam("by"), lease_until=bindparam("until"), attempts=inbox.c.attempts + 1)
    .returning(*_ROW)
)
_OURS = and_(_IS_NEW, inbox.c.owner == bindparam("by"))
_OWNED = select(inbox.c.id, inbox.c.chat_id).where(_OURS).order_by(inbox.c.id)
_LET_GO = update(inbox).where(_BY_IDS, _OURS).values(owner=None, lease_until=None)
_RENEW = (
    update(inbox)
    .where(_IS_NEW, inbox.c.owner == bindparam("by"))
    .values(lease_until=bindparam("until"))
)
_ENDED = {"sealed": None, "owner": None, "lease_until": None}
CLOSE = update(inbox).where(inbox.c.id == bindparam("inbox_id")).values(state=DONE, **_ENDED)
"""Ends one row, for the transaction that closes its unit of work."""
_close_ours = update(inbox).where(_IS_NEW, inbox.c.owner == bindparam("by"))
CLOSE_SEVERAL = {
    name: _close_ours.where(among).values(state=DONE, **_ENDED).returning(inbox.c.id)
    for name, among in is_among(inbox.c.id, "ids").items()
}
"""Ends several rows, by dialect, as far as that process still has them."""
_DONE = update(inbox).where(_BY_IDS).values(state=DONE, **_ENDED)
_QUARANTINE = (
    update(inbox)
    .where(inbox.c.id == bindparam("inbox_id"), _IS_NEW)
    .values(
        state=QUARANTINED,
        why=bindparam("reason"),
        begun=bindparam("was_begun"),
        owner=None,
        lease_until=None,
    )
)
_UNOPENED = (
    select(inbox.c.id, inbox.c.key, inbox.c.sealed)
    .where(in_state(inbox, QUARANTINED), inbox.c.why == UNOPENED)
    .order_by(inbox.c.id)
    .limit(MOST_REOPENED)
)
_REOPEN = (
    update(inbox)
    .where(_BY_IDS, in_state(inbox, QUARANTINED), inbox.c.why == UNOPENED)
    .values(state=NEW, why=None)
)
_WAITING = select(func.count()).select_from(inbox).where(_IS_NEW)


def _row(row: Any) -> InboxRow:
    return InboxRow(*row)


def _left_to_others(conn: Connection, owner: str, fresh: set[int]) -> Collection[int]:
    """Let go of the fresh rows that stand behind a row of their chat which is not ours."""
    values = {"owner": owner, "ids": list(fresh)}
    left = conn.execute(_BEHIND_OTHERS, values).scalars().all() if fresh else ()
    if left:
        conn.execute(_LEAVE, {"ids": left})
    return left


def _put_row(
    value: dict[str, Any], ids: dict[str, int], fresh: dict[str, int], left: Collection[int]
) -> InboxRow:
    key = value["key"]
    # An id twice in one batch: the first is fresh, the second was kept before.
    is_fresh = fresh.pop(key, None) is not None
    return InboxRow(
        id=ids[key],
        key=key,
        bot_id=value["bot_id"],
        update_id=value["update_id"],
        chat_id=value["chat_id"],
        kind=value["kind"],
        received_at=value["received_at"],
        attempts=0,
        sealed=value["sealed"] if is_fresh else None,
        fresh=is_fresh,
        ours=ids[key] not in left,
    )
