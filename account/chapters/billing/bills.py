"""Invoices: what an account was billed, number by number, and what VAT is in it (S28, S31, S32).

The figures are the operator's (TMF678 `customerBill`, `appliedCustomerBillingRate`); they are put
together and checked to the tiyn here, never corrected: a certificate that does not agree with its
invoice is not made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from account.chapters.billing.parties import NOT_TOLD, Contract, Customer, Supplier
from account.chapters.billing.vat import WITHOUT_VAT, VatRate, agrees, rate_of, vat_on
from account.errors import FiguresDisagree, FiguresIncomplete
from account.values.identifiers import AccountingNumber, EsfRegistrationNumber, Msisdn
from account.values.labels import NumberLabel
from account.values.money import ZERO, Money
from account.values.page import Page
from account.values.periods import Month, MonthSpan, Period


@dataclass(frozen=True, slots=True)
class Bill:
    """One invoice of one account (TMF678 `customerBill`); also a row of the register (S32).

    `number` is its accounting number (`billNo`), `registration` the one of the electronic invoice
    system. `unpaid` is `remainingAmount`; `lines` how many numbers it bills. Days are Almaty's.
    A `correction` changes what another invoice of that month billed; it may be below zero, and
    `corrects` is the number of that invoice, accounting or registration, where it is told. `rates`
    are those that are told for it, each once. None is not told by the operator: never nothing; an
    invoice without `registration` is not registered yet.
    """

    number: str
    account: str
    issued: date
    period: Period
    net: Money | None
    vat: Money | None
    gross: Money
    unpaid: Money | None = ZERO
    lines: int | None = 0
    registration: str | None = None
    correction: bool = False
    id: str = ""
    """The operator's own, where it is not the accounting number."""
    due: date | None = None
    """Until when it is to be paid."""
    corrects: str | None = None
    rates: tuple[VatRate, ...] = ()
    company_id: str = field(default="", compare=False)
    """Whose it is, as it was asked for."""

    @property
    def vat_rates(self) -> tuple[VatRate, ...]:
        """The rates in it, as told and as its sums say; empty where neither does.

        A part without VAT is told by no tax: it is there when the VAT is less than the rate's.
        """
        if self.net is None or self.vat is None:
            return self.rates
        told = self.rates[0] if self.rates else None
        if len(self.rates) > 1 or WITHOUT_VAT in self.rates:
            return self.rates
        rate = rate_of(told, self.net, self.vat, self.turnover, self.lines)
        if rate is None:
            return ()
        if agrees(self.net, self.vat, rate, self.lines):
            return (rate,)
        is_less = abs(self.vat) < abs(vat_on(self.net, rate))
        return (rate, WITHOUT_VAT) if is_less else ()

    @property
    def turnover(self) -> date:
        """The day on which what it bills counts as delivered: the last one, in Almaty."""
        return self.period.last

    @property
    def month(self) -> Month:
        """The month it bills."""
        return Month.of(self.turnover)

    @property
    def paid(self) -> Money | None:
        """What was paid of it."""
        return None if self.unpaid is None else self.gross - self.unpaid

    def is_corrected_by(self, note: Bill) -> bool:
        """Whether another invoice of its account and month says so, or names no other one."""
        of_one = (note.account, note.month) == (self.account, self.month)
        names = {None, self.number, self.registration, self.id or None}
        return note.correction and of_one and note.corrects in names

    @property
    def missing(self) -> int:
        """How many figures that are added up the operator did not tell."""
        told = (self.net, self.vat, self.unpaid, self.lines)
        return sum(figure is None for figure in told)


@dataclass(frozen=True, slots=True)
class BillsQuery:
    """Which invoices of a company are wanted; everything that is given must hold.

    `months` are those that are billed, `account` whose they are. `year` is that of the invoice or
    of what it bills: December is invoiced in January. They come by account, oldest first.
    """

    company_id: str
    months: MonthSpan | None = None
    year: int | None = None
    account: str | None = None
    number: AccountingNumber | None = None
    registration: EsfRegistrationNumber | None = None

    @property
    def issued(self) -> Period | None:
        """The days on which an invoice of that year may have been written."""
        if self.year is None:
            return None
        return Period(date(self.year - 1, 1, 1), date(self.year + 1, 12, 31))


@dataclass(frozen=True, slots=True)
class BillLine:
    """What was billed for one service (TMF678 `appliedCustomerBillingRate`).

    `msisdn` is None where it is no mobile number's, as of an office line. Net, VAT and the rate
    are None where the operator does not tell them.
    """

    msisdn: Msisdn | None
    service: str
    net: Money | None
    vat: Money | None
    gross: Money
    rate: VatRate | None = None


@dataclass(frozen=True, slots=True)
class BilledNumber:
    """A number found in an invoice (S28); `amount` is what it was billed there, VAT included."""

    msisdn: Msisdn
    bill: Bill
    amount: Money


