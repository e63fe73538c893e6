from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from sandbox.world import World
from tests.sandbox.operator.conftest import Client, get, opened, set_number

ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
PRODUCTS = "/tmf-api/productInventory/v4/product"
DEMO = "org-180140000018"

ACTIVE, BLOCKED, IN_DEBT = "77010542007", "77010542006", "77010542009"


def block(number: str, company: str = DEMO, action: str | None = None) -> dict[str, Any]:
    return {
        "externalId": action or str(uuid.uuid4()),
        "category": "block",
        "channel": [{"id": "telegram", "name": "Telegram bot", "role": "orderCapture"}],
        "productOrderItem": [
            {
                "id": "01",
                "action": "modify",
                "quantity": 1,
                "product": {
                    "id": number,
                    "status": "suspended",
                    "productCharacteristic": [
                        {"name": "suspensionReason", "valueType": "string", "value": "voluntary"}
                    ],
                },
            }
        ],
        "note": [{"text": "lost phone", "author": "adm-1"}],
        "relatedParty": [{"id": company, "role": "customer", "@referredType": "Organization"}],
    }


def unblock(number: str) -> dict[str, Any]:
    order = block(number)
    order["category"] = "unblock"
    order["productOrderItem"][0]["product"] = {"id": number, "status": "active"}
    return order


def ban(number: str, name: str, value: object) -> dict[str, Any]:
    order = block(number)
    order["category"] = "ban"
    order["productOrderItem"][0]["product"] = {
        "id": number,
        "productCharacteristic": [{"name": name, "valueType": "boolean", "value": value}],
    }
    return order


async def place(client: Client, order: dict[str, Any]) -> tuple[int, Any]:
    answer = await client.post(ORDERS, json=order, headers={"Idempotency-Key": order["externalId"]})
    return answer.status, await answer.json()


async def state_of(client: Client, number: str) -> tuple[str, str | None]:
    product = await get(client, f"{PRODUCTS}/{number}")
    found = {one["name"]: one["value"] for one in product["productCharacteristic"]}
    return product["status"], found.get("suspensionReason")


