"""Forgets by the rules, so that taps get in between.

Tables are walked by their primary keys in stretches, each a transaction of its own: no table has an
index by age, and none has to be written faster for want of one. A stretch that takes long is
followed by a shorter one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Table,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)

from storage.engine.types import Moment
from storage.queue.inbox import DONE, QUARANTINED
from storage.retention.rules import RULES, STRETCH, Rule
from storage.retention.terms import KeptFor
from storage.tables.base import in_state
from storage.tables.inbox import inbox

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.engine.database import Database

LEAST = 8
"""Rows of a stretch, however long they take."""
LONG, SHORT = 0.02, 0.005
"""Seconds of a transaction after which the next stretch is half as long, and twice."""


class Retention:
    """Forgets. The history and ended changes are kept unless an operator sets a term."""

    def __init__(
        self,
        database: Database,
        kept: KeptFor | None = None,
        seconds: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._database = database
        self.kept = kept or KeptFor()
        self._seconds = seconds

    async def purge(self, now: datetime) -> int:
        """Delete and erase what is old; how many rows it touched. Raises `StorageUnavailable`."""
        touched = await self._purge_inbox(now)
        for rule in RULES:
            term = rule.term(self.kept)
            if term is not None:
                touched += await self._forget(rule, rule.told(now - term))
        return touched

    async def _forget(self, rule: Rule, before: object) -> int:
        """Walk the table of one rule."""
        touched, stretch = 0, rule.most
        after: Sequence[Any] | None = None
        while True:
            work = partial(_stretch, rule, before, after, stretch)
            count, after, seconds = await self._database.write(partial(self._timed, work))
            touched += count
            if after is None:
                return touched
            if seconds > LONG:
                stretch = max(LEAST, stretch // 2)
            elif seconds < SHORT:
                stretch = min(rule.most, stretch * 2)

    def _timed(
        self, work: Callable[[Connection], tuple[int, Sequence[Any] | None]], conn: Connection
    ) -> tuple[int, Sequence[Any] | None, float]:
        """In the database's thread: waiting for it is nobody's fault."""
        began = self._seconds()
        count, after = work(conn)
        return count, after, self._seconds() - began

    async def _purge_inbox(self, now: datetime) -> int:
        """Its old rows are those with the smallest ids: the walk ends at the first young one."""
        kept = self.kept
        limits = {"before": now - kept.inbox_done, "long_before": now - kept.inbox_quarantined}
        touched, after = 0, 0

        def work(conn: Connection) -> tuple[int, int | None]:
            first, last = conn.execute(_STRETCH, {"after": after, "stretch": STRETCH}).one()
            if first is None or first >= limits["before"]:
                return 0, None
            count = conn.execute(_INBOX, {**limits, "after": after, "last": last}).rowcount
            return count, last

        while True:
            count, last = await self._database.write(work)
            touched += count
            if last is None:
                return touched
            after = last


def _stretch(
    rule: Rule, before: object, after: Sequence[Any] | None, stretch: int, conn: Connection
) -> tuple[int, Sequence[Any] | None]:
    """How many rows of the stretch behind `after` went, and where it ended; None: at the end."""
    values = {"before": before, **_named("after", after)}
    values_of_walk = {**_named("after", after), "skipped": stretch - 1}
    last = conn.execute(_last(rule.table, first=after is None), values_of_walk).one_or_none()
    values |= _named("upto", last)
    count = 0
    for statement in _statements(rule, first=after is None, bounded=last is not None):
        count = conn.execute(statement, values).rowcount
    return count, None if last is None else tuple(last)


def _named(what: str, key: Sequence[Any] | None) -> dict[str, Any]:
    return {} if key is None else {f"{what}_{n}": part for n, part in enumerate(key)}


@cache
def _last(table: Table, *, first: bool) -> Any:
    """The last key of a stretch, where it is a whole one."""
    key = list(table.primary_key)
    query = select(*key).order_by(*key).offset(bindparam("skipped")).limit(1)
    return query if first else query.where(_key(table) > _place(table, "after"))


@cache
def _statements(rule: Rule, *, first: bool, bounded: bool) -> list[Any]:
    """What is done with the old rows of a stretch."""
    table = rule.table
    which: list[ColumnElement[bool]] = [rule.old]
    if not first:
        which.append(_key(table) > _place(table, "after"))
    if bounded:
        which.append(_key(table) <= _place(table, "upto"))
    if rule.values is not None:
        return [update(table).where(*which).values(**rule.values)]
    going = delete(table).where(*which)
    if rule.also is None:
        return [going]
    there, here = rule.also
    return [delete(there.table).where(there.in_(select(here).where(*which))), going]


def _key(table: Table) -> Any:
    key = list(table.primary_key)
    return key[0] if len(key) == 1 else tuple_(*key)


def _place(table: Table, what: str) -> Any:
    key = list(table.primary_key)
    parts = [bindparam(f"{what}_{n}", type_=column.type) for n, column in enumerate(key)]
    return parts[0] if len(parts) == 1 else tuple_(*parts)


_BEFORE: BindParameter[datetime] = bindparam("before", type_=Moment())
_PART = (
    select(inbox.c.id, inbox.c.received_at)
    .where(inbox.c.id > bindparam("after"))
    .order_by(inbox.c.id)
    .limit(bindparam("stretch"))
    .subquery()
)
_STRETCH = select(func.min(_PART.c.received_at), func.max(_PART.c.id))
_INBOX = delete(inbox).where(
    inbox.c.id > bindparam("after"),
    inbox.c.id <= bindparam("last"),
    or_(
        and_(in_state(inbox, DONE), inbox.c.received_at < _BEFORE),
        and_(
            in_state(inbox, QUARANTINED),
            inbox.c.received_at < bindparam("long_before", type_=Moment()),
        ),
    ),
)
