"""One-time codes and notices by SMPP, over the one bind that this process may have.

The centre knows no key of ours: a text whose answer was lost is handed over again, the same text
and so the same code, never another. All parts of a message have one reference number, so that a
phone takes a part that comes again for the one it has.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol
from zlib import crc32

import structlog

from account.errors import CarrierNotReached, CarrierUnavailable, PostRefused
from account.values.identifiers import Msisdn
from carrier.sms.smpp import pdu
from carrier.sms.smpp.parts import Part, parts
from carrier.sms.smpp.pdu import Address, Receipt, Status
from carrier.sms.smpp.session import BindRefused, Centre, Session

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE, REFUSED_PAUSE = 1.0, 30.0, 120.0
"""Seconds before the next bind, twice as long each time; after a refusal somebody must act."""
THROTTLED_PAUSES = (0.5, 1.0, 2.0)
"""Seconds before a part is handed over again that the centre did not want at that moment."""
FOR_GOOD = {
    0x01: "message length",
    0x0A: "source address",
    0x0B: "destination address",
    0x33: "number of destinations",
    0x48: "source type",
    0x49: "source plan",
    0x50: "destination type",
    0x51: "destination plan",
}
"""Answers to `submit_sm` after which the same would be refused again."""
LATER = (Status.THROTTLED, Status.QUEUE_FULL)


class SmsReceipts(Protocol):
    """Keeps what the centre called our messages, and what became of them."""

    async def submitted(self, reference: str, message_ids: list[str]) -> None:
        """The message of that reference was taken, in so many parts."""

    async def received(self, message_id: str, state: str) -> None:
        """A receipt, perhaps before `submitted`; raises when it has to be sent again."""


class SmppSender:
    """Hands texts over while it is bound; `run` keeps it so. `source` is the sender that phones
    show. Its `state` is `bound`, `waiting` or `refused`.
    """

    def __init__(
        self,
        centre: Centre,
        source: str,
        receipts: SmsReceipts,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._centre = centre
        self._source = Address.sender(source)
        self._receipts = receipts
        self._sleep = sleep
        self._session: Session | None = None
        self.state = "waiting"

    @property
    def bound(self) -> bool:
        """Whether a text can be handed over at this moment."""
        return self._session is not None and not self._session.over.is_set()

    async def run(self) -> None:
        """Be bound, again after each loss, until cancelled; then unbind."""
        failures = 0
        while True:
            try:
                session = await Session.open(self._centre, self._keep)
            except BindRefused as refused:
                self._note_refusal(refused)
                await self._sleep(REFUSED_PAUSE)
                continue
            except CarrierUnavailable as fault:
                self.state = "waiting"
                pause = min(FIRST_PAUSE * 2**failures, LONGEST_PAUSE) * random.uniform(0.5, 1)  # noqa: S311
                failures = min(failures + 1, 10)
                log.warning("smpp.not_bound", error=str(fault))
                await self._sleep(pause)
                continue
            failures = 0
            self.state, self._session = "bound", session
            log.info("smpp.bound", host=self._centre.host, port=self._centre.port)
            try:
                await session.over.wait()
            finally:
                self.state, self._session = "waiting", None
                with suppress(CarrierUnavailable):
                    await session.close()

    async def send(self, phone: Msisdn, text: str, reference: str) -> None:
        """Hand over `text`, named `reference` for its receipts.

        Raises `PostRefused` when it will never be delivered, and `CarrierNotReached`,
        `OutcomeUnknown` or `CarrierUnavailable` when the same may be handed over again.
        """
        try:
            pieces = parts(text, crc32(reference.encode()) & 0xFF)
        except ValueError:
            raise PostRefused("SMPP.TOO_LONG") from None
        message_ids = [await self._submit(phone, piece) for piece in pieces]
        await self._receipts.submitted(reference, message_ids)

    async def _submit(self, phone: Msisdn, piece: Part) -> str:
        destination = Address.phone(phone.digits)
        body = pdu.submit_body(
            self._source, destination, piece.content, piece.coding, joined=piece.joined
        )
        for pause in (*THROTTLED_PAUSES, None):
            session = self._session
            if session is None:
                raise CarrierNotReached("SMPP: not bound")
            answer = await session.submit(body)
            if answer.status == Status.OK:
                return pdu.message_id(answer)
            if answer.status in FOR_GOOD:
                log.error("smpp.refused_message", why=FOR_GOOD[answer.status])
                raise PostRefused(f"SMPP.{answer.status:02X}")
            if answer.status not in LATER or pause is None:
                break
            await self._sleep(pause)
        log.warning("smpp.not_taken", status=f"{answer.status:#x}")
        raise CarrierUnavailable(f"SMPP: status {answer.status:#x}")

    async def _keep(self, receipt: Receipt) -> None:
        await self._receipts.received(receipt.message_id, receipt.state)

    def _note_refusal(self, refused: BindRefused) -> None:
        if self.state != "refused":
            self.state = "refused"
            log.error(
                "smpp.bind_refused",
                alarm="the message centre does not let us in: no SMS is sent",
                status=f"{refused.status:#x}",
            )
