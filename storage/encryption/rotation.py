"""A new key for a database in use: announced, made current, and everything sealed anew with it.

Each step is one transaction or many small ones, and the database alone knows how far it has come:
who goes on after a death finds what is left to do. Processes that run take the new key at their
next look (`bot.workers.key_watch`); they must hold it before it becomes current, and must write
with it before the rest is sealed anew.

Nothing that was written by the old key is believed for its sake afterwards: the ends of the chains
and the seals over them are the new key's, and entries by an older one count up to there. What can
only be read with the old one (passwords until the next login, secret codes that were not used yet,
the MACs of old entries) is read with keys that are kept sealed by the new one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, select, update

from storage.audit.chain import Chain, Head
from storage.audit.seals import ALL
from storage.audit.verification import Verdict
from storage.encryption.keyring import GREATEST, Keyring
from storage.encryption.reencryption import SEALED, reseal
from storage.encryption.sealer import Sealer
from storage.encryption.secret_keys import (
    ANNOUNCED,
    CURRENT,
    OLD,
    RETIRED,
    check_value,
    read_keys,
    row_of,
)
from storage.errors import SecretsInvalid
from storage.tables.history import history_chains
from storage.tables.keys import secret_keys
from storage.tables.processes import leases

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from storage.encryption.secret_keys import Key
    from storage.encryption.secrets import Secrets
    from storage.open import Stores

HEADS = 50
"""Ends of chains sealed anew in one transaction: their companies wait as long."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A step that was done, and how many rows it was about."""

    step: str
    count: int = 0


