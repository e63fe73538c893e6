"""TMF678: invoices of a company and their lines (S28, S31 to S33).

The operator's key opens every company, so the customer of each invoice in the answer is compared
with the company that was asked for, and each line with its invoice. What an invoice does not tell
(VAT, what is due, how many lines it has) is not told: only papers that need it are refused for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from account.chapters.billing.bills import Bill, BillLine, BillsQuery
from account.chapters.billing.vat import VatRate
from account.errors import CarrierUnavailable
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.page import Page
from account.values.periods import ALMATY, Month, MonthSpan, Period
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import full_scan, number_product, paging
from carrier.tmf.query import moment
from carrier.tmf.rows import Part, Sifted, owned
from carrier.tmf.units import MoneyUnits, added, amount, optional_tenge
from carrier.tmf.wire import values
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.parts import Ref, TimePeriod
from carrier.tmf.wire.tmf678 import (
    AppliedCustomerBillingRate,
    BillDocument,
    CustomerBill,
    LineOwner,
    TaxItem,
)
from carrier.tmf.wire.values import Malformed
from carrier.tmf.words import BILLS

_BILL_FIELDS = (
    "fields",
    (
        "billNo,billDate,paymentDueDate,category,billingPeriod,billingAccount,relatedParty,"
        "billDocument,taxExcludedAmount,taxIncludedAmount,taxItem,remainingAmount,amountDue"
    ),
)
_LINE_FIELDS = (
    "fields",
    (
        "name,description,bill,product,taxExcludedAmount,taxIncludedAmount,appliedTax,"
        "type,appliedBillingRateType"
    ),
)
_LINE_PRODUCT = "product.id"
_AT_ONCE = 8


async def bills(http: OperatorHttp, query: BillsQuery, *, offset: int, limit: int) -> Page[Bill]:
    """Invoices by account, oldest first. Raises `CarrierUnavailable`."""
    customers = {*BILLS.customers, *http.profile.words.customer_role}
    units = http.profile.words.money_unit
    conditions: list[tuple[str, str | int]] = [("relatedParty.id", query.company_id)]
    if query.account is not None:
        conditions.append(("billingAccount.id", query.account))
    if query.number is not None:
        conditions.append(("billNo", query.number.digits))
    if query.registration is not None:
        conditions.append(("billDocument.id", query.registration.text))
    if query.issued is not None:
        conditions += _within("billDate", query.issued)
    if query.months is not None:
        conditions += _within("billingPeriod.endDateTime", query.months.period)
    holds = [one for one in conditions if http.profile.holds(Api.CUSTOMER_BILL.value, one[0])]

    def read(told: Part[CustomerBill]) -> Page[Bill]:
        return told.read(
            lambda found: _asked_for(_bill(found, units, query.company_id), query),
            lambda found: owned(found, query.company_id, customers),
        )

    async def sift() -> Sifted[Bill]:
        asked = [*holds, _BILL_FIELDS]
        rows = await full_scan.cached(http, Api.CUSTOMER_BILL, "customerBill", asked, CustomerBill)
        found = read(Part(http, Api.CUSTOMER_BILL, rows, 0, len(rows)))
        return Sifted(found.rows, found.left_out)

    if len(holds) < len(conditions):
        name = full_scan.key(Api.CUSTOMER_BILL, "own bills", conditions)
        return (await http.list_cache.whole(name, sift)).page(offset, limit)
    told = await paging.part(
        http,
        Api.CUSTOMER_BILL,
        "customerBill",
        [*conditions, _BILL_FIELDS],
        CustomerBill,
        offset=offset,
        limit=limit,
    )
    return read(told)


async def lines(http: OperatorHttp, bill: Bill, *, offset: int, limit: int) -> Page[BillLine]:
    """Lines of an invoice, by number. Raises `CarrierUnavailable`."""
    told = await paging.part(
        http,
        Api.CUSTOMER_BILL,
        "appliedCustomerBillingRate",
        [("bill.id", bill.id or bill.number), _LINE_FIELDS],
        AppliedCustomerBillingRate,
        offset=offset,
        limit=limit,
    )
    ours = {bill.id or bill.number, bill.number}
    own = [
        one.product for one in told.rows if not isinstance(one, Unread) and _bill_of(one) in ours
    ]
    number_of = await number_product.naming(http, bill.company_id, own)
    return told.read(
        lambda found: _line(found, http.profile, number_of), lambda found: _bill_of(found) in ours
    )


async def accounts_billing(
    http: OperatorHttp, company_id: str, msisdn: Msisdn, month: Month
) -> tuple[str, ...]:
    """The accounts that billed the company's number in that month, whosever they are.

    Where lines are not found by their number, the lines of all bills of the month are read. Raises
    `CarrierUnavailable`.
    """
    if not http.profile.holds(Api.CUSTOMER_BILL.value, _LINE_PRODUCT):
        return await _billing_among_all(http, company_id, msisdn, month)
    product = await number_product.id_of(http, company_id, msisdn)
    if product is None:
        return ()
    told = await paging.all_of(
        http,
        Api.CUSTOMER_BILL,
        "appliedCustomerBillingRate",
        [
            (_LINE_PRODUCT, product),
            *_within("periodCoverage.endDateTime", month.period),
            ("fields", "billingAccount,product"),
        ],
        AppliedCustomerBillingRate,
        limit=100,
    )
    found = set()
    for line in told:
        if not isinstance(line, Unread) and _is_of(line.product, msisdn, product, http.profile):
            found.add(_id(line.billingAccount))
    return tuple(sorted(account for account in found if account is not None))


async def _billing_among_all(
    http: OperatorHttp, company_id: str, msisdn: Msisdn, month: Month
) -> tuple[str, ...]:
    query = BillsQuery(company_id, MonthSpan(month, month))
    product = await number_product.id_of(http, company_id, msisdn)
    if product is None:
        return ()
    found: set[str] = set()
    offset, ended = 0, False
    while not ended:
        page = await bills(http, query, offset=offset, limit=_AT_ONCE)
        if page.left_out:
            raise CarrierUnavailable("a bill of the month cannot be read")
        read = (_names(http, one, msisdn, product) for one in page.rows)
        for bill, names in zip(page.rows, await asyncio.gather(*read), strict=True):
            if names:
                found.add(bill.account)
        offset, ended = page.end, page.end >= page.total or page.end <= page.offset
    return tuple(sorted(found))


async def _names(http: OperatorHttp, bill: Bill, msisdn: Msisdn, product_id: str) -> bool:
    """Whether a line of the bill is the number's."""
    asked = [("bill.id", bill.id or bill.number), _LINE_FIELDS]
    rows = await full_scan.cached(
        http,
        Api.CUSTOMER_BILL,
        "appliedCustomerBillingRate",
        asked,
        AppliedCustomerBillingRate,
    )
    ours = {bill.id or bill.number, bill.number}
    return any(
        not isinstance(row, Unread)
        and _bill_of(row) in ours
        and _is_of(row.product, msisdn, product_id, http.profile)
        for row in rows
    )


