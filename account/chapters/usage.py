"""Usage details of one number: who was called, what it cost (S13).

Reading them is reading an employee's personal data, so every reading is written to the history
(S13-2).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from account.chapters.history import HistoryStore
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import CarrierUnavailable, DetailsBanned, NumberNotFound
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.money import ExactSum, Money
from account.values.number import Ban, Number, NumberReader
from account.values.page import Page, Unreadable
from account.values.periods import Period, check_usage_period, today
from account.values.rights import Right

SCREEN_ROWS = 10
STREAM_ROWS = 998
"""With a row before and one behind, which tell what was rated again, as many as one answer has."""


class UsageKind(StrEnum):
    """What a record is about; also the filter of the report, `EVERYTHING` being no filter."""

    EVERYTHING = "everything"
    CALLS = "calls"
    SMS = "sms"
    DATA = "data"
    OTHER = "other"


class Direction(StrEnum):
    """Which way a call or message went; sessions and charges have none."""

    OUT = "out"
    IN = "in"
    NONE = "none"


class UsageService(StrEnum):
    """Services that all operators have, each under a name of its own."""

    ONNET = "onnet"
    OFFNET = "offnet"
    LANDLINE = "landline"
    INTERNATIONAL = "international"
    ROAMING = "roaming"
    INCOMING = "incoming"
    INTERNET = "internet"
    DATA_ROAMING = "data_roaming"
    SMS = "sms"
    MMS = "mms"


@dataclass(slots=True, unsafe_hash=True)
class UsageRecord:
    """One line of the itemised bill. `at` is aware, UTC; `cost` includes taxes. Nobody changes one:
    it is not `frozen` because that takes five times as long to make, and there are a million.

    `amount` is seconds of a call, bytes of a data session, pieces of anything else. `cost` None is
    not yet rated, which is not free; `finer` is what was cut off a rate finer than a tiyn to show
    it (tenge, below zero where it was rounded up), so that sums are exact. `service` is in the
    operator's own words, `service_kind` what is known by that name and has words in each language.
    """

    at: datetime
    kind: UsageKind
    direction: Direction
    party: str
    amount: int
    cost: Money | None
    roaming: str | None = None
    service: str | None = None
    finer: Decimal = Decimal(0)
    service_kind: UsageService | None = None


@dataclass(frozen=True, slots=True)
class UsageTotal:
    """The sum of one kind: records, amount in the kind's unit, cost with taxes.

    `unrated` of the records have no price yet, and no part in `cost`.
    """

    kind: UsageKind
    records: int
    amount: int
    cost: Money
    unrated: int = 0


@dataclass(slots=True)
class UsageSum:
    """Records of one kind, or of all, being added up."""

    records: int = 0
    amount: int = 0
    unrated: int = 0
    cost: ExactSum = field(default_factory=ExactSum)

    def add(self, record: UsageRecord) -> None:
        """Take one record."""
        self.records += 1
        self.amount += record.amount
        if record.cost is None:
            self.unrated += 1
        else:
            self.cost.add(record.cost, record.finer)

    def total(self, kind: UsageKind) -> UsageTotal:
        """The sum as it is shown."""
        return UsageTotal(kind, self.records, self.amount, self.cost.shown, self.unrated)


@dataclass(frozen=True, slots=True)
class UsageQuery:
    """What the person asked for: whole days in Almaty, both included."""

    msisdn: Msisdn
    period: Period
    kind: UsageKind = UsageKind.EVERYTHING

    def told(self) -> dict[str, str]:
        """The query as the history keeps it: ISO days and the kind."""
        return {
            "first": self.period.first.isoformat(),
            "last": self.period.last.isoformat(),
            "type": self.kind.value,
        }

    def ordered(self) -> dict[str, str]:
        """The query as the parameters of a file (`account.documents.catalogue`)."""
        return {"msisdn": self.msisdn.digits, **self.told()}


@dataclass(frozen=True, slots=True)
class UsagePage:
    """A page on screen, newest first. `incomplete` when today belongs to the period (S13-1)."""

    number: Number
    page: Page[UsageRecord]
    incomplete: bool


class RecordSource(Protocol):
    """Itemised usage, asked of the operator (TMF635).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def usage(
        self, company_id: str, query: UsageQuery, *, offset: int, limit: int
    ) -> Page[UsageRecord]:
        """Usage of a number of the company's in a period, newest first (TMF635)."""


