"""What may be ordered as a file: by whom, of what, for which days, in which form (S27 to S36).

One table of forms, one of rights, one check per kind. An order keeps its parameters as plain
strings, tidied here: ISO days, `2021-12` months, digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from account.chapters.atlas import PoolSource
from account.chapters.billing.accounts import AccountSource
from account.chapters.usage import UsageKind
from account.documents.document import MSISDN, DocumentFormat, DocumentKind, DocumentOrder
from account.errors import (
    AccountNotFound,
    DayInvalid,
    FormatNotOffered,
    NumberNotFound,
    PackageMissing,
    PeriodInFuture,
    PeriodTooLong,
    PeriodTooOld,
    RightMissing,
)
from account.identity.directory import Directory
from account.identity.permissions import Actor, check_granted, require
from account.values.clock import Clock
from account.values.identifiers import (
    AccountingNumber,
    AccountNumber,
    EsfRegistrationNumber,
    Msisdn,
)
from account.values.number import Number, NumberReader
from account.values.periods import (
    FIRST_MONTH,
    LONGEST_REGISTER,
    Month,
    MonthSpan,
    Period,
    check_certificate_month,
    check_history_period,
    check_reconciliation_period,
    check_register_months,
    check_usage_period,
    register_window,
    today,
)
from account.values.rights import Right

ACCOUNT, TYPE = "account", "type"
FIRST, LAST = "first", "last"
"""Days, ISO, both included."""
MONTH, FIRST_OF_MONTHS, LAST_OF_MONTHS = "month", "first_month", "last_month"
"""Months, `2021-12`."""
SEARCH, NUMBER, YEAR = "search", "number", "year"
ESF, ACCOUNTING = "esf", "accounting"
"""The two values of SEARCH (T6)."""
MONTHS = "months"
"""How many months back, 2 to 12."""

_XLSX, _PDF = (DocumentFormat.XLSX,), (DocumentFormat.PDF, DocumentFormat.XLSX)
_PNG = (DocumentFormat.PNG,)
FORMATS: Mapping[DocumentKind, tuple[DocumentFormat, ...]] = {
    DocumentKind.USAGE: (DocumentFormat.XLSX, DocumentFormat.PDF),
    DocumentKind.INVOICE_SEARCH: _XLSX,
    DocumentKind.HISTORY: _XLSX,
    DocumentKind.NUMBERS: _XLSX,
    DocumentKind.CERTIFICATE: _PDF,
    DocumentKind.REGISTER: (DocumentFormat.XLSX, DocumentFormat.PDF),
    DocumentKind.RECONCILIATION: _PDF,
    DocumentKind.DEVICES: _XLSX,
    DocumentKind.PAYMENTS: (DocumentFormat.XLSX, DocumentFormat.PDF),
    DocumentKind.ATLAS: _XLSX,
    DocumentKind.USAGE_CHART: _PNG,
    DocumentKind.SPEND_CHART: _PNG,
    DocumentKind.MONTHS_CHART: _PNG,
}
"""The forms of each kind, the usual one first."""

FEWEST_MONTHS = 2


def right_to(kind: DocumentKind, parameters: Mapping[str, str]) -> Right:
    """The right that a document needs: of one number that of its data, else that to reports."""
    if kind in {DocumentKind.USAGE, DocumentKind.USAGE_CHART}:
        return Right.READ_USAGE
    if kind is DocumentKind.HISTORY:
        return Right.READ_HISTORY
    if kind is DocumentKind.PAYMENTS and MSISDN in parameters:
        return Right.READ_PAYMENTS
    return Right.ORDER_DOCUMENTS


class ReportSource(AccountSource, Directory, NumberReader, PoolSource, Protocol):
    """What the bounds of an order rest on, asked of the operator."""


class DocumentCatalogue:
    """What an order must be; asked when it is placed, and once more when it is carried out."""

    def __init__(self, carrier: ReportSource, clock: Clock) -> None:
        self._carrier = carrier
        self._clock = clock

    async def check(
        self,
        actor: Actor,
        kind: DocumentKind,
        form: DocumentFormat,
        parameters: Mapping[str, str],
    ) -> dict[str, str]:
        """The parameters, tidied and complete, if the actor may order this.

        Raises the refusals of `require`, `FormatNotOffered`, `InputRefused` (numbers, days, months,
        their windows), `NumberNotFound` and `AccountNotFound` for what is not the company's,
        `PackageMissing`, `CarrierUnavailable`; KeyError and ValueError for what no window asks.
        """
        if actor.only is not None:
            raise RightMissing(Right.ORDER_DOCUMENTS)
        right = right_to(kind, parameters)
        company = require(actor, right)
        if form not in FORMATS[kind]:
            raise FormatNotOffered
        asked = tidied(kind, parameters, today(self._clock.now()))
        number = await self._of_company(company.id, kind, asked)
        if number is not None:
            require(actor, right, number)
        return asked

    async def check_again(self, order: DocumentOrder) -> None:
        """Refuse to make what its person may not see any more, or what is the company's no more.

        Raises `AccessRefused`, `PackageMissing`, `CarrierUnavailable`.
        """
        companies = await self._carrier.companies(order.administrator_id)
        check_granted(companies, right_to(order.kind, order.parameters), order.company_id)
        await self._of_company(order.company_id, order.kind, order.parameters)

    async def has_atlas(self, actor: Actor) -> bool:
        """Whether the chosen company has the Atlas Pro package (S36).

        Raises the refusals of `require`, `CarrierUnavailable`.
        """
        company = require(actor, Right.ORDER_DOCUMENTS)
        return await self._carrier.pool(company.id) is not None

    async def _of_company(
        self, company_id: str, kind: DocumentKind, asked: Mapping[str, str]
    ) -> Number | None:
        if kind is DocumentKind.ATLAS and await self._carrier.pool(company_id) is None:
            raise PackageMissing
        account = asked.get(ACCOUNT)
        if account is not None:
            found = await self._carrier.accounts(company_id, [account], offset=0, limit=1)
            if account not in (one.number for one in found.rows):
                raise AccountNotFound
        msisdn = number_of(asked)
        if msisdn is None:
            return None
        number = await self._carrier.number(company_id, msisdn)
        if number is None:
            raise NumberNotFound
        return number


def tidied(kind: DocumentKind, told: Mapping[str, str], day: date) -> dict[str, str]:
    """The parameters of that kind alone, in their one writing, when today is `day` in Almaty.

    Raises `InputRefused`; KeyError and ValueError for what no window asks.
    """
    match kind:
        case DocumentKind.USAGE | DocumentKind.USAGE_CHART:
            period = period_of(told)
            check_usage_period(period, day)
            asked = {MSISDN: Msisdn.parse(told[MSISDN]).digits} | _days(period)
            if kind is DocumentKind.USAGE:
                asked[TYPE] = UsageKind(told.get(TYPE, UsageKind.EVERYTHING)).value
            return asked
        case DocumentKind.HISTORY | DocumentKind.PAYMENTS:
            period = period_of(told)
            check_history_period(period, day)
            msisdn = told.get(MSISDN)
            number = {MSISDN: Msisdn.parse(msisdn).digits} if msisdn else {}
            return number | _days(period)
        case DocumentKind.INVOICE_SEARCH:
            return _invoice(told, day)
        case DocumentKind.CERTIFICATE:
            month = Month.parse(told[MONTH])
            check_certificate_month(month, day)
            return {ACCOUNT: AccountNumber.parse(told[ACCOUNT]).digits, MONTH: str(month)}
        case DocumentKind.REGISTER:
            months = months_of(told)
            check_register_months(months, day)
            return {FIRST_OF_MONTHS: str(months.first), LAST_OF_MONTHS: str(months.last)}
        case DocumentKind.RECONCILIATION:
            period = period_of(told)
            check_reconciliation_period(period, day)
            return _days(period)
        case DocumentKind.SPEND_CHART:
            month = Month.parse(told[MONTH])
            check_register_months(MonthSpan(month, month), day)
            return {MONTH: str(month)}
        case DocumentKind.MONTHS_CHART:
            count = told[MONTHS]
            if not count.isdecimal() or not FEWEST_MONTHS <= int(count) <= LONGEST_REGISTER:
                raise PeriodTooLong(LONGEST_REGISTER)
            return {MONTHS: str(int(count))}
        case DocumentKind.NUMBERS | DocumentKind.DEVICES | DocumentKind.ATLAS:
            return {}


def _invoice(told: Mapping[str, str], day: date) -> dict[str, str]:
    if told[SEARCH] == ESF:
        number = EsfRegistrationNumber.parse(told[NUMBER]).text
    elif told[SEARCH] == ACCOUNTING:
        number = AccountingNumber.parse(told[NUMBER]).digits
    else:
        raise ValueError(SEARCH)
    year = told[YEAR]
    if not year.isdecimal() or len(year) != 4:
        raise DayInvalid
    if int(year) < FIRST_MONTH.year:
        raise PeriodTooOld(FIRST_MONTH.first)
    if int(year) > day.year:
        raise PeriodInFuture
    return {SEARCH: told[SEARCH], NUMBER: number, YEAR: str(int(year))}


# --- What an order's parameters say ----------------------------------------------------------


def number_of(told: Mapping[str, str]) -> Msisdn | None:
    """The number it is about, if it is about one."""
    return Msisdn.parse(told[MSISDN]) if told.get(MSISDN) else None


def period_of(told: Mapping[str, str]) -> Period:
    """Its days. Raises `DayInvalid`, `PeriodReversed`."""
    try:
        return Period(date.fromisoformat(told[FIRST]), date.fromisoformat(told[LAST]))
    except ValueError:
        raise DayInvalid from None


def month_of(told: Mapping[str, str]) -> Month:
    """Its one month. Raises `DayInvalid`."""
    return Month.parse(told[MONTH])


def months_of(told: Mapping[str, str]) -> MonthSpan:
    """Its months. Raises `DayInvalid`, `PeriodReversed`."""
    return MonthSpan(Month.parse(told[FIRST_OF_MONTHS]), Month.parse(told[LAST_OF_MONTHS]))


def months_back(told: Mapping[str, str], day: date) -> MonthSpan:
    """The closed months of a chart that was ordered on `day`, the newest of them last."""
    last = register_window(day).last
    return MonthSpan(last.plus(1 - int(told[MONTHS])), last)


def year_of(told: Mapping[str, str]) -> Period:
    """All days of its year."""
    year = int(told[YEAR])
    return Period(date(year, 1, 1), date(year, 12, 31))


def _days(period: Period) -> dict[str, str]:
    return {FIRST: period.first.isoformat(), LAST: period.last.isoformat()}
