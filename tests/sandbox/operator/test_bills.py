from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.world import World
from tests.sandbox.operator.conftest import Client, get

BILLS = "/tmf-api/customerBillManagement/v4/customerBill"
LINES = "/tmf-api/customerBillManagement/v4/appliedCustomerBillingRate"
PAYMENTS = "/tmf-api/payment/v4/payment"
RESOURCES = "/tmf-api/resourceInventoryManagement/v4/resource"


def exact(money: dict[str, Any]) -> Decimal:
    return Decimal(str(money["value"]))


async def test_bills_less_payments_are_the_debt(operator: Client, world: World) -> None:
    world.clock.advance(7 * 86_400)  # all payments of November are in
    for account, owed in (("25060840", Decimal("12500.5")), ("25060830", Decimal(0))):
        bills = await get(operator, BILLS, **{"billingAccount.id": account, "limit": 100})
        paid = await get(operator, PAYMENTS, **{"account.id": account, "limit": 100})
        assert len(bills) == 24
        total = sum(exact(bill["amountDue"]) for bill in bills)
        assert total - sum(exact(one["totalAmount"]) for one in paid) == owed


async def test_the_lines_of_a_bill_add_up_to_it(operator: Client) -> None:
    bills = await get(operator, BILLS, **{"relatedParty.id": "org-180140000018", "limit": 200})
    for bill in bills[::17]:
        lines = await get(operator, LINES, **{"bill.id": bill["id"], "limit": 100})
        assert sum(exact(line["taxIncludedAmount"]) for line in lines) == exact(
            bill["taxIncludedAmount"]
        )
        tax = exact(bill["taxItem"][0]["taxAmount"])
        assert exact(bill["taxExcludedAmount"]) + tax == exact(bill["taxIncludedAmount"])
    assert {bill["taxItem"][0]["taxRate"] for bill in bills} == {12, 16}


async def test_periods_of_bills_and_payments(operator: Client) -> None:
    period = {"billDate.gte": "2026-10-01T00:00:00+05:00", "billDate.lt": "2026-11-01T00:00:00Z"}
    found = await get(operator, BILLS, **period, **{"billingAccount.id": "25060830"})
    assert [bill["billDate"] for bill in found] == [
        "2026-10-01T00:00:00+05:00",
        "2026-11-01T00:00:00+05:00",
    ]
    [one] = await get(operator, BILLS, billNo="25060830202610")
    assert one["billingPeriod"]["startDateTime"] == "2026-10-01T00:00:00+05:00"
    answer = await operator.get(BILLS, params={"state": "sent"})
    assert answer.status == 400


async def test_a_credit_note_stands_behind_the_bill_it_corrects(operator: Client) -> None:
    billed = {"billingAccount.id": "25060850", "limit": 100}
    bills = await get(operator, BILLS, **billed)
    [note] = [bill for bill in bills if bill["category"] == "credit note"]
    bill = bills[bills.index(note) - 1]
    assert note["billingPeriod"] == bill["billingPeriod"]
    assert exact(note["taxIncludedAmount"]) < 0 < exact(bill["taxIncludedAmount"])
    for one in (note, bill):
        lines = await get(operator, LINES, **{"bill.id": one["id"], "limit": 100})
        assert len(lines) == one["billDocument"][0]["size"]["amount"]
        for field in ("taxExcludedAmount", "taxIncludedAmount"):
            assert sum(exact(line[field]) for line in lines) == exact(one[field])
        assert await get(operator, f"{BILLS}/{one['id']}") == one


async def test_a_bill_is_found_by_its_registration_number_and_its_months(operator: Client) -> None:
    [bill] = await get(operator, BILLS, billNo="25060830202610")
    registered = bill["billDocument"][0]["id"]
    assert registered.startswith("ESF-980640000003-20261101-")
    assert await get(operator, BILLS, **{"billDocument.id": registered}) == [bill]
    october = {
        "billingPeriod.endDateTime.gte": "2026-10-01T00:00:00+05:00",
        "billingPeriod.endDateTime.lt": "2026-11-01T00:00:00+05:00",
    }
    whose = {"billingAccount.id": "25060830"}
    assert await get(operator, BILLS, **whose, **october) == [bill]
    covered = {
        name.replace("billingPeriod", "periodCoverage"): value for name, value in october.items()
    }
    [line] = await get(operator, LINES, **{"product.id": "77010542007"}, **covered)
    assert line["bill"]["id"] == bill["id"]


async def test_an_account_may_have_no_bill_of_a_month(operator: Client) -> None:
    months = [
        bill["billNo"][-6:]
        for bill in await get(operator, BILLS, **{"billingAccount.id": "31400101", "limit": 100})
    ]
    assert len(months) == 23
    assert "202606" not in months


async def test_offices_are_billed_to_accounts_of_their_own(operator: Client) -> None:
    accounts = await get(
        operator,
        "/tmf-api/accountManagement/v4/billingAccount",
        **{"relatedParty.id": "org-180140000018", "limit": 100},
    )
    for_what = {one["id"]: one["financialAccount"]["id"] for one in accounts}
    assert set(for_what.values()) == {
        *("mobile", "fixed-internet", "auto-monitoring", "telemetry"),
        *("contract-phone", "cloud-storage"),
    }
    internet = {"billingAccount.id": "88010001", "limit": 100}
    lines = await get(operator, LINES, **internet)
    assert [line["product"]["id"] for line in lines] == [
        "fixed-internet-88010001-1",
        "fixed-internet-88010001-2",
    ]
    paid = await get(operator, PAYMENTS, **{"account.id": "88010001", "limit": 100})
    for one in paid:
        parts = sum(exact(item["amount"]) for item in one["paymentItem"])
        assert parts == exact(one["totalAmount"])
    assert len(paid) in {23, 24}  # the newest bill is paid by the 25th


async def test_pin_and_puk_are_told_of_one_sim_only(operator: Client) -> None:
    [sim] = await get(
        operator, RESOURCES, **{"category": "SIM", "resourceRelationship.id": "77010542006"}
    )
    assert sim["id"] == "89997027508016848485"
    assert "PUK1" not in str(sim)
    codes = {
        one["name"]: one["value"]
        for one in (await get(operator, sim["href"]))["resourceCharacteristic"]
    }
    assert (codes["PIN1"], codes["PUK2"]) == ("0000", "55752910")


async def test_pages_of_resources_put_together_are_the_list(operator: Client) -> None:
    company = {"relatedParty.id": "org-180140000901"}
    whole = [one["id"] for one in await get(operator, RESOURCES, **company, limit=100)]
    cards = [one for one in whole if one.startswith("8999702")]
    assert len(cards) == 12 + 12 + 6  # in use, blank, eSIMs
    assert len(whole) == len(set(whole)) > len(cards)
    paged: list[str] = []
    for offset in range(0, len(whole), 5):
        page = await get(operator, RESOURCES, **company, limit=5, offset=offset)
        paged += [one["id"] for one in page]
    assert paged == whole
