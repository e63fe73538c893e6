"""Documents about days: of a number, of the company, of a reconciliation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from typing_extensions import override

from account.chapters.history import HistoryKind
from account.chapters.usage import UsageKind
from account.documents.parameters.base import MSISDN, TYPE, InDays, Parameters, days_told, period_of
from account.values.identifiers import Msisdn
from account.values.periods import (
    Month,
    MonthSpan,
    Period,
    add_months,
    check_history_period,
    check_reconciliation_period,
    check_usage_period,
    history_window,
    reconciliation_window,
)


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
