"""How much a company has confirmed for later: changes of one number, and sets, together (SC-5)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from account.changes.schedule import OPEN
from account.changes.sets.change_set import FOR_LATER
from account.errors import TooManySchedules
from storage.stores.counters import hold_counter
from storage.tables.actions import schedules
from storage.tables.base import in_state
from storage.tables.change_sets import change_sets

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCHEDULES = "P"
"""The letter of the references of schedules; who holds its counter alone adds to what is open."""


def check_room(conn: Connection, company_id: str, new: int, most: int, now: datetime) -> None:
    """Raise `TooManySchedules` where so many new ones are too many.

    One after another: of two at one moment the second one sees what the first one wrote.
    """
    hold_counter(conn, SCHEDULES, now)
    values = {"company": company_id}
    count = sum(conn.execute(one, values).scalar_one() for one in (_SINGLE, _SETS))
    if count + new > most:
        raise TooManySchedules(most)


_SINGLE = (
    select(func.count())
    .select_from(schedules)
    .where(
        in_state(schedules, *sorted(state.value for state in OPEN)),
        schedules.c.company_id == bindparam("company"),
    )
)
_SETS = (
    select(func.count())
    .select_from(change_sets)
    .where(
        in_state(change_sets, *sorted(state.value for state in FOR_LATER)),
        change_sets.c.company_id == bindparam("company"),
    )
)
