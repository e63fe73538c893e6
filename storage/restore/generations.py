"""Which copy of itself the database is: each backup that is put back begins a new generation.

A database cannot see by itself that it is an older copy. So it counts the beats of the processes
that use it, and they remember the count elsewhere (`storage.restore.witness`): of two copies the
one with
fewer beats is the older one. `begin`, which a person asks for after a restore, makes it a database
of its own again: references are told from those of the lost time by their last part, and what was
open in the backup is marked, since it may have been sent in that time.

A replica that was promoted may lack less than a beat. It is known by the server's timeline, which
stands here too: `follow` begins a generation by itself where it has changed.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, null, select, update

from account.changes.action import ActionState
from account.changes.sets.change_set import paused_word
from account.effects.effect import Channel, OutboxMessage
from account.values.periods import ALMATY
from account.values.wall_times import WallTime
from storage.engine.types import EPOCH, Moment
from storage.engine.upserts import insert_once
from storage.stores.schedule_suspension import WORD_LIFE
from storage.tables.actions import actions, schedules
from storage.tables.base import in_state
from storage.tables.change_sets import change_sets
from storage.tables.history import history
from storage.tables.processes import generations

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from storage.engine.database import Database
    from storage.queue.outbox import Outbox

FIRST_MARK = ""


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation and how far it has come.

    `origin` tells databases apart, copies of one have the same; `mark` is drawn anew for each, so
    that two that began from one backup differ although their numbers do not.
    """

    origin: str
    number: int
    mark: str
    beats: int

    def is_older_than(self, noted: Generation) -> bool:
        """Whether a database that was seen as `noted` has been put back to an earlier copy."""
        if self.origin != noted.origin or self.number > noted.number:
            return False
        return self.number < noted.number or self.mark != noted.mark or self.beats < noted.beats


class Generations:
    """Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def present(self) -> Generation:
        """The present one; a database's first is made here."""
        return await self._database.write(_present)

    async def look(self) -> Generation | None:
        """The present one, None where there is none yet; nothing is written."""

        def work(conn: Connection) -> Generation | None:
            row = conn.execute(_LATEST).one_or_none()
            return None if row is None else Generation(*row)

        return await self._database.read(work)

    async def beat(self) -> Generation:
        """Count one beat more; the present generation with it."""

        def work(conn: Connection) -> Generation:
            row = conn.execute(_BEAT).one_or_none()
            if row is None:
                _present(conn)
                row = conn.execute(_BEAT).one()
            return Generation(*row)

        return await self._database.write(work)

    async def begin(
        self, now: datetime, *, above: int = 0, marks: Collection[str] = ()
    ) -> tuple[Generation, int]:
        """Begin a new one, with a number above `above` and a mark that is none of `marks`.

        Also answers how many changes were open in the copy: each is marked to be looked for at the
        operator before it is sent.
        """

        def work(conn: Connection) -> tuple[Generation, int]:
            present = _held(conn)
            used = {*marks, *conn.execute(_MARKS).scalars()}
            begun = Generation(
                present.origin, max(present.number, above) + 1, _a_mark(used), beats=0
            )
            conn.execute(generations.insert(), self._row(begun, now))
            # What was to begin in the time that is lost may have begun: its person decides anew.
            self._suspend(conn, now, (_SUSPEND, _SUSPEND_SETS), {})
            self._pause_sets(conn, now)
            return begun, conn.execute(_MARK_OPEN, {"now": now}).rowcount

        return await self._database.write(work)

    async def follow(self, now: datetime) -> tuple[Generation, int] | None:
        """Begin a new one where a replica was promoted since the last look: it may lack commits.

        Answers it and how many open changes and offers were marked; None where nothing happened.
        What was confirmed for later and is not due yet cannot have begun: it stays as it is.
        """

        def work(conn: Connection) -> tuple[Generation, int] | None:
            present = _held(conn)
            timeline = self._database.timeline
            known = conn.execute(_TIMELINE).scalar_one()
            if timeline is None or timeline == known:
                return None
            if known is None:
                conn.execute(_SET_TIMELINE, {"seen": timeline})
                return None
            used = set(conn.execute(_MARKS).scalars())
            begun = Generation(present.origin, present.number + 1, _a_mark(used), beats=0)
            conn.execute(generations.insert(), self._row(begun, now))
            here = WallTime(now.astimezone(ALMATY).replace(tzinfo=None))
            self._suspend(conn, now, (_SUSPEND_DUE,), {"now": now})
            self._suspend(conn, now, (_SUSPEND_DUE_SETS,), {"here": here.kept})
            return begun, conn.execute(_MARK_OPEN, {"now": now}).rowcount

        return await self._database.write(work)

    def _suspend(
        self, conn: Connection, now: datetime, statements: Sequence[Any], values: dict[str, Any]
    ) -> None:
        """What may have begun in the time that is lost; its people are told, once each."""
        rows = [row for one in statements for row in conn.execute(one, values).all()]
        for telegram_id in sorted({row.telegram_id for row in rows}):
            word = OutboxMessage(
                channel=Channel.TELEGRAM,
                to=str(telegram_id),
                kind="schedule.restored",
                expires_at=now + WORD_LIFE,
                key=f"schedule:restored:{telegram_id}:{now.isoformat()}",
            )
            self._outbox.owe_on(conn, word)

    def _pause_sets(self, conn: Connection, now: datetime) -> None:
        """Numbers that wait in the backup may have been begun in the time that is lost: their
        person sees how they stand, and lets the set go on or not.
        """
        for row in conn.execute(_RUNNING_SETS).all():
            conn.execute(_PAUSE_SET, {"of_id": row.id, "now": now})
            self._outbox.owe_on(conn, paused_word(row.id, row.telegram_id, now))

    def _row(self, generation: Generation, began_at: datetime) -> dict[str, Any]:
        return {**_row(generation, began_at), "timeline": self._database.timeline}


