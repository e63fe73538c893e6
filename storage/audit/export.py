"""The actions history as JSON lines that somebody without our secret can check.

Each line has the SHA-256 of the line before it, and the last one is signed (Ed25519): who has the
public key sees whether a line was changed, added, moved or cut off. The signing key is derived of
the secret key, so that it changes with it; the chain's own MACs go along.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import and_, bindparam, or_, select

from storage.engine.types import Moment
from storage.tables.history import history

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from sqlalchemy import Connection

    from storage.encryption.keyring import Keyring
    from storage.engine.database import Database

FORMAT = "myaccount-history/1"
BATCH = 1000
_INFO = b"myaccount:history-export"


class ExportBrokenError(ValueError):
    """The lines are not as they were written; the message says from which one on."""


def signing_key(keys: Keyring) -> Ed25519PrivateKey:
    """Of the current secret key."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO)
    return Ed25519PrivateKey.from_private_bytes(kdf.derive(keys.current.audit))


def public_hex(key: Ed25519PrivateKey) -> str:
    """Its public half, 64 hexadecimal digits."""
    return key.public_key().public_bytes_raw().hex()


async def lines(
    database: Database, keys: Keyring, now: datetime, since: datetime | None = None
) -> AsyncIterator[str]:
    """Every entry since then, by chain and number, between a head and a signed end.

    Raises `StorageUnavailable`.
    """
    key, count = signing_key(keys), 0
    told: dict[str, Any] = {"format": FORMAT, "made_at": _iso(now)}
    if since is not None:
        told["since"] = _iso(since)
    line = _line(told, "")
    yield line
    place = ("", 0)
    while True:
        rows = await database.read(partial(_rows, after=place, since=since))
        for row in rows:
            entry = {**row._asdict(), "at": _iso(row.at), "parameters": json.loads(row.parameters)}
            line = _line({"entry": entry}, line)
            count += 1
            yield line
        if len(rows) < BATCH:
            break
        place = (rows[-1].chain, rows[-1].seq)
    end = {"entries": count, "public_key": public_hex(key), "previous": _digest(line)}
    yield _text({"end": {**end, "signature": key.sign(_text(end).encode()).hex()}})


def check(exported: Iterable[str], public_key: str) -> int:
    """How many entries there are, all as they were written. Raises `ExportBrokenError`."""
    previous, count, ended = "", -1, False
    for number, line in enumerate(exported, 1):
        try:
            told = json.loads(line)
            if ended:
                raise ExportBrokenError(f"line {number} comes after the end")
            if "end" in told:
                _check_end(told["end"], _digest(previous), count, public_key)
                ended = True
                continue
            if told["previous"] != (_digest(previous) if previous else ""):
                raise ExportBrokenError(f"line {number - 1} was changed, or lines are missing")
        except (KeyError, TypeError, json.JSONDecodeError):
            raise ExportBrokenError(f"line {number} is none of an export") from None
        previous, count = line, count + 1
    if not ended:
        raise ExportBrokenError("the end is missing")
    return count


def _check_end(end: dict[str, Any], previous: str, count: int, public_key: str) -> None:
    signed = {name: value for name, value in end.items() if name != "signature"}
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    try:
        key.verify(bytes.fromhex(end["signature"]), _text(signed).encode())
    except (InvalidSignature, ValueError):
        raise ExportBrokenError("the end is not signed with that key") from None
    if (end["previous"], end["entries"]) != (previous, count):
        raise ExportBrokenError("the last line was changed, or lines are missing")


def _line(told: dict[str, Any], before: str) -> str:
    return _text({**told, "previous": _digest(before) if before else ""})


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _text(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _rows(conn: Connection, after: tuple[str, int], since: datetime | None) -> list[Any]:
    values: dict[str, Any] = {"chain": after[0], "seq": after[1]}
    query = _ROWS
    if since is not None:
        query, values["since"] = _ROWS.where(_SINCE), since
    return list(conn.execute(query, values))


_SINCE = history.c.at >= bindparam("since", type_=Moment())
_ROWS = (
    select(history)
    .where(
        or_(
            history.c.chain > bindparam("chain"),
            and_(history.c.chain == bindparam("chain"), history.c.seq > bindparam("seq")),
        )
    )
    .order_by(history.c.chain, history.c.seq)
    .limit(BATCH)
)
