"""What one update reads and writes of ours: one transaction before it is handled, one after.

A unit of work holds the person, their session and the state of their conversation while an update
is handled; nothing of it reaches the database before it is closed, together with the inbox row.
Sessions are opened and ended by effects, in transactions of the use cases; closing one never undoes
what an effect wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, null, select, update

from account.identity.sessions import Session
from storage.engine.upserts import insert_or_set
from storage.errors import UnitOfWorkMissing
from storage.queue.inbox import CLOSE, CLOSE_OURS
from storage.queue.outbox import wake_on
from storage.stores.people import Person, keep_person, person_columns, person_from
from storage.stores.sessions import session_columns, session_from
from storage.tables.access import sessions
from storage.tables.people import fsm, people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from storage.engine.database import Database

SEEN_EVERY = timedelta(seconds=30)
"""A session's `seen_at` is written at most this often."""

SlotKey = tuple[int, str]
"""User id, and `thread|business connection|destiny`."""


@dataclass(frozen=True, slots=True)
class SlotRow:
    """State of one conversation: aiogram's state, and its data as JSON text."""

    state: str | None = None
    data: str = "{}"

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to keep."""
        return self.state is None and self.data == "{}"


_EMPTY = SlotRow()


@dataclass(slots=True)
class ConversationUnitOfWork:
    """One update's view of a chat. `person` and `session` are None where no row exists.

    `session` is the latest one, live or ended: ask `session.alive(now, limits)`. What changes is
    gathered in `new_slots`, `person_changed` and `seen` (session id and moment) until it is closed.
    """

    bot_id: int
    chat_id: int
    user_id: int
    person: Person | None
    session: Session | None
    _kept: dict[SlotKey, SlotRow]
    new_slots: dict[SlotKey, SlotRow] = field(default_factory=dict)
    person_changed: bool = False
    seen: tuple[str, datetime] | None = None
    closed: bool = False
    _was_blocked: bool = field(init=False)

    def __post_init__(self) -> None:
        self._was_blocked = self.blocked

    @property
    def language(self) -> str | None:
        """The person's language, None before one was set."""
        return None if self.person is None else self.person.language

    @property
    def blocked(self) -> bool:
        """Whether the person has blocked the bot, as far as is known."""
        return self.person is not None and self.person.blocked

    @property
    def came_back(self) -> bool:
        """Whether the person had blocked the bot before this update and has not now."""
        return self._was_blocked and not self.blocked

    def set_language(self, language: str, now: datetime, *, chosen: bool) -> None:
        """Remember the language; `chosen`: by the person, not guessed from Telegram's."""
        self._change_person(now, language=language, chosen=chosen)

    def set_blocked(self, now: datetime, *, blocked: bool) -> None:
        """Remember whether the person has blocked the bot."""
        self._change_person(now, blocked=blocked)

    def touch(self, now: datetime) -> None:
        """Note that the session is in use; kept when the last note is older than 30 s."""
        session = self.session
        if session is not None and now - session.seen_at > SEEN_EVERY:
            self.session = replace(session, seen_at=now)
            self.seen = (session.id, now)

    def slot(self, key: SlotKey) -> SlotRow:
        """The state under a key, empty when there is none. Raises `UnitOfWorkMissing` if closed."""
        self._check_open()
        return self.new_slots.get(key) or self._kept.get(key, _EMPTY)

    def put_slot(self, key: SlotKey, row: SlotRow) -> None:
        """Replace the state under a key. Raises `UnitOfWorkMissing` once closed."""
        self._check_open()
        if row == self._kept.get(key, _EMPTY):
            self.new_slots.pop(key, None)
        else:
            self.new_slots[key] = row

    def revert_slots(self) -> None:
        """Forget what this update did to the conversation: its window failed, the old one stays."""
        self.new_slots.clear()

    def drop_slots(self) -> None:
        """Forget the whole conversation: its window can no longer be understood."""
        self.new_slots = dict.fromkeys(self._kept, _EMPTY)

    def _check_open(self) -> None:
        if self.closed:
            raise UnitOfWorkMissing("the turn is closed: its update has been handled")

    def _change_person(self, now: datetime, **changes: Any) -> None:
        before = self.person or Person(self.user_id, first_seen=now)
        after = replace(before, **changes)
        if after != self.person:
            self.person = after
            self.person_changed = True


