from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from sandbox.operator.seed import identifiers
from sandbox.operator.seed.people import FLEETS
from sandbox.world import World, WorldClock
from tests.sandbox.operator.conftest import NOON, Client, facts, get, opened

PRODUCTS = "/tmf-api/productInventory/v4/product"
BUCKETS = "/tmf-api/prepayBalanceManagement/v4/bucket"
ACCOUNTS = "/tmf-api/accountManagement/v4/billingAccount"
DEMO, KAZYNA, QYRAN = "org-180140000018", "org-180140000901", "org-200340012342"
BIG = "org-190140099990"


async def total(client: Client, company: str, **query: str) -> int:
    answer = await client.get(PRODUCTS, params={"relatedParty.id": company, "limit": "0"} | query)
    assert (answer.status, await answer.json()) == (200, [])
    return int(answer.headers["X-Total-Count"])


async def numbers(client: Client, query: str, company: str = DEMO) -> list[str]:
    found = await get(client, f"{PRODUCTS}?relatedParty.id={company}&limit=1000&{query}")
    return [product["id"] for product in found]


async def test_the_companies_are_as_large_as_promised(operator: Client) -> None:
    assert [await total(operator, company) for company in (DEMO, KAZYNA, QYRAN)] == [37, 12, 3]
    assert await total(operator, DEMO, status="active") == 34
    assert await total(operator, DEMO, suspensionReason="voluntary") == 2
    assert await total(operator, DEMO, suspensionReason="debt") == 1
    methods = [await total(operator, DEMO, paymentMethod=one) for one in ("Credit", "Advance")]
    assert sum(methods) == 37
    assert min(methods) > 5


async def test_the_guides_numbers_are_as_in_the_guide(operator: Client) -> None:
    found = await get(operator, BUCKETS, **{"product.id": "77010542006,77010542007,77012115526"})
    left = {bucket["id"]: bucket["remainingValue"]["amount"] for bucket in found}
    assert left == {
        "credit-77010542006": 8476.9,
        "credit-77010542007": 8475.9,
        "limit-77010542007": 446,
        "credit-77012115526": 3750,
    }
    blocked = await get(operator, f"{PRODUCTS}/77010542006")
    assert blocked["status"] == "suspended"
    assert blocked["billingAccount"]["id"] == "25060831"
    assert blocked["realizingResource"][0]["id"] == "89997027508016848485"
    assert (await get(operator, f"{PRODUCTS}/77012115526"))["name"] == "Reel"
    debtor = await get(operator, f"{ACCOUNTS}/25060840")
    assert debtor["paymentStatus"] == "in arrears"
    assert debtor["accountBalance"][0]["amount"] == {"unit": "KZT", "value": 12500.5}


async def test_a_search_is_a_group_of_conditions(operator: Client) -> None:
    def group(text: str) -> str:
        return (
            f"productSerialNumber.regex={text};billingAccount.id.regex={text};"
            f"name.regex={text};employeeLabel.regex={text}"
        )

    assert await numbers(operator, group("2115")) == ["77012115526"]
    assert await numbers(operator, group("66706")) == ["77010542008"]
    assert "77010542006" in await numbers(operator, group("СКЛАД"))
    assert "77012115526" in await numbers(operator, group("rEEl"))
    assert await numbers(operator, group("2115").replace(";", "%3B")) == ["77012115526"]
    assert await numbers(operator, group("2115"), KAZYNA) == []
    assert await numbers(operator, "employeeLabel.regex=%5C%28A1%5C%29")
    quoted = await numbers(operator, "name.regex=basic%20%5C%26%20safe")
    assert "77010542030" in quoted


async def test_filters_sorting_and_fields(operator: Client) -> None:
    everything = await numbers(operator, "sort=productSerialNumber")
    assert everything == sorted(everything)
    assert await numbers(operator, "sort=-productSerialNumber") == everything[::-1]
    assert await numbers(operator, "productSerialNumber.gt=77010542040") == everything[-4:]
    by_tariff = await get(operator, f"{PRODUCTS}?relatedParty.id={DEMO}&sort=name&limit=50")
    assert [one["name"] for one in by_tariff] == sorted(one["name"] for one in by_tariff)
    few = await get(operator, f"{PRODUCTS}?relatedParty.id={DEMO}&fields=status&limit=1")
    assert few[0].keys() == {"id", "href", "status"}
    juniors = await numbers(operator, "productOffering.id=bc-junior")
    assert juniors == await numbers(operator, "name=Business%20Class%20Junior")
    assert "77010542007" in juniors


@pytest.mark.parametrize(
    "query",
    ["relatedparty.id=x", "status.like=a", "offset=x", "limit=%D9%A1", "name.regex=(", "sort=x"],
)
async def test_what_is_not_understood_is_refused_not_ignored(operator: Client, query: str) -> None:
    answer = await operator.get(f"{PRODUCTS}?{query}")
    assert answer.status == 400