def _is_of(told: Ref | None, msisdn: Msisdn, product_id: str, profile: Profile) -> bool:
    if told is None:
        return False
    known = number_product.named(profile, told)
    return known == msisdn or (known is None and values.shown(told.id) == product_id)


def _within(field: str, period: Period) -> list[tuple[str, str | int]]:
    return [
        (f"{field}.gte", moment(period.start_utc)),
        (f"{field}.lt", moment(period.end_utc)),
    ]


def _asked_for(bill: Bill, query: BillsQuery) -> Bill | None:
    """The invoice if all conditions hold: an operator may not look at every filter."""
    if query.account not in (None, bill.account):
        return None
    if query.number is not None and query.number.digits != bill.number:
        return None
    if query.registration is not None and query.registration.text != bill.registration:
        return None
    if query.year is not None and query.year not in {bill.issued.year, bill.turnover.year}:
        return None
    if query.months is not None and bill.month not in query.months:
        return None
    return bill


def _bill(found: CustomerBill, units: MoneyUnits, company_id: str) -> Bill:
    number = values.text(found.id if values.is_blank(found.billNo) else found.billNo, "billNo")
    known = values.shown(found.id)
    net = optional_tenge(found.taxExcludedAmount, "taxExcludedAmount", units)
    vat = _tax(found.taxItem, "taxItem", units)
    gross = _gross(found, net, vat, units)
    if net is None and vat is not None:
        net = gross - vat
    registration, count = _document(found.billDocument)
    return Bill(
        number=number,
        account=values.text(_id(found.billingAccount), "billingAccount"),
        issued=values.day(found.billDate, "billDate"),
        period=billed_period(found.billingPeriod),
        net=net,
        vat=gross - net if vat is None and net is not None else vat,
        gross=gross,
        unpaid=optional_tenge(found.remainingAmount, "remainingAmount", units),
        lines=count,
        registration=registration,
        correction=values.word(found.category) in BILLS.corrections,
        id="" if known is None or known == number else known,
        due=values.optional_day(found.paymentDueDate),
        corrects=_corrected(found.billDocument),
        rates=_rates(found.taxItem),
        company_id=company_id,
    )


