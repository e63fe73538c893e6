"""Forgets the beginning of the history, so that what is left is proven as before.

Of each chain entries go from the first one on, up to one that was checked and sealed; the last that
went is noted as the chain's floor, and the seal over all covers it, in the same transaction. Where
anything is not as it was written nothing goes: it is the evidence. The newest checked entry stays.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select

from storage.audit.chain import START, Link
from storage.audit.seals import ALL
from storage.audit.verification import all_ends, digest_of
from storage.engine.upserts import insert_or_set
from storage.tables.history import history, history_floors

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from storage.audit.chain import Chain
    from storage.audit.verification import Audit
    from storage.encryption.keyring import Keyring
    from storage.engine.database import Database

STRETCH = 200
"""Entries of one transaction; each one's MAC is looked at."""


class HistoryPruning:
    """Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, chain: Chain, audit: Audit, keys: Keyring) -> None:
        self._database = database
        self._chain = chain
        self._audit = audit
        self._keys = keys

    async def prune(self, before: datetime, now: datetime) -> int:
        """Forget what was written before then; how many entries went."""
        verdict = await self._audit.verify(now)
        if verdict.breach is not None:
            return 0
        gone = 0
        for name in await self._database.read(_old_chains(before)):
            while count := await self._database.write(partial(self._stretch, name, before, now)):
                gone += count
        return gone

    def _stretch(self, name: str, before: datetime, now: datetime, conn: Connection) -> int:
        """Forget the next of one chain; 0 where there is nothing more, or something is wrong."""
        held = self._chain.seals.read(conn, ALL, hold=True)
        if held is None or held.key_number != self._keys.number:
            return 0
        ends = all_ends(conn)
        if not self._chain.seals.good(held) or digest_of(ends) != held.digest:
            return 0
        floor = ends.floors.get(name, START)
        upto = ends.checked.get(name, START).seq
        last, count = floor, 0
        for row in conn.execute(_NEXT, {"of_chain": name, "after": floor.seq, "below": upto}):
            if (
                row.at >= before
                or row.seq != last.seq + 1
                or not self._chain.follows(row, last.mac)
            ):
                break
            last, count = Link(row.seq, row.mac), count + 1
        if not count:
            return 0
        conn.execute(_GO, {"of_chain": name, "upto": last.seq})
        conn.execute(_FLOOR.on(conn), {"chain": name, "seq": last.seq, "mac": last.mac})
        digest = digest_of(replace(ends, floors={**ends.floors, name: last}))
        moved = replace(held, number=held.number + 1, digest=digest, at=now)
        self._chain.seals.move(conn, held, moved)
        return count


def _old_chains(before: datetime) -> Any:
    def work(conn: Connection) -> list[str]:
        return [name for name in all_ends(conn).checked if _begins(conn, name) < before.timestamp()]

    return work


def _begins(conn: Connection, name: str) -> float:
    """When the oldest entry of a chain was written."""
    at = conn.execute(_FIRST, {"of_chain": name}).scalar()
    return float("inf") if at is None else at.timestamp()


_NEXT = (
    select(history)
    .where(
        history.c.chain == bindparam("of_chain"),
        history.c.seq > bindparam("after"),
        history.c.seq < bindparam("below"),
    )
    .order_by(history.c.seq)
    .limit(STRETCH)
)
_FIRST = (
    select(history.c.at)
    .where(history.c.chain == bindparam("of_chain"))
    .order_by(history.c.seq)
    .limit(1)
)
_GO = delete(history).where(
    history.c.chain == bindparam("of_chain"), history.c.seq <= bindparam("upto")
)
_FLOOR = insert_or_set(history_floors, ("chain",), ("seq", "mac"))
