"""A real SMTP server on loopback, in the sandbox's own loop.

A letter is on the disk before it is answered 250.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.faults import Fault
from sandbox.post.letters import MailBox
from sandbox.world import World

LARGEST_LETTER = 60 * 1024 * 1024


class _Session(SMTP):
    """One connection; the caller may hang up, or be hung up on, at any moment."""

    async def _handle_client(self) -> None:
        with suppress(ConnectionError):
            await super()._handle_client()


class MailServer:
    """SMTP for `box`; acts out the faults laid on the target `mail`."""

    def __init__(self, world: World, box: MailBox) -> None:
        self._world = world
        self._box = box
        self._server: asyncio.Server | None = None
        self._sessions: WeakSet[SMTP] = WeakSet()
        self._closing = asyncio.Event()
        self._late: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen on `world.smtp_port`, or on any free port, which is then written there."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, "127.0.0.1", self._world.smtp_port)
        self._world.smtp_port = self._server.sockets[0].getsockname()[1]

    def _session(self) -> SMTP:
        session = _Session(
            self,
            loop=asyncio.get_running_loop(),
            hostname="post.sandbox",
            enable_SMTPUTF8=True,
            decode_data=False,
            data_size_limit=LARGEST_LETTER,
        )
        self._sessions.add(session)
        return session

    async def close(self) -> None:
        """Stop listening and hang up; late letters that have not come yet never come."""
        self._closing.set()
        if self._server is not None:
            self._server.close()
        for session in self._sessions:
            _hang_up(session)
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
        _hang_up(server)
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


def _hang_up(session: SMTP) -> None:
    if isinstance(session.transport, asyncio.Transport):
        session.transport.abort()
