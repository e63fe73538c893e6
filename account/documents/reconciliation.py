"""The reconciliation statement: what was owed, billed, paid and is owed, service by service (S33).

Debit is what the company owes more (invoices, corrections upwards), credit what it owes less.
Opening + debit − credit = closing holds to the tiyn for each service and for all of them.

An invoice is posted on the day of its turnover, the last one that it bills, whenever it was
written: the statement of a month and the certificates of it say the same. A correction is posted on
its own day: what it takes back was owed until then, and a balance that was signed stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from account.chapters.billing.accounts import ServiceLine
from account.chapters.billing.bills import Bill
from account.chapters.billing.parties import Contract
from account.chapters.payments import Payment, PaymentMeans, PaymentState
from account.errors import FiguresDisagree
from account.values.money import ZERO, Money
from account.values.periods import Month, MonthSpan, Period, today


class Posting(StrEnum):
    """Why the debt changed."""

    INVOICE = "invoice"
    PAYMENT = "payment"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One change of the debt, on the `day` on which it counts.

    A payment's amount is positive, a correction's has its own sign: above zero the company owes
    more. `document` is the number of invoice, payment or correction, `dated` the day that is
    written on it, if it is told.
    """

    day: date
    service: ServiceLine
    posting: Posting
    document: str
    amount: Money
    dated: date | None = None
    bill: Bill | None = None
    """The invoice or correction, with its registration number; None for a payment."""

    @property
    def debit(self) -> Money:
        """By how much the company owes more."""
        owes_more = self.posting is not Posting.PAYMENT and self.amount.tiyn > 0
        return self.amount if owes_more else ZERO

    @property
    def credit(self) -> Money:
        """By how much the company owes less."""
        if self.posting is Posting.PAYMENT:
            return self.amount
        return -self.amount if self.amount.tiyn < 0 else ZERO


@dataclass(frozen=True, slots=True)
class Balance:
    """What is owed before and after some days; amounts above zero are owed by the company."""

    opening: Money
    debit: Money
    credit: Money

    @property
    def closing(self) -> Money:
        """What is owed at their end."""
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class ServiceBalance(Balance):
    """One service over the period."""

    service: ServiceLine | None
    """None: all services together."""


@dataclass(frozen=True, slots=True)
class MonthBalance(Balance):
    """All services over one month, or the part of it that is in the period."""

    month: Month


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """An entry, and what is owed in all once it is posted."""

    entry: LedgerEntry
    balance: Money


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The statement of a company over whole days; `as_of` is when its data was read (S33-4).

    `left_out` rows of the operator's could not be read or decided: then it is nothing to sign.
    """

    period: Period
    as_of: datetime
    balances: tuple[ServiceBalance, ...]
    entries: tuple[LedgerEntry, ...]
    left_out: int = 0
    contracts: tuple[Contract, ...] = ()
    """What the covered services are delivered under, as far as it is told."""

    @property
    def total(self) -> ServiceBalance:
        """All services together."""
        return ServiceBalance(
            _sum(balance.opening for balance in self.balances),
            _sum(balance.debit for balance in self.balances),
            _sum(balance.credit for balance in self.balances),
            service=None,
        )

    @property
    def months(self) -> tuple[MonthBalance, ...]:
        """The months of the period, each closing as the next one opens."""
        found: list[MonthBalance] = []
        opening = self.total.opening
        for month in MonthSpan(Month.of(self.period.first), Month.of(self.period.last)):
            within = [entry for entry in self.entries if Month.of(entry.day) == month]
            debit = _sum(entry.debit for entry in within)
            credit = _sum(entry.credit for entry in within)
            found.append(MonthBalance(opening, debit, credit, month))
            opening = found[-1].closing
        return tuple(found)

    @property
    def posted(self) -> tuple[PostedEntry, ...]:
        """The entries, each with the balance after it."""
        found: list[PostedEntry] = []
        balance = self.total.opening
        for entry in self.entries:
            balance += entry.debit - entry.credit
            found.append(PostedEntry(entry, balance))
        return tuple(found)

    @property
    def empty(self) -> bool:
        """Nothing was owed and nothing happened: there is no statement to make (G-16)."""
        return not self.entries and not any(balance.opening for balance in self.balances)


def reconcile(
    period: Period,
    as_of: datetime,
    openings: Mapping[ServiceLine, Money],
    entries: Iterable[LedgerEntry],
    closings: Mapping[ServiceLine, Money] | None = None,
) -> Reconciliation:
    """Put the statement together: entries of the period alone, oldest first.

    `closings` are the operator's own, where it tells them. Raises `FiguresDisagree` when one of
    them is not opening + debit − credit.
    """
    within = tuple(
        sorted(
            (entry for entry in entries if entry.day in period),
            key=lambda entry: (entry.day, entry.service, entry.posting, entry.document),
        )
    )
    balances = tuple(
        ServiceBalance(
            openings.get(service, ZERO),
            _sum(entry.debit for entry in within if entry.service is service),
            _sum(entry.credit for entry in within if entry.service is service),
            service,
        )
        for service in ServiceLine
        # Nobody is told of other services who has none.
        if service is not ServiceLine.OTHER
        or openings.get(service)
        or any(entry.service is service for entry in within)
    )
    for balance in balances:
        assert balance.service is not None
        if closings is not None and closings.get(balance.service, ZERO) != balance.closing:
            raise FiguresDisagree(f"the closing balance of {balance.service.value}")
    return Reconciliation(period, as_of, balances, within)


def postings(
    bills: Iterable[Bill],
    payments: Iterable[Payment],
    services: Mapping[str, ServiceLine] | None = None,
) -> list[LedgerEntry]:
    """Invoices and payments as entries; of payments only those that went through.

    `services` says what each account is for: an account that it does not name is not covered
    (S33-2). Without it all are mobile. What was moved between the company's own numbers is no
    payment to the contractor. A payment that may have been received or not is none of them:
    `undecided` counts it.
    """

    def service(account: str) -> ServiceLine | None:
        return ServiceLine.MOBILE if services is None else services.get(account)

    entries = []
    for bill in bills:
        if covered := service(bill.account):
            why = Posting.CORRECTION if bill.correction else Posting.INVOICE
            day = bill.issued if bill.correction else bill.turnover
            entries.append(
                LedgerEntry(day, covered, why, bill.number, bill.gross, bill.issued, bill)
            )
    for paid in payments:
        covered = service(paid.account)
        if covered is None or paid.means is PaymentMeans.BALANCE_TRANSFER:
            continue
        if paid.state is PaymentState.DONE:
            day = today(paid.at)
            entries.append(
                LedgerEntry(day, covered, Posting.PAYMENT, paid.document, paid.amount, paid.dated)
            )
    return entries


def undecided(
    payments: Iterable[Payment], services: Mapping[str, ServiceLine] | None = None
) -> int:
    """How many covered payments may have been received or not: the operator does not say."""
    return sum(
        paid.state is PaymentState.UNKNOWN
        and paid.means is not PaymentMeans.BALANCE_TRANSFER
        and (services is None or paid.account in services)
        for paid in payments
    )


def balance_before(day: date, entries: Iterable[LedgerEntry]) -> dict[ServiceLine, Money]:
    """What was owed at the beginning of a day, when the entries go back to the first one."""
    owed = dict.fromkeys(ServiceLine, ZERO)
    for entry in entries:
        if entry.day < day:
            owed[entry.service] += entry.debit - entry.credit
    return owed


def _sum(amounts: Iterable[Money]) -> Money:
    return Money(sum(amount.tiyn for amount in amounts))
