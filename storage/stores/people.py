"""People as Telegram knows them, whether they ever log in or not: language, and who blocked us."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, bindparam, select, update

from storage.engine.upserts import insert_or_set
from storage.tables.people import people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from storage.engine.database import Database


@dataclass(frozen=True, slots=True)
class Person:
    """One Telegram user. `chosen`: they chose the language themselves. `first_seen` is UTC.

    `blocked`: they have blocked the bot, so that nothing can be delivered.
    """

    telegram_id: int
    language: str | None = None
    chosen: bool = False
    first_seen: datetime | None = None
    blocked: bool = False


class People:
    """Reads and changes of people outside of a unit of work, for delivery."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, telegram_id: int) -> Person | None:
        """The person, or None who never wrote. Raises `StorageUnavailable`."""

        def work(conn: Connection) -> Person | None:
            row = conn.execute(_READ, {"id": telegram_id}).one_or_none()
            return None if row is None else person_from(row)

        return await self._database.read(work)

    async def set_blocked(self, telegram_id: int, *, blocked: bool) -> None:
        """Note that the person blocked the bot, or let it in again."""
        await self._database.write(lambda conn: set_blocked_on(conn, telegram_id, blocked=blocked))


def person_columns() -> tuple[Column[Any], ...]:
    """The columns `person_from` expects, in order; the first is null where there is no row."""
    return (
        people.c.telegram_id,
        people.c.language,
        people.c.chosen,
        people.c.first_seen,
        people.c.blocked,
    )


def person_from(row: Sequence[Any]) -> Person:
    """A person of a row of `person_columns`."""
    return Person(*row)


def set_blocked_on(conn: Connection, telegram_id: int, *, blocked: bool) -> None:
    """See `People.set_blocked`, over a connection that is in a transaction."""
    conn.execute(_BLOCK, {"id": telegram_id, "flag": blocked}).close()


def keep_person(conn: Connection, person: Person) -> None:
    """Write the person; the moment first seen stays as it was."""
    conn.execute(_KEEP.on(conn), asdict(person))


_READ = select(*person_columns()).where(people.c.telegram_id == bindparam("id"))
_KEEP = insert_or_set(people, ("telegram_id",), ("language", "chosen", "blocked"))
_BLOCK = (
    update(people).where(people.c.telegram_id == bindparam("id")).values(blocked=bindparam("flag"))
)