def _gross(found: CustomerBill, net: Money | None, vat: Money | None, units: MoneyUnits) -> Money:
    gross = optional_tenge(found.taxIncludedAmount, "taxIncludedAmount", units)
    if gross is None and net is not None and vat is not None:
        return net + vat
    if gross is None:
        raise Malformed("taxIncludedAmount")
    return gross


def billed_period(told: TimePeriod | None) -> Period:
    """The days that are billed, however the ends are written: a whole month is told as that.

    An end may be the last second, the midnight after it, or a day alone; ends may be in UTC, a few
    hours beside Almaty's days. Raises `Malformed`.
    """
    if told is None:
        raise Malformed("billingPeriod")
    begin = values.moment(told.startDateTime, "billingPeriod.startDateTime")
    end = values.moment(told.endDateTime, "billingPeriod.endDateTime")
    if end < begin:
        raise Malformed("billingPeriod")
    month = Month.of((begin + (end - begin) / 2).astimezone(ALMATY).date())
    whole = month.period
    near = timedelta(days=1, hours=1)
    if abs(begin - whole.start_utc) <= near and abs(end - whole.end_utc) <= near:
        return whole
    first = begin.astimezone(ALMATY).date()
    return Period(first, max(first, _last_day(told.endDateTime, end)))


def _last_day(told: object, end: datetime) -> date:
    """The last day that is billed: a day alone is billed itself, a midnight ends the day before."""
    if isinstance(told, str) and len(told.strip()) == len("2026-10-31"):
        return end.astimezone(ALMATY).date()
    return (end - timedelta(microseconds=1)).astimezone(ALMATY).date()


def _document(documents: Sequence[BillDocument] | None) -> tuple[str | None, int | None]:
    """The electronic invoice: its registration number, and how many lines it has, if told."""
    for document in documents or ():
        if values.word(document.attachmentType) in BILLS.registered:
            return values.shown(document.id), _count(document.size)
    return None, None


def _corrected(documents: Sequence[BillDocument] | None) -> str | None:
    """The number of the invoice that this one says it corrects."""
    for document in documents or ():
        if values.word(document.attachmentType) in BILLS.corrected:
            return values.shown(document.id)
    return None


def _count(size: object) -> int | None:
    """How many lines, of a size in lines alone: others are bytes of a file."""
    if not isinstance(size, dict) or values.word(size.get("units")) not in BILLS.lines:
        return None
    try:
        return values.whole(size.get("amount"), "billDocument.size")
    except Malformed:
        return None


def _line(
    found: AppliedCustomerBillingRate,
    profile: Profile,
    number_of: Callable[[Ref | None], Msisdn | None],
) -> BillLine:
    units = profile.words.money_unit
    net = optional_tenge(found.taxExcludedAmount, "taxExcludedAmount", units)
    gross = optional_tenge(found.taxIncludedAmount, "taxIncludedAmount", units)
    vat = _tax(found.appliedTax, "appliedTax", units)
    if gross is None and net is not None and vat is not None:
        gross = net + vat
    if gross is None:
        raise Malformed("taxIncludedAmount")
    if net is None and vat is not None:
        net = gross - vat
    said = (found.name, found.description, found.appliedBillingRateType, found.type)
    return BillLine(
        msisdn=number_of(found.product),
        service=next((text for one in said if (text := values.shown(one))), "—"),
        net=net,
        vat=gross - net if vat is None and net is not None else vat,
        gross=gross,
        rate=rates[0] if len(rates := _rates(found.appliedTax)) == 1 else None,
    )


def _bill_of(found: AppliedCustomerBillingRate | Unread) -> str | None:
    """The invoice that a line is of; None where that cannot be read."""
    read = found.part(LineOwner) if isinstance(found, Unread) else found
    return None if read is None else _id(read.bill)


def _id(told: Ref | None) -> str | None:
    return None if told is None else values.shown(told.id)


def _tax(items: Sequence[TaxItem] | None, field: str, units: MoneyUnits) -> Money | None:
    """The tax that is told; None where none is."""
    told = [one.taxAmount for one in items or () if one.taxAmount is not None]
    if not told:
        return None
    return added((amount(one, f"{field}.taxAmount", units) for one in told), field).shown


def _rates(items: Sequence[TaxItem] | None) -> tuple[VatRate, ...]:
    """The rates that are told, whole per cent, each once; one that is not whole is not told."""
    told: dict[VatRate, None] = {}
    for one in items or ():
        try:
            told[values.percent(one.taxRate, "taxRate")] = None
        except Malformed:
            return ()
    return tuple(told)
