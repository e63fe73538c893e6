"""The statements of units of work: each for as many as are opened or closed at the same moment.

What they are about comes as arrays on PostgreSQL, so that a statement is the same one however many
they are. SQLite, whose statements cost little, opens one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Text,
    and_,
    bindparam,
    delete,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql

from storage.engine.array_parameters import columns_of, list_for, rows_of
from storage.engine.ready_read import ReadyRead
from storage.engine.upserts import insert_or_set
from storage.queue.inbox import CLOSE_SEVERAL
from storage.stores.people import person_columns
from storage.stores.sessions import session_columns
from storage.tables.access import sessions
from storage.tables.people import fsm, people

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection, FromClause

    from storage.engine.database import Database
    from storage.engine.ready_read import Rows

Whose = tuple[int, int, int]
"""Bot, chat and user."""

PERSON = slice(3, 3 + len(person_columns()))
SESSION = slice(PERSON.stop, PERSON.stop + len(session_columns()))
SLOT = slice(SESSION.stop, SESSION.stop + 4)
"""Where a row of `opened` has the person, the session and the slot; before them whose it is."""

_WHOSE = {"bot_id": BigInteger(), "chat_id": BigInteger(), "user_id": BigInteger()}
_SLOT_KEYS = ("bot_id", "chat_id", "user_id", "slot")
_SLOT = {**_WHOSE, "slot": Text(), "state": Text(), "data": Text()}


async def opened(database: Database, whose: Collection[Whose]) -> Rows:
    """What is kept of each: a row for every slot, one without a slot for who has none."""
    asked = [dict(zip(_WHOSE, one, strict=True)) for one in whose]
    if database.reads_in_place:
        found = [await database.look(_OPEN, one) for one in asked]
        return found[0] if len(found) == 1 else [row for rows in found for row in rows]
    return await database.look(_OPEN, columns_of("whose", _WHOSE, asked))


def ended(conn: Connection, inbox_ids: Sequence[int], owner: str) -> set[int]:
    """End these rows of the inbox that the process still has; their ids."""
    given = {"ids": list_for(conn, inbox_ids), "by": owner}
    return set(conn.execute(CLOSE_SEVERAL[conn.dialect.name], given).scalars())


def keep_slots(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write slots, each with all of its columns; no key twice."""
    if conn.dialect.name == "postgresql":
        conn.execute(_KEEP_POSTGRES, columns_of("slot", _SLOT, rows)).close()
    else:
        conn.execute(_KEEP.on(conn), rows)


def _opening(whose: FromClause) -> Any:
    latest = (
        select(sessions.c.id)
        .where(sessions.c.telegram_id == whose.c.user_id)
        .order_by(sessions.c.opened_at.desc())
        .limit(1)
        .correlate(whose)
    )
    known = whose.outerjoin(people, people.c.telegram_id == whose.c.user_id).outerjoin(
        sessions, sessions.c.id == latest.scalar_subquery()
    )
    slots = and_(
        fsm.c.bot_id == whose.c.bot_id,
        fsm.c.chat_id == whose.c.chat_id,
        or_(fsm.c.user_id == whose.c.user_id, fsm.c.user_id == whose.c.chat_id),
    )
    return select(
        *(whose.c[name] for name in _WHOSE),
        *person_columns(),
        *session_columns(),
        *(fsm.c.user_id, fsm.c.slot, fsm.c.state, fsm.c.data),
    ).select_from(known.outerjoin(fsm, slots))


_one = [bindparam(name, type_=kind).label(name) for name, kind in _WHOSE.items()]
_OPEN = ReadyRead(
    sqlite=_opening(select(*_one).subquery("whose")),
    postgresql=_opening(rows_of("whose", _WHOSE)),
)

_KEEP = insert_or_set(fsm, _SLOT_KEYS, ("state", "data"))
_kept = postgresql.insert(fsm).from_select(list(_SLOT), select(*rows_of("slot", _SLOT).c))
_KEEP_POSTGRES = _kept.on_conflict_do_update(
    index_elements=list(_SLOT_KEYS),
    set_={name: _kept.excluded[name] for name in ("state", "data")},
)
DROP_SLOT = delete(fsm).where(*(fsm.c[name] == bindparam(name) for name in _SLOT_KEYS))
SEEN = (
    update(sessions)
    .where(
        sessions.c.id == bindparam("session_id"),
        sessions.c.ended_at == null(),
        sessions.c.seen_at < bindparam("now"),
    )
    .values(seen_at=bindparam("now"))
)
