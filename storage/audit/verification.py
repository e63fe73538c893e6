"""Checks the history: from the seal over all that was set last, or from the beginning.

What is found right is sealed, so that the next check begins there. The ends of all chains are of
one moment; their entries are read in pieces, so that others can write meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, text

from storage.audit.chain import CURRENT_KEY, START, Head, Link, company_of
from storage.audit.seals import ALL, NOTHING, REGISTER, Seal, digest_of_ends, registered
from storage.engine.upserts import insert_or_set
from storage.errors import KeyChanged
from storage.tables.actions import actions
from storage.tables.history import (
    history,
    history_chains,
    history_checkpoints,
    history_floors,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from storage.audit.chain import Chain
    from storage.encryption.keyring import Keyring
    from storage.engine.database import Database

BATCH = 1000
ENTRY = "entry"
TAKEN_AWAY = "history taken away"
STRANGE = "history that nobody began"
REGISTER_CHANGED = "register changed"
SEAL_CHANGED = "seal over all changed or put back"


@dataclass(frozen=True, slots=True)
class Breach:
    """What is not as it was written: `ENTRY` and its kind, in whose chain, from which entry on.

    `entry` is None when it is not about one: a whole history, or what holds them together.
    """

    why: str
    chain: str | None = None
    entry: int | None = None

    @property
    def company(self) -> str | None:
        """Whose history; None for no company's."""
        return None if self.chain is None else company_of(self.chain)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: the first breach, or None; how many entries there are that are right.

    `seal` is the seal over all as it is now, to be noted elsewhere ("" while there is none).
    """

    breach: Breach | None
    rows: int
    chains: int
    seal: str

    @property
    def broken(self) -> int | None:
        """The number of the first entry that is changed, missing or moved; 0 for no entry's."""
        return None if self.breach is None else self.breach.entry or 0


@dataclass(frozen=True, slots=True)
class Ends:
    """Of all chains at one moment: their heads, up to where they were checked, and forgotten."""

    heads: Sequence[Head]
    checked: Mapping[str, Link]
    floors: Mapping[str, Link]


@dataclass(frozen=True, slots=True)
class _Look:
    """All ends at one moment: of every chain, and where it was checked up to."""

    register: Seal
    over_all: Seal | None
    ends: Ends
    names: Sequence[str]
    """Of all chains that have entries."""
    misfits: Sequence[Any]
    """Heads that are not where the entries end."""
    settled: bool
    """Whether any change was ever settled, which leaves an entry."""


