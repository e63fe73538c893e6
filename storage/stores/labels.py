"""The words of companies for their numbers: the port `LabelStore`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, bindparam, delete, func, null, select, update
from typing_extensions import override

from account.chapters.alerts.rule import Scope
from account.chapters.labels import MOST_CENTRES, CostCentre, LabelStore
from account.errors import TooManyCostCentres
from account.values.identifiers import Msisdn
from account.values.labels import LabelField, NumberLabel, folded
from storage.engine.array_parameters import columns_of, rows_in_json, rows_of
from storage.engine.group_read import GroupRead
from storage.engine.ready_read import ReadyRead
from storage.engine.types import Moment
from storage.engine.upserts import insert_or_set
from storage.tables.alerts import alert_rules
from storage.tables.labels import number_labels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, FromClause

    from account.effects.effect import Effect
    from storage.engine.database import Database
    from storage.stores.effects import EffectWriter

AT_ONCE = 500
"""Numbers asked for in one statement."""
A_PAGE = 20
"""Numbers of one window: read where one stands."""


_Number = tuple[str, str]
"""A company and the digits of one of its numbers."""
_Numbers = Sequence[_Number]


class LabelRows(LabelStore):
    """A row for each number that has words. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter) -> None:
        self._database = database
        self._effects = effects
        self._looking = GroupRead(self._of_several, alone=database.reads_in_place)

    @override
    async def of(self, company_id: str, msisdns: Sequence[Msisdn]) -> Mapping[str, NumberLabel]:
        if not msisdns:
            return {}
        numbers = [(company_id, msisdn.digits) for msisdn in msisdns]
        if len(numbers) <= A_PAGE:
            return await self._looking.read(numbers)

        def work(conn: Connection) -> dict[str, NumberLabel]:
            found: dict[str, NumberLabel] = {}
            for start in range(0, len(numbers), AT_ONCE):
                digits = [number for _company, number in numbers[start : start + AT_ONCE]]
                for row in conn.execute(_OF, {"company": company_id, "numbers": digits}):
                    found[row.msisdn] = NumberLabel(row.label, row.centre, row.gone_at is not None)
            return found

        return await self._database.read(work)

    async def _of_several(self, asked: Sequence[_Numbers]) -> Sequence[Mapping[str, NumberLabel]]:
        """The words of several windows' numbers, to each of them those of its own company alone."""
        every = list(dict.fromkeys(number for numbers in asked for number in numbers))
        if self._database.reads_in_place:
            values: dict[str, Any] = {"number": json.dumps(every)}
        else:
            values = columns_of(
                "number", _NUMBER, [dict(zip(_NUMBER, one, strict=True)) for one in every]
            )
        found = {
            (company, digits): NumberLabel(label, centre, gone_at is not None)
            for company, digits, label, centre, gone_at in await self._database.look(
                _OF_SEVERAL, values
            )
        }
        return [
            {number[1]: found[number] for number in numbers if number in found} for numbers in asked
        ]

    @override
    async def put(
        self,
        company_id: str,
        msisdn: Msisdn,
        changes: Mapping[LabelField, str | None],
        now: datetime,
        effects: Sequence[Effect],
    ) -> NumberLabel:

        def work(conn: Connection) -> NumberLabel:
            put = put_on(conn, company_id, msisdn, changes, now)
            self._effects.write(conn, effects)
            return put

        return await self._database.write(work)

    @override
    async def found(self, company_id: str, text: str, limit: int) -> Sequence[Msisdn]:
        sought = folded(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        values = {"company": company_id, "sought": f"%{sought}%", "most": limit}

        def work(conn: Connection) -> list[Msisdn]:
            return [Msisdn(digits) for digits in conn.execute(_FOUND, values).scalars()]

        return await self._database.read(work) if sought else []

    @override
    async def centres(self, company_id: str) -> Sequence[CostCentre]:

        def work(conn: Connection) -> list[CostCentre]:
            rows = conn.execute(_CENTRES, {"company": company_id})
            return [CostCentre(row.key, row.name, row.numbers, row.used_at) for row in rows]

        return sorted(await self._database.read(work), key=lambda one: one.key)

    @override
    async def rename_centre(
        self,
        company_id: str,
        key: str,
        name: str | None,
        now: datetime,
        effects: Sequence[Effect],
    ) -> int:
        def work(conn: Connection) -> int:
            rows = conn.execute(_ALL_OF_CENTRE, {"company": company_id, "key": key}).all()
            if not rows:
                return 0
            bare = [row for row in rows if name is None and row.label is None]
            if bare:
                gone = [{"company": company_id, "number": row.msisdn} for row in bare]
                conn.execute(DROP, gone).close()
            kept = [
                {
                    "company": company_id,
                    "number": row.msisdn,
                    "centre_to": name,
                    "key_to": None if name is None else folded(name),
                    "folded_to": "\n".join(folded(text) for text in (row.label, name) if text),
                    "now": now,
                }
                for row in rows
                if name is not None or row.label is not None
            ]
            if kept:
                conn.execute(_RENAME, kept).close()
            if name is not None:
                whose = {"company": company_id, "key": key, "key_to": folded(name)}
                conn.execute(_RULES_ALONG, whose).close()
            self._effects.write(conn, effects)
            return sum(row.gone_at is None for row in rows)

        return await self._database.write(work)

    @override
    async def of_centre(
        self, company_id: str, key: str, *, offset: int, limit: int
    ) -> tuple[Sequence[Msisdn], int]:
        whose = {"company": company_id, "key": key}

        def work(conn: Connection) -> tuple[Sequence[Msisdn], int]:
            total = conn.execute(_COUNT_OF_CENTRE, whose).scalar_one()
            rows = conn.execute(_OF_CENTRE, {**whose, "most": limit, "skipped": offset})
            return [Msisdn(digits) for digits in rows.scalars()], total

        return await self._database.read(work)

    @override
    async def left(self, company_id: str, msisdns: Sequence[Msisdn], now: datetime) -> None:
        await self._mark(company_id, msisdns, now)

    @override
    async def returned(self, company_id: str, msisdns: Sequence[Msisdn]) -> None:
        await self._mark(company_id, msisdns, None)

    async def _mark(
        self, company_id: str, msisdns: Sequence[Msisdn], gone_at: datetime | None
    ) -> None:
        digits = sorted(msisdn.digits for msisdn in msisdns)

        def work(conn: Connection) -> None:
            for start in range(0, len(digits), AT_ONCE):
                part = {"company": company_id, "numbers": digits[start : start + AT_ONCE]}
                if gone_at is None:
                    conn.execute(_RETURNED, part)
                else:
                    conn.execute(_LEFT, {**part, "at": gone_at})

        if digits:
            await self._database.write(work)


def put_on(
    conn: Connection,
    company_id: str,
    msisdn: Msisdn,
    changes: Mapping[LabelField, str | None],
    now: datetime,
) -> NumberLabel:
    """Change these words of a number. Raises `TooManyCostCentres`."""
    whose = {"company": company_id, "number": msisdn.digits}
    row = conn.execute(_ONE, whose).first()
    label, centre = (None, None) if row is None else (row.label, row.centre)
    label = changes.get(LabelField.LABEL, label)
    if LabelField.CENTRE in changes:
        named = changes[LabelField.CENTRE]
        centre = None if named is None else _as_spelled(conn, company_id, named)
    if label is None and centre is None:
        conn.execute(DROP, whose)
        return NumberLabel()
    put = NumberLabel(label, centre)
    conn.execute(PUT.on(conn), label_row(company_id, msisdn, put, now))
    return put


def label_row(company_id: str, msisdn: Msisdn, own: NumberLabel, now: datetime) -> dict[str, Any]:
    """The row of a number that has words."""
    return {
        "company_id": company_id,
        "msisdn": msisdn.digits,
        "label": own.label,
        "centre": own.centre,
        "folded": "\n".join(folded(text) for text in (own.label, own.centre) if text),
        "centre_key": None if own.centre is None else folded(own.centre),
        "changed_at": now,
        "gone_at": None,
    }


def _as_spelled(conn: Connection, company_id: str, name: str) -> str:
    """The cost centre as the company has it, or a new one. Raises `TooManyCostCentres`."""
    known: dict[str, str] = {
        row.key: row.name for row in conn.execute(_CENTRES, {"company": company_id})
    }
    key = folded(name)
    if key not in known and len(known) >= MOST_CENTRES:
        raise TooManyCostCentres(MOST_CENTRES)
    return known.get(key, name)


OF_COMPANY = number_labels.c.company_id == bindparam("company")
NAMED = number_labels.c.msisdn.in_(bindparam("numbers", expanding=True))
_THERE = number_labels.c.gone_at == null()
_NUMBER = {"company_id": Text(), "msisdn": Text()}


def _of(numbers: FromClause) -> Any:
    words = [number_labels.c[name] for name in (*_NUMBER, "label", "centre", "gone_at")]
    same = and_(*(number_labels.c[name] == numbers.c[name] for name in _NUMBER))
    return select(*words).select_from(numbers.join(number_labels, same))


_OF = select(number_labels).where(OF_COMPANY, NAMED)
_OF_SEVERAL = ReadyRead(
    sqlite=_of(rows_in_json("number", _NUMBER)), postgresql=_of(rows_of("number", _NUMBER))
)
_ONE = select(number_labels).where(OF_COMPANY, number_labels.c.msisdn == bindparam("number"))
DROP = delete(number_labels).where(OF_COMPANY, number_labels.c.msisdn == bindparam("number"))
_FOUND = (
    select(number_labels.c.msisdn)
    .where(OF_COMPANY, _THERE, number_labels.c.folded.like(bindparam("sought"), escape="\\"))
    .order_by(number_labels.c.msisdn)
    .limit(bindparam("most"))
)
_CENTRES = (
    select(
        number_labels.c.centre_key.label("key"),
        func.max(number_labels.c.centre).label("name"),
        func.count().label("numbers"),
        func.max(number_labels.c.changed_at).label("used_at"),
    )
    .where(OF_COMPANY, _THERE, number_labels.c.centre_key != null())
    .group_by(number_labels.c.centre_key)
)
_IN_CENTRE = and_(OF_COMPANY, _THERE, number_labels.c.centre_key == bindparam("key"))
_COUNT_OF_CENTRE = select(func.count()).select_from(number_labels).where(_IN_CENTRE)
_OF_CENTRE = (
    select(number_labels.c.msisdn)
    .where(_IN_CENTRE)
    .order_by(number_labels.c.msisdn)
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
PUT = insert_or_set(
    number_labels,
    ("company_id", "msisdn"),
    ("label", "centre", "folded", "centre_key", "changed_at", "gone_at"),
)
_LEFT = update(number_labels).where(OF_COMPANY, NAMED, _THERE).values(gone_at=bindparam("at"))
_RETURNED = (
    update(number_labels)
    .where(OF_COMPANY, NAMED, number_labels.c.gone_at != null())
    .values(gone_at=null())
)
_ALL_OF_CENTRE = (
    select(number_labels)
    .where(OF_COMPANY, number_labels.c.centre_key == bindparam("key"))
    .with_for_update()
)
_RENAME = (
    update(number_labels)
    .where(OF_COMPANY, number_labels.c.msisdn == bindparam("number"))
    .values(
        centre=bindparam("centre_to"),
        centre_key=bindparam("key_to"),
        folded=bindparam("folded_to"),
        changed_at=bindparam("now", type_=Moment),
    )
)
_RULES_ALONG = (
    update(alert_rules)
    .where(
        alert_rules.c.company_id == bindparam("company"),
        alert_rules.c.scope == Scope.CENTRE.value,
        alert_rules.c.target == bindparam("key"),
    )
    .values(target=bindparam("key_to"))
)
