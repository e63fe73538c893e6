"""Days and months as Almaty counts them, and which of them may be asked for.

Every `date` here is a day in Asia/Almaty; every `datetime` is aware and in UTC. The offset is
never written down as a number: Almaty was UTC+6 until 29.02.2024 and is UTC+5 since (G-2), so
that 29 February had 25 hours. Nothing here reads the clock.
"""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Self

from account.errors.input import DayInvalid
from account.errors.periods import (
    PeriodInFuture,
    PeriodNotClosed,
    PeriodReversed,
    PeriodTooLong,
    PeriodTooOld,
)
from account.kazakhstan.time_zone import ZONE
from account.values.day_parser import days_in, months_in

ALMATY = ZONE

CERTIFICATE_CLOSES_ON = 5
"""The previous month's certificate is there after this day of the month (S31-2, T9)."""
REGISTER_CLOSES_ON = 3
"""The same for the invoice register and the reconciliation statement (S32, S33-3)."""
LONGEST_REGISTER = 12
"""Months in one invoice register (S32)."""


def today(now_utc: datetime) -> date:
    """The day it is in Almaty at an aware moment. Raises ValueError for a naive one."""
    return _in_almaty(now_utc).date()


def add_months(day: date, months: int) -> date:
    """The same day that many months later, or earlier, or that month's last day (section 6)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole days, both ends included. Raises PeriodReversed when they come the wrong way round."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise PeriodReversed

    @property
    def start_utc(self) -> datetime:
        """00:00 of the first day in Almaty, as an aware UTC moment, included."""
        return _midnight_utc(self.first)

    @property
    def end_utc(self) -> datetime:
        """00:00 of the day after the last in Almaty, as an aware UTC moment, excluded."""
        return _midnight_utc(self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        """How many days, at least 1."""
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in Almaty. Raises ValueError when there is no such month."""

    year: int
    month: int

    def __post_init__(self) -> None:
        date(self.year, self.month, 1)

    @classmethod
    def of(cls, day: date) -> Self:
        """The month a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str, day: date | None = None) -> Self:
        """One month however it is written: `12.2021`, `2021-12`; with the day it is `last month`
        and names without a year, too. Raises DayInvalid.
        """
        return cls.of(_only(months_in(text, day)))

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def period(self) -> Period:
        """All its days."""
        return Period(self.first, self.last)

    @property
    def shown(self) -> str:
        """`12.2021`."""
        return f"{self.month:02}.{self.year:04}"

    def plus(self, months: int) -> "Month":
        """The month that many later, or earlier."""
        return Month.of(add_months(self.first, months))

    def __str__(self) -> str:
        """`2021-12`, the form for keys; `parse` reads it back."""
        return f"{self.year:04}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class MonthSpan:
    """Whole months, both ends included, oldest first. Raises PeriodReversed."""

    first: Month
    last: Month

    @classmethod
    def parse(cls, text: str, day: date | None = None) -> Self:
        """A typed month, or two, as `Month.parse` reads them. Raises DayInvalid, PeriodReversed."""
        first, *rest = map(Month.of, months_in(text, day))
        if len(rest) > 1:
            raise DayInvalid
        return cls(first, *(rest or [first]))

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise PeriodReversed

    @property
    def period(self) -> Period:
        """All its days."""
        return Period(self.first.first, self.last.last)

    def __contains__(self, month: Month) -> bool:
        return self.first <= month <= self.last

    def __len__(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    def __iter__(self) -> Iterator[Month]:
        return (self.first.plus(n) for n in range(len(self)))


FIRST_MONTH = Month(2018, 1)
"""No certificate and no register is older (S31-1, S32)."""


# --- What may be asked for (section 6) -------------------------------------------------------


def usage_window(today: date) -> Period:
    """Usage details: three months back to today (S13)."""
    return Period(add_months(today, -3), today)


def default_usage_period(today: date) -> Period:
    """One month back to today, the guide's "last month" (S13, S29, S35)."""
    return Period(add_months(today, -1), today)


def history_window(today: date) -> Period:
    """Actions history and the company's payments: twelve months back to today (S29, S35)."""
    return Period(add_months(today, -12), today)


def last_closed(today: date, closes_on: int) -> Month:
    """The newest month that is closed: the previous one from 00:00 of `closes_on` + 1 (T9)."""
    return Month.of(today).plus(-1 if today.day > closes_on else -2)


def certificate_window(today: date) -> MonthSpan:
    """Months with a service delivery certificate (S31-1, S31-2)."""
    return MonthSpan(FIRST_MONTH, last_closed(today, CERTIFICATE_CLOSES_ON))


def register_window(today: date) -> MonthSpan:
    """Months with an invoice register (S32)."""
    return MonthSpan(FIRST_MONTH, last_closed(today, REGISTER_CLOSES_ON))


