"""What a document is asked about: read from its order's parameters once, checked, and told again.

An order keeps its parameters as texts (they live in the database and in windows); everything else
has them as one of these. Each knows what a window begins with (`usual`) and what may be asked.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from typing_extensions import override

from account.chapters.history import HistoryKind
from account.chapters.usage import UsageKind
from account.errors import DayInvalid, PeriodInFuture, PeriodTooLong, PeriodTooOld
from account.values.identifiers import (
    AccountingNumber,
    AccountNumber,
    EsfRegistrationNumber,
    Msisdn,
)
from account.values.periods import (
    FIRST_MONTH,
    LONGEST_REGISTER,
    Month,
    MonthSpan,
    Period,
    add_months,
    certificate_window,
    check_certificate_month,
    check_history_period,
    check_reconciliation_period,
    check_register_months,
    check_usage_period,
    history_window,
    reconciliation_window,
    register_window,
)

MSISDN = "msisdn"
"""Which number it is about."""
ACCOUNT, TYPE = "account", "type"
FIRST, LAST = "first", "last"
"""Days, ISO, both included."""
MONTH, FIRST_OF_MONTHS, LAST_OF_MONTHS = "month", "first_month", "last_month"
"""Months, `2021-12`."""
SEARCH, NUMBER, YEAR = "search", "number", "year"
ESF, ACCOUNTING = "esf", "accounting"
"""The two values of SEARCH (T6)."""
AFTER = "after"
"""The account after which a set goes on that did not fit in one file."""
MONTHS = "months"
"""How many months back, 2 to 12."""
FEWEST_MONTHS, CHART_MONTHS = 2, 12


def nothing(*_: object) -> dict[str, str]:
    """Nothing."""
    return {}


class Parameters(ABC):
    """What one document is about. `day` is today in Almaty throughout."""

    required: ClassVar[str | None] = None
    """The one that has no usual value."""

    usual: Callable[[date], dict[str, str]] = staticmethod(nothing)
    """What a window begins with on that day; a class method where there is anything."""

    @classmethod
    @abstractmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        """Read them from texts, typed ones too.

        Raises `InputRefused`; KeyError and ValueError for what no window asks.
        """

    @abstractmethod
    def told(self) -> dict[str, str]:
        """The same as texts, in their one writing."""

    @classmethod
    def missing(cls, told: Mapping[str, str]) -> str | None:
        """The required one, where it is not among `told`."""
        return None if cls.required is None or cls.required in told else cls.required

    def check(self, day: date) -> None:  # noqa: B027 - most may be asked at any time
        """Refuse what cannot be asked for on that day. Raises `InputRefused`."""

    @property
    def number(self) -> Msisdn | None:
        """The company's number it is about, if it is about one."""
        return None

    @property
    def account(self) -> AccountNumber | None:
        """The company's account it is about, if it is about one."""
        return None


class InDays(Parameters):
    """About whole days in Almaty that one chooses in a window."""

    period: Period

    @classmethod
    @abstractmethod
    def window(cls, day: date) -> Period:
        """The days that can be asked for."""

    @classmethod
    @abstractmethod
    def check_period(cls, period: Period, day: date) -> None:
        """Raises `PeriodRefused`."""

    @override
    def check(self, day: date) -> None:
        """Raises `PeriodRefused`."""
        self.check_period(self.period, day)


class InMonths(Parameters):
    """About months that one chooses in a window."""

    @classmethod
    def window(cls, day: date) -> MonthSpan:
        """The months that can be asked for."""
        return register_window(day)

    @override
    @classmethod
    def usual(cls, day: date) -> dict[str, str]:
        """The last one; whatever else there is, is to be chosen."""
        return {MONTH: str(cls.window(day).last)}


@dataclass(frozen=True, slots=True)
class Nothing(Parameters):
    """All there is now."""

    @override
    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        """Whatever was told is not about this."""
        return cls()

    @override
    def told(self) -> dict[str, str]:
        """Nothing."""
        return {}


@dataclass(frozen=True, slots=True)
class NumberDays(Parameters):
    """One number's days (S13)."""

    msisdn: Msisdn
    period: Period

    @override
    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        return cls(Msisdn.parse(told[MSISDN]), period_of(told))

    @override
    def told(self) -> dict[str, str]:
        return {MSISDN: self.msisdn.digits} | days_told(self.period)

    @override
    def check(self, day: date) -> None:
        """Raises `PeriodRefused`."""
        check_usage_period(self.period, day)

    @override
    @property
    def number(self) -> Msisdn:
        """That number."""
        return self.msisdn


