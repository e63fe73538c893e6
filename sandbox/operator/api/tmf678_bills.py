"""TMF678: monthly bills and their lines by number."""

from __future__ import annotations

from collections.abc import Iterator

from aiohttp import web

from sandbox.operator.api.answers import Json, answer, chosen, moment, money, not_found
from sandbox.operator.api.tmf630_filters import Query, period, read_query
from sandbox.operator.api.tmf630_paging import as_it_is, page_of
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed.months import Bill, Charge, Months, shares
from sandbox.operator.seed.traffic import day_start

BILLS = "/tmf-api/customerBillManagement/v4"
_BILLED, _COVERED = "billingPeriod.endDateTime", "periodCoverage.endDateTime"


class Bills:
    """`customerBill` and `appliedCustomerBillingRate`."""

    def __init__(self, database: OperatorDatabase, months: Months) -> None:
        self._database = database
        self._months = months

    async def bills(self, request: web.Request) -> web.Response:
        """`GET /customerBill`: by account, the oldest first."""
        query = read_query(request)
        return page_of(self._found(query), query, shown_bill)

    async def bill(self, request: web.Request) -> web.Response:
        """`GET /customerBill/{id}`."""
        wanted = request.match_info["id"]
        found = self._months.by_number(wanted)
        if found is None:
            raise not_found("customerBill", wanted)
        return answer(chosen(shown_bill(found), read_query(request).fields))

    async def rates(self, request: web.Request) -> web.Response:
        """`GET /appliedCustomerBillingRate`: the lines of bills, one a number, by number.

        Without a bill or a period: those of the newest bills.
        """
        query = read_query(request)
        query.only("bill.id", "billingAccount.id", "product.id", _COVERED)
        products = query.values("product.id")
        lines = [
            line
            for bill in self._rated(query)
            for line in self._listed(bill)
            if products is None or line.get("product", {}).get("id") in products
        ]
        return page_of(lines, query, as_it_is)

    def _found(self, query: Query) -> list[Bill]:
        """The bills asked for."""
        query.only(
            "billingAccount.id", "relatedParty.id", "billNo", "billDocument.id", "billDate", _BILLED
        )
        dated = period(query, "billDate", _BILLED)
        ended = period(query, _BILLED, "billDate")
        numbers, registered = query.values("billNo"), query.values("billDocument.id")
        accounts = self._months.accounts(
            query.values("billingAccount.id"), query.values("relatedParty.id")
        )
        return [
            bill
            for row in accounts
            for bill in self._months.bills(row)
            if dated[0] <= bill.dated < dated[1]
            and ended[0] <= bill.end - 1 < ended[1]
            and (numbers is None or bill.number in numbers)
            and (registered is None or (bill.is_registered and bill.registration in registered))
        ]

    def _rated(self, query: Query) -> list[Bill]:
        """The bills whose lines are asked for."""
        first, end = period(query, _COVERED)
        named = query.values("bill.id")
        if named is not None:
            known = (self._months.by_number(number) for number in named)
            return [bill for bill in known if bill is not None and first <= bill.end - 1 < end]
        ids, products = query.values("billingAccount.id"), query.values("product.id")
        if products is not None:
            rows = self._database.rows(
                f"SELECT account FROM number WHERE msisdn IN ({','.join('?' * len(products))})",  # noqa: S608
                list(products),
            )
            ids = tuple({row["account"] for row in rows if ids is None or row["account"] in ids})
        newest = day_start(self._months.closed()[-1])
        if (first, end) == (float("-inf"), float("inf")):
            first = newest
        return [
            bill
            for row in self._months.accounts(ids, None)
            for bill in self._months.bills(row)
            if first <= bill.end - 1 < end
        ]

    def _lines(self, bill: Bill) -> Iterator[Json]:
        """The bill's amount over the numbers of its account; the lines add up to it."""
        numbers = self._database.rows(
            """SELECT msisdn AS id, msisdn AS called, tariff AS name FROM number
                WHERE account = :account
               UNION ALL SELECT id, name, name FROM office_line WHERE account = :account
               ORDER BY id""",
            {"account": bill.account},
        )
        shared = shares(bill.usual, len(numbers))
        for row, gross in zip(numbers, shared, strict=True):
            charge = Charge(row["name"], gross, bill.rate)
            yield charge_of(charge) | {"product": {"id": row["id"], "name": row["called"]}}
        for charge in bill.charges:
            yield charge_of(charge)

    def _listed(self, bill: Bill) -> Iterator[Json]:
        for place, line in enumerate(self._lines(bill), 1):
            yield {
                "id": f"{bill.number}-{place}",
                "href": f"{BILLS}/appliedCustomerBillingRate/{bill.number}-{place}",
                "@type": "AppliedCustomerBillingRate",
                "type": "recurringCharge",
                "date": moment(bill.dated),
                "isBilled": True,
                "bill": {"id": bill.number, "href": f"{BILLS}/customerBill/{bill.number}"},
                "billingAccount": {"id": bill.account, "name": bill.account},
                "periodCoverage": _period(bill),
            } | line


def charge_of(charge: Charge) -> Json:
    """What a line costs; of one without VAT no tax is told."""
    told: Json = {
        "name": charge.name,
        "taxExcludedAmount": money(charge.gross - charge.tax),
        "taxIncludedAmount": money(charge.gross),
    }
    if charge.rate is not None:
        told["appliedTax"] = [_tax(charge.rate, charge.tax)]
    return told


def _period(bill: Bill) -> Json:
    return {"startDateTime": moment(bill.start), "endDateTime": moment(bill.end - 1)}


def _tax(rate: int, tiyn: int) -> Json:
    return {"taxCategory": "VAT", "taxRate": rate, "taxAmount": money(tiyn)}


def _documents(bill: Bill) -> list[Json]:
    """The electronic invoice, once it is registered, and of a note the bill that it corrects."""
    found: list[Json] = []
    if bill.is_registered:
        size = {"amount": bill.lines, "units": "lines"}
        found.append({"id": bill.registration, "attachmentType": "ESF", "size": size})
    if bill.is_note:
        href = f"{BILLS}/customerBill/{bill.corrects}"
        found.append(
            {
                "id": bill.corrects,
                "href": href,
                "attachmentType": "corrects",
                "@referredType": "CustomerBill",
            }
        )
    return found


def shown_bill(bill: Bill) -> Json:
    """TMF678's customer bill."""
    state = "settled" if not bill.missing else "partiallyPaid"
    return {
        "id": bill.number,
        "href": f"{BILLS}/customerBill/{bill.number}",
        "@type": "CustomerBill",
        "billNo": bill.number,
        "billDate": moment(bill.dated),
        "paymentDueDate": moment(bill.dated + 30 * 86_400),
        "lastUpdate": moment(bill.dated),
        "state": "sent" if 0 < bill.missing >= bill.gross else state,
        "category": "credit note" if bill.is_note else "normal",
        "runType": "offCycle" if bill.is_note else "onCycle",
        "billDocument": _documents(bill),
        "billingPeriod": _period(bill),
        "billingAccount": {"id": bill.account, "name": bill.account},
        "relatedParty": [{"id": bill.company, "role": "customer"}],
        "taxExcludedAmount": money(bill.gross - bill.tax),
        "taxIncludedAmount": money(bill.gross),
        "amountDue": money(bill.gross),
        "remainingAmount": money(bill.missing),
        "taxItem": [_tax(rate, tiyn) for rate, tiyn in bill.taxes.items()],
    }
