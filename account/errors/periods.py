"""A period that cannot be had (rules.md, windows of time)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from account.errors.input import InputRefused


class PeriodRefused(InputRefused):
    """The days or months asked for cannot be reported (section 6). Dates are Almaty days."""

    code: ClassVar[str] = "PERIOD.REFUSED"


class PeriodTooOld(PeriodRefused):
    """The period begins before `earliest`, the first day that can still be asked for."""

    code: ClassVar[str] = "PERIOD.TOO_OLD"

    def __init__(self, earliest: date) -> None:
        super().__init__(f"available from {earliest.isoformat()}")
        self.earliest = earliest


class PeriodInFuture(PeriodRefused):
    """The period reaches past today, or a month has not begun yet."""

    code: ClassVar[str] = "PERIOD.FUTURE"

    def __init__(self) -> None:
        super().__init__("the period reaches into the future")


class PeriodReversed(PeriodRefused):
    """The first day comes after the last."""

    code: ClassVar[str] = "PERIOD.REVERSED"

    def __init__(self) -> None:
        super().__init__("the period ends before it begins")


class PeriodTooLong(PeriodRefused):
    """The period spans more than `months` months (S32)."""

    code: ClassVar[str] = "PERIOD.TOO_LONG"

    def __init__(self, months: int) -> None:
        super().__init__(f"longer than {months} months")
        self.months = months


class PeriodNotClosed(PeriodRefused):
    """The last month asked for is not closed; it can be had from 00:00 of `available_from` (T9)."""

    code: ClassVar[str] = "PERIOD.NOT_CLOSED"

    def __init__(self, available_from: date) -> None:
        super().__init__(f"available from {available_from.isoformat()}")
        self.available_from = available_from
