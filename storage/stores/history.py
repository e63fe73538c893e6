"""The actions history: pages for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, select
from typing_extensions import override

from account.chapters.history import HistoryStore
from account.effects.history import Entry
from account.values.page import Page
from storage.tables import history

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.chapters.history import HistoryQuery
    from storage.audit.chain import Chain
    from storage.engine.database import Database


class HistoryRows(HistoryStore):
    """The port `History`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, chain: Chain) -> None:
        self._database = database
        self._chain = chain

    @override
    async def append(self, entry: Entry) -> None:
        await self._database.write(lambda conn: self._chain.append(conn, [entry]))

    @override
    async def page(self, company_id: str, wish: HistoryQuery) -> Page[Entry]:
        values: dict[str, Any] = {
            "company": company_id,
            "start": wish.period.start_utc,
            "end": wish.period.end_utc,
        }
        count, page = _COUNT, _PAGE
        if wish.number is not None:
            values["msisdn"] = wish.number.digits
            count, page = _COUNT_OF_NUMBER, _PAGE_OF_NUMBER
        part = {"limit": wish.limit, "offset": wish.offset}

        def work(conn: Connection) -> Page[Entry]:
            total = conn.execute(count, values).scalar_one()
            rows = conn.execute(page, {**values, **part})
            return Page(tuple(_entry(row) for row in rows), wish.offset, total)

        return await self._database.read(work)

    async def count(self) -> int:
        """How many entries there are, of all companies and of none."""
        return await self._database.read(
            lambda conn: conn.execute(select(func.count()).select_from(history)).scalar_one()
        )


_OF_COMPANY = and_(
    history.c.company_id == bindparam("company"),
    history.c.at >= bindparam("start"),
    history.c.at < bindparam("end"),
)
_COUNT = select(func.count()).select_from(history).where(_OF_COMPANY)
_PAGE = (
    select(history)
    .where(_OF_COMPANY)
    .order_by(history.c.at.desc(), history.c.seq.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_OF_NUMBER = history.c.number == bindparam("msisdn")
_COUNT_OF_NUMBER = _COUNT.where(_OF_NUMBER)
_PAGE_OF_NUMBER = _PAGE.where(_OF_NUMBER)


def _entry(row: Any) -> Entry:
    return Entry(
        at=row.at,
        what=row.what,
        result=row.result,
        administrator_id=row.administrator_id,
        administrator=row.administrator,
        company_id=row.company_id,
        number=row.number,
        parameters=json.loads(row.parameters),
        reference=row.reference,
        channel=row.channel,
    )
