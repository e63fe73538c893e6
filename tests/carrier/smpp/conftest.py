"""A message centre, and a sender that is bound to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from carrier.sms.smpp.sender import SmppSender
from carrier.sms.smpp.session import Centre
from tests.carrier.smpp.centre import MessageCentre, a_centre


class Receipts:
    """Receipts kept in memory; `shut` refuses the next ones."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, list[str]]] = []
        self.got: list[tuple[str, str]] = []
        self.shut = 0

    async def submitted(self, reference: str, message_ids: list[str]) -> None:
        self.sent.append((reference, message_ids))

    async def received(self, message_id: str, state: str) -> None:
        if self.shut:
            self.shut -= 1
            raise OSError("shut")
        self.got.append((message_id, state))


@pytest.fixture
async def centre() -> AsyncIterator[MessageCentre]:
    async with a_centre() as one:
        yield one


@pytest.fixture
def receipts() -> Receipts:
    return Receipts()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
async def sender(
    centre: MessageCentre, receipts: Receipts, pauses: list[float]
) -> AsyncIterator[SmppSender]:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    where = Centre("127.0.0.1", centre.port, "myaccount", "secret78", answer=1.0)
    sender = SmppSender(where, "Kcell", receipts, sleep=sleep)
    running = asyncio.create_task(sender.run())
    try:
        yield sender
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
