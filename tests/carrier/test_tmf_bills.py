"""Accounts, invoices, their lines and the Atlas Pro package as they are read (TMF666, 677, 678)."""

from __future__ import annotations

from datetime import date
from typing import Any

from account.chapters.atlas import Pool, PoolUsage
from account.chapters.billing.accounts import Account, ServiceLine
from account.chapters.billing.bills import Bill, BillLine, BillsQuery
from account.values.identifiers import AccountingNumber, EsfRegistrationNumber, Msisdn
from account.values.money import Money
from account.values.page import Page
from account.values.periods import Month, MonthSpan, Period
from tests.carrier.desk import COMPANY, NUMBER, Desk, product, reply

ESF = "ESF-980640000003-20261101-25060830"
OCTOBER = MonthSpan(Month(2026, 10), Month(2026, 10))
A_BILL = Bill(
    number="25060830202610",
    account="25060830",
    issued=date(2026, 11, 1),
    period=Period(date(2026, 10, 1), date(2026, 10, 31)),
    net=Money(10_000),
    vat=Money(1_600),
    gross=Money(11_600),
    unpaid=Money(50),
    lines=1,
    registration=ESF,
    rates=(16,),
)


def kzt(value: float) -> dict[str, Any]:
    return {"unit": "KZT", "value": value}


def billing_account(**changes: Any) -> dict[str, Any]:
    return {
        "id": "25060830",
        "name": "25060830",
        "accountType": "postpaid",
        "creditLimit": kzt(10_000),
        "accountBalance": [{"balanceType": "debt", "amount": kzt(12_500.5)}],
        "financialAccount": {"id": "mobile", "name": "Mobile communications"},
        "relatedParty": [{"id": COMPANY, "role": "owner"}],
    } | changes


def bill(**changes: Any) -> dict[str, Any]:
    return {
        "id": "25060830202610",
        "billNo": "25060830202610",
        "billDate": "2026-11-01T00:00:00+05:00",
        "category": "normal",
        "billingPeriod": {
            "startDateTime": "2026-10-01T00:00:00+05:00",
            "endDateTime": "2026-10-31T23:59:59+05:00",
        },
        "billingAccount": {"id": "25060830"},
        "billDocument": [
            {"id": ESF, "attachmentType": "ESF", "size": {"amount": 1, "units": "lines"}}
        ],
        "relatedParty": [{"id": COMPANY, "role": "customer"}],
        "taxExcludedAmount": kzt(100),
        "taxIncludedAmount": kzt(116),
        "remainingAmount": kzt(0.5),
        "taxItem": [{"taxCategory": "VAT", "taxRate": 16, "taxAmount": kzt(16)}],
    } | changes


def line(**changes: Any) -> dict[str, Any]:
    return {
        "id": "25060830202610-1",
        "name": "Reel",
        "bill": {"id": "25060830202610"},
        "billingAccount": {"id": "25060830"},
        "product": {"id": NUMBER.digits},
        "taxExcludedAmount": kzt(100),
        "taxIncludedAmount": kzt(116),
        "appliedTax": [{"taxAmount": kzt(16)}],
    } | changes


def counter(kind: str, size: float, units: str) -> dict[str, Any]:
    return {"counterType": kind, "value": {"amount": size, "units": units}}


UNITS = {"voice": "seconds", "sms": "SMS", "data": "bytes"}


def pool(**changes: Any) -> dict[str, Any]:
    return {
        "product": [{"id": "atlas-pro", "name": "Atlas Pro"}],
        "validPeriod": {
            "startDateTime": "2026-11-01T00:00:00+05:00",
            "endDateTime": "2026-12-01T00:00:00+05:00",
        },
        "bucketRefOrValue": [
            {"usageType": kind, "bucketCounter": [counter("total", 1000, units)]}
            for kind, units in UNITS.items()
        ],
    } | changes