@dataclass(frozen=True, slots=True)
class UsageDays(Parameters):
    """One number's days, and which of its usage (S13)."""

    days: NumberDays
    kind: UsageKind

    @override
    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        """Without a type it is everything."""
        return cls(NumberDays.read(told), UsageKind(told.get(TYPE, UsageKind.EVERYTHING)))

    @override
    def told(self) -> dict[str, str]:
        return self.days.told() | {TYPE: self.kind.value}

    @override
    def check(self, day: date) -> None:
        """Raises `PeriodRefused`."""
        self.days.check(day)

    @override
    @property
    def number(self) -> Msisdn:
        """That number."""
        return self.days.msisdn


@dataclass(frozen=True, slots=True)
class HistoryDays(InDays):
    """Days of the company, or of one of its numbers (S29, S26, S35)."""

    period: Period
    msisdn: Msisdn | None = None

    @override
    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        msisdn = told.get(MSISDN)
        return cls(period_of(told), Msisdn.parse(msisdn) if msisdn else None)

    @override
    def told(self) -> dict[str, str]:
        number = {} if self.msisdn is None else {MSISDN: self.msisdn.digits}
        return number | days_told(self.period)

    @override
    @classmethod
    def usual(cls, day: date) -> dict[str, str]:
        """A month."""
        return days_told(Period(add_months(day, -1), day))

    @override
    @classmethod
    def window(cls, day: date) -> Period:
        return history_window(day)

    @override
    @classmethod
    def check_period(cls, period: Period, day: date) -> None:
        check_history_period(period, day)

    @override
    @property
    def number(self) -> Msisdn | None:
        """That number."""
        return self.msisdn


@dataclass(frozen=True, slots=True)
class HistoryOfKind(HistoryDays):
    """The same, and what the entries are about (S29)."""

    kind: HistoryKind | None = None

    @override
    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        days = HistoryDays.read(told)
        kind = told.get(TYPE)
        known = HistoryKind(kind) if kind in set(HistoryKind) else None
        return cls(days.period, days.msisdn, known)

    @override
    def told(self) -> dict[str, str]:
        kind = {} if self.kind is None else {TYPE: self.kind.value}
        # Not `super()`: a class with slots is made twice, and it would mean the first.
        return HistoryDays.told(self) | kind


@dataclass(frozen=True, slots=True)
class StatementDays(InDays):
    """The days of a reconciliation (S33)."""

    period: Period

    @override
    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        return cls(period_of(told))

    @override
    def told(self) -> dict[str, str]:
        return days_told(self.period)

    @override
    @classmethod
    def usual(cls, day: date) -> dict[str, str]:
        """From the first of January on."""
        return days_told(cls.since_january(day))

    @classmethod
    def since_january(cls, day: date) -> Period:
        """The year of the last closed month, as far as it is closed."""
        last = cls.window(day).last
        return Period(date(last.year, 1, 1), last)

    @classmethod
    def quarters(cls, day: date) -> tuple[Period, ...]:
        """The quarters that are closed and can be asked for as a whole, oldest first."""
        window = cls.window(day)
        first = Month.of(window.first)
        spans = (MonthSpan(first.plus(n), first.plus(n + 2)) for n in range(12))
        return tuple(
            span.period
            for span in spans
            if span.first.month % 3 == 1 and span.period.last in window
        )

    @override
    @classmethod
    def window(cls, day: date) -> Period:
        return reconciliation_window(day)

    @override
    @classmethod
    def check_period(cls, period: Period, day: date) -> None:
        check_reconciliation_period(period, day)


@dataclass(frozen=True, slots=True)
class OneMonth(InMonths):
    """A closed month (S27)."""

    month: Month

    @override
    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        return cls(Month.parse(told[MONTH]))

    @override
    def told(self) -> dict[str, str]:
        return {MONTH: str(self.month)}

    @override
    def check(self, day: date) -> None:
        """Raises `PeriodRefused`."""
        check_register_months(MonthSpan(self.month, self.month), day)


@dataclass(frozen=True, slots=True)
class AccountMonth(InMonths):
    """A closed month of one account (S31)."""

    required = ACCOUNT

    of: AccountNumber
    month: Month

    @override
    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        return cls(AccountNumber.parse(told[ACCOUNT]), Month.parse(told[MONTH]))

    @override
    def told(self) -> dict[str, str]:
        return {ACCOUNT: self.of.digits, MONTH: str(self.month)}

    @override
    @classmethod
    def window(cls, day: date) -> MonthSpan:
        return certificate_window(day)

    @override
    def check(self, day: date) -> None:
        """Raises `PeriodRefused`."""
        check_certificate_month(self.month, day)

    @override
    @property
    def account(self) -> AccountNumber:
        """That account."""
        return self.of


