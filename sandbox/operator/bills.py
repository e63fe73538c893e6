"""TMF678: monthly bills and their lines by number, and TMF676: what was paid for them."""

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
from sandbox.operator.months import Bill, Months
from sandbox.operator.queries import Query, read_query, timestamp, unknown

BILLS = "/tmf-api/customerBillManagement/v4"
PAYMENTS = "/tmf-api/payment/v4"
_METHODS = (
    ("bank transfer", "bankAccountTransfer"),
    ("Kaspi.kz", "digitalWallet"),
    ("bank card", "bankCard"),
)


class Bills:
    """`customerBill`, `appliedCustomerBillingRate` and `payment`."""

    def __init__(self, book: Book, months: Months) -> None:
        self._book = book
        self._months = months

    async def bills(self, request: web.Request) -> web.Response:
        """`GET /customerBill`: by account, the oldest first."""
        query = read_query(request)
        found = self._found(query, "billingAccount.id", "billDate", "billNo")
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

    async def payments(self, request: web.Request) -> web.Response:
        """`GET /payment`: by account, the oldest first."""
        query = read_query(request)
        found = self._found(query, "account.id", "paymentDate", "correlatorId")
        page = found[query.offset : query.offset + query.limit]
        return listing(map(shown_payment, page), len(found), query.fields)

    async def payment(self, request: web.Request) -> web.Response:
        """`GET /payment/{id}`."""
        wanted = request.match_info["id"]
        bill = self._months.by_number(wanted.removeprefix("pay-"))
        if bill is None or wanted[:4] != "pay-" or not self._is_paid(bill):
            raise not_found("payment", wanted)
        return answer(chosen(shown_payment(bill), read_query(request).fields))

    def _is_paid(self, bill: Bill) -> bool:
        return bill.paid_at <= self._months.now() and bill.gross > bill.missing

    def _found(self, query: Query, account: str, when: str, number: str) -> list[Bill]:
        """The bills asked for, or those whose payments are: `when` tells which."""
        payments = when == "paymentDate"
        first, end = float("-inf"), float("inf")
        for condition in (condition for group in query.groups for condition in group):
            match condition.attribute, condition.operator:
                case (attribute, "gte") if attribute == when:
                    first = max(first, timestamp(when, condition.values[0]))
                case (attribute, "lt") if attribute == when:
                    end = min(end, timestamp(when, condition.values[0]))
                case (attribute, "eq") if attribute in {account, number, "relatedParty.id"}:
                    pass
                case _:
                    raise unknown(f"{condition.attribute} {condition.operator}")
        numbers = query.values(number)
        accounts = self._months.accounts(query.values(account), query.values("relatedParty.id"))
        months = self._months.closed()
        found = (self._months.bill(row, month) for row in accounts for month in months)
        return [
            bill
            for bill in found
            if first <= (bill.paid_at if payments else bill.end) < end
            and (numbers is None or bill.number in numbers)
            and (not payments or self._is_paid(bill))
        ]

    def _lines(self, bill: Bill) -> Iterator[Json]:
        """The bill's amount over the numbers of its account; the lines add up to it."""
        numbers = self._book.rows(
            "SELECT msisdn, tariff FROM number WHERE account = ? ORDER BY msisdn", (bill.account,)
        )
        net = bill.gross - bill.tax
        for place, row in enumerate(numbers):
            last = place == len(numbers) - 1
            shares = [
                whole // len(numbers) + (whole % len(numbers) if last else 0)
                for whole in (net, bill.tax)
            ]
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
                "taxExcludedAmount": money(shares[0]),
                "taxIncludedAmount": money(sum(shares)),
                "appliedTax": [_tax(bill, shares[1])],
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


def shown_payment(bill: Bill) -> Json:
    """TMF676's payment of `bill`."""
    method, kind = _METHODS[bill.luck // 11 % len(_METHODS)]
    return {
        "id": f"pay-{bill.number}",
        "href": f"{PAYMENTS}/payment/pay-{bill.number}",
        "@type": "Payment",
        "correlatorId": bill.number,
        "authorizationCode": f"{bill.luck % 10**9:09d}",
        "paymentDate": moment(bill.paid_at),
        "status": "done",
        "statusDate": moment(bill.paid_at),
        "account": {"id": bill.account, "@referredType": "BillingAccount"},
        "payer": {"id": bill.company, "role": "customer", "@referredType": "Organization"},
        "paymentMethod": {"name": method, "@type": kind},
        "amount": money(bill.gross - bill.missing),
        "totalAmount": money(bill.gross - bill.missing),
        "paymentItem": [
            {
                "id": "1",
                "item": {"id": bill.number, "@referredType": "CustomerBill"},
                "amount": money(bill.gross - bill.missing),
            }
        ],
    }
