"""What was paid: by the company for its accounts (S35), or for one number (S26). TMF676."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from account.errors import CarrierUnavailable, NumberNotFound
from account.identity.permissions import Actor, check_offered, require
from account.values.capabilities import Capability
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.number import NumberReader
from account.values.page import Page, Unreadable
from account.values.periods import Period, check_history_period, today
from account.values.rights import Right

SCREEN_ROWS = 8
STREAM_ROWS = 1000


class PaymentMeans(StrEnum):
    """How it was paid; values are the contract's types of TMF676's `paymentMethod`."""

    BANK_TRANSFER = "bankAccountTransfer"
    CARD = "bankCard"
    WALLET = "digitalWallet"
    CASH = "cash"
    BALANCE_TRANSFER = "balanceTransfer"
    OTHER = "other"


class PaymentState(StrEnum):
    """Where a payment stands; only one that is done counts."""

    DONE = "done"
    PENDING = "pending"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """The operator does not say: it is in no sum, and no paper with weight in law is made of it."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment. `at` is aware, UTC; `channel` the operator's own name of the method
    (`Kaspi.kz`); `number` is there when it was paid for a number and not for the whole account.
    `document` is the number of the payment order, or of another document by which it came, `dated`
    that document's own day where it is told, `purpose` what it says it pays: an invoice's number.
    """

    at: datetime
    amount: Money
    account: str
    document: str
    means: PaymentMeans = PaymentMeans.OTHER
    channel: str = ""
    state: PaymentState = PaymentState.DONE
    number: Msisdn | None = None
    purpose: str = ""
    dated: date | None = None

    @property
    def internal(self) -> bool:
        """Whether it only went from one of the company's numbers to another: that pays nothing."""
        return self.means is PaymentMeans.BALANCE_TRANSFER

    @property
    def counted(self) -> Money:
        """What it adds to what was paid: nothing until it is done, and nothing if internal."""
        done = self.state is PaymentState.DONE and not self.internal
        return self.amount if done else Money(0)


@dataclass(frozen=True, slots=True)
class PaidTotal:
    """What was paid, and how many payments are not in it since they could not be read whole.

    `payments` is how many there are, done or not; `transfers` between numbers stand apart.
    """

    amount: Money
    payments: int = 0
    transfers: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class PaymentsQuery:
    """Payments of one company in whole days of Almaty; with `number`, its part of each of them."""

    company_id: str
    period: Period
    number: Msisdn | None = None


class PaymentSource(NumberReader, Protocol):
    """Payments, asked of the operator (TMF676).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def payments(self, query: PaymentsQuery, *, offset: int, limit: int) -> Page[Payment]:
        """Payments of a company or of one of its numbers, newest first (TMF676)."""


class Payments:
    """The payments of one number, newest first (S26)."""

    def __init__(self, carrier: PaymentSource, clock: Clock) -> None:
        self._carrier = carrier
        self._clock = clock

    async def page(
        self, actor: Actor, msisdn: Msisdn, period: Period, offset: int = 0
    ) -> Page[Payment]:
        """A page of payments of at most twelve months back.

        Raises the refusals of `require`, `NumberNotFound`, `PeriodRefused`, `CarrierUnavailable`.
        """
        query = await self._query(actor, msisdn, period)
        return await self._carrier.payments(query, offset=offset, limit=SCREEN_ROWS)

    async def total(self, actor: Actor, msisdn: Msisdn, period: Period) -> PaidTotal:
        """What was paid for the number; transfers are counted apart. Raises as `page`."""
        return await self._sum(await self._query(actor, msisdn, period))

    async def _sum(self, query: PaymentsQuery) -> PaidTotal:
        total, offset, unreadable = Money(0), 0, Unreadable()
        unknown = payments = transfers = 0
        while True:
            page = await self._carrier.payments(query, offset=offset, limit=STREAM_ROWS)
            total += paid_in_all(page.rows)
            unreadable.note(page)
            unknown += sum(
                paid.state is PaymentState.UNKNOWN and not paid.internal for paid in page.rows
            )
            moved = sum(paid.internal for paid in page.rows)
            transfers += moved
            payments += len(page.rows) - moved
            read = page.end - page.offset
            offset += read
            if offset >= page.total:
                return PaidTotal(total, payments, transfers, unreadable.rows + unknown)
            if not read:
                raise CarrierUnavailable("the list has fewer rows than it tells")

    async def of_company(self, actor: Actor, period: Period, offset: int = 0) -> Page[Payment]:
        """A page of all payments of the chosen company (S35). Raises as `page`."""
        query = self._of_company(actor, period)
        return await self._carrier.payments(query, offset=offset, limit=SCREEN_ROWS)

    async def total_of_company(self, actor: Actor, period: Period) -> PaidTotal:
        """What the company paid in that period. Raises as `page`."""
        return await self._sum(self._of_company(actor, period))

    def _of_company(self, actor: Actor, period: Period) -> PaymentsQuery:
        company = require(actor, Right.ORDER_DOCUMENTS)
        check_offered(company, Capability.PAYMENTS)
        check_history_period(period, today(self._clock.now()))
        return PaymentsQuery(company.id, period)

    async def _query(self, actor: Actor, msisdn: Msisdn, period: Period) -> PaymentsQuery:
        company = require(actor, Right.READ_PAYMENTS)
        check_history_period(period, today(self._clock.now()))
        number = await self._carrier.number(company.id, msisdn)
        if number is None:
            raise NumberNotFound
        require(actor, Right.READ_PAYMENTS, number)
        return PaymentsQuery(company.id, period, msisdn)


def paid_in_all(payments: Iterable[Payment]) -> Money:
    """The sum of the payments that are done, without transfers between numbers."""
    return Money(sum(payment.counted.tiyn for payment in payments))
