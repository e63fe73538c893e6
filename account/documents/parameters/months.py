"""Documents about closed months: one or several, of all accounts or of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from typing_extensions import override

from account.documents.parameters.base import (
    ACCOUNT,
    AFTER,
    CHART_MONTHS,
    FEWEST_MONTHS,
    FIRST_OF_MONTHS,
    LAST_OF_MONTHS,
    MONTH,
    MONTHS,
    InMonths,
    Parameters,
    months_told,
)
from account.errors import PeriodTooLong
from account.values.identifiers import AccountNumber
from account.values.periods import (
    LONGEST_REGISTER,
    Month,
    MonthSpan,
    certificate_window,
    check_certificate_month,
    check_register_months,
    register_window,
)


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
