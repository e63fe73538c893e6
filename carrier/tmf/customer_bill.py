"""TMF678: invoices of a company and their lines (S28, S31 to S33).

The operator's key opens every company, so the customer of each invoice in the answer is compared
with the company that was asked for, and each line with its invoice.
"""

from __future__ import annotations

from account.chapters.billing.bills import Bill, BillLine, BillsQuery
from account.values.identifiers import Msisdn
from account.values.money import ZERO, Money
from account.values.page import Page
from account.values.periods import Month, Period
from carrier.http import Api, OperatorHttp
from carrier.tmf import fields, paging
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.query import moment

CREDIT_NOTE = "credit note"
"""The category of an invoice that corrects another one of its month."""
_ESF = "ESF"
_BILL_FIELDS = (
    "billNo,billDate,category,billingPeriod,billingAccount,relatedParty,billDocument,"
    "taxExcludedAmount,taxIncludedAmount,taxItem,remainingAmount"
)
_LINE_FIELDS = "name,bill,product,taxExcludedAmount,taxIncludedAmount,appliedTax"


async def bills(http: OperatorHttp, wish: BillsQuery, *, offset: int, limit: int) -> Page[Bill]:
    """Invoices by account, oldest first. Raises `CarrierUnavailable`."""
    conditions: list[tuple[str, str | int]] = [("relatedParty.id", wish.company_id)]
    if wish.account is not None:
        conditions.append(("billingAccount.id", wish.account))
    if wish.number is not None:
        conditions.append(("billNo", wish.number.digits))
    if wish.registration is not None:
        conditions.append(("billDocument.id", wish.registration.text))
    if wish.issued is not None:
        conditions += _within("billDate", wish.issued)
    if wish.months is not None:
        conditions += _within("billingPeriod.endDateTime", wish.months.period)
    conditions.append(("fields", _BILL_FIELDS))
    found, total = await paging.page(
        http, Api.CUSTOMER_BILL, "customerBill", conditions, offset=offset, limit=limit
    )
    return Page(tuple(_bill(one, wish) for one in found), offset, total)


async def lines(http: OperatorHttp, bill: Bill, *, offset: int, limit: int) -> Page[BillLine]:
    """Lines of an invoice, by number. Raises `CarrierUnavailable`."""
    found, total = await paging.page(
        http,
        Api.CUSTOMER_BILL,
        "appliedCustomerBillingRate",
        [("bill.id", bill.number), ("fields", _LINE_FIELDS)],
        offset=offset,
        limit=limit,
    )
    if any(fields.entry(one, "bill").get("id") != bill.number for one in found):
        raise Malformed("bill: another one")
    return Page(tuple(_line(one) for one in found), offset, total)


async def accounts_billing(http: OperatorHttp, msisdn: Msisdn, month: Month) -> tuple[str, ...]:
    """The accounts that billed the number in that month, whosever they are.

    Raises `CarrierUnavailable`.
    """
    lines = await paging.whole(
        http,
        Api.CUSTOMER_BILL,
        "appliedCustomerBillingRate",
        [
            ("product.id", msisdn.digits),
            *_within("periodCoverage.endDateTime", month.period),
            ("fields", "billingAccount,product"),
        ],
        limit=100,
    )
    found = set()
    for line in lines:
        if fields.entry(line, "product").get("id") != msisdn.digits:
            raise Malformed("product: another one")
        found.add(fields.text(fields.entry(line, "billingAccount"), "id"))
    return tuple(sorted(found))


def _within(field: str, period: Period) -> list[tuple[str, str | int]]:
    return [
        (f"{field}.gte", moment(period.start_utc)),
        (f"{field}.lt", moment(period.end_utc)),
    ]


def _bill(found: Item, wish: BillsQuery) -> Bill:
    if wish.company_id not in fields.related(found, "customer"):
        raise Malformed("relatedParty: another company's")
    account = fields.text(fields.entry(found, "billingAccount"), "id")
    if wish.account not in (None, account):
        raise Malformed("billingAccount: another one")
    registration, count = _document(found)
    return Bill(
        number=fields.text(found, "billNo"),
        account=account,
        issued=fields.day(found, "billDate"),
        period=fields.period(found, "billingPeriod"),
        net=fields.amount(found, "taxExcludedAmount"),
        vat=_tax(found, "taxItem"),
        gross=fields.amount(found, "taxIncludedAmount"),
        unpaid=fields.amount(found, "remainingAmount"),
        lines=count,
        registration=registration,
        correction=fields.optional_text(found, "category") == CREDIT_NOTE,
    )


def _document(found: Item) -> tuple[str | None, int]:
    """The electronic invoice: its registration number, and how many lines it has."""
    for document in fields.entries(found, "billDocument"):
        if document.get("attachmentType") == _ESF:
            size = fields.entry(document, "size")
            if size.get("units") != "lines":
                raise Malformed("billDocument.size")
            return fields.optional_text(document, "id"), fields.whole(size, "amount")
    raise Malformed("billDocument")


def _line(found: Item) -> BillLine:
    product = fields.entry(found, "product")
    return BillLine(
        msisdn=fields.msisdn(product, "id") if fields.is_number(product) else None,
        service=fields.text(found, "name"),
        net=fields.amount(found, "taxExcludedAmount"),
        vat=_tax(found, "appliedTax"),
        gross=fields.amount(found, "taxIncludedAmount"),
    )


def _tax(found: Item, field: str) -> Money:
    tax = ZERO
    for item in fields.entries(found, field):
        tax += fields.amount(item, "taxAmount")
    return tax
