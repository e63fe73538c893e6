"""Documents about one invoice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from typing_extensions import override

from account.documents.parameters.base import ACCOUNTING, ESF, NUMBER, SEARCH, YEAR, Parameters
from account.errors import DayInvalid, PeriodInFuture, PeriodTooOld
from account.values.identifiers import AccountingNumber, EsfRegistrationNumber
from account.values.periods import FIRST_MONTH


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