def taken(number: Msisdn = NUMBER) -> dict[str, Any]:
    buckets = [
        {"usageType": kind, "bucketCounter": [counter("used", 7, units)]}
        for kind, units in UNITS.items()
    ]
    buckets[0]["bucketCounter"] = [counter("used", 60, "seconds"), counter("charged", 12.5, "KZT")]
    return {"logicalResource": [{"id": number.digits}], "bucketRefOrValue": buckets}


# --- Accounts --------------------------------------------------------------------------------


async def test_an_account_with_its_limit_and_what_it_is_for(desk: Desk) -> None:
    office = billing_account(
        id="88010001", financialAccount={"id": "fixed-internet"}, accountBalance=[]
    )
    office.pop("creditLimit")
    other = billing_account(id="88010005", financialAccount={"id": "cloud-storage"})
    desk.answer("billingAccount", [billing_account(), office, other], total=12)
    page = await desk.carrier.accounts(COMPANY, None, offset=5, limit=3)
    owed, limit = Money(1_250_050), Money(1_000_000)
    assert page == Page(
        (
            Account("25060830", ServiceLine.MOBILE, owed, limit),
            Account("88010001", ServiceLine.FIXED_INTERNET),
            Account("88010005", None, owed, limit),
        ),
        5,
        12,
    )
    asked = desk.query("billingAccount")
    assert (asked["relatedParty.id"], asked["offset"], asked["limit"]) == (COMPANY, "5", "3")
    await desk.carrier.accounts(COMPANY, ["2", "1", "2"], offset=0, limit=3)
    assert desk.query("billingAccount")["id"] == "1,2"


# --- Invoices --------------------------------------------------------------------------------


async def test_an_invoice_is_read_whole(desk: Desk) -> None:
    desk.answer("customerBill", [bill()])
    query = BillsQuery(COMPANY, months=OCTOBER, account="25060830")
    assert (await desk.carrier.bills(query, offset=0, limit=500)).rows == (A_BILL,)
    asked = desk.query("customerBill")
    assert asked["relatedParty.id"] == COMPANY
    assert asked["billingAccount.id"] == "25060830"
    # Almaty's October, in UTC.
    assert asked["billingPeriod.endDateTime.gte"] == "2026-09-30T19:00:00Z"
    assert asked["billingPeriod.endDateTime.lt"] == "2026-10-31T19:00:00Z"


async def test_invoices_are_asked_for_by_either_number(desk: Desk) -> None:
    desk.answer("customerBill", [])
    by_number = BillsQuery(COMPANY, year=2026, number=AccountingNumber("042"))
    assert (await desk.carrier.bills(by_number, offset=0, limit=20)).rows == ()
    asked = desk.query("customerBill")
    assert asked["billNo"] == "042"
    # What is billed in one year may be invoiced in the next, or before it.
    assert asked["billDate.gte"] == "2024-12-31T19:00:00Z"
    assert asked["billDate.lt"] == "2027-12-31T19:00:00Z"
    registered = BillsQuery(COMPANY, registration=EsfRegistrationNumber(ESF))
    assert (await desk.carrier.bills(registered, offset=0, limit=20)).rows == ()
    asked = desk.query("customerBill")
    assert asked["billDocument.id"] == ESF
    assert "billDate.gte" not in asked


async def test_december_is_found_by_either_year(desk: Desk) -> None:
    """It is invoiced in January."""
    period = {"startDateTime": "2026-12-01", "endDateTime": "2026-12-31"}
    told = bill(billDate="2027-01-01", billingPeriod=period)
    desk.answer("customerBill", [told])
    number = AccountingNumber("25060830202610")
    for year, count in ((2025, 0), (2026, 1), (2027, 1), (2028, 0)):
        query = BillsQuery(COMPANY, year=year, number=number)
        assert len((await desk.carrier.bills(query, offset=0, limit=20)).rows) == count