async def test_unknown_ids_are_not_found(operator: Client) -> None:
    for path in (
        f"{PRODUCTS}/77019999999",
        f"{BUCKETS}/main-77010542007",
        f"{ACCOUNTS}/1",
        "/tmf-api/party/v4/individual/adm-99",
        "/tmf-api/party/v4/organization/org-1",
        "/tmf-api/productOrderingManagement/v4/productOrder/po-1",
        "/tmf-api/communicationManagement/v4/communicationMessage/sms-1",
        "/tmf-api/usageManagement/v4/usage/u-77010542007-20269999-1",
    ):
        answer = await operator.get(path)
        assert (answer.status, (await answer.json())["code"]) == (404, "NOT_FOUND"), path


async def test_a_changed_label_is_found(operator: Client) -> None:
    path = "/sandbox/operator/numbers/77010542012"
    answer = await operator.patch(path, json={"label": "Ұшқыш Ёлкин", "individual_limit": "0.01"})
    assert answer.status == 200
    assert await numbers(operator, "employeeLabel.regex=ұшқыш") == ["77010542012"]
    [_, limit] = await get(operator, BUCKETS, **{"product.id": "77010542012"})
    assert limit["remainingValue"]["amount"] == 0.01
    for bad in ({"debt": "1.001"}, {"debt": -1}, {"debt": "NaN"}, {"colour": 1}, {"debt": True}):
        assert (await operator.patch(path, json=bad)).status == 400


def test_identifiers_pass_their_check_digits() -> None:
    assert identifiers.luhn_digit("35367807651154") == "8"
    assert identifiers.luhn_digit("8999702750801684848") == "5"
    assert identifiers.bin_with_control("18014000001") == "180140000018"
    assert identifiers.bin_with_control("18014000090") == "180140000901"
    with pytest.raises(ValueError, match="no BIN"):
        identifiers.bin_with_control("18014000170")
    for number in range(77010542000, 77010542050):
        for made in (identifiers.iccid(1, number), identifiers.imei(1, number)):
            assert identifiers.luhn_digit(made[:-1]) == made[-1]
        assert len(identifiers.iccid(1, number)) == 20
        assert len(identifiers.imei(1, number)) == 15


@pytest.mark.slow
async def test_a_hundred_thousand_numbers_answer_a_page_and_a_search(
    tmp_path: Path, contracts: Any
) -> None:
    world = World(data=tmp_path, clock=WorldClock(NOON), numbers=100_000)
    async with opened(world) as client:
        begun = time.process_time()
        assert await total(client, BIG) == 100_000
        first = await get(client, PRODUCTS, **{"relatedParty.id": BIG, "limit": 10})
        last = await get(client, PRODUCTS, **{"relatedParty.id": BIG, "offset": 99_995})
        assert (len(first), len(last)) == (10, 5)
        found = await numbers(
            client, "productSerialNumber.regex=4711;employeeLabel.regex=4711", BIG
        )
        assert found
        assert all("4711" in number for number in found)
        debtors = await total(client, BIG, suspensionReason="debt")
        assert 500 < debtors < 2_000
        assert time.process_time() - begun < 4
        assert contracts.errors("TMF637", "Product", first[0]) == []
        assert await total(client, DEMO) == 37


async def test_the_large_company_is_the_same_after_a_restart(world: World) -> None:
    world.numbers = 300
    async with opened(world) as client:
        before = await numbers(client, "sort=productSerialNumber", BIG)
        await client.patch(f"/sandbox/operator/numbers/{before[0]}", json={"debt": "3.50"})
    async with opened(world) as client:
        assert await numbers(client, "sort=productSerialNumber", BIG) == before
        assert before[0] in await numbers(client, "suspensionReason=debt", BIG)
        person = await get(client, "/tmf-api/party/v4/individual/adm-1")
        assert BIG in [party["id"] for party in person["relatedParty"]]


async def test_large_companies_share_the_numbers_by_whole_accounts(world: World) -> None:
    world.numbers, world.companies = 900, 4
    fleets = [one.id for one in FLEETS[:4]]
    async with opened(world) as client:
        # Two accounts of a hundred numbers to each in turn.
        assert [await total(client, one) for one in fleets] == [300, 200, 200, 200]
        person = await get(client, "/tmf-api/party/v4/individual/adm-1")
        assert set(fleets) <= {party["id"] for party in person["relatedParty"]}
        devices = await get(
            client,
            "/tmf-api/resourceInventoryManagement/v4/resource",
            **{"category": "Device", "relatedParty.id": fleets[3], "limit": 1000},
        )
        assert 0 < len(devices) <= 200
        assert {facts(one)["BIN"] for one in devices} == {FLEETS[3].bin}
    world.companies = 1
    async with opened(world) as client:
        assert [await total(client, one) for one in fleets] == [900, 0, 0, 0]