@dataclass(frozen=True, slots=True)
class Amounts:
    """Net, VAT and gross of several lines together, and how many they are."""

    count: int
    net: Money
    vat: Money
    gross: Money

    @classmethod
    def of(cls, lines: Iterable[BillLine | Bill]) -> Amounts:
        """Add up, in whole tiyn. Raises `FiguresIncomplete` where net or VAT were not told."""
        count = net = vat = gross = 0
        for line in lines:
            if line.net is None or line.vat is None:
                raise FiguresIncomplete("net or VAT not told")
            count += 1
            net += line.net.tiyn
            vat += line.vat.tiyn
            gross += line.gross.tiyn
        return cls(count, Money(net), Money(vat), Money(gross))

    @property
    def off(self) -> Money:
        """By how much gross is not net and VAT."""
        return self.gross - self.net - self.vat


@dataclass(frozen=True, slots=True)
class ServiceDelivered:
    """One line of the certificate: a service at one rate, over all numbers of the account."""

    service: str
    rate: VatRate
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Certificate:
    """The service delivery certificate of an account's month, and its invoice's breakdown (S31).

    `corrections` are the invoices that changed it since; `labels` the company's own words for the
    numbers, by digits, as they are now. Raises `FiguresIncomplete` when net or VAT
    of the invoice or of a line were not told or it has not as many lines as it tells, and
    `FiguresDisagree` when lines and invoice differ by a tiyn, or when the VAT of a line, or of all
    lines of one rate, is not that of the rate, but for the rounding of each line.
    """

    bill: Bill
    lines: Sequence[BillLine]
    supplier: Supplier
    contract: Contract | None = None
    customer: Customer = NOT_TOLD
    corrections: Sequence[Bill] = ()
    labels: Mapping[str, NumberLabel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        bill = self.amounts
        if self.bill.lines is not None and self.bill.lines != len(self.lines):
            raise FiguresIncomplete("not as many lines as the invoice tells")
        summed = Amounts.of(self.lines)
        if (summed.net, summed.vat, summed.gross) != (bill.net, bill.vat, bill.gross):
            raise FiguresDisagree("the lines do not add up to the invoice")
        if bill.net + bill.vat != bill.gross:
            raise FiguresDisagree("net and VAT are not gross")
        for line in self.lines:
            alone = Amounts.of([line])
            if alone.off:
                raise FiguresDisagree("net and VAT of a line are not its gross")
            if not agrees(alone.net, alone.vat, self.rate_of(line)):
                raise FiguresDisagree("the VAT of a line is not that of its rate")
        for rate, amounts in self.by_rate.items():
            if not agrees(amounts.net, amounts.vat, rate, amounts.count):
                raise FiguresDisagree("the VAT of all lines is not that of their rate")

    def rate_of(self, line: BillLine) -> VatRate:
        """The rate of one of its lines. Raises `FiguresIncomplete`, `FiguresDisagree`."""
        alone = Amounts.of([line])
        rate = rate_of(line.rate, alone.net, alone.vat, self.bill.turnover)
        if rate is None:
            raise FiguresDisagree("the VAT of a line is not that of the day of turnover")
        return rate

    @property
    def by_rate(self) -> dict[VatRate, Amounts]:
        """The lines of each rate together, in the order in which rates first appear."""
        found: dict[VatRate, list[BillLine]] = {}
        for line in self.lines:
            found.setdefault(self.rate_of(line), []).append(line)
        return {rate: Amounts.of(lines) for rate, lines in found.items()}

    @property
    def corrected(self) -> Money:
        """What the month costs now, VAT included, with all corrections."""
        return self.bill.gross + Money(sum(note.gross.tiyn for note in self.corrections))

    @property
    def amounts(self) -> Amounts:
        """The invoice's own. Raises `FiguresIncomplete`."""
        return Amounts.of([self.bill])

    @property
    def signed_on(self) -> date:
        """The certificate's own date: the last day of the month it is about."""
        return self.bill.turnover

    @property
    def numbers(self) -> int:
        """How many mobile numbers are billed, however many lines each has."""
        return len({line.msisdn for line in self.lines} - {None})

    @property
    def services(self) -> tuple[ServiceDelivered, ...]:
        """The lines by service and rate, in the order in which they first appear."""
        found: dict[tuple[str, VatRate], list[BillLine]] = {}
        for line in self.lines:
            found.setdefault((line.service, self.rate_of(line)), []).append(line)
        return tuple(
            ServiceDelivered(service, rate, Amounts.of(lines))
            for (service, rate), lines in found.items()
        )


class BillSource(Protocol):
    """Invoices and their lines, asked of the operator (TMF678).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def bills(self, query: BillsQuery, *, offset: int, limit: int) -> Page[Bill]:
        """Invoices of a company, by account, oldest first (TMF678)."""

    async def bill_lines(self, bill: Bill, *, offset: int, limit: int) -> Page[BillLine]:
        """The lines of an invoice that `bills` answered, by number (TMF678)."""

    async def billed_accounts(
        self, company_id: str, msisdn: Msisdn, month: Month
    ) -> tuple[str, ...]:
        """The company's accounts that billed the number in that month (TMF678)."""
