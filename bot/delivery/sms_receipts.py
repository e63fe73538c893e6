"""What becomes of texts sent by SMPP: kept beside what was owed, and counted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.delivery.acknowledgement import acknowledged

if TYPE_CHECKING:
    from collections.abc import Callable

    from account.values.clock import Clock
    from carrier.sms.smpp.sender import SmsReceipts
    from storage.stores.sms_parts import SmsPartRows

log = structlog.get_logger(__name__)

ON_THEIR_WAY = {"ENROUTE", "ACCEPTD", "SCHEDULED"}
ARRIVED = {"DELIVRD"}


class KeptReceipts:
    """The port `SmsReceipts` of carrier.sms.smpp. `counted` is told each state."""

    def __init__(self, rows: SmsPartRows, clock: Clock, counted: Callable[[str], None]) -> None:
        self._rows = rows
        self._clock = clock
        self._counted = counted

    async def submitted(self, reference: str, message_ids: list[str]) -> None:
        """Keep the names of a message's parts."""
        note = partial(self._rows.submitted, reference, message_ids, self._clock.now())
        await acknowledged(note)

    async def received(self, message_id: str, state: str) -> None:
        """Keep a receipt. Raises `StorageUnavailable`: the centre sends it again."""
        await self._rows.received(message_id, state, self._clock.now())
        self._counted(state if state in KNOWN else "other")
        if state not in ARRIVED | ON_THEIR_WAY:
            log.warning("sms.undelivered", state=state if state in KNOWN else "other")


KNOWN = ARRIVED | ON_THEIR_WAY | {"EXPIRED", "DELETED", "UNDELIV", "UNKNOWN", "REJECTD"}

if TYPE_CHECKING:

    def _keeps(receipts: KeptReceipts) -> SmsReceipts:
        return receipts