class UnitsOfWork:
    """Opens and closes turns, each in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, chat_id: int, user_id: int, bot_id: int) -> ConversationUnitOfWork:
        """Read what is known of the person and the chat. Raises `StorageUnavailable`."""
        whose = {"chat_id": chat_id, "user_id": user_id, "bot_id": bot_id}

        def work(conn: Connection) -> ConversationUnitOfWork:
            rows = conn.execute(_TURN, whose).all()
            person, session = _who(rows[0])
            kept = {
                (owner, slot): SlotRow(state, data)
                for *_, owner, slot, state, data in rows
                if slot is not None
            }
            return ConversationUnitOfWork(bot_id, chat_id, user_id, person, session, kept)

        return await self._database.glance(work)

    async def reload_session(self, unit: ConversationUnitOfWork) -> None:
        """See the session as effects have left it. Raises `StorageUnavailable`."""
        _, unit.session = await self._database.glance(
            lambda conn: _person_and_session(conn, unit.user_id)
        )

    async def close(
        self, unit: ConversationUnitOfWork, inbox_id: int | None, owner: str | None = None
    ) -> bool:
        """Write what changed, and that the inbox row is done; its payload is erased.

        Messages held for somebody who came back are woken. With `owner`, only while that process
        has the row; False when it has not, and nothing was written: the row is done already, or
        another process has taken the chat over. Raises `StorageUnavailable`; then the turn may be
        closed once more.
        """

        def work(conn: Connection) -> bool:
            if inbox_id is not None:
                ended = {"inbox_id": inbox_id, "by": owner}
                if owner is None:
                    conn.execute(CLOSE, {"inbox_id": inbox_id})
                elif conn.execute(CLOSE_OURS, ended).rowcount != 1:
                    return False
            if unit.new_slots:
                _write_slots(conn, unit)
            if unit.person_changed and unit.person is not None:
                keep_person(conn, unit.person)
            if unit.came_back:
                wake_on(conn, unit.chat_id)
            if unit.seen is not None:
                conn.execute(_SEEN, {"session_id": unit.seen[0], "now": unit.seen[1]})
            return True

        written = await self._database.write(work)
        unit.closed = True
        return written


_WHO = select(bindparam("user_id", type_=people.c.telegram_id.type).label("id")).subquery()
_LATEST = (
    select(sessions.c.id)
    .where(sessions.c.telegram_id == bindparam("user_id"))
    .order_by(sessions.c.opened_at.desc())
    .limit(1)
    .scalar_subquery()
)
_KNOWN = _WHO.outerjoin(people, people.c.telegram_id == _WHO.c.id).outerjoin(
    sessions, sessions.c.id == _LATEST
)
_PERSON_AND_SESSION = select(*person_columns(), *session_columns()).select_from(_KNOWN)
_PERSON_WIDTH = len(person_columns())
_SESSION_WIDTH = len(session_columns())

_TURN = select(
    *person_columns(), *session_columns(), fsm.c.user_id, fsm.c.slot, fsm.c.state, fsm.c.data
).select_from(
    _KNOWN.outerjoin(
        fsm,
        and_(
            fsm.c.bot_id == bindparam("bot_id"),
            fsm.c.chat_id == bindparam("chat_id"),
            fsm.c.user_id.in_([bindparam("user_id"), bindparam("chat_id")]),
        ),
    )
)
"""All of it at once: a statement costs more than its rows."""

_KEEP_SLOT = insert_or_set(fsm, ("bot_id", "chat_id", "user_id", "slot"), ("state", "data"))
_DROP_SLOT = delete(fsm).where(
    fsm.c.bot_id == bindparam("bot_id"),
    fsm.c.chat_id == bindparam("chat_id"),
    fsm.c.user_id == bindparam("user_id"),
    fsm.c.slot == bindparam("slot"),
)
_SEEN = (
    update(sessions)
    .where(
        sessions.c.id == bindparam("session_id"),
        sessions.c.ended_at == null(),
        sessions.c.seen_at < bindparam("now"),
    )
    .values(seen_at=bindparam("now"))
)


def _person_and_session(conn: Connection, user_id: int) -> tuple[Person | None, Session | None]:
    return _who(conn.execute(_PERSON_AND_SESSION, {"user_id": user_id}).one())


def _who(row: Sequence[Any]) -> tuple[Person | None, Session | None]:
    person = None if row[0] is None else person_from(row[:_PERSON_WIDTH])
    told = row[_PERSON_WIDTH : _PERSON_WIDTH + _SESSION_WIDTH]
    return person, None if told[0] is None else session_from(told)


def _write_slots(conn: Connection, unit: ConversationUnitOfWork) -> None:
    kept, dropped = [], []
    for (user_id, slot), row in unit.new_slots.items():
        key = {
            "bot_id": unit.bot_id,
            "chat_id": unit.chat_id,
            "user_id": user_id,
            "slot": slot,
        }
        if row.empty:
            dropped.append(key)
        else:
            kept.append({**key, "state": row.state, "data": row.data})
    if kept:
        conn.execute(_KEEP_SLOT.on(conn), kept)
    if dropped:
        conn.execute(_DROP_SLOT, dropped)