@dataclass(frozen=True, slots=True)
class AllAccounts(InMonths):
    """A closed month of all accounts, or of those after one (S31)."""

    month: Month
    after: str | None = None

    @override
    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        return cls(Month.parse(told[MONTH]), told.get(AFTER))

    @override
    def told(self) -> dict[str, str]:
        return {MONTH: str(self.month)} | ({AFTER: self.after} if self.after else {})

    @override
    @classmethod
    def window(cls, day: date) -> MonthSpan:
        return certificate_window(day)

    @override
    def check(self, day: date) -> None:
        """Raises `PeriodRefused`."""
        check_certificate_month(self.month, day)


@dataclass(frozen=True, slots=True)
class Months(InMonths):
    """Closed months in a row (S32)."""

    span: MonthSpan

    @override
    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        return cls(MonthSpan(Month.parse(told[FIRST_OF_MONTHS]), Month.parse(told[LAST_OF_MONTHS])))

    @override
    def told(self) -> dict[str, str]:
        return months_told(self.span)

    @override
    @classmethod
    def usual(cls, day: date) -> dict[str, str]:
        """The last one alone."""
        month = str(cls.window(day).last)
        return {FIRST_OF_MONTHS: month, LAST_OF_MONTHS: month}

    @override
    def check(self, day: date) -> None:
        """Raises `PeriodRefused`."""
        check_register_months(self.span, day)


@dataclass(frozen=True, slots=True)
class LastMonths(Parameters):
    """So many closed months, the newest of them last."""

    count: int

    @override
    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        """Raises `PeriodTooLong`."""
        count = told[MONTHS]
        if not count.isdecimal() or not FEWEST_MONTHS <= int(count) <= LONGEST_REGISTER:
            raise PeriodTooLong(LONGEST_REGISTER)
        return cls(int(count))

    @override
    def told(self) -> dict[str, str]:
        return {MONTHS: str(self.count)}

    @override
    @classmethod
    def usual(cls, day: date) -> dict[str, str]:
        """A year."""
        return {MONTHS: str(CHART_MONTHS)}

    def before(self, day: date) -> MonthSpan:
        """The months, when it was ordered on `day`."""
        last = register_window(day).last
        return MonthSpan(last.plus(1 - self.count), last)


@dataclass(frozen=True, slots=True)
class Invoice(Parameters):
    """An invoice by one of its two numbers, and its year (S28, T6).

    The year is that of the invoice or of what it bills. A registration number holds its own.
    """

    required = NUMBER

    by: EsfRegistrationNumber | AccountingNumber
    year: int

    @override
    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        by: EsfRegistrationNumber | AccountingNumber
        if told[SEARCH] == ESF:
            by = EsfRegistrationNumber.parse(told[NUMBER])
            return cls(by, by.year)
        if told[SEARCH] == ACCOUNTING:
            by = AccountingNumber.parse(told[NUMBER])
        else:
            raise ValueError(SEARCH)
        year = told[YEAR]
        if not year.isdecimal() or len(year) != 4:
            raise DayInvalid
        return cls(by, int(year))

    @override
    def told(self) -> dict[str, str]:
        search = ESF if isinstance(self.by, EsfRegistrationNumber) else ACCOUNTING
        return {SEARCH: search, NUMBER: self.written, YEAR: str(self.year)}

    @property
    def written(self) -> str:
        """The number in its one writing."""
        return self.by.text if isinstance(self.by, EsfRegistrationNumber) else self.by.digits

    @override
    @classmethod
    def usual(cls, day: date) -> dict[str, str]:
        """By the registration number, this year; the number is to be typed."""
        return {SEARCH: ESF, YEAR: str(day.year)}

    @override
    def check(self, day: date) -> None:
        """Raises `PeriodTooOld`, `PeriodInFuture`."""
        if self.year < FIRST_MONTH.year:
            raise PeriodTooOld(FIRST_MONTH.first)
        if self.year > day.year:
            raise PeriodInFuture


def period_of(told: Mapping[str, str]) -> Period:
    """The days among the texts. Raises `DayInvalid`, `PeriodReversed`."""
    try:
        return Period(date.fromisoformat(told[FIRST]), date.fromisoformat(told[LAST]))
    except ValueError:
        raise DayInvalid from None


def days_told(period: Period) -> dict[str, str]:
    """Days as texts."""
    return {FIRST: period.first.isoformat(), LAST: period.last.isoformat()}


def months_told(span: MonthSpan) -> dict[str, str]:
    """Months as texts."""
    return {FIRST_OF_MONTHS: str(span.first), LAST_OF_MONTHS: str(span.last)}
