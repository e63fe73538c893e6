"""What operators answer about invoices otherwise than docs/operator.md, and what is then shown.

Each case is the answer of the contract with one change (TMF678).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from account.chapters.billing.bills import Bill, BillLine, BillsQuery
from account.values.identifiers import AccountingNumber, EsfRegistrationNumber
from account.values.money import Money
from account.values.page import Page
from account.values.periods import Month, MonthSpan, Period
from tests.carrier.desk import COMPANY, NUMBER, Desk
from tests.carrier.test_tmf_bills import A_BILL, ESF, OCTOBER, bill, kzt, line

PDF = {"id": "doc-1", "attachmentType": "PDF", "mimeType": "application/pdf", "size": 172851}
UNTOLD = replace(A_BILL, rates=())
"""Its rate is not told."""
NOTED = {"id": "25060830202609", "attachmentType": "Corrects", "@referredType": "CustomerBill"}
REEL = BillLine(NUMBER, "Reel", Money(10_000), Money(1_600), Money(11_600))


async def bills(desk: Desk, *rows: dict[str, Any], query: BillsQuery | None = None) -> Page[Bill]:
    desk.answer("customerBill", list(rows))
    return await desk.carrier.bills(query or BillsQuery(COMPANY), offset=0, limit=20)


def months(start: object, end: object) -> dict[str, Any]:
    return {"billingPeriod": {"startDateTime": start, "endDateTime": end}}


def taxed(amount: object, rate: object) -> dict[str, Any]:
    return {"taxItem": [{"taxCategory": "VAT", "taxRate": rate, "taxAmount": amount}]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, A_BILL),
        ({"billDocument": [PDF]}, replace(A_BILL, registration=None, lines=None)),
        ({"billDocument": []}, replace(A_BILL, registration=None, lines=None)),
        ({"billDocument": None}, replace(A_BILL, registration=None, lines=None)),
        (
            {"billDocument": [PDF, {"id": ESF, "attachmentType": "esf"}]},
            replace(A_BILL, lines=None),
        ),
        (
            {"billDocument": [{"id": ESF, "attachmentType": "ESF", "size": 172851}]},
            replace(A_BILL, lines=None),
        ),
        (
            {
                "billDocument": [
                    {"id": ESF, "attachmentType": "ESF", "size": {"amount": "1", "units": "Lines"}}
                ]
            },
            A_BILL,
        ),
        ({"billDate": "2026-11-01"}, A_BILL),
        ({"billDate": "2026-10-31T19:00:00Z"}, A_BILL),
        ({"taxItem": None}, UNTOLD),  # gross less net
        ({"taxItem": []}, UNTOLD),
        ({"taxItem": [{"taxCategory": "VAT", "taxRate": 16}]}, A_BILL),
        ({"taxExcludedAmount": None}, A_BILL),
        ({"taxIncludedAmount": None}, A_BILL),
        ({"taxExcludedAmount": None, "taxItem": None}, replace(UNTOLD, net=None, vat=None)),
        ({"remainingAmount": None}, replace(A_BILL, unpaid=None)),
        ({"remainingAmount": {}}, replace(A_BILL, unpaid=None)),
        ({"taxIncludedAmount": {"unit": "KZT", "value": "116.00"}}, A_BILL),
        ({"taxIncludedAmount": {"unit": "tiyn", "value": 11600}}, A_BILL),
        ({"taxItem": [{"taxAmount": kzt(15.994)}, {"taxAmount": kzt(0.006)}]}, UNTOLD),
        ({"id": "b9c1-uuid"}, replace(A_BILL, id="b9c1-uuid")),
        ({"billNo": None}, A_BILL),
        ({"billNo": 25060830202610}, A_BILL),
        ({"category": "Credit Note"}, replace(A_BILL, correction=True)),
        ({"category": None}, A_BILL),
        ({"relatedParty": [{"id": COMPANY, "role": "Customer"}]}, A_BILL),
        ({"relatedParty": [{"partyOrPartyRole": {"id": COMPANY}, "role": "customer"}]}, A_BILL),
        ({"paymentDueDate": "2026-12-01T00:00:00+05:00"}, replace(A_BILL, due=date(2026, 12, 1))),
        ({"paymentDueDate": "2026-11-30T19:00:00Z"}, replace(A_BILL, due=date(2026, 12, 1))),
        ({"paymentDueDate": "soon"}, A_BILL),
        (taxed(kzt(16), "16.0"), A_BILL),
        (taxed(kzt(16), 0.16), UNTOLD),
        (taxed(kzt(16), "16 %"), A_BILL),
        (
            {"taxItem": [{"taxRate": 16, "taxAmount": kzt(12)}, {"taxRate": 0}, {"taxRate": 16}]},
            replace(A_BILL, vat=Money(1_200), rates=(16, 0)),
        ),
        (
            {"billDocument": [NOTED]},
            replace(A_BILL, corrects="25060830202609", registration=None, lines=None),
        ),
    ],
    ids=range(35),
)
async def test_an_invoice(desk: Desk, changes: dict[str, Any], expected: Bill) -> None:
    page = await bills(desk, bill(**changes))
    assert page.rows == (expected,)
    assert page.left_out == 0


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-10-01T00:00:00+05:00", "2026-10-31T23:59:59+05:00"),
        ("2026-10-01T00:00:00+05:00", "2026-10-31T23:59:59.999+05:00"),
        ("2026-10-01T00:00:00+05:00", "2026-10-31T23:59:59.9999999+05:00"),
        ("2026-10-01T00:00:00+05:00", "2026-11-01T00:00:00+05:00"),
        ("2026-09-30T19:00:00Z", "2026-10-31T18:59:59Z"),
        ("2026-09-30T19:00:00Z", "2026-10-31T19:00:00Z"),
        ("2026-10-01T00:00:00Z", "2026-10-31T23:59:59Z"),
        ("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"),
        ("2026-10-01", "2026-10-31"),
        ("2026-10-01", "2026-11-01"),
        ("2026-10-01T00:00:00", "2026-10-31T24:00:00"),
        ("2026-10-01 00:00:00+0500", "2026-10-31 23:59+05"),
        ("2026-10-01T00:00:00+06:00", "2026-10-31T23:59:59+06:00"),
        ("2026-10-01T00:00:00.0000000Z", "2026-10-31T23:59:59.9999999Z"),
    ],
    ids=range(14),
)
async def test_the_billed_month_is_the_month_that_the_period_covers(
    desk: Desk, start: str, end: str
) -> None:
    [found] = (await bills(desk, bill(**months(start, end)))).rows
    assert (found.month, found.period) == (Month(2026, 10), Month(2026, 10).period)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-10-05", "2026-10-20", (5, 20)),
        ("2026-10-05T00:00:00+05:00", "2026-10-21T00:00:00+05:00", (5, 20)),
        ("2026-10-05T00:00:00+05:00", "2026-10-20T23:59:59+05:00", (5, 20)),
        ("2026-10-05", "2026-10-05", (5, 5)),
    ],
    ids=range(4),
)
async def test_a_part_of_a_month_is_that_part(
    desk: Desk, start: str, end: str, days: tuple[int, int]
) -> None:
    [found] = (await bills(desk, bill(**months(start, end)))).rows
    assert found.period == Period(date(2026, 10, days[0]), date(2026, 10, days[1]))


@pytest.mark.parametrize(
    ("changes", "left_out"),
    [
        ({"taxIncludedAmount": {"unit": "USD", "value": 1}}, 1),
        ({"taxIncludedAmount": None, "taxItem": None}, 1),
        ({"taxIncludedAmount": 116}, 1),
        ({"taxItem": [{"taxAmount": {"unit": "KZT", "value": "much"}}]}, 1),
        ({"billDate": "soon"}, 1),
        ({"billingAccount": None}, 1),
        ({"billNo": None, "id": None}, 1),
        (months("2026-11-01T00:00:00+05:00", "2026-10-31T23:59:59+05:00"), 1),
        (months(None, "2026-10-31T23:59:59+05:00"), 1),
        ({"relatedParty": [{"id": "org-2", "role": "customer"}]}, 0),
        ({"relatedParty": [{"id": "org-2", "role": "customer"}], "taxIncludedAmount": 116}, 0),
        ({"relatedParty": [{"id": COMPANY, "role": "seller"}]}, 0),
        ({"relatedParty": None}, 0),
        ({"relatedParty": "org"}, 0),
    ],
    ids=range(14),
)
async def test_an_invoice_that_cannot_be_read_is_left_out_and_counted_if_it_is_ours(
    desk: Desk, changes: dict[str, Any], left_out: int
) -> None:
    page = await bills(desk, bill(**({"id": "odd"} | changes)), bill())
    assert page.rows == (A_BILL,)
    assert page.left_out == left_out


@pytest.mark.parametrize(
    "query",
    [
        BillsQuery(COMPANY, months=OCTOBER),
        BillsQuery(COMPANY, account="25060830"),
        BillsQuery(COMPANY, number=AccountingNumber("25060830202610")),
        BillsQuery(COMPANY, registration=EsfRegistrationNumber(ESF)),
        BillsQuery(COMPANY, year=2026),
    ],
    ids=range(5),
)
async def test_what_was_not_asked_for_is_not_shown(desk: Desk, query: BillsQuery) -> None:
    """An operator may not look at every filter."""
    other = bill(
        id="x",
        billNo="31400101202609",
        billingAccount={"id": "31400101"},
        billDate="2025-10-01",
        billDocument=[{"id": "ESF-1", "attachmentType": "ESF"}],
        **months("2025-09-01", "2025-09-30"),
    )
    page = await bills(desk, other, bill(), query=query)
    assert (page.rows, page.left_out) == ((A_BILL,), 0)


# --- lines ---


async def lines(desk: Desk, *rows: dict[str, Any]) -> Page[BillLine]:
    desk.answer("appliedCustomerBillingRate", list(rows))
    return await desk.carrier.bill_lines(A_BILL, offset=0, limit=20)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, REEL),
        ({"appliedTax": None}, REEL),
        ({"appliedTax": [], "taxExcludedAmount": None}, replace(REEL, net=None, vat=None)),
        ({"taxExcludedAmount": None}, REEL),
        ({"taxIncludedAmount": None}, REEL),
        ({"product": {"id": f"+{NUMBER.digits}"}}, REEL),
        ({"product": {"id": "fixed-internet-1"}}, replace(REEL, msisdn=None)),
        ({"product": None}, replace(REEL, msisdn=None)),
        ({"name": None, "description": "Monthly fee"}, replace(REEL, service="Monthly fee")),
        ({"name": None, "type": "recurringCharge"}, replace(REEL, service="recurringCharge")),
        (
            {"name": None, "appliedBillingRateType": "recurringCharge"},  # v5
            replace(REEL, service="recurringCharge"),
        ),
        ({"name": None}, replace(REEL, service="—")),
        ({"appliedTax": [{"taxRate": 16, "taxAmount": kzt(16)}]}, replace(REEL, rate=16)),
        ({"appliedTax": [{"taxRate": "16", "taxAmount": kzt(16)}]}, replace(REEL, rate=16)),
        ({"appliedTax": [{"taxRate": None, "taxAmount": kzt(16)}]}, REEL),
        (
            {"appliedTax": [{"taxRate": 16}], "taxExcludedAmount": None},
            replace(REEL, net=None, vat=None, rate=16),
        ),
        (
            {"appliedTax": [], "taxExcludedAmount": kzt(116), "product": None},
            replace(REEL, msisdn=None, net=Money(11_600), vat=Money(0)),
        ),
    ],
    ids=range(17),
)
async def test_a_line(desk: Desk, changes: dict[str, Any], expected: BillLine) -> None:
    page = await lines(desk, line(**changes))
    assert (page.rows, page.left_out) == ((expected,), 0)


@pytest.mark.parametrize(
    ("changes", "left_out"),
    [
        ({"taxIncludedAmount": {"unit": "USD", "value": 1}}, 1),
        ({"taxIncludedAmount": 116}, 1),
        ({"taxIncludedAmount": None, "appliedTax": None}, 1),
        ({"bill": {"id": "another"}}, 0),
        ({"bill": {"id": "another"}, "taxIncludedAmount": 116}, 0),
        ({"bill": None}, 0),
    ],
    ids=range(6),
)
async def test_a_line_that_cannot_be_read_is_left_out_and_counted_if_it_is_the_invoices(
    desk: Desk, changes: dict[str, Any], left_out: int
) -> None:
    page = await lines(desk, line(**({"id": "odd"} | changes)), line())
    assert (page.rows, page.left_out) == ((REEL,), left_out)


async def test_lines_are_asked_for_by_the_operators_own_id(desk: Desk) -> None:
    desk.answer("appliedCustomerBillingRate", [line(bill={"id": "b9c1-uuid"})])
    own = replace(A_BILL, id="b9c1-uuid")
    assert (await desk.carrier.bill_lines(own, offset=0, limit=20)).rows == (REEL,)
    assert desk.query("appliedCustomerBillingRate")["bill.id"] == "b9c1-uuid"


async def test_months_are_compared_as_the_register_asks_for_them(desk: Desk) -> None:
    span = MonthSpan(Month(2026, 9), Month(2026, 10))
    page = await bills(desk, bill(), query=BillsQuery(COMPANY, months=span))
    assert page.rows == (A_BILL,)
