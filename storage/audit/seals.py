"""What holds the chains of the history together, so that a whole company's cannot be taken away.

Two seals, each a row. The register's counts the chains there are and digests their names in the
order in which they came: it moves when a company writes its first entry, and only then does one
company wait for another. The seal over all is set now and then, after everything new was found to
be right: it digests where each chain ended then. Every entry names the number of the seal over all
that it was written after, so an older one cannot be put back without being noticed either.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from storage.engine.types import EPOCH, to_microseconds
from storage.engine.upserts import insert_once, insert_or_set
from storage.tables.history import history_seals

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from storage.encryption.keyring import Keyring

REGISTER, ALL = "chains", "all"
FORGED = "forged"
"""Instead of a seal that was wrong when its row had to be moved: it stays wrong."""
NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Seal:
    """One of the two. `number` counts the chains, or the seals over all there have been.

    `least_key`: what was written after it must be written with that key or a later one.
    """

    name: str
    number: int = 0
    digest: str = NOTHING
    at: datetime = EPOCH
    key_number: int = 1
    least_key: int = 1
    seal: str = ""


class HistorySeals:
    """Reads and moves the two seals."""

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys

    def read(self, conn: Connection, name: str, *, hold: bool = False) -> Seal | None:
        """One of them; `hold` keeps it for this transaction until it ends."""
        row = conn.execute(_HELD if hold else _READ, {"of_name": name}).one_or_none()
        return None if row is None else Seal(*row)

    def begin(self, conn: Connection, seal: Seal) -> None:
        """Make it, unless it is there."""
        conn.execute(_BEGIN.on(conn), _values(self.sealed(seal)))

    def move(self, conn: Connection, before: Seal, after: Seal, *, older: bool = False) -> Seal:
        """Write `after` in the place of `before`, which is held; what was forged stays forged.

        So does what another key than the current one has sealed, but for the moment (`older`) in
        which it becomes current: both seals are moved with it.
        """
        self._keys.follow(before.key_number)
        good = self.good(before) and (older or before.key_number == self._keys.number)
        moved = self.sealed(after) if good else replace(after, seal=FORGED)
        conn.execute(_MOVE.on(conn), _values(moved))
        return moved

    def sealed(self, seal: Seal) -> Seal:
        """The same under the current key."""
        fresh = replace(seal, key_number=self._keys.number)
        return replace(fresh, seal=self._mac(fresh) or FORGED)

    def good(self, seal: Seal) -> bool:
        """Whether it is as somebody with the key wrote it."""
        return hmac.compare_digest(self._mac(seal) or FORGED, seal.seal) and seal.seal != FORGED

    def _mac(self, seal: Seal) -> str | None:
        secrets = self._keys.of(seal.key_number)
        if secrets is None:
            return None
        told = (
            seal.name,
            seal.number,
            seal.digest,
            to_microseconds(seal.at),
            seal.key_number,
            seal.least_key,
        )
        text = "|".join(["seal", *map(str, told)])
        return hmac.new(secrets.audit, text.encode(), hashlib.sha256).hexdigest()


def registered(register: Seal, chain: str) -> Seal:
    """The register with one chain more."""
    text = f"{register.digest}|{register.number + 1}|{chain}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return replace(register, number=register.number + 1, digest=digest)


def digest_of_ends(
    ends: Iterable[tuple[int, str, int, str]], floors: Iterable[tuple[int, str, int, str]] = ()
) -> str:
    """Of where each chain ends: its number, its name, its entries, the last one's MAC.

    And of where it begins, where it was forgotten up to there.
    """
    digest = hashlib.sha256()
    for end in sorted(ends):
        digest.update("|".join(map(str, end)).encode() + b"\n")
    for floor in sorted(floors):
        digest.update("|".join(["floor", *map(str, floor)]).encode() + b"\n")
    return digest.hexdigest()


def _values(seal: Seal) -> dict[str, object]:
    return {name: getattr(seal, name) for name in Seal.__slots__}


_READ = select(*(history_seals.c[name] for name in Seal.__slots__)).where(
    history_seals.c.name == bindparam("of_name")
)
_HELD = _READ.with_for_update()
_BEGIN = insert_once(history_seals)
_MOVE = insert_or_set(history_seals, ("name",), [name for name in Seal.__slots__ if name != "name"])
