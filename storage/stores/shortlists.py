"""Favourite numbers, and numbers and accounts of late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, select
from typing_extensions import override

from account.chapters.shortlist import LATELY, Shortlisted, ShortlistKind, ShortlistStore
from storage.engine.upserts import insert_or_set
from storage.tables.people import shortlists

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.engine.database import Database


class ShortlistRows(ShortlistStore):
    """The port `ShortlistStore`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def used(
        self,
        administrator_id: str,
        company_id: str,
        listed: ShortlistKind,
        value: str,
        now: datetime,
    ) -> None:
        whose = {"whose": administrator_id, "company": company_id, "what": listed.value}
        values = _values(administrator_id, company_id, listed, value, now, favourite=False)

        def work(conn: Connection) -> None:
            conn.execute(_USED.on(conn), values).close()
            late = [row for row in conn.execute(_READ, whose) if not row.favourite]
            for row in late[LATELY:]:
                conn.execute(_FORGET, {**whose, "which": row.value}).close()

        await self._database.write(work)

    @override
    async def mark(
        self,
        administrator_id: str,
        company_id: str,
        listed: ShortlistKind,
        value: str,
        now: datetime,
        *,
        favourite: bool,
    ) -> None:
        values = _values(administrator_id, company_id, listed, value, now, favourite=favourite)
        await self._database.write(lambda conn: conn.execute(_MARK.on(conn), values).close())

    @override
    async def read(
        self, administrator_id: str, company_id: str, listed: ShortlistKind
    ) -> Sequence[Shortlisted]:
        whose = {"whose": administrator_id, "company": company_id, "what": listed.value}
        return await self._database.glance(
            lambda conn: [
                Shortlisted(row.value, row.used_at, row.favourite)
                for row in conn.execute(_READ, whose)
            ]
        )


def _values(
    administrator_id: str,
    company_id: str,
    listed: ShortlistKind,
    value: str,
    now: datetime,
    *,
    favourite: bool,
) -> dict[str, Any]:
    return {
        "administrator_id": administrator_id,
        "company_id": company_id,
        "listed": listed.value,
        "value": value,
        "used_at": now,
        "favourite": favourite,
    }


_KEYS = ("administrator_id", "company_id", "listed", "value")
_USED = insert_or_set(shortlists, _KEYS, ("used_at",))
_MARK = insert_or_set(shortlists, _KEYS, ("used_at", "favourite"))
_WHOSE = and_(
    shortlists.c.administrator_id == bindparam("whose"),
    shortlists.c.company_id == bindparam("company"),
    shortlists.c.listed == bindparam("what"),
)
_READ = (
    select(shortlists)
    .where(_WHOSE)
    .order_by(shortlists.c.favourite.desc(), shortlists.c.used_at.desc(), shortlists.c.value)
)
_FORGET = delete(shortlists).where(_WHOSE, shortlists.c.value == bindparam("which"))
