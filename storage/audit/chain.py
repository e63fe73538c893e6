"""The chains of the actions history: each entry's HMAC covers the entry before it in its chain.

Every company has a chain of its own, so that companies do not wait for each other; what belongs to
no company has one, and the entries from before there were several are one more, which has ended.
Changing, removing or reordering an entry breaks its chain at the next; cutting off the end
contradicts the chain's head, sealed with the same key. `storage.audit.seals` holds the chains
together, `storage.audit.verification` checks all of it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import bindparam, func, insert, select, update

from storage.audit.seals import ALL, FORGED, REGISTER, HistorySeals, Seal, registered
from storage.engine.array_parameters import columns_of, rows_of
from storage.engine.types import to_microseconds
from storage.errors import KeyChanged
from storage.tables.history import history, history_chains, history_head, history_seals
from storage.tables.keys import secret_keys

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.history import HistoryEntry
    from storage.encryption.keyring import Keyring

log = structlog.get_logger(__name__)

LEGACY = "-"
"""The chain of the entries from before each company had its own."""
NO_COMPANY = "none"
_COMPANY = "company:"


def chain_of(company_id: str | None) -> str:
    """The chain of a company's entries, or of those of no company."""
    return NO_COMPANY if company_id is None else f"{_COMPANY}{company_id}"


def company_of(chain: str) -> str | None:
    """The company whose chain it is."""
    return chain.removeprefix(_COMPANY) if chain.startswith(_COMPANY) else None


@dataclass(frozen=True, slots=True)
class Link:
    """A place in a chain: how many entries there are up to it, and the last one's MAC."""

    seq: int
    mac: str


