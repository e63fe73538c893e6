"""Atlas Pro: the pool of a company, and what its numbers took."""

from __future__ import annotations

from typing import Any

from tests.sandbox.operator.conftest import Client, get

ASK = "/tmf-api/usageConsumption/v4/queryUsageConsumption"
NUMBERS = "/tmf-api/productInventory/v4/product"
DEMO, QYRAN = "org-180140000018", "org-200340012342"


async def asked(
    operator: Client, company: str, numbers: list[str] | None = None
) -> tuple[int, Any]:
    criteria: dict[str, Any] = {
        "product": [{"id": "atlas-pro"}],
        "relatedParty": [{"id": company, "@referredType": "Organization"}],
    }
    if numbers is not None:
        criteria["logicalResource"] = [{"id": number} for number in numbers]
    answer = await operator.post(ASK, json={"searchCriteria": criteria})
    return answer.status, await answer.json()


def counted(consumption: dict[str, Any], counter: str) -> dict[str, int]:
    return {
        bucket["usageType"]: one["value"]["amount"]
        for bucket in consumption["bucketRefOrValue"]
        for one in bucket["bucketCounter"]
        if one["counterType"] == counter
    }


async def test_what_the_numbers_took_is_what_is_gone(operator: Client, contracts: Any) -> None:
    members = [
        one["id"]
        for one in await get(
            operator,
            NUMBERS,
            **{"relatedParty.id": DEMO, "productOffering.id": "atlas-pro", "limit": 100},
        )
    ]
    assert {"77010542012", "77010542015"} <= set(members)
    status, answer = await asked(operator, DEMO)
    assert status == 201
    assert contracts.errors("TMF677", "QueryUsageConsumption", answer) == []
    [pool] = answer["usageConsumption"]
    assert counted(pool, "total") == {
        "voice": 30_000 * len(members),
        "sms": 200 * len(members),
        "data": 10 * 1024**3 * len(members),
    }

    status, answer = await asked(operator, DEMO, members)
    assert contracts.errors("TMF677", "QueryUsageConsumption", answer) == []
    taken = [counted(one, "used") for one in answer["usageConsumption"]]
    for kind, used in counted(pool, "used").items():
        assert sum(one[kind] for one in taken) == used > 0


async def test_who_has_no_package_has_no_pool(operator: Client) -> None:
    assert (await asked(operator, QYRAN))[0] == 404
    assert (await asked(operator, DEMO, ["77010542007"]))[0] == 404
    assert (await asked(operator, QYRAN, ["77010542012"]))[0] == 404
    bare = await operator.post(ASK, json={"searchCriteria": {"product": [{"id": "atlas-pro"}]}})
    assert bare.status == 400
