"""The mail server of the world outside: it takes a letter, or does not, or takes it and says no."""

from __future__ import annotations

import asyncio
import email
import email.policy
import random
from contextlib import suppress
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from crashlab.rng import drawn

FAULTS = {"451": 0.03, "taken, then 451": 0.03}
LARGEST_LETTER = 1 << 25


class _Session(SMTP):
    """One connection; whoever calls may be killed at any moment."""

    async def _handle_client(self) -> None:
        with suppress(ConnectionError):
            await super()._handle_client()


class MailServer:
    """SMTP on a free port of loopback; `letters` are what each address got, oldest first."""

    def __init__(self, rng: random.Random) -> None:
        self._luck = rng
        self.faults = dict(FAULTS)
        self.faulted: dict[str, int] = {}
        self.letters: dict[str, list[EmailMessage]] = {}
        self.url = ""
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Session(self, loop=loop, hostname="post.lab", data_size_limit=LARGEST_LETTER),
            "127.0.0.1",
            0,
        )
        self.url = f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take one letter; what is returned is the server's answer."""
        del server, session
        fault = drawn(self._luck, self.faults)
        if fault is not None:
            self.faulted[fault] = self.faulted.get(fault, 0) + 1
        if fault != "451":
            assert isinstance(envelope.content, bytes)
            letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(letter, EmailMessage)
            for address in envelope.rcpt_tos:
                self.letters.setdefault(address, []).append(letter)
        return "250 OK" if fault is None else "451 later"

    def texts(self, address: str) -> list[str]:
        """What the letters to that address say."""
        return [text_of(letter) for letter in self.letters.get(address, ())]


def text_of(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    body = letter.get_body(("plain",))
    return "" if body is None else str(body.get_content())