def _present(conn: Connection) -> Generation:
    row = conn.execute(_LATEST).one_or_none()
    if row is None:
        # A database from before there were generations is recognised by its history, so that an
        # old backup of it is still a copy of the same.
        first = conn.execute(_FIRST_ENTRY).scalar()
        origin = uuid.uuid4().hex if first is None else str(first)[:32]
        values = _row(Generation(origin, 0, FIRST_MARK, beats=0), EPOCH)
        conn.execute(_INSERT.on(conn), values)
        row = conn.execute(_LATEST).one()
    return Generation(*row)


def _held(conn: Connection) -> Generation:
    """The present one; no other begins until the transaction ends.

    All of them are begun under the lock of the first, which never goes; read by a statement of its
    own, which sees the one that was waited for.
    """
    _present(conn)
    conn.execute(_HOLD).close()
    return _present(conn)


def _a_mark(used: Collection[str]) -> str:
    """Four digits: they are read out in three languages."""
    while True:
        mark = str(secrets.randbelow(9000) + 1000)
        if mark not in used:
            return mark


def _row(generation: Generation, began_at: datetime) -> dict[str, Any]:
    return {
        "number": generation.number,
        "origin": generation.origin,
        "mark": generation.mark,
        "beats": generation.beats,
        "began_at": began_at,
    }


_COLUMNS = (generations.c.origin, generations.c.number, generations.c.mark, generations.c.beats)
_LATEST = select(*_COLUMNS).order_by(generations.c.number.desc()).limit(1)
_MARKS = select(generations.c.mark)
_FIRST_ENTRY = select(history.c.mac).order_by(history.c.chain, history.c.seq).limit(1)
_INSERT = insert_once(generations)
_BEAT = (
    update(generations)
    .where(generations.c.number == select(func.max(generations.c.number)).scalar_subquery())
    .values(beats=generations.c.beats + 1)
    .returning(*_COLUMNS)
)
_SUSPEND = (
    update(schedules)
    .where(in_state(schedules, "repeating", "scheduled"))
    .values(state="suspended")
    .returning(schedules.c.telegram_id)
)
_SUSPEND_DUE = _SUSPEND.where(schedules.c.due <= bindparam("now", type_=Moment()))
_SUSPEND_SETS = (
    update(change_sets)
    .where(in_state(change_sets, "scheduled"))
    .values(state="suspended")
    .returning(change_sets.c.telegram_id)
)
_SUSPEND_DUE_SETS = _SUSPEND_SETS.where(change_sets.c.begins <= bindparam("here"))
_RUNNING_SETS = select(change_sets.c.id, change_sets.c.telegram_id).where(
    in_state(change_sets, "running")
)
_PAUSE_SET = (
    update(change_sets)
    .where(change_sets.c.id == bindparam("of_id"))
    .values(
        state="paused",
        halted_at=bindparam("now", type_=Moment()),
        due=bindparam("now", type_=Moment()),
    )
)
_LATEST_NUMBER = select(func.max(generations.c.number)).scalar_subquery()
_TIMELINE = select(generations.c.timeline).where(generations.c.number == _LATEST_NUMBER)
_HOLD = (
    select(generations.c.number)
    .where(generations.c.number == select(func.min(generations.c.number)).scalar_subquery())
    .with_for_update()
)
_SET_TIMELINE = (
    update(generations)
    .where(generations.c.number == _LATEST_NUMBER)
    .values(timeline=bindparam("seen"))
)
_MARK_OPEN = (
    update(actions)
    .where(actions.c.settled_at == null(), actions.c.state != ActionState.VOID.value)
    .values(restored_at=bindparam("now"))
)
MARK = select(generations.c.mark).order_by(generations.c.number.desc()).limit(1).scalar_subquery()
"""The present mark, for statements that give references out; null before the first generation."""
