"""Messages owed to people, each kept until it is delivered or has lost its point.

Messages are owed as effects, in the transaction that makes them true. Delivery is at least once:
Telegram knows no idempotency key. What a message says may be a one-time code, so its parameters are
sealed, and erased in the end.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Integer,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql

from account.effects.effect import Channel, OutboxMessage, Priority
from storage.encryption.sealer import LEFT_FOR
from storage.engine.pg_notify import ROW_BY_ROW, TELLING_OF_WORK, WORK, tell_others
from storage.engine.types import EPOCH
from storage.engine.upserts import ByDialect
from storage.errors import SealBroken
from storage.queue.claims import RELEASED, Claims, free
from storage.stores.people import set_blocked_on
from storage.tables.base import in_state
from storage.tables.outbox import outbox

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from storage.encryption.sealer import Sealer
    from storage.engine.database import Database

OWED, DELIVERED, DEAD = "owed", "delivered", "dead"
BLOCKED = "blocked"
"""Why a message that is still owed waits: its person has blocked the bot (`hold`)."""
LONG_BACK_OFF = timedelta(minutes=1)
"""A message put off for longer than this does not hold up the later ones of its chat."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message owed, under a claim. Moments are aware, UTC; `attempts` counts claims."""

    id: int
    channel: Channel
    to: str
    kind: str
    priority: Priority
    parameters: Mapping[str, str]
    language: str | None
    key: str | None
    expires_at: datetime
    attempts: int
    fence: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many messages of a channel are wanted, and down to which class."""

    most: int
    down_to: Priority = Priority.NOTICE


NOTHING = Capacity(0)


class Outbox:
    """The outbox. Every method is one transaction and raises `StorageUnavailable`."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def owe(self, message: OutboxMessage) -> None:
        """Owe one message by itself; with others, write effects."""
        await self._database.write(lambda conn: self.owe_on(conn, message))

    def owe_on(self, conn: Connection, *messages: OutboxMessage) -> None:
        """Owe messages in somebody's transaction, in their order; a key that was owed before is not
        owed again.
        """
        rows = [self._values(message) for message in messages]
        conn.execute(_OWE.on(conn), rows if len(rows) > 1 else rows[0]).close()

    async def claim(
        self,
        owner: str,
        now: datetime,
        lease: timedelta,
        room: int | Mapping[Channel, Capacity],
    ) -> list[OutboxRow]:
        """Take messages that are due, by their class, then the longest due first.

        Each channel has room of its own; a number is the same room in each. At most one message of
        a receiver at a time, and a code besides: one of the same class waits for the earlier one,
        and one of a later class for both, unless that was never due yet or is put off by more than
        a minute. (Two processes may begin messages of different classes in the same instant.)
        Expired ones come too, to be given up. One whose parameters do not open stays owed, for who
        can open it.
        """
        values: dict[str, Any] = {
            "soon": now + LONG_BACK_OFF,
            "step_seen": self._database.step_seen,
        }
        for channel in Channel:
            wanted = Capacity(room) if isinstance(room, int) else room.get(channel, NOTHING)
            values[f"{channel.value}_limit"] = wanted.most
            values[f"{channel.value}_down_to"] = wanted.down_to

        def work(conn: Connection) -> list[OutboxRow]:
            rows = _CLAIMS.claim(conn, owner, now, lease, 0, **values)
            rows.sort(key=lambda row: (row.priority, row.due, row.id))
            opened = [self._opened(conn, row, now) for row in rows]
            return [row for row in opened if row is not None]

        return await self._database.write(work)

    async def delivered(
        self,
        row: OutboxRow,
        message_id: int | None = None,
        also: Callable[[Connection], None] | None = None,
    ) -> bool:
        """It has arrived; `message_id` is Telegram's. False when the claim was lost.

        `also` is written with it, claim or no claim: what is true now that it has arrived.
        """

        def work(conn: Connection) -> bool:
            if also is not None:
                also(conn)
            bound = {"row_id": row.id, "held": row.fence, "sent_id": message_id}
            return conn.execute(_DELIVERED, bound).rowcount == 1

        return await self._database.write(work)

    async def keep(self, row: OutboxRow, parameters: Mapping[str, str]) -> bool:
        """It is delivered with these from now on, at every try. False when the claim was lost."""

        def work(conn: Connection) -> bool:
            held = {"row_id": row.id, "held": row.fence}
            uid = conn.execute(_UID, held).scalar()
            if uid is None:
                return False
            bound = {**held, "told": self._sealed(uid, parameters)}
            return conn.execute(_KEEP, bound).rowcount == 1

        return await self._database.write(work)

    async def postpone(self, row: OutboxRow, due: datetime) -> bool:
        """Let go of it until `due`. False when the claim was lost."""
        return await self._fenced(_POSTPONE, row, at=due)

    async def hold(self, row: OutboxRow, due: datetime) -> bool:
        """Its person has blocked the bot: keep it for when they come back (`wake_on`).

        It is looked at again at `due`, lest a return that nobody heard of leave it lying. No change
        waits for it any longer. False when the claim was lost.
        """
        bound = {"row_id": row.id, "held": row.fence, "at": due}

        def work(conn: Connection) -> bool:
            set_blocked_on(conn, int(row.to), blocked=True)
            return conn.execute(_HOLD, bound).rowcount == 1

        return await self._database.write(work)

    async def give_up(self, row: OutboxRow, why: str) -> bool:
        """It will not be delivered; `why` never holds its text. False when the claim was lost."""
        return await self._fenced(_GIVE_UP, row, reason=why)

    async def message_of(self, key: str) -> int | None:
        """Telegram's id of the message that was owed under that key, None if none has arrived."""
        return await self._database.read(
            lambda conn: conn.execute(_MESSAGE_OF, {"of_key": key}).scalar()
        )

    async def waiting(self) -> int:
        """How many messages are owed."""
        return await self._database.read(lambda conn: conn.execute(_WAITING).scalar_one())

    async def next_due(self, now: datetime) -> datetime | None:
        """When a message that is not due or taken yet will be; None when there is none."""
        return await self._database.read(lambda conn: conn.execute(_NEXT, {"now": now}).scalar())

    async def _fenced(self, statement: Any, row: OutboxRow, **values: Any) -> bool:
        bound = {"row_id": row.id, "held": row.fence, **values}
        return await self._database.write(lambda conn: conn.execute(statement, bound).rowcount == 1)

    def _values(self, message: OutboxMessage) -> dict[str, Any]:
        uid = secrets.token_hex(16)
        return {
            "uid": uid,
            "key": message.key,
            "channel": message.channel.value,
            "to": message.to,
            "kind": message.kind,
            "sealed": self._sealed(uid, message.parameters),
            "language": message.language,
            "expires_at": message.expires_at,
            "state": OWED,
            "priority": message.priority,
            "ahead_of": message.ahead_of,
            "due": message.not_before or EPOCH,
        }

    def _sealed(self, uid: str, parameters: Mapping[str, str]) -> bytes:
        text = json.dumps(dict(parameters), ensure_ascii=False)
        return self._sealer.seal(text.encode(), f"outbox:{uid}")

    def _opened(self, conn: Connection, row: Row[Any], now: datetime) -> OutboxRow | None:
        try:
            parameters = json.loads(self._sealer.open(row.sealed or b"", f"outbox:{row.uid}"))
        except SealBroken:
            values = {"row_id": row.id, "held": row.fence, "at": now + LEFT_FOR}
            conn.execute(_POSTPONE, values)
            return None
        return OutboxRow(
            id=row.id,
            channel=Channel(row.channel),
            to=row.to,
            kind=row.kind,
            priority=Priority(row.priority),
            parameters=parameters,
            language=row.language,
            key=row.key,
            expires_at=row.expires_at,
            attempts=row.attempts,
            fence=row.fence,
        )


