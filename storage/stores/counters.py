"""Numbers that people read: `A-20220124-0007`, counted anew each day of Almaty.

After a backup was put back they end in the generation's mark, `A-20220124-0007-4821`: the days that
are counted again give nothing out twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from account.values.periods import today
from storage.engine.upserts import ByDialect
from storage.restore.generations import MARK
from storage.tables.processes import counters

if TYPE_CHECKING:
    from sqlalchemy import Connection


def next_reference(conn: Connection, letter: str, now: datetime) -> str:
    """The next number of the day; given back when the transaction fails, so that none is left out.

    Holds the day's counter until the transaction ends.
    """
    day = f"{today(now):%Y%m%d}"
    row = conn.execute(_NEXT.on(conn), {"name": letter, "day": day, "value": 1}).one()
    reference = f"{letter}-{day}-{row.value:04}"
    return f"{reference}-{row.mark}" if row.mark else reference


def hold_counter(conn: Connection, letter: str, now: datetime) -> None:
    """Make whoever wants the day's next number wait until this transaction ends."""
    conn.execute(_HOLD.on(conn), {"name": letter, "day": f"{today(now):%Y%m%d}", "value": 0})


def _upsert(step: int) -> ByDialect:
    def build(insert: Any) -> Any:
        return (
            insert(counters)
            .on_conflict_do_update(
                index_elements=["name", "day"], set_={"value": counters.c.value + step}
            )
            .returning(counters.c.value, MARK.label("mark"))
        )

    return ByDialect(build)


_NEXT = _upsert(1)
_HOLD = _upsert(0)
