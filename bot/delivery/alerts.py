"""An alert put into words when it is sent: by then its reader may have lost what it is about."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from account.chapters.alerts.rule import NEEDS, Alert
from account.identity.directory import Company
from account.identity.permissions import GRANTED
from bot.delivery.word import UntoldError, Word
from bot.flows.alerts import texts

if TYPE_CHECKING:
    from account.chapters.alerts.rules import AlertHearers
    from account.values.clock import Clock
    from account.values.number import NumberReader
    from storage.open import Stores
    from storage.queue.outbox import OutboxRow

NOBODY = "nobody may hear it"
REACH = frozenset({"alert.stale", "alert.fresh"})


class AlertWords:
    """Asks again who may hear, whose the numbers are, and whether it is muted meanwhile."""

    def __init__(
        self, stores: Stores, numbers: NumberReader, hearers: AlertHearers, clock: Clock
    ) -> None:
        self._stores = stores
        self._clock = clock
        self._numbers = numbers
        self._hearers = hearers

    async def of(self, row: OutboxRow) -> Word:
        """The word of a message owed.

        Raises `UntoldError`; `CarrierUnavailable`: then it is told later.
        """
        told = row.parameters
        company = await self._hearers.company(int(row.to), told["administrator"], told["company"])
        if company is None:
            raise UntoldError(NOBODY)
        if row.kind in REACH:
            return Word(texts.reach_word(row.kind, company.name, told["since"]))
        if row.kind == "alert.one":
            return await self._one(int(told["about"]), company)
        return await self._many(told["about"], company, first=row.kind == "alert.first")

    async def _one(self, alert_id: int, company: Company) -> Word:
        alert = await self._stores.alerts.alert(alert_id)
        if alert is None or not await self._wanted([alert], company):
            raise UntoldError(NOBODY)
        number = await self._numbers.number(company.id, alert.msisdn)
        if number is None:
            raise UntoldError(NOBODY)
        labels = await self._stores.labels.of(company.id, [alert.msisdn])
        label = labels.get(alert.msisdn.digits)
        return Word(*texts.one_word(alert, company.name, number, label))

    async def _many(self, batch: str, company: Company, *, first: bool) -> Word:
        """Numbers that have left the company meanwhile are not named."""
        rows, count = await self._stores.alerts.batch(batch, texts.LISTED)
        wanted = await self._wanted(rows, company)
        read = await asyncio.gather(
            *(self._numbers.number(company.id, one.msisdn) for one in wanted)
        )
        named = [one for one, number in zip(wanted, read, strict=True) if number is not None]
        if not named:
            raise UntoldError(NOBODY)
        count -= len(rows) - len(named)
        return Word(*texts.many_word(named, count, company.name, first=first))

    async def _wanted(self, alerts: Sequence[Alert], company: Company) -> Sequence[Alert]:
        """Those whose rule is there and not muted since, and that their role may read."""
        now = self._clock.now()
        muted = await self._stores.alerts.muted(company.id, [one.msisdn for one in alerts], now)
        rules = {one.rule_id: await self._stores.alerts.rule(one.rule_id) for one in alerts}
        return [
            one
            for one in alerts
            if (rule := rules[one.rule_id]) is not None
            and not rule.muted(now)
            and (one.measure not in NEEDS or NEEDS[one.measure] in GRANTED[company.role])
            and (one.administrator_id, one.msisdn.digits) not in muted
        ]
