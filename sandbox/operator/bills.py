"""TMF678: monthly bills and their lines by number."""

from __future__ import annotations

from collections.abc import Iterator

from aiohttp import web

from sandbox.operator.answers import (
    Json,
    answer,
    chosen,
    listing,
    moment,
    money,
    not_found,
)
from sandbox.operator.book import Book
from sandbox.operator.months import Bill, Months, shares
from sandbox.operator.queries import Query, period, read_query

BILLS = "/tmf-api/customerBillManagement/v4"


class Bills:
    """`customerBill` and `appliedCustomerBillingRate`."""

    def __init__(self, book: Book, months: Months) -> None:
        self._book = book
        self._months = months

    async def bills(self, request: web.Request) -> web.Response:
        """`GET /customerBill`: by account, the oldest first."""
        query = read_query(request)
        found = self._found(query)
        page = found[query.offset : query.offset + query.limit]
        return listing(map(shown_bill, page), len(found), query.fields)

    async def bill(self, request: web.Request) -> web.Response:
        """`GET /customerBill/{id}`."""
        wanted = request.match_info["id"]
        found = self._months.by_number(wanted)
        if found is None:
            raise not_found("customerBill", wanted)
        return answer(chosen(shown_bill(found), read_query(request).fields))

    async def rates(self, request: web.Request) -> web.Response:
        """`GET /appliedCustomerBillingRate`: the lines of bills, one a number."""
        query = read_query(request)
        query.only("bill.id", "billingAccount.id", "product.id")
        bills = []
        if query.values("bill.id") is not None:
            named = (self._months.by_number(number) for number in query.values("bill.id") or ())
            bills = [bill for bill in named if bill is not None]
        else:
            accounts = self._months.accounts(query.values("billingAccount.id"), None)
            newest = self._months.closed()[-1:]
            bills = [self._months.bill(account, month) for account in accounts for month in newest]
        products = query.values("product.id")
        lines = [
            line
            for bill in bills
            for line in self._lines(bill)
            if products is None or line["product"]["id"] in products
        ]
        page = lines[query.offset : query.offset + query.limit]
        return listing(page, len(lines), query.fields)

    def _found(self, query: Query) -> list[Bill]:
        """The bills asked for."""
        query.only("billingAccount.id", "relatedParty.id", "billNo", "billDate")
        first, end = period(query, "billDate")
        numbers = query.values("billNo")
        accounts = self._months.accounts(
            query.values("billingAccount.id"), query.values("relatedParty.id")
        )
        months = self._months.closed()
        found = (self._months.bill(row, month) for row in accounts for month in months)
        return [
            bill
            for bill in found
            if first <= bill.end < end and (numbers is None or bill.number in numbers)
        ]

    def _lines(self, bill: Bill) -> Iterator[Json]:
        """The bill's amount over the numbers of its account; the lines add up to it."""
        numbers = self._book.rows(
            "SELECT msisdn, tariff FROM number WHERE account = ? ORDER BY msisdn", (bill.account,)
        )
        nets = shares(bill.gross - bill.tax, len(numbers))
        taxes = shares(bill.tax, len(numbers))
        for place, (row, net, tax) in enumerate(zip(numbers, nets, taxes, strict=True)):
            yield {
                "id": f"{bill.number}-{place + 1}",
                "href": f"{BILLS}/appliedCustomerBillingRate/{bill.number}-{place + 1}",
                "@type": "AppliedCustomerBillingRate",
                "name": row["tariff"],
                "type": "recurringCharge",
                "date": moment(bill.end),
                "isBilled": True,
                "bill": {"id": bill.number, "href": f"{BILLS}/customerBill/{bill.number}"},
                "billingAccount": {"id": bill.account, "name": bill.account},
                "product": {"id": row["msisdn"], "name": row["msisdn"]},
                "periodCoverage": _period(bill),
                "taxExcludedAmount": money(net),
                "taxIncludedAmount": money(net + tax),
                "appliedTax": [_tax(bill, tax)],
            }


def _period(bill: Bill) -> Json:
    return {"startDateTime": moment(bill.start), "endDateTime": moment(bill.end - 1)}


def _tax(bill: Bill, tiyn: int) -> Json:
    return {"taxCategory": "VAT", "taxRate": bill.rate, "taxAmount": money(tiyn)}


def shown_bill(bill: Bill) -> Json:
    """TMF678's customer bill."""
    state = "settled" if not bill.missing else "partiallyPaid"
    return {
        "id": bill.number,
        "href": f"{BILLS}/customerBill/{bill.number}",
        "@type": "CustomerBill",
        "billNo": bill.number,
        "billDate": moment(bill.end),
        "paymentDueDate": moment(bill.end + 30 * 86_400),
        "lastUpdate": moment(bill.end),
        "state": state if bill.missing < bill.gross else "sent",
        "category": "normal",
        "runType": "onCycle",
        "billingPeriod": _period(bill),
        "billingAccount": {"id": bill.account, "name": bill.account},
        "relatedParty": [{"id": bill.company, "role": "customer"}],
        "taxExcludedAmount": money(bill.gross - bill.tax),
        "taxIncludedAmount": money(bill.gross),
        "amountDue": money(bill.gross),
        "remainingAmount": money(bill.missing),
        "taxItem": [_tax(bill, bill.tax)],
    }