def reconciliation_window(today: date) -> Period:
    """Days a reconciliation statement may cover: the last twelve closed months (S33, T10)."""
    last = last_closed(today, REGISTER_CLOSES_ON)
    return Period(last.plus(-11).first, last.last)


def check_usage_period(period: Period, today: date) -> None:
    """Raises PeriodInFuture or PeriodTooOld (S13)."""
    _check_open(period, usage_window(today))


def check_history_period(period: Period, today: date) -> None:
    """Raises PeriodInFuture or PeriodTooOld (S29, S35)."""
    _check_open(period, history_window(today))


def check_certificate_month(month: Month, today: date) -> None:
    """Raises PeriodInFuture, PeriodNotClosed or PeriodTooOld (S31)."""
    _check_closed(month.period, FIRST_MONTH.first, today, CERTIFICATE_CLOSES_ON)


def check_register_months(months: MonthSpan, today: date) -> None:
    """Raises PeriodInFuture, PeriodNotClosed, PeriodTooOld or PeriodTooLong (S32)."""
    _check_closed(months.period, FIRST_MONTH.first, today, REGISTER_CLOSES_ON)
    if len(months) > LONGEST_REGISTER:
        raise PeriodTooLong(LONGEST_REGISTER)


def check_reconciliation_period(period: Period, today: date) -> None:
    """Raises PeriodInFuture, PeriodNotClosed or PeriodTooOld (S33)."""
    _check_closed(period, reconciliation_window(today).first, today, REGISTER_CLOSES_ON)


def check_order(period: Period, today: date) -> None:
    """Raises PeriodInFuture; a Period that runs backwards cannot even be made."""
    if period.last > today:
        raise PeriodInFuture


def _check_open(period: Period, window: Period) -> None:
    check_order(period, window.last)
    if period.first < window.first:
        raise PeriodTooOld(window.first)


def _check_closed(period: Period, earliest: date, today: date, closes_on: int) -> None:
    """The month that runs is not closed; a later one is in the future."""
    month = Month.of(period.last)
    if month > Month.of(today):
        raise PeriodInFuture
    if month > last_closed(today, closes_on):
        raise PeriodNotClosed(month.plus(1).first.replace(day=closes_on + 1))
    if period.first < earliest:
        raise PeriodTooOld(earliest)


class UsagePreset(StrEnum):
    """The ready periods of the usage report; LAST_MONTH is the default (S13)."""

    TODAY = "today"
    SEVEN_DAYS = "seven_days"
    LAST_MONTH = "last_month"
    CURRENT_MONTH = "current_month"

    def period(self, today: date) -> Period:
        """Its days when today is `today`: seven days are today and the six before."""
        first = {
            UsagePreset.TODAY: today,
            UsagePreset.SEVEN_DAYS: today - timedelta(days=6),
            UsagePreset.LAST_MONTH: add_months(today, -1),
            UsagePreset.CURRENT_MONTH: Month.of(today).first,
        }[self]
        return Period(first, today)


# --- Reading and showing (G-3) ---------------------------------------------------------------


def days_of(text: str, day: date | None = None) -> Period:
    """A typed day, or a typed period: two days, the first of them first; with the day it is
    `yesterday` and days without a year, too.

    Raises DayInvalid, PeriodReversed.
    """
    first, *rest = days_in(text, day)
    if len(rest) > 1:
        raise DayInvalid
    return Period(first, *(rest or [first]))


def typed_period(text: str, day: date) -> Period:
    """Days as `days_of` reads them, or whole months: of the one that runs what is over of it.

    Raises DayInvalid, PeriodReversed.
    """
    with suppress(DayInvalid):
        return days_of(text, day)
    span = MonthSpan.parse(text, day)
    runs = span.last == Month.of(day)
    return Period(span.first.first, day) if runs else span.period


def parse_day(text: str) -> date:
    """One day however it is written, day before month (G-3).

    Any day of the calendar, near or far: the check of the report comes after. Raises DayInvalid.
    """
    return _only(days_in(text))


def shown_day(day: date) -> str:
    """`24.01.2022`."""
    return f"{day.day:02}.{day.month:02}.{day.year:04}"


def shown_moment(moment_utc: datetime) -> str:
    """`24.01.2022 09:46`, an aware moment on Almaty's clock. Raises ValueError for a naive one."""
    return f"{shown_day(_in_almaty(moment_utc).date())} {shown_time(moment_utc)}"


def shown_time(moment_utc: datetime) -> str:
    """`09:46`, an aware moment on Almaty's clock. Raises ValueError for a naive one."""
    return f"{_in_almaty(moment_utc):%H:%M}"


def _only(days: tuple[date, ...]) -> date:
    if len(days) != 1:
        raise DayInvalid
    return days[0]


def _in_almaty(moment_utc: datetime) -> datetime:
    if moment_utc.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment_utc.astimezone(ALMATY)


def _midnight_utc(day: date) -> datetime:
    return datetime.combine(day, time(), ALMATY).astimezone(UTC)
