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

from account.identity.sessions import Session
from storage.engine.group_commit import GroupCommit
from storage.engine.group_read import GroupRead
from storage.errors import UnitOfWorkMissing
from storage.queue.inbox import CLOSE
from storage.queue.outbox import wake_on
from storage.stores.people import Person, keep_person, person_from
from storage.stores.sessions import session_from
from storage.unit_statements import (
    DROP_SLOT,
    PERSON,
    SEEN,
    SESSION,
    SLOT,
    Whose,
    ended,
    keep_slots,
    opened,
)

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


@dataclass(slots=True)
class _Closing:
    """A unit that is to be closed, and whether it was written."""

    unit: ConversationUnitOfWork
    inbox_id: int | None
    owner: str | None
    written: bool = True


class UnitsOfWork:
    """Opens and closes turns; those of the same moment in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._opening = GroupRead(self._open_all, alone=database.reads_in_place)
        self._closing = GroupCommit(self._close_all)

    async def open(self, chat_id: int, user_id: int, bot_id: int) -> ConversationUnitOfWork:
        """Read what is known of the person and the chat. Raises `StorageUnavailable`."""
        return await self._opening.read((bot_id, chat_id, user_id))

    async def reload_session(self, unit: ConversationUnitOfWork) -> None:
        """See the session as effects have left it. Raises `StorageUnavailable`."""
        unit.session = (await self.open(unit.chat_id, unit.user_id, unit.bot_id)).session

    async def close(
        self, unit: ConversationUnitOfWork, inbox_id: int | None, owner: str | None = None
    ) -> bool:
        """Write what changed, and that the inbox row is done; its payload is erased.

        Messages held for somebody who came back are woken. With `owner`, only while that process
        has the row; False when it has not, and nothing was written: the row is done already, or
        another process has taken the chat over. Raises `StorageUnavailable`; then the turn may be
        closed once more.
        """
        closing = _Closing(unit, inbox_id, owner)
        await self._closing.write(closing)
        unit.closed = True
        return closing.written

    async def _open_all(self, whose: Sequence[Whose]) -> Sequence[ConversationUnitOfWork]:
        found: dict[Whose, list[Sequence[Any]]] = {one: [] for one in whose}
        for row in await opened(self._database, found.keys()):
            found[row[0], row[1], row[2]].append(row)
        return [_unit(one, found[one]) for one in whose]

    async def _close_all(self, closings: Sequence[_Closing]) -> None:
        await self._database.write(lambda conn: _close_on(conn, closings))


def _unit(whose: Whose, rows: Sequence[Sequence[Any]]) -> ConversationUnitOfWork:
    bot_id, chat_id, user_id = whose
    person, session = rows[0][PERSON], rows[0][SESSION]
    kept = {
        (owner, slot): SlotRow(state, data)
        for owner, slot, state, data in (row[SLOT] for row in rows)
        if slot is not None
    }
    return ConversationUnitOfWork(
        bot_id,
        chat_id,
        user_id,
        None if person[0] is None else person_from(person),
        None if session[0] is None else session_from(session),
        kept,
    )


def _close_on(conn: Connection, closings: Sequence[_Closing]) -> None:
    """Write them, all but those whose row of the inbox is not its process's any more."""
    of_owner: dict[str, list[_Closing]] = {}
    for one in closings:
        if one.inbox_id is not None and one.owner is not None:
            of_owner.setdefault(one.owner, []).append(one)
        elif one.inbox_id is not None:
            conn.execute(CLOSE, {"inbox_id": one.inbox_id})
    for owner, theirs in of_owner.items():
        ids = ended(conn, sorted({one.inbox_id for one in theirs if one.inbox_id}), owner)
        for one in theirs:
            # Of two that close the same row the first one does.
            one.written = one.inbox_id in ids
            ids.discard(one.inbox_id or 0)
    written = [one.unit for one in closings if one.written]
    _write_slots(conn, written)
    for unit in written:
        if unit.person_changed and unit.person is not None:
            keep_person(conn, unit.person)
        if unit.came_back:
            wake_on(conn, unit.chat_id)
        if unit.seen is not None:
            conn.execute(SEEN, {"session_id": unit.seen[0], "now": unit.seen[1]})


def _write_slots(conn: Connection, units: Sequence[ConversationUnitOfWork]) -> None:
    new: dict[tuple[Any, ...], tuple[dict[str, Any], SlotRow]] = {}
    for unit in units:
        for (user_id, slot), row in unit.new_slots.items():
            key = {
                "bot_id": unit.bot_id,
                "chat_id": unit.chat_id,
                "user_id": user_id,
                "slot": slot,
            }
            new[tuple(key.values())] = key, row
    kept = [
        {**key, "state": row.state, "data": row.data} for key, row in new.values() if not row.empty
    ]
    dropped = [key for key, row in new.values() if row.empty]
    if kept:
        keep_slots(conn, kept)
    if dropped:
        conn.execute(DROP_SLOT, dropped)
