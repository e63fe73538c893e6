"""A history as it was written when all companies shared one chain: schema 0001 to 0019."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import text

from storage.engine.types import to_microseconds

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.history import HistoryEntry
    from storage import Stores

ONE_CHAIN = "0019"
"""The last schema in which there was one chain."""
_COLUMNS = (
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


async def write_as_before(stores: Stores, key: bytes, entries: Sequence[HistoryEntry]) -> None:
    """Entries and the head, with the audit key of that time."""

    def mac(told: str) -> str:
        return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()

    def work(conn: Connection) -> None:
        previous = ""
        for seq, entry in enumerate(entries, 1):
            values = [
                seq,
                to_microseconds(entry.at),
                entry.what,
                entry.result,
                entry.administrator_id,
                entry.administrator,
                entry.company_id,
                entry.number,
                json.dumps(dict(entry.parameters), ensure_ascii=False, sort_keys=True),
                entry.reference,
                entry.channel,
            ]
            previous = mac(
                json.dumps([previous, *values], ensure_ascii=False, separators=(",", ":"))
            )
            marks = ", ".join(f":{name}" for name in (*_COLUMNS, "mac"))
            conn.execute(
                text(f"INSERT INTO history ({', '.join((*_COLUMNS, 'mac'))}) VALUES ({marks})"),
                {**dict(zip(_COLUMNS, values, strict=True)), "mac": previous},
            )
        seal = mac(f"head|{len(entries)}|{previous}")
        conn.execute(
            text("INSERT INTO history_head (id, seq, mac, seal) VALUES (1, :seq, :mac, :seal)"),
            {"seq": len(entries), "mac": previous, "seal": seal},
        )

    await stores.database.write(work)
