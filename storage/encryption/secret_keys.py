"""Which secrets the database is of: another one must not touch it before somebody notices.

A wrong key opens nothing, calls every right password wrong and chains the history anew, and none of
it can be undone. So the database keeps an HMAC of a fixed word under each of its keys, and every
command compares before it writes anything. A database from before there was a value is asked for
what only its key can have written.

Keys have numbers. One is current; one that is announced is not written with yet; of the others the
database keeps what is still read with them, sealed with the current one
(`storage.encryption.rotation`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select

from storage.audit.chain import LEGACY_TOLD, Chain, Head
from storage.audit.seals import ALL, REGISTER
from storage.encryption.keyring import FIRST, Keyring
from storage.encryption.sealer import Sealer
from storage.encryption.secrets import Secrets
from storage.engine.upserts import insert_once
from storage.errors import SealBroken, SecretMismatch
from storage.tables.history import history, history_chains, history_head
from storage.tables.inbox import inbox
from storage.tables.keys import secret_keys
from storage.tables.outbox import outbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from storage.engine.database import Database

ANNOUNCED, CURRENT, OLD, RETIRED = "announced", "current", "old", "retired"
"""Nobody writes with an announced one yet; an old one is still being replaced."""
REPLACED = "this secret is no longer the one of this database: its key was changed, use the new one"
_WORD = b"My Account"
_SAMPLES = 20
"""Seals of each kind that a key without any history is tried on."""


def check_value(secrets: Secrets) -> str:
    """What the database keeps of a secret; it tells nothing of it."""
    return hmac.new(secrets.check, _WORD, hashlib.sha256).hexdigest()


def row_of(number: int) -> str:
    """What a key's `sealed` is bound to."""
    return f"secret_keys:{number}"


@dataclass(frozen=True, slots=True)
class Key:
    """One of the database's keys. `sealed` holds an older one's derived keys."""

    number: int
    check_value: str
    state: str
    sealed: bytes | None


class SecretKeys:
    """Compares the secrets with the database's, and numbers them. Raises `StorageUnavailable`."""

    def __init__(self, database: Database, keys: Keyring) -> None:
        self._database = database
        self._keys = keys
        self.known: Sequence[Key] = ()
        """The database's, as they were when they were looked at last."""

    @property
    def changing(self) -> bool:
        """Whether a change of the key is under way."""
        return any(key.state in (ANNOUNCED, OLD) for key in self.known)

    async def prove(self) -> bool:
        """Compare, writing nothing: whether the database knows a secret already.

        It may be empty, or of an older schema. Raises `SecretMismatch`, and `DatabaseUrlInvalid`
        when there is no place for a new database.
        """
        self._database.make_room()
        return await self._database.read(self._proven)

    async def register(self, now: datetime) -> None:
        """Keep the check value, unless there is one. Raises `SecretMismatch`.

        The schema has to be there. Of two keys that come at once, the first is the database's.
        """

        def work(conn: Connection) -> None:
            if not self._proven(conn):
                value = check_value(self._keys.current)
                values = {"number": FIRST, "check_value": value, "state": CURRENT, "since": now}
                conn.execute(_KEEP.on(conn), values)
                self._proven(conn)
                Chain(self._keys).begin(conn)

        await self._database.write(work)

    async def changed(self) -> bool:
        """Whether the database's keys are others than when they were looked at last."""
        keys = await self._database.glance(read_keys)
        return [_outline(key) for key in keys] != [_outline(key) for key in self.known]

    async def look(self) -> None:
        """Number the keys as the database does by now. Raises `SecretMismatch`."""
        keys = await self._database.read(read_keys)
        if keys:
            self.assign(keys)

    @property
    def latest(self) -> int:
        """The number of the database's latest key, current or announced."""
        return max((key.number for key in self.known), default=FIRST)

    def _proven(self, conn: Connection) -> bool:
        tables = set(inspect(conn).get_table_names())
        keys = read_keys(conn) if secret_keys.name in tables else []
        if keys:
            self.assign(keys)
            return True
        for secrets in self._keys.offered:
            if history_head.name not in tables or _wrote(conn, tables, secrets):
                self._keys.assign({FIRST: secrets}, FIRST)
                return False
        raise SecretMismatch

    def assign(self, keys: Sequence[Key]) -> None:
        """Number what is in the key file as the database does. Raises `SecretMismatch`."""
        offered = {check_value(secrets): secrets for secrets in self._keys.offered}
        held = {key.number: offered[key.check_value] for key in keys if key.check_value in offered}
        [current] = [key.number for key in keys if key.state == CURRENT]
        if current not in held:
            raise SecretMismatch(REPLACED) if held else SecretMismatch
        opening = Keyring(held[current])
        opening.assign({current: held[current]}, current)
        sealer = Sealer(opening)
        for key in keys:
            if key.number not in held and key.sealed is not None:
                with suppress(SealBroken):  # which is an alarm; what it sealed stays as it is
                    held[key.number] = Secrets.unpacked(sealer.open(key.sealed, row_of(key.number)))
        self._keys.assign(held, current)
        self.known = keys


def read_keys(conn: Connection) -> list[Key]:
    """The database's keys, the first one first."""
    return [Key(*row) for row in conn.execute(_KEYS)]


def _outline(key: Key) -> tuple[int, str, str]:
    return key.number, key.check_value, key.state


def _wrote(conn: Connection, tables: set[str], secrets: Secrets) -> bool:
    """Whether this secret wrote what there is; also when there is nothing.

    An end of the history that somebody tampered with is for verify-audit to tell: the key may be
    right.
    """
    keys = Keyring(secrets)
    chain, sealer = Chain(keys), Sealer(keys)
    if history_chains.name in tables:
        seals = [chain.seals.read(conn, name) for name in (REGISTER, ALL)]
        heads = [Head(*row) for row in conn.execute(_HEADS)]
        if heads:
            good = (chain.seals.good(seal) for seal in seals if seal is not None)
            return any(good) or any(chain.head_good(head) for head in heads)
    head = conn.execute(_LEGACY_HEAD).one_or_none()
    if head is not None:
        first = conn.execute(_FIRST_ENTRY).first()
        began = first is not None and chain.legacy_follows(first, "")
        return chain.legacy_head_good(head) or began
    sealed = [
        (row.sealed, f"{kind}:{row.identity}")
        for kind, statement in _SEALS.items()
        for row in conn.execute(statement)
    ]
    return not sealed or any(sealer.opens(seal, row) for seal, row in sealed)


_KEYS = select(
    secret_keys.c.number, secret_keys.c.check_value, secret_keys.c.state, secret_keys.c.sealed
).order_by(secret_keys.c.number)
_HEADS = select(*(history_chains.c[name] for name in Head.__slots__)).limit(_SAMPLES)
_LEGACY_HEAD = select(history_head.c.seq, history_head.c.mac, history_head.c.seal)
_FIRST_ENTRY = select(*(history.c[name] for name in (*LEGACY_TOLD, "mac"))).where(
    history.c.seq == 1
)
"""In a schema of before there is but one chain, and no column that says so."""
_KEEP = insert_once(secret_keys)


def _samples(sealed: Any, identity: Any, order: Any) -> Any:
    columns = sealed.label("sealed"), identity.label("identity")
    return select(*columns).where(sealed.is_not(None)).order_by(order).limit(_SAMPLES)


_SEALS = {
    "inbox": _samples(inbox.c.sealed, inbox.c.key, inbox.c.id),
    "outbox": _samples(outbox.c.sealed, outbox.c.uid, outbox.c.id),
}