async def test_a_credit_note_is_a_correction_below_zero(desk: Desk) -> None:
    desk.answer("customerBill", [bill(category="credit note", taxIncludedAmount=kzt(-11.6))])
    [found] = (await desk.carrier.bills(BillsQuery(COMPANY), offset=0, limit=20)).rows
    assert found.correction
    assert found.gross == Money(-1_160)


async def test_lines_of_numbers_and_of_offices(desk: Desk) -> None:
    product = {"id": "fixed-internet-1", "name": "Fixed Internet"}
    office = line(id="25060830202610-2", product=product, name="Internet")
    desk.answer("appliedCustomerBillingRate", [line(), office], total=9)
    page = await desk.carrier.bill_lines(A_BILL, offset=4, limit=2)
    amounts = (Money(10_000), Money(1_600), Money(11_600))
    assert page == Page(
        (BillLine(NUMBER, "Reel", *amounts), BillLine(None, "Internet", *amounts)), 4, 9
    )
    asked = desk.query("appliedCustomerBillingRate")
    assert (asked["bill.id"], asked["offset"], asked["limit"]) == (A_BILL.number, "4", "2")
    desk.answer("appliedCustomerBillingRate", [line(bill={"id": "another"})])
    assert (await desk.carrier.bill_lines(A_BILL, offset=0, limit=2)).rows == ()


async def test_an_account_that_billed_the_number_for_another_company_is_left_out(
    desk: Desk,
) -> None:
    lines = [line(), line(id="31400101202610-1", billingAccount={"id": "31400101"})]
    desk.answer("appliedCustomerBillingRate", lines)
    desk.answer("billingAccount", [billing_account()])
    month = Month(2026, 10)
    assert await desk.carrier.billed_accounts(COMPANY, NUMBER, month) == ("25060830",)
    assert desk.query("billingAccount")["id"] == "25060830,31400101"
    desk.answer("appliedCustomerBillingRate", [])
    assert await desk.carrier.billed_accounts(COMPANY, NUMBER, month) == ()


# --- Atlas Pro -------------------------------------------------------------------------------


async def test_the_package_of_a_company(desk: Desk) -> None:
    endless = pool()
    endless["bucketRefOrValue"][2] = {"usageType": "data", "remainingValueName": "Unlimited"}
    desk.answer("queryUsageConsumption", {"usageConsumption": [endless]}, status=201)
    november = Period(date(2026, 11, 1), date(2026, 11, 30))
    assert await desk.carrier.pool(COMPANY) == Pool("Atlas Pro", november, 1000, 1000, None)
    assert desk.sent("queryUsageConsumption")["searchCriteria"] == {
        "product": [{"id": "atlas-pro"}],
        "relatedParty": [{"id": COMPANY, "@referredType": "Organization"}],
    }


async def test_no_package_is_no_pool(desk: Desk) -> None:
    desk.answer("queryUsageConsumption", {"code": "NOT_FOUND"}, status=404)
    assert await desk.carrier.pool(COMPANY) is None


async def test_what_each_number_took(desk: Desk) -> None:
    desk.answer("product", [product(employeeLabel="Склад")], total=3)
    desk.answer("queryUsageConsumption", {"usageConsumption": [taken()]}, status=201)
    page = await desk.carrier.pool_usage(COMPANY, offset=2, limit=1)
    assert page == Page((PoolUsage(NUMBER, 60, 7, 7, Money(1_250), "Склад"),), 2, 3)
    assert desk.query("product")["productOffering.id"] == "atlas-pro"


async def test_consumption_of_another_number_is_not_this_ones(desk: Desk) -> None:
    desk.answer("product", [product()])
    desk.lay(
        "queryUsageConsumption",
        lambda _: reply({"usageConsumption": [taken(Msisdn("77023300101"))]}, status=201),
    )
    page = await desk.carrier.pool_usage(COMPANY, offset=0, limit=1)
    assert (page.rows, page.left_out) == ((), 1)