def wake_on(conn: Connection, chat_id: int) -> None:
    """Whoever had blocked the bot is back: what was held for them is due, in its order."""
    conn.execute(_WAKE, {"chat": str(chat_id)}).close()
    tell_others(conn, WORK)


_other = outbox.alias("other")
_GOES_BEFORE = and_(
    tuple_(_other.c.priority, _other.c.id) < tuple_(outbox.c.priority, outbox.c.id),
    or_(
        _other.c.due <= bindparam("now"),
        and_(_other.c.due <= bindparam("soon"), _other.c.attempts > 0),
    ),
)
_IS_BEING_SENT = and_(
    _other.c.lease_until > bindparam("now"),
    or_(outbox.c.priority > Priority.CODE, _other.c.priority == Priority.CODE),
)
_IN_LINE = (
    select(_other.c.id)
    .where(
        _other.c.channel == outbox.c.channel,
        _other.c.to == outbox.c.to,
        in_state(_other, OWED),
        or_(_GOES_BEFORE, _IS_BEING_SENT),
    )
    .offset(ROW_BY_ROW)
    .exists()
)


def _next_of(channel: Channel) -> Any:
    """The ids to claim of one channel; in the order of an index, which ends with the room."""
    return (
        select(outbox.c.id)
        .where(
            outbox.c.channel == literal_column(f"'{channel.value}'"),
            outbox.c.priority <= bindparam(f"{channel.value}_down_to"),
            free(outbox, OWED),
            ~_IN_LINE,
        )
        .order_by(outbox.c.priority, outbox.c.due, outbox.c.id)
        .limit(bindparam(f"{channel.value}_limit", type_=Integer))
        .with_for_update(skip_locked=True)
        .subquery(channel.value)
    )


