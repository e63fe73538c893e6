"""Sums of a day of Almaty, such as what a company's transfers add up to (`AddToDailyTotal`)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select
from typing_extensions import override

from account.effects.effect import DailyTotals
from account.values.periods import today
from storage.engine.upserts import ByDialect
from storage.tables.processes import counters

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import AddToDailyTotal
    from storage.engine.database import Database


class DayTotalRows(DailyTotals):
    """The port `DailyTotals`. Raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def taken(self, name: str, now: datetime) -> int:
        values = {"of_name": name, "of_day": _day(now)}
        return await self._database.read(lambda conn: conn.execute(_TAKEN, values).scalar() or 0)


def take_on(conn: Connection, take: AddToDailyTotal) -> None:
    """Add to the total; whoever adds to the same one waits until this transaction ends.

    Raises the refusal of a bound, and then the transaction has to be given up.
    """
    values = {"name": take.name, "day": _day(take.at), "value": take.amount}
    total = conn.execute(_ADD.on(conn), values).scalar_one()
    for bound in take.bounds:
        if total > bound.most:
            raise bound.refusal(max(0, bound.most - total + take.amount))


def _day(at: datetime) -> str:
    return f"{today(at):%Y%m%d}"


def _add(insert: Any) -> Any:
    statement = insert(counters)
    total = counters.c.value + statement.excluded.value
    return statement.on_conflict_do_update(
        index_elements=["name", "day"], set_={"value": total}
    ).returning(counters.c.value)


_ADD = ByDialect(_add)
_TAKEN = select(counters.c.value).where(
    counters.c.name == bindparam("of_name"), counters.c.day == bindparam("of_day")
)
