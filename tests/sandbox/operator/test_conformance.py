from __future__ import annotations

from typing import Any

from tests.sandbox.operator.conftest import Client, get


async def test_every_list_conforms_strictly_and_counts_itself(
    operator: Client, contracts: Any
) -> None:
    for api, path, definition in contracts.READS:
        answer = await operator.get(path, params={"offset": "0", "limit": "100"})
        assert answer.status == 200, path
        items = await answer.json()
        wrong = [error for item in items for error in contracts.errors(api, definition, item)]
        assert wrong == [], path
        assert answer.headers["X-Result-Count"] == str(len(items))
        assert int(answer.headers["X-Total-Count"]) >= len(items)
        past = await operator.get(path, params={"offset": "1000000"})
        assert (past.status, await past.json()) == (200, [])


async def test_what_is_asked_with_a_body_and_the_lines_of_bills_conform(
    operator: Client, contracts: Any
) -> None:
    question = {"searchCriteria": {"logicalResource": [{"id": "77010542007"}]}}
    answer = await operator.post(
        "/tmf-api/usageConsumption/v4/queryUsageConsumption", json=question
    )
    assert answer.status == 201
    assert contracts.errors("TMF677", "QueryUsageConsumption", await answer.json()) == []
    lines = await get(operator, "/tmf-api/customerBillManagement/v4/appliedCustomerBillingRate")
    for line in lines:
        assert contracts.errors("TMF678", "AppliedCustomerBillingRate", line) == []


async def test_every_item_is_found_by_its_own_address(operator: Client, contracts: Any) -> None:
    for api, path, definition in contracts.READS:
        for item in await get(operator, path, limit=3):
            one = await get(operator, item["href"])
            assert one["id"] == item["id"]
            assert contracts.errors(api, definition, one) == []