class Audit:
    """Checks and seals. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, chain: Chain, keys: Keyring) -> None:
        self._database = database
        self._chain = chain
        self._seals = chain.seals
        self._keys = keys

    async def verify(self, now: datetime, *, full: bool = False, least_key: int = 0) -> Verdict:
        """Check what came after the last seal, or everything; seal it when all is right.

        `least_key`: from this seal on nothing by a key before that one is right any more.
        """
        if await self._database.read(self._unbegun):
            await self._database.write(self._begin)
        look = await self._database.read(self._look)
        ends, breach = await self._checked(look, full=full)
        while breach is not None and full:
            # Entries that were forgotten while they were walked are no breach.
            later = await self._database.read(self._look)
            if later.ends.floors == look.ends.floors:
                break
            look = later
            ends, breach = await self._checked(look, full=full)
        over_all = look.over_all if breach else await self._seal(look, ends, now, least_key)
        return Verdict(
            breach,
            rows=sum(
                end.seq - look.ends.floors.get(chain, START).seq for chain, end in ends.items()
            ),
            chains=len(look.ends.heads),
            seal=f"{over_all.number}:{over_all.seal}" if over_all else "",
        )

    async def _checked(self, look: _Look, *, full: bool) -> tuple[dict[str, Link], Breach | None]:
        """Where each chain ended well, and the first breach."""
        ends: dict[str, Link] = {}
        breach = next(self._apart(look), None)
        for head in look.ends.heads if breach is None else ():
            ends[head.chain], breach = await self._walk(head, look, full=full)
            if breach is not None:
                break
        return ends, breach or next(self._misfits(look), None)

    def _unbegun(self, conn: Connection) -> bool:
        return self._seals.read(conn, REGISTER) is None

    def _begin(self, conn: Connection) -> None:
        self._chain.begin(conn)

    def _look(self, conn: Connection) -> _Look:
        if conn.dialect.name == "postgresql":
            conn.execute(_OF_ONE_MOMENT)
        if not self._keys.follow(conn.execute(select(CURRENT_KEY)).scalar()):
            raise KeyChanged("the history is sealed with another key by now")
        register = self._seals.read(conn, REGISTER)
        assert register is not None
        return _Look(
            register=register,
            over_all=self._seals.read(conn, ALL),
            ends=all_ends(conn),
            names=[row.chain for row in conn.execute(_NAMES)],
            misfits=conn.execute(_MISFITS).all(),
            settled=conn.execute(_SETTLED).first() is not None,
        )

    # --- what holds the chains together ---

    def _apart(self, look: _Look) -> Iterator[Breach]:
        """What is wrong with the chains as a whole."""
        register, over_all = look.register, look.over_all
        if not self._seals.good(register) or register.key_number != self._keys.number:
            yield Breach(REGISTER_CHANGED)
        if look.settled and not look.names:
            yield Breach(ENTRY, entry=1)
        digest = Seal(REGISTER)
        for head in look.ends.heads:
            if head.number != digest.number + 1:
                yield Breach(TAKEN_AWAY)
            digest = registered(digest, head.chain)
        if (digest.number, digest.digest) != (register.number, register.digest):
            yield Breach(TAKEN_AWAY if digest.number < register.number else REGISTER_CHANGED)
        for strange in sorted(set(look.names) - {head.chain for head in look.ends.heads}):
            yield Breach(STRANGE, strange)
        if over_all is None:
            over_all = Seal(ALL)
        elif not self._seals.good(over_all) or over_all.key_number != self._keys.number:
            yield Breach(SEAL_CHANGED)
        if digest_of(look.ends) != over_all.digest:
            yield Breach(SEAL_CHANGED)
        for head in look.ends.heads:
            if head.after_seal > over_all.number:
                yield Breach(SEAL_CHANGED, head.chain)

    def _misfits(self, look: _Look) -> Iterator[Breach]:
        """Ends that were cut off, and entries behind the end."""
        for row in look.misfits:
            yield Breach(ENTRY, row.chain, min(row.last or 0, row.seq) + 1)

    # --- one chain ---

    async def _walk(self, head: Head, look: _Look, *, full: bool) -> tuple[Link, Breach | None]:
        """From where it was checked, or the beginning, to the head; where it ended well."""
        checked = look.ends.checked.get(head.chain, START)
        least_key = look.over_all.least_key if look.over_all else 0
        last = look.ends.floors.get(head.chain, START) if full else checked
        first = full or last == START
        good = self._chain.head_good(head) and head.key_number >= least_key
        while (good and last.seq < head.seq) or not good:
            after, first = _BEFORE_ALL if first else last.seq, False
            upto = head.seq if good else _BEYOND_ALL
            rows = await self._database.read(
                partial(_rows, chain=head.chain, after=after, upto=upto)
            )
            for row in rows:
                if (
                    row.seq != last.seq + 1
                    or not self._chain.follows(row, last.mac)
                    or (row.seq > checked.seq and row.key_number < least_key)
                    or (row.seq == checked.seq and row.mac != checked.mac)
                ):
                    return last, Breach(ENTRY, head.chain, last.seq + 1)
                last = Link(row.seq, row.mac)
            if len(rows) < BATCH:
                break
        if good and last == head.link and head.seq >= checked.seq:
            return last, None
        return last, Breach(ENTRY, head.chain, last.seq + 1)

    async def _seal(
        self, look: _Look, ends: Mapping[str, Link], now: datetime, least_key: int
    ) -> Seal | None:
        """Seal where the chains end, unless nothing is new, or somebody else has just done so."""
        changed = [
            {"chain": chain, "seq": end.seq, "mac": end.mac}
            for chain, end in ends.items()
            if look.ends.checked.get(chain) != end
        ]
        if not changed and (look.over_all is None or look.over_all.least_key >= least_key):
            return look.over_all
        digest = digest_of(replace(look.ends, checked=ends))

        def work(conn: Connection) -> Seal:
            held = self._seals.read(conn, ALL, hold=True)
            if held is None:
                self._seals.begin(conn, Seal(ALL))
                held = self._seals.read(conn, ALL, hold=True)
                assert held is not None
            if held.number != (look.over_all.number if look.over_all else 0):
                return held
            if changed:
                conn.execute(_CHECK.on(conn), changed)
            least = max(held.least_key, least_key)
            number = held.number + 1
            return self._seals.move(
                conn, held, replace(held, number=number, digest=digest, at=now, least_key=least)
            )

        return await self._database.write(work)


def all_ends(conn: Connection) -> Ends:
    """As they stand in the database."""
    return Ends(
        heads=[Head(*row) for row in conn.execute(_HEADS)],
        checked={row.chain: Link(row.seq, row.mac) for row in conn.execute(_CHECKED)},
        floors={row.chain: Link(row.seq, row.mac) for row in conn.execute(_FLOORS)},
    )


def digest_of(ends: Ends) -> str:
    """What the seal over all says of them."""
    numbers = {head.chain: head.number for head in ends.heads}
    known = [
        (n, name, *_told(ends.checked[name])) for name, n in numbers.items() if name in ends.checked
    ]
    if not known and not ends.floors:
        return NOTHING
    floors = ends.floors.items()
    return digest_of_ends(
        known, [(numbers.get(name, 0), name, *_told(end)) for name, end in floors]
    )


def _told(link: Link) -> tuple[int, str]:
    return link.seq, link.mac


def _rows(conn: Connection, chain: str, after: int, upto: int) -> list[Any]:
    values = {"of_chain": chain, "after": after, "upto": upto}
    return list(conn.execute(_ROWS, values))


_BEFORE_ALL, _BEYOND_ALL = -(1 << 62), 1 << 62
_OF_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
_HEADS = select(*(history_chains.c[name] for name in Head.__slots__)).order_by(
    history_chains.c.number
)
_CHECKED = select(history_checkpoints)
_FLOORS = select(history_floors)
_NAMES = text(
    # The chains' names by one look each, not by one at every entry.
    "WITH RECURSIVE names(chain) AS (SELECT min(chain) FROM history UNION ALL SELECT "
    "(SELECT min(history.chain) FROM history WHERE history.chain > names.chain) FROM names "
    "WHERE names.chain IS NOT NULL) SELECT chain FROM names WHERE chain IS NOT NULL"
)
_LAST = (
    select(func.max(history.c.seq))
    .where(history.c.chain == history_chains.c.chain)
    .correlate(history_chains)
    .scalar_subquery()
)
_MISFITS = (
    select(history_chains.c.chain, history_chains.c.seq, _LAST.label("last"))
    .where(func.coalesce(_LAST, 0) != history_chains.c.seq)
    .order_by(history_chains.c.number)
)
_SETTLED = select(actions.c.id).where(actions.c.settled_at.is_not(None)).limit(1)
_CHECK = insert_or_set(history_checkpoints, ("chain",), ("seq", "mac"))
_ROWS = (
    select(history)
    .where(
        history.c.chain == bindparam("of_chain"),
        history.c.seq > bindparam("after"),
        history.c.seq <= bindparam("upto"),
    )
    .order_by(history.c.seq)
    .limit(BATCH)
)
