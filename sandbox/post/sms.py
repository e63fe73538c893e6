"""The SMS that telephones got. The operator delivers here; `GET /sandbox/sms` reads.

The box is a file of its own, so that the operator's room and the post's room each open it and
neither needs the other to run.
"""

from __future__ import annotations

import sqlite3
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sms (
    serial INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, receivers TEXT NOT NULL,
    content TEXT NOT NULL, sender TEXT, at REAL NOT NULL, delivered INTEGER NOT NULL,
    key TEXT, digest TEXT);
CREATE INDEX IF NOT EXISTS sms_by_key ON sms (key);
"""


@dataclass(frozen=True)
class Sms:
    """One message as it was handed in. `at` is in Unix seconds."""

    id: str
    receivers: tuple[str, ...]
    content: str
    sender: str
    at: float
    delivered: bool
    digest: str


class SmsBox:
    """All SMS of this world, kept in `directory`."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(directory / "sms.sqlite3", isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.executescript(_SCHEMA)

    def put(
        self,
        receivers: tuple[str, ...],
        content: str,
        *,
        at: float,
        sender: str = "",
        delivered: bool = True,
        key: str | None = None,
        digest: str = "",
    ) -> Sms:
        """Put one message in; an undelivered one is kept but no telephone shows it."""
        sms = Sms(f"sms-{uuid.uuid4().hex}", receivers, content, sender, at, delivered, digest)
        self._database.execute(
            "INSERT INTO sms (id, receivers, content, sender, at, delivered, key, digest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (sms.id, ",".join(receivers), content, sender, at, delivered, key, digest),
        )
        return sms

    def by_key(self, key: str) -> Sms | None:
        """The message that was handed in first under this idempotency key."""
        return next(iter(self._found("key = ? ORDER BY serial LIMIT 1", key)), None)

    def by_id(self, wanted: str) -> Sms | None:
        """One message."""
        return next(iter(self._found("id = ?", wanted)), None)

    def handed_in(self) -> list[Sms]:
        """All messages, oldest first, undelivered ones included."""
        return self._found("1 ORDER BY serial")

    def shown(self, to: str = "") -> list[dict[str, Any]]:
        """What the telephone `to` (or all of them) got, newest last."""
        return [
            {
                "id": sms.id,
                "to": receiver,
                "from": sms.sender,
                "text": sms.content,
                "at": datetime.fromtimestamp(sms.at, UTC).isoformat(),
            }
            for sms in self._found("delivered ORDER BY serial")
            for receiver in sms.receivers
            if to in {"", receiver}
        ]

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _found(self, condition: str, *parameters: str) -> list[Sms]:
        rows = self._database.execute(f"SELECT * FROM sms WHERE {condition}", parameters)  # noqa: S608
        return [
            Sms(
                row["id"],
                tuple(row["receivers"].split(",")),
                row["content"],
                row["sender"],
                row["at"],
                bool(row["delivered"]),
                row["digest"],
            )
            for row in rows
        ]
