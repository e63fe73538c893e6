"""The actions history: pages for people."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, exists, func, or_, select
from typing_extensions import override

from account.changes.spec import IN_SET
from account.chapters.history import OF_KIND, ON_THE_WAY, HistoryKind, HistoryStore
from account.effects.history import HistoryEntry
from account.values.page import Page
from storage.tables.history import history

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from account.chapters.history import HistoryQuery
    from storage.audit.chain import Chain
    from storage.engine.database import Database


class HistoryRows(HistoryStore):
    """The port `History`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, chain: Chain) -> None:
        self._database = database
        self._chain = chain

    @override
    async def append(self, entry: HistoryEntry) -> None:
        await self._database.write(lambda conn: self._chain.append(conn, [entry]))

    @override
    async def page(self, company_id: str, query: HistoryQuery) -> Page[HistoryEntry]:
        values: dict[str, Any] = {
            "company": company_id,
            "start": query.period.start_utc,
            "end": query.period.end_utc,
        }
        wanted = [_OF_COMPANY, _NOT_GONE_ON]
        if query.number is not None:
            values["msisdn"] = query.number.digits
            wanted.append(history.c.number == bindparam("msisdn"))
        if query.reference is not None:
            values["named"] = query.reference
            values["of_set"] = f'%"{IN_SET}": "{query.reference}"%'
            wanted.append(_NAMED)
        if query.kind is not None:
            wanted.append(_of_kind(query.kind))
        count = select(func.count()).select_from(history).where(*wanted)
        page = _PAGE.where(*wanted)
        part = {"limit": query.limit, "offset": query.offset}

        def work(conn: Connection) -> Page[HistoryEntry]:
            rows = tuple(_entry(row) for row in conn.execute(page, {**values, **part}))
            total = query.offset + len(rows)
            # A page that is not full is the last one, and says by itself how many there are.
            if len(rows) == query.limit or (query.offset and not rows):
                total = conn.execute(count, values).scalar_one()
            return Page(rows, query.offset, total)

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
_LATER = history.alias("later")
_NOT_GONE_ON = or_(
    history.c.result.not_in(ON_THE_WAY),
    history.c.reference.is_(None),
    ~exists().where(
        _LATER.c.company_id == history.c.company_id,
        _LATER.c.reference == history.c.reference,
        _LATER.c.what == history.c.what,
        _LATER.c.at < bindparam("end"),
        or_(
            _LATER.c.at > history.c.at,
            and_(_LATER.c.at == history.c.at, _LATER.c.seq > history.c.seq),
        ),
    ),
)
"""Of the entries of one action the last within the period; one that ended later is on its way."""
_NAMED = or_(
    history.c.reference == bindparam("named"), history.c.parameters.like(bindparam("of_set"))
)
"""By its own reference, or by that of the set it was one number of."""
_PAGE = (
    select(history)
    .order_by(history.c.at.desc(), history.c.seq.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)


def _of_kind(kind: HistoryKind) -> ColumnElement[bool]:
    if kind in OF_KIND:
        return history.c.what.in_(sorted(OF_KIND[kind]))
    return history.c.what.not_in(sorted(chain.from_iterable(OF_KIND.values())))


def _entry(row: Any) -> HistoryEntry:
    return HistoryEntry(
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