class Rotation:
    """Changes the key to the one in the key file that the database does not know.

    The stores have proven their keys. Every method raises `StorageUnavailable`.
    """

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._database = stores.database
        self._keys: Keyring = stores.keys
        self.broken = 0
        """Seals that opened with no key."""
        self.verdict: Verdict | None = None
        """Of the history, when it was checked on the way."""

    async def announce(self, now: datetime) -> int | None:
        """Have the database know the new key; its number. None when there is nothing to change.

        A key that was announced and is in the file no more is forgotten: nothing was written with
        it. Raises `SecretsInvalid` for a file with several keys that the database does not know.
        """

        def work(conn: Connection) -> int | None:
            conn.execute(_LOCK_KEYS)
            keys = read_keys(conn)
            offered = {check_value(secrets): secrets for secrets in self._keys.offered}
            for key in keys:
                if key.state == ANNOUNCED and key.check_value not in offered:
                    conn.execute(_FORGET, {"of_number": key.number})
            keys = read_keys(conn)
            known = {key.check_value for key in keys}
            unknown = [value for value in offered if value not in known]
            if unknown:
                if any(key.state in (ANNOUNCED, OLD) for key in keys):
                    raise SecretsInvalid(
                        "a change of the key is not finished: finish it with the keys that it was "
                        "begun with"
                    )
                if len(unknown) > 1:
                    raise SecretsInvalid("the key file holds more than one new key")
                number = max(key.number for key in keys) + 1
                if number > GREATEST:
                    raise SecretsInvalid("this database has had all the keys it can have")
                values = {
                    "number": number,
                    "check_value": unknown[0],
                    "state": ANNOUNCED,
                    "since": now,
                }
                conn.execute(secret_keys.insert(), values)
                return number
            changing = [key.number for key in keys if key.state in (ANNOUNCED, OLD)]
            return max(key.number for key in keys) if changing else None

        number = await self._database.write(work)
        await self._stores.secret_keys.look()
        return number

    async def behind(self, number: int, now: datetime, *, writing: bool) -> list[str]:
        """The running processes that do not hold that key yet, or do not write with it yet."""
        column = leases.c.writes_key if writing else leases.c.holds_key
        late = (
            select(leases.c.owner)
            .where(
                leases.c.name.like("process:%"),
                leases.c.until > bindparam("now"),
                func.coalesce(column, 0) < bindparam("wanted"),
            )
            .order_by(leases.c.owner)
        )
        values = {"now": now, "wanted": number}
        return await self._database.read(lambda conn: list(conn.execute(late, values).scalars()))

    async def switch(self, number: int, now: datetime) -> None:
        """Make it the current one: everything new is written with it from this moment on.

        With it go what the older ones are still read with, and the two seals that hold the history
        together. Does nothing when it is current already.
        """

        def work(conn: Connection) -> None:
            conn.execute(_LOCK_KEYS)
            keys = read_keys(conn)
            if not any(key.number == number and key.state == ANNOUNCED for key in keys):
                return
            fresh = self._keys.of(number)
            if fresh is None:
                raise SecretsInvalid("the new key is not in the key file")
            future = Keyring(fresh)
            future.assign({**self._all(keys), number: fresh}, number)
            sealer = Sealer(future)
            for key in keys:
                if key.number == number:
                    conn.execute(_STATE, _state(key, CURRENT, now, None))
                    continue
                held = future.of(key.number)
                sealed = None if held is None else sealer.seal(held.packed(), row_of(key.number))
                state = OLD if key.state == CURRENT else key.state
                conn.execute(_STATE, _state(key, state, now, sealed))
            self._seal_over(conn, future)

        await self._database.write(work)
        await self._stores.secret_keys.look()

    def _all(self, keys: list[Key]) -> dict[int, Secrets]:
        held = {key.number: self._keys.of(key.number) for key in keys}
        return {number: secrets for number, secrets in held.items() if secrets is not None}

    def _seal_over(self, conn: Connection, keys: Keyring) -> None:
        """The register and the seal over all by the new key; what was forged stays forged."""
        chain = Chain(keys)
        register = chain.begin(conn)
        chain.seals.move(conn, register, register, older=True)
        over_all = chain.seals.read(conn, ALL, hold=True)
        if over_all is not None:
            chain.seals.move(conn, over_all, over_all, older=True)

    async def reseal(self) -> AsyncIterator[Progress]:
        """Seal everything anew, until a whole pass finds nothing more that opens."""
        for sealed in SEALED:
            found = True
            while found:
                found, after, broken = False, None, 0
                while True:
                    batch = await self._database.write(
                        partial(
                            reseal,
                            sealed=sealed,
                            sealer=self._stores.sealer,
                            keys=self._keys,
                            after=after,
                        )
                    )
                    broken += batch.broken
                    if batch.upto is None:
                        break
                    after = batch.upto
                    found = found or batch.resealed > 0
                    yield Progress(f"seals of {sealed.table.name}", batch.resealed)
            self.broken += broken
        async for progress in self._reseal_heads():
            yield progress

    async def _reseal_heads(self) -> AsyncIterator[Progress]:
        chain = self._stores.chain

        def work(conn: Connection) -> int:
            values = {"current": self._keys.number, "most": HEADS}
            heads = [Head(*row) for row in conn.execute(_OLD_HEADS, values)]
            for head in heads:
                chain.move(conn, head)
            return len(heads)

        while count := await self._database.write(work):
            yield Progress("ends of the history's chains", count)

    async def seal_history(self, now: datetime) -> Verdict:
        """Check what is new in the history, and have nothing by an older key count after it."""
        self.verdict = await self._stores.audit.verify(now, least_key=self._keys.number)
        return self.verdict

    async def finish(self, now: datetime) -> None:
        """The change is over: the older keys may leave the key file."""

        def work(conn: Connection) -> None:
            conn.execute(_LOCK_KEYS)
            for key in read_keys(conn):
                if key.state == OLD:
                    conn.execute(_STATE, _state(key, RETIRED, now, key.sealed))

        await self._database.write(work)
        await self._stores.secret_keys.look()


def _state(key: Key, state: str, now: datetime, sealed: bytes | None) -> dict[str, object]:
    return {"of_number": key.number, "to": state, "now": now, "packed": sealed}


_LOCK_KEYS = select(secret_keys.c.number).order_by(secret_keys.c.number).with_for_update()
_OF_NUMBER = secret_keys.c.number == bindparam("of_number")
_FORGET = delete(secret_keys).where(_OF_NUMBER)
_STATE = (
    update(secret_keys)
    .where(_OF_NUMBER)
    .values(state=bindparam("to"), since=bindparam("now"), sealed=bindparam("packed"))
)
_OLD_HEADS = (
    select(*(history_chains.c[name] for name in Head.__slots__))
    .where(history_chains.c.key_number != bindparam("current"))
    .order_by(history_chains.c.chain)
    .limit(bindparam("most"))
    .with_for_update()
)
"""In the order in which everybody takes them."""
