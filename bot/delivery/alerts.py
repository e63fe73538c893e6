"""An alert put into words when it is sent: by then its reader may have lost what it is about."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from aiogram.types import BufferedInputFile

from account.chapters.alerts.rule import NEEDS, Alert
from account.chapters.numbers import NumberInventory, NumberPages
from account.identity.directory import Company
from account.identity.permissions import GRANTED
from account.values.identifiers import Msisdn
from bot.delivery.outgoing_message import OutgoingMessage, UntoldError
from bot.flows.alerts import texts
from documents.lists.text_workbook import text_workbook

if TYPE_CHECKING:
    from account.chapters.alerts.rules import AlertHearers
    from account.values.clock import Clock
    from storage.open import Stores
    from storage.queue.outbox import OutboxRow

NOBODY = "nobody may hear it"
FILE = "alerts.xlsx"
MOST_ROWS = 10_000
FEW, PAGE = 50, 100
"""So many numbers are asked for one by one; of more the company's list is read, by pages."""
REACH = frozenset({"alert.stale", "alert.fresh"})


class AlertWords:
    """Asks again who may hear, whose the numbers are, and whether it is muted meanwhile."""

    def __init__(
        self, stores: Stores, numbers: NumberInventory, hearers: AlertHearers, clock: Clock
    ) -> None:
        self._stores = stores
        self._clock = clock
        self._numbers = numbers
        self._hearers = hearers

    async def of(self, row: OutboxRow) -> OutgoingMessage:
        """The word of a message owed.

        Raises `UntoldError`; `CarrierUnavailable`: then it is told later.
        """
        told = row.parameters
        company = await self._hearers.company(int(row.to), told["administrator"], told["company"])
        if company is None:
            raise UntoldError(NOBODY)
        if row.kind in REACH:
            return OutgoingMessage(texts.reach_word(row.kind, company.name, told["since"]))
        if row.kind == "alert.one":
            return await self._one(int(told["about"]), company)
        return await self._many(told["about"], company, first=row.kind == "alert.first")

    async def _one(self, alert_id: int, company: Company) -> OutgoingMessage:
        alert = await self._stores.alerts.alert(alert_id)
        if alert is None or not await self._wanted([alert], company):
            raise UntoldError(NOBODY)
        number = await self._numbers.number(company.id, alert.msisdn)
        if number is None:
            raise UntoldError(NOBODY)
        labels = await self._stores.labels.of(company.id, [alert.msisdn])
        label = labels.get(alert.msisdn.digits)
        return OutgoingMessage(*texts.one_word(alert, company.name, number, label))

    async def _many(self, batch: str, company: Company, *, first: bool) -> OutgoingMessage:
        """Numbers that have left the company meanwhile are not named; what the message has no room
        for stands in a file.
        """
        rows, _count = await self._stores.alerts.batch(batch, MOST_ROWS)
        wanted = await self._wanted(rows, company)
        there = await self._there(company.id, {one.msisdn for one in wanted})
        named = [one for one in wanted if one.msisdn in there]
        if not named:
            raise UntoldError(NOBODY)
        # A file's caption has room for a quarter of what a message has.
        shown = named[: texts.LISTED if len(named) <= texts.LISTED else texts.BESIDE_FILE]
        text, keyboard = texts.many_word(shown, len(named), company.name, first=first)
        file = None
        if len(named) > len(shown):
            labels = await self._stores.labels.of(company.id, list(there))
            content = text_workbook(texts.headings(), texts.file_rows(named, labels))
            file = BufferedInputFile(content, FILE)
        return OutgoingMessage(text, keyboard, file=file)

    async def _there(self, company_id: str, msisdns: Collection[Msisdn]) -> set[Msisdn]:
        """Those of them that are the company's now: asked for by pages where they are many."""
        if len(msisdns) <= FEW:
            read = await asyncio.gather(*(self._numbers.number(company_id, one) for one in msisdns))
            return {one.msisdn for one in read if one is not None}
        pages, found, offset = NumberPages(self._numbers), set[Msisdn](), 0
        while True:
            page = await pages.page(company_id, offset=offset, limit=PAGE)
            found |= {one.msisdn for one in page.rows if one.msisdn in msisdns}
            before, offset = offset, page.end
            if len(found) == len(msisdns) or offset >= page.total or offset <= before:
                return found

    async def _wanted(self, alerts: Sequence[Alert], company: Company) -> Sequence[Alert]:
        """Those whose rule is there and not muted since, and that their role may read."""
        now = self._clock.now()
        muted = await self._stores.alerts.muted(company.id, [one.msisdn for one in alerts], now)
        ids = sorted({one.rule_id for one in alerts})
        rules = {one: await self._stores.alerts.rule(one) for one in ids}
        return [
            one
            for one in alerts
            if (rule := rules[one.rule_id]) is not None
            and not rule.muted(now)
            and (one.measure not in NEEDS or NEEDS[one.measure] in GRANTED[company.role])
            and (one.administrator_id, one.msisdn.digits) not in muted
        ]
