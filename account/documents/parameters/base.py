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

from account.errors import DayInvalid
from account.values.identifiers import AccountNumber, Msisdn
from account.values.periods import MonthSpan, Period, register_window

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