START = Link(0, "")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain. `number` is the chain's own among all, `after_seal` the number of the
    seal over all that the last entry was written after.
    """

    chain: str
    number: int
    seq: int = 0
    mac: str = ""
    after_seal: int = 0
    key_number: int = 1
    seal: str = ""

    @property
    def link(self) -> Link:
        """Where the chain ends."""
        return Link(self.seq, self.mac)


class Chain:
    """Appends to the history, and knows what follows from what."""

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys
        self.seals = HistorySeals(keys)

    def append(self, conn: Connection, entries: Sequence[HistoryEntry]) -> None:
        """Add entries, each at the end of its chain. Holds their heads until the transaction ends.

        Everybody takes heads in the same order, so that none wait for each other for ever.
        """
        names = sorted({chain_of(entry.company_id) for entry in entries})
        known, least_key, heads = self._heads(conn, names)
        ends = dict(heads)
        rows = []
        for entry in entries:
            end = ends[chain_of(entry.company_id)]
            row = self._row(end, known, entry)
            rows.append(row)
            ends[end.chain] = replace(end, seq=row["seq"], mac=row["mac"], after_seal=known)
        _write(conn, rows, [self._moved(heads[name], ends[name], least_key) for name in names])

    def begin(self, conn: Connection) -> Seal:
        """Make the register of the chains, unless there is one; it is held then.

        What was written before each company had a chain becomes the first one.
        """
        register = self.seals.read(conn, REGISTER, hold=True)
        if register is not None:
            return register
        if conn.execute(_COUNT_OF_CHAINS).scalar_one():
            # PostgreSQL shows each statement what was committed before it: others have begun it.
            register = self.seals.read(conn, REGISTER, hold=True)
            if register is not None:
                return register
            # Somebody took it away: what there is goes on, and is not made good.
            number = conn.execute(_LAST_NUMBER).scalar_one()
            self.seals.move(conn, Seal(REGISTER), Seal(REGISTER, number=number))
        else:
            self.seals.begin(conn, Seal(REGISTER))
        register = self.seals.read(conn, REGISTER, hold=True)
        assert register is not None
        return register if register.number else self._adopt(conn, register)

    def _adopt(self, conn: Connection, register: Seal) -> Seal:
        """Have the one chain of before go on being checked, from the head it had."""
        head = conn.execute(_LEGACY_HEAD).one_or_none()
        if head is None and not conn.execute(_LEGACY_ROWS, _FROM_THE_START).first():
            return register
        seq, mac = (0, "") if head is None else (head.seq, head.mac)
        adopted = Head(LEGACY, 1, seq, mac, key_number=self._keys.number)
        good = head is not None and self.legacy_head_good(head)
        seal = self.seal_of(adopted) if good else FORGED
        conn.execute(history_chains.insert(), _values(replace(adopted, seal=seal)))
        return self.seals.move(conn, register, registered(register, LEGACY))

    def _heads(self, conn: Connection, names: Sequence[str]) -> tuple[int, int, dict[str, Head]]:
        """The heads of these chains, held; the number of the seal over all, and its least key."""
        found = conn.execute(*_held(names)).all()
        heads = {row.chain: _head(row) for row in found}
        known, least_key, current = found[0][-3:] if found else conn.execute(_PRESENT).one()
        if not self._keys.follow(current):
            raise KeyChanged("the history is written with another key by now")
        if missing := [name for name in names if name not in heads]:
            heads |= self._begun(conn, missing)
        return known or 0, least_key or 0, heads

    def _begun(self, conn: Connection, names: Sequence[str]) -> dict[str, Head]:
        """Begin chains, or find that others have done so meanwhile."""
        register = self.begin(conn)
        heads = {row.chain: _head(row) for row in conn.execute(*_held(names))}
        for name in names:
            if name in heads:
                continue
            grown = registered(register, name)
            head = Head(name, grown.number, key_number=self._keys.number)
            heads[name] = replace(head, seal=self.seal_of(head))
            conn.execute(history_chains.insert(), _values(heads[name]))
            register = self.seals.move(conn, register, grown)
        return heads

    def _row(self, end: Head, known: int, entry: HistoryEntry) -> dict[str, Any]:
        values = {
            "chain": end.chain,
            "seq": end.seq + 1,
            "key_number": self._keys.number,
            "after_seal": known,
            "at": entry.at,
            "what": str(entry.what),
            "result": entry.result,
            "administrator_id": entry.administrator_id,
            "administrator": entry.administrator,
            "company_id": entry.company_id,
            "number": entry.number,
            "parameters": json.dumps(dict(entry.parameters), ensure_ascii=False, sort_keys=True),
            "reference": entry.reference,
            "channel": entry.channel,
        }
        values["mac"] = self._mac(end.mac, values)
        return values

    def _moved(self, before: Head, after: Head, least_key: int) -> dict[str, Any]:
        """What the head becomes. One that somebody changed is not made good by going on, nor one
        that an older key has sealed since the last change of it.
        """
        after = replace(after, key_number=self._keys.number)
        good = self.head_good(before) and before.key_number >= least_key
        if not good:
            log.error("audit.broken", alarm="the end of a chain of the history was changed")
        return _values(replace(after, seal=self.seal_of(after) if good else FORGED))

    def follows(self, row: Any, previous: str) -> bool:
        """Whether a row is as it was written behind the one with that MAC ("" for none)."""
        mac = self._mac(previous, row._asdict())
        return mac is not None and hmac.compare_digest(mac, row.mac)

    def head_good(self, head: Head) -> bool:
        """Whether a head is as somebody with the key wrote it."""
        return head.seal != FORGED and hmac.compare_digest(self.seal_of(head), head.seal)

    def legacy_follows(self, row: Any, previous: str) -> bool:
        """The same for an entry of the one chain there was before, in a schema of that time."""
        values = {**row._asdict(), "chain": LEGACY, "key_number": self._keys.number}
        return hmac.compare_digest(self._mac(previous, values) or "", row.mac)

    def legacy_head_good(self, row: Any) -> bool:
        """The same for the head of the one chain there was before."""
        text = f"head|{row.seq}|{row.mac}"
        seal = hmac.new(self._keys.current.audit, text.encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest(seal, row.seal)

    def sealed_anew(self, head: Head) -> dict[str, Any]:
        """A head under the current key; one that somebody changed is not made good by it."""
        fresh = replace(head, key_number=self._keys.number)
        seal = self.seal_of(fresh) if self.head_good(head) else FORGED
        return {f"moved_{name}": getattr(replace(fresh, seal=seal), name) for name in _MOVED}

    def move(self, conn: Connection, head: Head) -> None:
        """Write a head anew that is held."""
        conn.execute(_MOVE, self.sealed_anew(head))

    def seal_of(self, head: Head) -> str:
        """The seal of a head, by the key that it names."""
        told = (head.chain, head.number, head.seq, head.mac, head.after_seal, head.key_number)
        return self._signed(head.key_number, json.dumps(["head", *told])) or FORGED

    def _mac(self, previous: str, values: dict[str, Any]) -> str | None:
        names = LEGACY_TOLD if values["chain"] == LEGACY else _TOLD
        told = [values[name] for name in names]
        told[names.index("at")] = to_microseconds(values["at"])
        text = json.dumps([previous, *told], ensure_ascii=False, separators=(",", ":"))
        return self._signed(values["key_number"], text)

    def _signed(self, key_number: int, text: str) -> str | None:
        secrets = self._keys.of(key_number)
        if secrets is None:
            return None
        return hmac.new(secrets.audit, text.encode(), hashlib.sha256).hexdigest()


def _held(names: Sequence[str]) -> tuple[Any, dict[str, Any]]:
    if len(names) == 1:
        return _HEAD_HELD, {"of_chain": names[0]}
    return _HEADS_HELD, {"of_chains": list(names)}


def _write(conn: Connection, rows: list[dict[str, Any]], heads: list[dict[str, Any]]) -> None:
    """Entries, and where their chains end now."""
    if conn.dialect.name == "postgresql":
        both = columns_of("entry", _ENTRY, rows) | columns_of("moved", _MOVED, heads)
        conn.execute(_APPEND_AND_MOVE, both)
        return
    conn.execute(_APPEND, rows)
    conn.execute(_MOVE, [{f"moved_{name}": head[name] for name in _MOVED} for head in heads])


def _head(row: Any) -> Head:
    return Head(*row[: len(Head.__slots__)])


def _values(head: Head) -> dict[str, Any]:
    return {name: getattr(head, name) for name in Head.__slots__}


LEGACY_TOLD = (
    "seq",
    "at",
    "what",
    "result",
    "administrator_id",
    "administrator",
    "company_id",
    "number",
    "parameters",
    "reference",
    "channel",
)
_TOLD = ("chain", "key_number", "after_seal", *LEGACY_TOLD)
_KNOWN = select(history_seals.c.number).where(history_seals.c.name == ALL).scalar_subquery()
CURRENT_KEY = select(secret_keys.c.number).where(secret_keys.c.state == "current").scalar_subquery()
_LEAST = select(history_seals.c.least_key).where(history_seals.c.name == ALL).scalar_subquery()
_PRESENT = select(_KNOWN, _LEAST, CURRENT_KEY)
_HEADS = select(
    *(history_chains.c[name] for name in Head.__slots__),
    _KNOWN.label("known"),
    _LEAST.label("least_key"),
    CURRENT_KEY.label("current"),
)
_HEAD_HELD = _HEADS.where(history_chains.c.chain == bindparam("of_chain")).with_for_update(
    of=history_chains
)
_HEADS_HELD = (
    _HEADS.where(history_chains.c.chain.in_(bindparam("of_chains", expanding=True)))
    .order_by(history_chains.c.chain)
    .with_for_update(of=history_chains)
)
_APPEND = history.insert()
_MOVED = {name: history_chains.c[name].type for name in Head.__slots__ if name != "number"}
_MOVE = (
    update(history_chains)
    .where(history_chains.c.chain == bindparam("moved_chain"))
    .values({name: bindparam(f"moved_{name}") for name in _MOVED if name != "chain"})
)
_ENTRY = {column.name: column.type for column in history.columns}
_moved = rows_of("moved", _MOVED)
_APPEND_AND_MOVE = (
    insert(history)
    .from_select(list(_ENTRY), select(*rows_of("entry", _ENTRY).c))
    .add_cte(
        update(history_chains)
        .where(history_chains.c.chain == _moved.c.chain)
        .values({name: _moved.c[name] for name in _MOVED if name != "chain"})
        .cte("moving")
    )
)
_COUNT_OF_CHAINS = select(func.count()).select_from(history_chains)
_LAST_NUMBER = select(func.max(history_chains.c.number))
_LEGACY_HEAD = select(history_head.c.seq, history_head.c.mac, history_head.c.seal)
_LEGACY_ROWS = (
    select(history.c.seq)
    .where(history.c.chain == LEGACY, history.c.seq > bindparam("after"))
    .limit(1)
)
_FROM_THE_START = {"after": -1}
