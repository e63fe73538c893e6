"""What becomes of texts sent by SMPP: kept beside what was owed, counted, and told.

Somebody may wait in their chat for a code that the network could not deliver.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import structlog

from account.credentials.one_time_codes import code_named, undelivered
from bot.delivery.acknowledgement import acknowledged

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from account.credentials.one_time_codes import Code
    from account.effects.effect import OutboxMessage
    from account.values.clock import Clock
    from carrier.sms.smpp.sender import SmsReceipts
    from storage.stores.sms_parts import SmsPartRows

log = structlog.get_logger(__name__)

ON_THEIR_WAY = {"ENROUTE", "ACCEPTD", "SCHEDULED"}
ARRIVED = {"DELIVRD"}
LOST = {"UNDELIV", "REJECTD", "EXPIRED", "DELETED"}
"""It will not arrive any more; UNKNOWN and a centre's own words say nothing for sure."""


class KeptReceipts:
    """The port `SmsReceipts` of carrier.sms.smpp. `counted` is told each state.

    `awaited` finds a code by its name while it is good, `owe` owes the word that it is lost.
    """

    def __init__(
        self,
        rows: SmsPartRows,
        clock: Clock,
        counted: Callable[[str], None],
        awaited: Callable[[str], Awaitable[Code | None]],
        owe: Callable[[OutboxMessage], Awaitable[None]],
    ) -> None:
        self._rows = rows
        self._clock = clock
        self._counted = counted
        self._awaited = awaited
        self._owe = owe

    async def submitted(self, reference: str, message_ids: list[str]) -> None:
        """Keep the names of a message's parts; a receipt may have been there before."""
        note = partial(self._rows.submitted, reference, message_ids, self._clock.now())
        await acknowledged(note)
        await acknowledged(partial(self._look_back, reference))

    async def _look_back(self, reference: str) -> None:
        if not LOST.isdisjoint(await self._rows.states(reference)):
            await self._tell(reference)

    async def received(self, message_id: str, state: str) -> None:
        """Keep a receipt. Raises `StorageUnavailable`: the centre sends it again."""
        reference = await self._rows.received(message_id, state, self._clock.now())
        if state in LOST and reference is not None:
            await self._tell(reference)
        self._counted(state if state in KNOWN else "other")
        if state not in ARRIVED | ON_THEIR_WAY:
            log.warning("sms.undelivered", state=state if state in KNOWN else "other")

    async def _tell(self, reference: str) -> None:
        """Owe the word once; its key lets it be kept only once."""
        name = code_named(reference)
        code = None if name is None else await self._awaited(name)
        word = None if code is None else undelivered(code, self._clock.now())
        if word is not None:
            await self._owe(word)


KNOWN = ARRIVED | ON_THEIR_WAY | LOST | {"UNKNOWN"}

if TYPE_CHECKING:

    def _keeps(receipts: KeptReceipts) -> SmsReceipts:
        return receipts
