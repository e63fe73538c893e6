"""The letters that came, kept as `GET /sandbox/mail` shows them."""

from __future__ import annotations

import email
import email.policy
import sqlite3
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

_SCHEMA = """
CREATE TABLE IF NOT EXISTS letter (
    serial INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, sender TEXT NOT NULL,
    receivers TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, html TEXT NOT NULL,
    at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS attachment (
    letter TEXT NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL, content_type TEXT NOT NULL,
    content BLOB NOT NULL, PRIMARY KEY (letter, place));
"""


@dataclass(frozen=True)
class Attachment:
    """A file of a letter."""

    name: str
    content_type: str
    content: bytes

    @property
    def disposition(self) -> str:
        """The header that makes a browser save it under its name (RFC 6266)."""
        return f"attachment; filename*=UTF-8''{quote(self.name, safe='')}"


class MailBox:
    """All letters of this world, kept in `directory`; taken apart once, when they come."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(directory / "mail.sqlite3", isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.executescript(_SCHEMA)

    def put(self, sender: str, receivers: list[str], content: bytes, at: float) -> None:
        """Keep one letter, as it came over the wire."""
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        letter = f"mail-{uuid.uuid4().hex}"
        row = (
            letter,
            sender,
            "\n".join(receivers),
            str(message.get("Subject", "")),
            _text(message, "plain"),
            _text(message, "html"),
            at,
        )
        files = [
            (letter, place, file.name, file.content_type, file.content)
            for place, file in enumerate(_attachments(message))
        ]
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute(
            "INSERT INTO letter (id, sender, receivers, subject, text, html, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        self._database.executemany("INSERT INTO attachment VALUES (?, ?, ?, ?, ?)", files)
        self._database.execute("COMMIT")

    def shown(self, to: str = "") -> list[dict[str, Any]]:
        """The letters that `to` (or anybody) got, newest last."""
        found = []
        for row in self._database.execute("SELECT * FROM letter ORDER BY serial").fetchall():
            receivers = row["receivers"].split("\n")
            if not to or to.casefold() in {receiver.casefold() for receiver in receivers}:
                found.append(self._shown(row, receivers))
        return found

    def attachment(self, letter: str, place: str) -> Attachment | None:
        """One attachment by the letter's id and its place, None when there is none."""
        if not (place.isascii() and place.isdigit()):
            return None
        row = self._database.execute(
            "SELECT * FROM attachment WHERE letter = ? AND place = ?", (letter, int(place[:9]))
        ).fetchone()
        return row and Attachment(row["name"], row["content_type"], row["content"])

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _shown(self, row: sqlite3.Row, receivers: list[str]) -> dict[str, Any]:
        files = self._database.execute(
            "SELECT place, name, length(content) AS size FROM attachment WHERE letter = ?"
            " ORDER BY place",
            (row["id"],),
        )
        return {
            "id": row["id"],
            "from": row["sender"],
            "to": receivers,
            "subject": row["subject"],
            "text": row["text"],
            "html": row["html"],
            "at": datetime.fromtimestamp(row["at"], UTC).isoformat(),
            "attachments": [
                {
                    "name": file["name"],
                    "size": file["size"],
                    "url": f"/sandbox/mail/{row['id']}/{file['place']}",
                }
                for file in files
            ],
        }


def _attachments(message: EmailMessage) -> list[Attachment]:
    found = []
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            content = part.as_bytes()  # a letter forwarded inside the letter
        name = part.get_filename() or "attachment"
        found.append(Attachment(name, part.get_content_type(), content))
    return found


def _text(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")
