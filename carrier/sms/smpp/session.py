"""One bind to a message centre, from the connection to its end.

Every unit of ours has a time of its own for its answer: what is not answered is unknown, and so is
all that was on its way when the link broke.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from account.errors import CarrierNotReached, CarrierUnavailable, OutcomeUnknown
from carrier.sms.smpp import pdu
from carrier.sms.smpp.pdu import Command, NotSmppError, Receipt, Status, Unit

log = structlog.get_logger(__name__)

LAST_SEQUENCE = 0x7FFFFFFF
OVER = (ConnectionError, EOFError, OSError, NotSmppError)
"""What ends a link."""


@dataclass(frozen=True, slots=True)
class Centre:
    """Where the message centre is and how it is spoken to; seconds, and messages at once."""

    host: str
    port: int
    system_id: str
    password: str
    system_type: str = ""
    tls: ssl.SSLContext | None = None
    connect: float = 5.0
    answer: float = 10.0
    enquire_every: float = 30.0
    window: int = 10


class BindRefused(CarrierUnavailable):
    """The centre does not let us in; `status` is its word for it."""

    def __init__(self, status: int) -> None:
        super().__init__(f"SMPP bind refused: status {status:#x}")
        self.status = status


Received = Callable[[Receipt], Awaitable[None]]
"""Keeps a receipt; raises what makes the centre send it again later."""


class Session:
    """A link that is bound. `over` is set when it is none any longer."""

    def __init__(
        self,
        centre: Centre,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        received: Received,
    ) -> None:
        self.over = asyncio.Event()
        self._centre = centre
        self._reader = reader
        self._writer = writer
        self._received = received
        self._sequence = 0
        self._waiting: dict[int, asyncio.Future[Unit]] = {}
        self._window = asyncio.Semaphore(centre.window)
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(cls, centre: Centre, received: Received) -> Session:
        """Connect and bind. Raises `CarrierNotReached`, `BindRefused`."""
        try:
            async with asyncio.timeout(centre.connect):
                reader, writer = await asyncio.open_connection(
                    centre.host, centre.port, ssl=centre.tls
                )
        except (OSError, TimeoutError) as error:
            raise CarrierNotReached("SMPP: no connection") from error
        session = cls(centre, reader, writer, received)
        session._begin(session._read())
        try:
            await session._bind()
        except BaseException:
            await session.close(politely=False)
            raise
        session._begin(session._enquire())
        return session

    async def submit(self, body: bytes) -> Unit:
        """Hand over one part; the centre's answer, whatever it is.

        Raises `CarrierNotReached` when it surely did not leave, `OutcomeUnknown` when no answer
        came in time or the link broke.
        """
        async with self._window:
            return await self._ask(Command.SUBMIT_SM, body)

    async def close(self, *, politely: bool = True) -> None:
        """End the link; what has no answer by now is unknown."""
        if politely and not self.over.is_set():
            with suppress(CarrierUnavailable):
                async with asyncio.timeout(1):
                    await self._ask(Command.UNBIND, b"")
        self._end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(*OVER, TimeoutError):
            async with asyncio.timeout(1):
                await self._writer.wait_closed()

    def _begin(self, work: Awaitable[None]) -> None:
        async def one() -> None:
            try:
                await work
            except OVER as error:
                log.info("smpp.link_lost", error=type(error).__name__)
            finally:
                self._end()

        self._tasks.append(asyncio.get_running_loop().create_task(one(), name="smpp"))

    def _end(self) -> None:
        self.over.set()
        self._writer.close()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(OutcomeUnknown("SMPP: the link broke before the answer"))
        self._waiting.clear()

    async def _bind(self) -> None:
        centre = self._centre
        body = pdu.bind_body(centre.system_id, centre.password, centre.system_type)
        try:
            answer = await self._ask(Command.BIND_TRANSCEIVER, body)
        except OutcomeUnknown as error:
            raise CarrierNotReached("SMPP: no answer to the bind") from error
        if answer.status not in (Status.OK, Status.ALREADY_BOUND):
            raise BindRefused(answer.status)

    async def _ask(self, command: int, body: bytes) -> Unit:
        if self.over.is_set():
            raise CarrierNotReached("SMPP: not bound")
        self._sequence = self._sequence % LAST_SEQUENCE + 1
        asked = Unit(command, Status.OK, self._sequence, body)
        answer: asyncio.Future[Unit] = asyncio.get_running_loop().create_future()
        self._waiting[asked.sequence] = answer
        try:
            async with asyncio.timeout(self._centre.answer):
                await self._write(asked)
                return await answer
        except (TimeoutError, ConnectionError) as error:
            raise OutcomeUnknown("SMPP: no answer in time") from error
        finally:
            self._waiting.pop(asked.sequence, None)
            if not answer.done():
                answer.cancel()

    async def _write(self, unit: Unit) -> None:
        self._writer.write(bytes(unit))
        await self._writer.drain()

    async def _read(self) -> None:
        while True:
            more, unit = pdu.head(await self._reader.readexactly(pdu.HEAD.size))
            body = await self._reader.readexactly(more)
            unit = Unit(unit.command, unit.status, unit.sequence, body)
            if unit.is_answer:
                self._answer(unit)
            elif not await self._serve(unit):
                return

    def _answer(self, unit: Unit) -> None:
        waiting = self._waiting.get(unit.sequence)
        if waiting is not None and not waiting.done():
            waiting.set_result(unit)

    async def _serve(self, unit: Unit) -> bool:
        """Answer a request of the centre's; False after the last one."""
        if unit.command == Command.DELIVER_SM:
            await self._write(unit.answered(await self._keep(unit), b"\0"))
        elif unit.command == Command.ENQUIRE_LINK:
            await self._write(unit.answered())
        elif unit.command == Command.UNBIND:
            log.info("smpp.unbound")
            # Before the answer: nothing is to go out on a link that is being ended.
            self.over.set()
            await self._write(unit.answered())
            return False
        else:
            nack = Unit(Command.GENERIC_NACK, Status.INVALID_COMMAND, unit.sequence)
            await self._write(nack)
        return True

    async def _keep(self, unit: Unit) -> int:
        """The status that answers a receipt; a text from a phone is taken and forgotten."""
        receipt = pdu.receipt(unit)
        if receipt is None:
            return Status.OK
        try:
            await self._received(receipt)
        except Exception as error:  # noqa: BLE001 - whatever it is, the centre keeps the receipt
            log.warning("smpp.receipt_not_kept", error=type(error).__name__)
            return Status.TEMPORARY
        return Status.OK

    async def _enquire(self) -> None:
        while True:
            await asyncio.sleep(self._centre.enquire_every)
            try:
                await self._ask(Command.ENQUIRE_LINK, b"")
            except CarrierUnavailable:
                raise ConnectionError("no answer to an enquiry") from None