_CLAIMS = Claims(
    outbox,
    [OWED],
    due=union_all(*(select(_next_of(channel).c.id) for channel in Channel)),
    values={"attempts": outbox.c.attempts + 1},
)


def _owe(insert: Any) -> Any:
    statement = insert(outbox).on_conflict_do_nothing()
    # Told with the row itself, which saves a round trip: others hear of it after the commit.
    return statement.returning(TELLING_OF_WORK) if insert is postgresql.insert else statement


_OWE = ByDialect(_owe)
_HELD = and_(
    outbox.c.id == bindparam("row_id"),
    outbox.c.fence == bindparam("held"),
    in_state(outbox, OWED),
)
_ENDED = {"sealed": None, **RELEASED}
_DELIVERED = (
    update(outbox)
    .where(_HELD)
    .values(state=DELIVERED, message_id=bindparam("sent_id"), why=None, **_ENDED)
)
_UID = select(outbox.c.uid).where(_HELD)
_KEEP = update(outbox).where(_HELD).values(sealed=bindparam("told"))
_POSTPONE = update(outbox).where(_HELD).values(due=bindparam("at"), **RELEASED)
_HOLD = (
    update(outbox).where(_HELD).values(due=bindparam("at"), why=BLOCKED, ahead_of=None, **RELEASED)
)
_WAKE = (
    update(outbox)
    .where(
        outbox.c.channel == Channel.TELEGRAM.value,
        outbox.c.to == bindparam("chat"),
        in_state(outbox, OWED),
        outbox.c.why == BLOCKED,
    )
    .values(due=EPOCH, why=None)
)
_GIVE_UP = update(outbox).where(_HELD).values(state=DEAD, why=bindparam("reason"), **_ENDED)
_MESSAGE_OF = select(outbox.c.message_id).where(outbox.c.key == bindparam("of_key"))
_WAITING = select(func.count()).select_from(outbox).where(in_state(outbox, OWED))
_NEXT = select(func.min(outbox.c.due)).where(
    in_state(outbox, OWED), outbox.c.due > bindparam("now")
)
