from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.world import World
from tests.sandbox.operator.conftest import DEMO, KAZYNA, Client, get, opened, set_number

PAYMENTS = "/tmf-api/payment/v4/payment"
NUMBER, ACCOUNT, SHARED = "77010542007", "25060830", "77010542016"


def exact(money: dict[str, Any]) -> Decimal:
    return Decimal(str(money["value"]))


async def test_a_number_has_two_years_of_payments(operator: Client, contracts: Any) -> None:
    found = await get(operator, PAYMENTS, **{"paymentItem.item.id": NUMBER, "limit": 100})
    assert 23 <= len(found) <= 24
    assert found[0]["paymentDate"] < "2025-01"
    for payment in found:
        assert contracts.errors("TMF676", "Payment", payment) == []
        assert payment["account"]["id"] == ACCOUNT
        assert payment["status"] == "done"
        assert payment["channel"]["name"]
        assert payment["paymentMethod"]["name"]
        assert payment["correlatorId"].isdecimal()
        by = payment["paymentMethod"]
        assert ("statusDate" in by) is (by["@type"] == "bankAccountTransfer")
        assert by.get("statusDate", "") < payment["paymentDate"]
        assert payment["description"].startswith(ACCOUNT), "the invoice it pays"
        assert await get(operator, payment["href"]) == payment


async def test_the_items_of_a_payment_add_up_to_it(operator: Client) -> None:
    found = await get(operator, PAYMENTS, **{"paymentItem.item.id": SHARED, "limit": 100})
    assert found
    for payment in found:
        assert len(payment["paymentItem"]) > 1
        items = {one["item"]["id"]: exact(one["amount"]) for one in payment["paymentItem"]}
        assert SHARED in items
        assert sum(items.values()) == exact(payment["totalAmount"]) == exact(payment["amount"])


async def test_periods_order_and_pages(operator: Client) -> None:
    query = {"relatedParty.id": DEMO, "paymentDate.gte": "2026-09-01T00:00:00+05:00"}
    query |= {"paymentDate.lt": "2026-11-01T00:00:00+05:00", "sort": "-paymentDate"}
    found = await get(operator, PAYMENTS, **query, limit=100)
    dates = [one["paymentDate"] for one in found]
    assert dates == sorted(dates, reverse=True)
    assert {date[:7] for date in dates} == {"2026-09", "2026-10"}
    assert await get(operator, PAYMENTS, **query, limit=3, offset=2) == found[2:5]
    for wrong in ({"colour": "red"}, {"sort": "amount"}, {"paymentDate.gt": "2026"}):
        assert (await operator.get(PAYMENTS, params=wrong)).status == 400


async def test_a_number_of_another_company_has_none(operator: Client) -> None:
    query = {"paymentItem.item.id": NUMBER, "relatedParty.id": KAZYNA}
    assert await get(operator, PAYMENTS, **query) == []
    mismatch = {"paymentItem.item.id": NUMBER, "account.id": "25060831"}
    assert await get(operator, PAYMENTS, **mismatch) == []


async def test_what_was_just_paid_is_there_and_stays(world: World) -> None:
    now = {"paymentDate.gte": "2026-11-22T12:00:00+05:00", "relatedParty.id": DEMO}
    async with opened(world) as client:
        assert await get(client, PAYMENTS, **now) == []
        await set_number(client, SHARED, payment="750.25")
    async with opened(world) as client:
        [paid] = await get(client, PAYMENTS, **now)
        assert (
            paid == (await get(client, PAYMENTS, **{"paymentItem.item.id": SHARED}, limit=99))[-1]
        )
        assert (paid["totalAmount"]["value"], paid["paymentMethod"]["@type"]) == (750.25, "cash")
        assert [one["item"]["id"] for one in paid["paymentItem"]] == [SHARED]


async def test_a_paid_debt_is_told_once(operator: Client, world: World) -> None:
    query = {"account.id": "25060840", "limit": 100}
    bills = "/tmf-api/customerBillManagement/v4/customerBill"
    billed = await get(operator, bills, **{"billingAccount.id": "25060840", "limit": 100})
    before = await get(operator, PAYMENTS, **query)
    await set_number(operator, "77010542009", payment="13000")
    for later in (0, 20 * 86_400):
        world.clock.advance(later)
        found = await get(operator, PAYMENTS, **query)
        assert [one for one in found if one in before] == before
        [new] = [one for one in found if one["id"].startswith("top-")]
        assert exact(new["totalAmount"]) == 13_000
        again = await get(operator, bills, **{"billingAccount.id": "25060840", "limit": 100})
        amounts = [bill["amountDue"] for bill in billed]
        assert [bill["amountDue"] for bill in again][: len(billed)] == amounts
    assert again[len(billed) - 1]["state"] == "settled"
