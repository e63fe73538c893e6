"""Labels of many numbers from a list: the port `LabelImportStore`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, select, update
from typing_extensions import override

from account.chapters.label_import import ImportState, LabelChange, LabelImport, LabelImportStore
from account.chapters.labels import MOST_CENTRES
from account.errors import TooManyCostCentres
from account.lists.label_list import RowLeftOut, Unlabelled
from account.lists.list_file import Hidden
from account.values.identifiers import Msisdn
from account.values.labels import NO_LABEL, NumberLabel
from storage.engine.types import Moment
from storage.stores.labels import AT_ONCE, DROP, NAMED, OF_COMPANY, PUT, label_row
from storage.tables.labels import label_imports, number_labels

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import Effect
    from storage.engine.database import Database
    from storage.stores.effects import EffectWriter

_FROM = {ImportState.APPLIED: ImportState.OFFERED, ImportState.UNDONE: ImportState.APPLIED}


class LabelImportRows(LabelImportStore):
    """A row for each. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter) -> None:
        self._database = database
        self._effects = effects

    @override
    async def offer(self, found: LabelImport) -> None:
        def work(conn: Connection) -> None:
            whose = {"whose": found.administrator_id}
            conn.execute(_DROP_OFFERED, whose).close()
            conn.execute(label_imports.insert(), _values(found)).close()

        await self._database.write(work)

    @override
    async def read(self, import_id: str) -> LabelImport | None:
        return await self._one(_READ, {"of_id": import_id})

    @override
    async def applied_last(self, administrator_id: str, company_id: str) -> LabelImport | None:
        return await self._one(_LAST, {"whose": administrator_id, "company": company_id})

    @override
    async def settle(
        self, found: LabelImport, to: ImportState, now: datetime, effects: Sequence[Effect]
    ) -> int | None:
        values = {"of_id": found.id, "before": _FROM[to].value, "to": to.value, "now": now}

        def work(conn: Connection) -> int | None:
            if conn.execute(_SETTLE, values).rowcount != 1:
                return None
            given = [
                one
                for at in range(0, len(found.changes), AT_ONCE)
                for one in _give(conn, found.company_id, found.changes[at : at + AT_ONCE], now)
            ]
            if to is ImportState.APPLIED and len(given) < len(found.changes):
                # The way back is of these alone: the others have words that somebody else chose.
                content = _content(replace(found, changes=tuple(given)))
                conn.execute(_LESSEN, {"of_id": found.id, "given": content}).close()
            if conn.execute(_CENTRES, {"company": found.company_id}).scalar_one() > MOST_CENTRES:
                raise TooManyCostCentres(MOST_CENTRES)
            self._effects.write(conn, effects)
            return len(given)

        return await self._database.write(work)

    async def _one(self, statement: Any, values: dict[str, Any]) -> LabelImport | None:
        def work(conn: Connection) -> LabelImport | None:
            row = conn.execute(statement, values).first()
            return None if row is None else _import(row)

        return await self._database.read(work)


def _give(
    conn: Connection, company_id: str, changes: Sequence[LabelChange], now: datetime
) -> Sequence[LabelChange]:
    """Make those of them that still have the words of before; which that were."""
    numbers = [one.msisdn.digits for one in changes]
    rows = conn.execute(_PRESENT, {"company": company_id, "numbers": numbers})
    present = {row.msisdn: NumberLabel(row.label, row.centre) for row in rows}
    due = [one for one in changes if present.get(one.msisdn.digits, NO_LABEL) == one.before]
    gone = [
        {"company": company_id, "number": one.msisdn.digits} for one in due if one.after == NO_LABEL
    ]
    kept = [
        label_row(company_id, one.msisdn, one.after, now) for one in due if one.after != NO_LABEL
    ]
    if gone:
        conn.execute(DROP, gone).close()
    if kept:
        conn.execute(PUT.on(conn), kept).close()
    return due


def _content(found: LabelImport) -> str:
    content = {
        "changes": [
            [one.msisdn.digits, *_words(one.before), *_words(one.after)] for one in found.changes
        ],
        "left_out": [[one.line, one.reason.value] for one in found.left_out],
        "unchanged": found.unchanged,
        "hidden": [found.hidden.rows, found.hidden.columns, found.hidden.sheets],
    }
    return json.dumps(content, ensure_ascii=False)


def _values(found: LabelImport) -> dict[str, Any]:
    return {
        "id": found.id,
        "company_id": found.company_id,
        "administrator_id": found.administrator_id,
        "telegram_id": found.telegram_id,
        "made_at": found.made_at,
        "state": found.state.value,
        "applied_at": found.applied_at,
        "content": _content(found),
    }


def _words(label: NumberLabel) -> tuple[str | None, str | None]:
    return label.label, label.centre


def _import(row: Any) -> LabelImport:
    content = json.loads(row.content)
    return LabelImport(
        id=row.id,
        company_id=row.company_id,
        administrator_id=row.administrator_id,
        telegram_id=row.telegram_id,
        made_at=row.made_at,
        changes=tuple(
            LabelChange(Msisdn(digits), NumberLabel(*words[:2]), NumberLabel(*words[2:]))
            for digits, *words in content["changes"]
        ),
        left_out=tuple(RowLeftOut(line, Unlabelled(why)) for line, why in content["left_out"]),
        unchanged=content["unchanged"],
        hidden=Hidden(*content.get("hidden", ())),
        state=ImportState(row.state),
        applied_at=row.applied_at,
    )


_ID = label_imports.c.id == bindparam("of_id")
_WHOSE = label_imports.c.administrator_id == bindparam("whose")
_READ = select(label_imports).where(_ID)
_LAST = (
    select(label_imports)
    .where(
        _WHOSE,
        label_imports.c.company_id == bindparam("company"),
        label_imports.c.state == ImportState.APPLIED.value,
    )
    .order_by(label_imports.c.applied_at.desc(), label_imports.c.id)
    .limit(1)
)
_DROP_OFFERED = delete(label_imports).where(
    _WHOSE, label_imports.c.state == ImportState.OFFERED.value
)
_SETTLE = (
    update(label_imports)
    .where(_ID, label_imports.c.state == bindparam("before"))
    .values(state=bindparam("to"), applied_at=bindparam("now", type_=Moment))
)
_LESSEN = update(label_imports).where(_ID).values(content=bindparam("given"))
_PRESENT = select(number_labels).where(OF_COMPANY, NAMED).with_for_update()
_CENTRES = select(func.count(number_labels.c.centre_key.distinct())).where(
    OF_COMPANY, number_labels.c.gone_at.is_(None)
)
