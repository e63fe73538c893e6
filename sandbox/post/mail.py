"""A real SMTP server on loopback, and the box its letters land in.

The server runs in the sandbox's own loop. A letter is on the disk before it is answered 250.
"""

from __future__ import annotations

import asyncio
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

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.faults import Fault
from sandbox.world import World

LARGEST_LETTER = 60 * 1024 * 1024

_SCHEMA = """
CREATE TABLE IF NOT EXISTS letter (
    serial INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, sender TEXT NOT NULL,
    receivers TEXT NOT NULL, at REAL NOT NULL, content BLOB NOT NULL);
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
    """All letters of this world, kept in `directory`."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(directory / "mail.sqlite3", isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.executescript(_SCHEMA)

    def put(self, sender: str, receivers: list[str], content: bytes, at: float) -> None:
        """Keep one letter as it came."""
        self._database.execute(
            "INSERT INTO letter (id, sender, receivers, at, content) VALUES (?, ?, ?, ?, ?)",
            (f"mail-{uuid.uuid4().hex}", sender, "\n".join(receivers), at, content),
        )

    def shown(self, to: str = "") -> list[dict[str, Any]]:
        """The letters that `to` (or anybody) got, newest last."""
        rows = self._database.execute("SELECT * FROM letter ORDER BY serial").fetchall()
        found = []
        for row in rows:
            receivers = row["receivers"].split("\n")
            if not to or to.casefold() in {receiver.casefold() for receiver in receivers}:
                found.append(_shown(row, receivers))
        return found

    def attachment(self, letter: str, index: str) -> Attachment | None:
        """One attachment by the letter's id and its place, None when there is none."""
        row = self._database.execute("SELECT * FROM letter WHERE id = ?", (letter,)).fetchone()
        if row is None or not (index.isascii() and index.isdigit()):
            return None
        files = _attachments(_parsed(row["content"]))
        return files[int(index)] if int(index) < len(files) else None

    def close(self) -> None:
        """Close the file."""
        self._database.close()


class MailServer:
    """SMTP for `box`; acts out the faults laid on the target `mail`."""

    def __init__(self, world: World, box: MailBox) -> None:
        self._world = world
        self._box = box
        self._server: asyncio.Server | None = None
        self._closing = asyncio.Event()
        self._late: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen on `world.smtp_port`, or on any free port, which is then written there."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(
                self,
                loop=loop,
                hostname="post.sandbox",
                enable_SMTPUTF8=True,
                decode_data=False,
                data_size_limit=LARGEST_LETTER,
            ),
            "127.0.0.1",
            self._world.smtp_port,
        )
        self._world.smtp_port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening; late letters that have not come yet never come."""
        self._closing.set()
        if self._server is not None:
            self._server.close()
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take one letter; what is returned is the server's answer."""
        del session
        receivers = [str(receiver) for receiver in envelope.rcpt_tos]
        content = envelope.content
        assert isinstance(content, bytes)
        sender = str(envelope.mail_from or "")
        fault = self._world.faults.take("mail", f"DATA {','.join(receivers)}")
        if fault is not None:
            refusal = await self._act(fault, server, sender, receivers, content)
            if refusal is not None:
                return refusal
        else:
            self._put(sender, receivers, content)
        return "250 OK"

    def _put(self, sender: str, receivers: list[str], content: bytes) -> None:
        self._box.put(sender, receivers, content, self._world.clock.timestamp())

    async def _act(
        self, fault: Fault, server: SMTP, sender: str, receivers: list[str], content: bytes
    ) -> str | None:
        """Act `fault` out; the answer when it is not that all went well."""
        match fault.kind:
            case "reject":
                return "550 5.1.1 No such mailbox"
            case "http_500":
                return "451 4.3.0 Try again later"
            case "http_429":
                return "450 4.7.0 Too many letters"
            case "delay":
                await self._wait(fault.seconds)
                self._put(sender, receivers, content)
                return None
            case "hang_before_effect":
                await self._wait(fault.seconds)
            case "hang_after_effect":
                self._put(sender, receivers, content)
                await self._wait(fault.seconds)
            case "reset_after_effect":
                self._put(sender, receivers, content)
            case "late_effect":
                self._later(fault.seconds, sender, receivers, content)
                await self._wait(fault.seconds)
        if isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "421 4.3.2 Closing"

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return

    def _later(self, seconds: float, sender: str, receivers: list[str], content: bytes) -> None:
        async def put() -> None:
            await asyncio.sleep(seconds)
            self._put(sender, receivers, content)

        task = asyncio.create_task(put())
        self._late.add(task)
        task.add_done_callback(self._late.discard)


def _parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


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


def _shown(row: sqlite3.Row, receivers: list[str]) -> dict[str, Any]:
    message = _parsed(row["content"])
    return {
        "id": row["id"],
        "from": row["sender"],
        "to": receivers,
        "subject": str(message.get("Subject", "")),
        "text": _text(message, "plain"),
        "html": _text(message, "html"),
        "at": datetime.fromtimestamp(row["at"], UTC).isoformat(),
        "attachments": [
            {
                "name": file.name,
                "size": len(file.content),
                "url": f"/sandbox/mail/{row['id']}/{index}",
            }
            for index, file in enumerate(_attachments(message))
        ],
    }
