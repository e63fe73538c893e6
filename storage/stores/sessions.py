"""Sessions of administrators. They are opened and ended by effects (storage.stores.effects)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, bindparam, func, null, select, update
from typing_extensions import override

from account.identity.sessions import Session, Sessions
from account.values.identifiers import Msisdn
from storage.stores.offers import void_offers_of_session
from storage.tables.access import sessions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from storage.engine.database import Database


class SessionRows(Sessions):
    """The port `Sessions`, and reads of sessions outside of a turn."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def choose_company(self, session_id: str, company_id: str) -> None:
        """An ended session stays as it is."""

        def work(conn: Connection) -> None:
            conn.execute(_CHOOSE, {"session_id": session_id, "company": company_id})
            void_offers_of_session(conn, session_id)

        await self._database.write(work)

    async def read(self, session_id: str) -> Session | None:
        """The session with that id, live or ended."""

        def work(conn: Connection) -> Session | None:
            row = conn.execute(_READ, {"session_id": session_id}).one_or_none()
            return None if row is None else session_from(row)

        return await self._database.read(work)

    async def unended(self, administrator_id: str) -> tuple[Session, ...]:
        """The administrator's sessions that nobody ended, latest first; some may be over by time.

        Ask `Session.alive` of each.
        """

        def work(conn: Connection) -> tuple[Session, ...]:
            rows = conn.execute(_UNENDED, {"administrator_id": administrator_id})
            return tuple(session_from(row) for row in rows)

        return await self._database.read(work)

    @override
    async def last_in(self, telegram_id: int) -> Session | None:

        def work(conn: Connection) -> Session | None:
            row = conn.execute(_LAST, {"chat": telegram_id}).one_or_none()
            return None if row is None else session_from(row)

        return await self._database.read(work)

    @override
    async def login_before(self, administrator_id: str, session_id: str) -> datetime | None:
        """Sessions are kept for a month after their end."""
        values = {"administrator_id": administrator_id, "session_id": session_id}
        return await self._database.read(lambda conn: conn.execute(_BEFORE, values).scalar())


def session_columns() -> tuple[Column[Any], ...]:
    """The columns `session_from` expects, in order; the first is null where there is no row."""
    return (
        sessions.c.id,
        sessions.c.telegram_id,
        sessions.c.administrator_id,
        sessions.c.administrator_name,
        sessions.c.phone,
        sessions.c.company_id,
        sessions.c.opened_at,
        sessions.c.seen_at,
        sessions.c.ended_at,
    )


def session_from(row: Sequence[Any]) -> Session:
    """A session of a row of `session_columns`."""
    ident, telegram_id, administrator_id, name, phone, company_id, opened, seen, ended = row
    return Session(
        ident, telegram_id, administrator_id, name, Msisdn(phone), company_id, opened, seen, ended
    )


_READ = select(*session_columns()).where(sessions.c.id == bindparam("session_id"))
_UNENDED = (
    select(*session_columns())
    .where(
        sessions.c.administrator_id == bindparam("administrator_id"),
        sessions.c.ended_at == null(),
    )
    .order_by(sessions.c.opened_at.desc())
)
_LAST = (
    select(*session_columns())
    .where(sessions.c.telegram_id == bindparam("chat"))
    .order_by(sessions.c.opened_at.desc(), sessions.c.ended_at.is_not(None))
    .limit(1)
)
_THIS = sessions.alias("this")
_BEFORE = select(func.max(sessions.c.opened_at)).where(
    sessions.c.administrator_id == bindparam("administrator_id"),
    sessions.c.id != bindparam("session_id"),
    sessions.c.opened_at
    <= select(_THIS.c.opened_at).where(_THIS.c.id == bindparam("session_id")).scalar_subquery(),
)
_CHOOSE = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), sessions.c.ended_at == null())
    .values(company_id=bindparam("company"))
)