async def effects(client: Client, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await get(client, "/sandbox/operator/effects", **query)
    return found


async def test_a_block_goes_through_its_states_and_is_seen_when_it_is_completed(
    operator: Client, world: World, contracts: Any
) -> None:
    await operator.patch("/sandbox/operator/settings", json={"order_seconds": 400})
    status, order = await place(operator, block(ACTIVE))
    assert (status, order["state"]) == (201, "acknowledged")
    assert contracts.errors("TMF622", "ProductOrder", order) == []
    assert await state_of(operator, ACTIVE) == ("active", None)

    world.clock.advance(200)
    assert (await get(operator, order["href"]))["state"] == "inProgress"

    world.clock.advance(300)
    done = await get(operator, order["href"])
    assert contracts.errors("TMF622", "ProductOrder", done) == []
    assert done["state"] == "completed"
    assert await state_of(operator, ACTIVE) == ("suspended", "voluntary")
    [effect] = await effects(operator, number=ACTIVE)
    assert (effect["externalId"], effect["what"]) == (order["externalId"], "block")
    [found] = await get(operator, ORDERS, externalId=order["externalId"])
    assert found == done


async def test_an_order_that_fell_due_while_the_operator_was_down_is_done(world: World) -> None:
    async with opened(world) as client:
        _, order = await place(client, block(ACTIVE))
    world.clock.advance(5)
    async with opened(world) as client:
        assert (await get(client, order["href"]))["state"] == "completed"
        assert await state_of(client, ACTIVE) == ("suspended", "voluntary")
        assert len(await effects(client)) == 1


async def test_debt_forbids_to_unblock_and_says_how_much(operator: Client) -> None:
    status, refusal = await place(operator, unblock(IN_DEBT))
    assert (status, refusal["code"], refusal["status"]) == (409, "NUMBER.DEBT", "409")
    assert "12500.50 KZT" in refusal["message"]
    assert await get(operator, ORDERS, category="block") == []


async def test_debt_that_comes_after_the_order_rejects_it(operator: Client, world: World) -> None:
    _, order = await place(operator, unblock(BLOCKED))
    await operator.patch(f"/sandbox/operator/numbers/{BLOCKED}", json={"debt": "1500.00"})
    world.clock.advance(1)
    done = await get(operator, order["href"])
    assert done["state"] == "rejected"
    assert done["note"][-1]["text"] == "NUMBER.DEBT: Debt of 77010542006 is 1500.00 KZT"
    assert await effects(operator) == []


async def test_a_voluntary_block_is_kept_when_the_debt_is_paid(operator: Client) -> None:
    path = f"/sandbox/operator/numbers/{BLOCKED}"
    await operator.patch(path, json={"debt": 1500})
    assert await state_of(operator, BLOCKED) == ("suspended", "debt")
    await operator.patch(path, json={"payment": "2000"})
    assert await state_of(operator, BLOCKED) == ("suspended", "voluntary")
    await operator.patch(f"/sandbox/operator/numbers/{IN_DEBT}", json={"payment": "12500.50"})
    assert await state_of(operator, IN_DEBT) == ("active", None)


async def test_anothers_number_is_no_number(operator: Client) -> None:
    foreign = await place(operator, block(ACTIVE, "org-180140000901"))
    unknown = await place(operator, block("77019999999"))
    assert (foreign[0], foreign[1]["code"]) == (unknown[0], unknown[1]["code"])
    assert foreign[0] == 404


async def test_a_ban_is_switched_on_and_off(operator: Client) -> None:
    await operator.patch("/sandbox/operator/settings", json={"order_seconds": 0})
    for value in (True, False):
        status, order = await place(operator, ban(ACTIVE, "banMyKcellDetails", value))
        assert (status, order["state"]) == (201, "completed")
        product = await get(operator, f"{PRODUCTS}/{ACTIVE}")
        found = {one["name"]: one["value"] for one in product["productCharacteristic"]}
        assert found["banMyKcellDetails"] is value


async def test_a_test_sets_a_ban(operator: Client) -> None:
    row = await set_number(operator, ACTIVE, ban_access=True, ban_sms=False)
    assert (row["ban_access"], row["ban_sms"]) == (1, 0)
    product = await get(operator, f"{PRODUCTS}/{ACTIVE}")
    found = {one["name"]: one["value"] for one in product["productCharacteristic"]}
    assert (found["banMyKcellAccess"], found["banSmsUssdControl"]) == (True, False)
    answer = await operator.patch(f"/sandbox/operator/numbers/{ACTIVE}", json={"ban_sms": 1})
    assert answer.status == 400


async def test_the_same_key_makes_one_order(operator: Client, world: World) -> None:
    order = block(ACTIVE)
    first, second = await asyncio.gather(place(operator, order), place(operator, order))
    assert {first[0], second[0]} == {201, 200}
    assert first[1]["id"] == second[1]["id"]
    other = unblock(ACTIVE) | {"externalId": order["externalId"]}
    status, refusal = await place(operator, other)
    assert (status, refusal["code"]) == (422, "IDEMPOTENCY.REUSED")
    world.clock.advance(1)
    assert len(await effects(operator)) == 1


async def test_an_operator_without_idempotency_does_it_twice(
    operator: Client, world: World
) -> None:
    await operator.patch("/sandbox/operator/settings", json={"idempotent": False})
    order = block(ACTIVE)
    assert (await place(operator, order))[0] == (await place(operator, order))[0] == 201
    world.clock.advance(1)
    assert [effect["changed"] for effect in await effects(operator)] == [True, False]
    assert len(await get(operator, ORDERS, externalId=order["externalId"])) == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda order: order.pop("productOrderItem"),
        lambda order: order.pop("relatedParty"),
        lambda order: order["productOrderItem"][0].pop("product"),
        lambda order: order["productOrderItem"][0].update(action="delete"),
        lambda order: order["productOrderItem"][0]["product"].update(status="terminated"),
        lambda order: order["productOrderItem"][0].update(product="77010542007"),
    ],
)
async def test_a_spoilt_order_is_refused_and_changes_nothing(operator: Client, spoil: Any) -> None:
    order = block(ACTIVE)
    spoil(order)
    status, refusal = await place(operator, order)
    assert status == 400
    assert refusal["status"] == "400"
    assert await get(operator, ORDERS, category="block") == []


async def test_several_items_are_done_together_or_not_at_all(
    operator: Client, world: World
) -> None:
    order = block(ACTIVE)
    order["productOrderItem"].append(block("77012115526")["productOrderItem"][0] | {"id": "02"})
    _, placed = await place(operator, order)
    await operator.patch("/sandbox/operator/numbers/77012115526", json={"debt": 1})
    world.clock.advance(1)
    assert (await get(operator, placed["href"]))["state"] == "rejected"
    assert await state_of(operator, ACTIVE) == ("active", None)
    assert await effects(operator) == []