class UsageSource(RecordSource, NumberReader, Protocol):
    """The same, and the number itself."""


class Usage:
    """Usage details on screen; the file of them is made by `account.documents.orders`."""

    def __init__(self, carrier: UsageSource, history: HistoryStore, clock: Clock) -> None:
        self._carrier = carrier
        self._records = UsageRecords(carrier)
        self._history = history
        self._clock = clock

    async def check(self, actor: Actor, query: UsageQuery) -> Number:
        """The number whose details are wanted, if the actor may and the period is allowed.

        Raises the refusals of `require`, `NumberNotFound`, `PeriodRefused`, `CarrierUnavailable`,
        and `DetailsBanned` for an employee who may not see them.
        """
        company = require(actor, Right.READ_USAGE)
        check_usage_period(query.period, today(self._clock.now()))
        number = await self._carrier.number(company.id, query.msisdn)
        if number is None:
            raise NumberNotFound
        require(actor, Right.READ_USAGE, number)
        if actor.only is not None and Ban.DETAILS in number.bans:
            raise DetailsBanned
        return number

    async def page(
        self, actor: Actor, query: UsageQuery, offset: int = 0, *, again: bool = False
    ) -> UsagePage:
        """A page of records; the first page is written to the history. Raises as `check`.

        `again`: the history has this reading already, and the same pages are only turned back.
        """
        number = await self.check(actor, query)
        page = await self._carrier.usage(number.company_id, query, offset=offset, limit=SCREEN_ROWS)
        if offset == 0 and not again:
            await self._history.append(
                HistoryEntry.by(
                    actor,
                    HistoryEvent.USAGE_SEEN,
                    at=self._clock.now(),
                    number=query.msisdn,
                    parameters=query.told(),
                )
            )
        now_day = today(self._clock.now())
        return UsagePage(number=number, page=page, incomplete=query.period.last >= now_day)

    async def totals(
        self, actor: Actor, query: UsageQuery, unreadable: Unreadable | None = None
    ) -> tuple[UsageTotal, ...]:
        """Sums per kind over the whole period, in the order of `UsageKind`. Raises as `check`.

        What could not be read is in none of them, and counted in `unreadable`.
        """
        number = await self.check(actor, query)
        sums: dict[UsageKind, UsageSum] = {}
        async for rows in self.stream(number.company_id, query, unreadable):
            for row in rows:
                of_kind = sums.get(row.kind)
                if of_kind is None:
                    of_kind = sums[row.kind] = UsageSum()
                of_kind.add(row)
        return tuple(sums[kind].total(kind) for kind in UsageKind if kind in sums)

    def stream(
        self, company_id: str, query: UsageQuery, unreadable: Unreadable | None = None
    ) -> AsyncGenerator[tuple[UsageRecord, ...], None]:
        """As `UsageRecords.stream`."""
        return self._records.stream(company_id, query, unreadable)


class UsageRecords:
    """All records of a number, page by page; for files, and whoever else has passed `check`."""

    def __init__(self, carrier: RecordSource) -> None:
        self._carrier = carrier

    async def stream(
        self, company_id: str, query: UsageQuery, unreadable: Unreadable | None = None
    ) -> AsyncGenerator[tuple[UsageRecord, ...], None]:
        """All records of a number, newest first, in pages of at most `STREAM_ROWS`.

        For callers that have already passed `check`: a queued document was checked when ordered.
        What could not be read is counted in `unreadable`. Raises `CarrierUnavailable`.
        """
        offset, total = 0, 0
        before: tuple[UsageRecord, ...] = ()
        while True:
            page = await self._carrier.usage(company_id, query, offset=offset, limit=STREAM_ROWS)
            rows = page.rows
            if unreadable is not None:
                unreadable.note(page)
            # Calls made meanwhile push what was already read into this page.
            newer = page.total - total if before else 0
            if newer > 0 and before[-newer:] == rows[:newer]:
                rows = rows[newer:]
            if rows:
                yield rows
            before, total = page.rows, page.total
            read = page.end - page.offset
            offset += read
            if offset >= page.total:
                return
            if not read:
                raise CarrierUnavailable("the list has fewer rows than it tells")
