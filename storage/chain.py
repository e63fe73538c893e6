"""The chain of the actions history: each row's HMAC covers the row before it.

Changing, removing or reordering a row breaks the chain at the next; cutting off its end contradicts
the head, a row of its own sealed with the same key. That an older copy of the whole database was
put back is not seen here, but by its beats (storage.generations).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from storage.moments import to_microseconds
from storage.tables import history, history_head
from storage.upserts import insert_once

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.history import Entry

_ONLY = 1


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: how many rows there are, and the last one's MAC ("" for none)."""

    seq: int
    mac: str


FORGED = Head(-1, "")


class Chain:
    """Appends to the history and verifies it, with the audit key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def begin(self, conn: Connection) -> None:
        """Make the head of an empty history, unless there is one."""
        empty = Head(0, "")
        values = {"id": _ONLY, "seq": 0, "mac": "", "seal": self._seal(empty)}
        conn.execute(_BEGIN.on(conn), values)

    def append(self, conn: Connection, entry: Entry) -> None:
        """Add an entry at the end. Holds the head until the transaction ends."""
        row = conn.execute(_HEAD_LOCKED).one_or_none()
        if row is None:
            self.begin(conn)
            row = conn.execute(_HEAD_LOCKED).one()
        values = {
            "seq": row.seq + 1,
            "at": entry.at,
            "what": entry.what.value,
            "result": entry.result,
            "administrator_id": entry.administrator_id,
            "administrator": entry.administrator,
            "company_id": entry.company_id,
            "number": entry.number,
            "parameters": json.dumps(dict(entry.parameters), ensure_ascii=False, sort_keys=True),
            "reference": entry.reference,
            "channel": entry.channel,
        }
        values["mac"] = self._mac(row.mac, values)
        conn.execute(_APPEND, values)
        head = Head(values["seq"], values["mac"])
        moved = {"new_seq": head.seq, "new_mac": head.mac, "new_seal": self._seal(head)}
        conn.execute(_MOVE_HEAD, moved)

    def head(self, conn: Connection) -> Head | None:
        """The end of the chain as the head tells it; None when there is none, or `FORGED`."""
        row = conn.execute(_HEAD).one_or_none()
        if row is None:
            return None
        head = Head(row.seq, row.mac)
        return head if hmac.compare_digest(self._seal(head), str(row.seal)) else FORGED

    def rows_from(self, conn: Connection, seq: int, limit: int) -> list[Any]:
        """Up to `limit` rows after `seq`, in the order of the chain."""
        return list(conn.execute(_ROWS, {"after": seq, "limit": limit}))

    def first_broken(self, rows: list[Any], last: Head) -> tuple[int | None, Head]:
        """The first row that does not follow from the one before, and the last that does."""
        for row in rows:
            if row.seq != last.seq + 1 or not self.follows(row, last.mac):
                return last.seq + 1, last
            last = Head(row.seq, row.mac)
        return None, last

    def follows(self, row: Any, previous: str) -> bool:
        """Whether a row is as it was written behind the one with that MAC ("" for none)."""
        return hmac.compare_digest(self._mac(previous, row._asdict()), row.mac)

    def _mac(self, previous: str, values: dict[str, Any]) -> str:
        told = [values[name] for name in _TOLD]
        told[1] = to_microseconds(values["at"])
        text = json.dumps([previous, *told], ensure_ascii=False, separators=(",", ":"))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def _seal(self, head: Head) -> str:
        text = f"head|{head.seq}|{head.mac}"
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


_TOLD = (
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
_HEAD = select(history_head.c.seq, history_head.c.mac, history_head.c.seal).where(
    history_head.c.id == _ONLY
)
_HEAD_LOCKED = _HEAD.with_for_update()
_BEGIN = insert_once(history_head)
_APPEND = history.insert()
_MOVE_HEAD = (
    update(history_head)
    .where(history_head.c.id == _ONLY)
    .values(seq=bindparam("new_seq"), mac=bindparam("new_mac"), seal=bindparam("new_seal"))
)
_ROWS = (
    select(history)
    .where(history.c.seq > bindparam("after"))
    .order_by(history.c.seq)
    .limit(bindparam("limit"))
)
