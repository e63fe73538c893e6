"""The check value of the secret: another key must not touch a database before somebody notices.

A wrong key opens nothing, calls every right password wrong and chains the history anew, and none of
it can be undone. So the database keeps an HMAC of a fixed word under its key, and every command
compares before it writes anything. A database from before there was a value is asked for what only
its key can have written.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select

from storage.chain import LEGACY_TOLD, Head
from storage.errors import SecretMismatch
from storage.history_seals import ALL, REGISTER
from storage.tables import history, history_chains, history_head, inbox, outbox, secret_keys
from storage.upserts import insert_once

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from storage.chain import Chain
    from storage.database import Database
    from storage.sealing import Sealer, Secrets

FIRST = 1
CURRENT = "current"
_WORD = b"My Account"
_SAMPLES = 20
"""Seals of each kind that a key without any history is tried on."""


def check_value(secrets: Secrets) -> str:
    """What the database keeps of a secret; it tells nothing of it."""
    return hmac.new(secrets.check, _WORD, hashlib.sha256).hexdigest()


class SecretKeys:
    """Compares the secret with the database's. Raises `StorageUnavailable`."""

    def __init__(self, database: Database, secrets: Secrets, chain: Chain, sealer: Sealer) -> None:
        self._database = database
        self._value = check_value(secrets)
        self._chain = chain
        self._sealer = sealer

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
        values = {"number": FIRST, "check_value": self._value, "state": CURRENT, "since": now}

        def work(conn: Connection) -> None:
            if not self._proven(conn):
                conn.execute(_KEEP.on(conn), values)
                self._proven(conn)
                self._chain.begin(conn)

        await self._database.write(work)

    def _proven(self, conn: Connection) -> bool:
        tables = set(inspect(conn).get_table_names())
        if secret_keys.name in tables:
            kept = conn.execute(_CURRENT).scalar_one_or_none()
            if kept is not None:
                if not hmac.compare_digest(str(kept), self._value):
                    raise SecretMismatch
                return True
        if history_head.name in tables and not self._wrote(conn, tables):
            raise SecretMismatch
        return False

    def _wrote(self, conn: Connection, tables: set[str]) -> bool:
        """Whether this key wrote what there is; also when there is nothing.

        An end of the history that somebody tampered with is for verify-audit to tell: the key may
        be right.
        """
        if history_chains.name in tables:
            seals = [self._chain.seals.read(conn, name) for name in (REGISTER, ALL)]
            heads = [Head(*row) for row in conn.execute(_HEADS)]
            if heads:
                good = (self._chain.seals.good(seal) for seal in seals if seal is not None)
                return any(good) or any(self._chain.head_good(head) for head in heads)
        head = conn.execute(_LEGACY_HEAD).one_or_none()
        if head is not None:
            return self._chain.legacy_head_good(head) or self._began_the_history(conn)
        sealed = [
            (row.sealed, f"{kind}:{row.identity}")
            for kind, statement in _SEALS.items()
            for row in conn.execute(statement)
        ]
        return not sealed or any(self._sealer.opens(seal, row) for seal, row in sealed)

    def _began_the_history(self, conn: Connection) -> bool:
        first = conn.execute(_FIRST_ENTRY).first()
        return first is not None and self._chain.legacy_follows(first, "")


_CURRENT = select(secret_keys.c.check_value).where(secret_keys.c.state == CURRENT)
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
