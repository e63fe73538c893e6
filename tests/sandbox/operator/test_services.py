from __future__ import annotations

from typing import Any

import pytest

from sandbox.world import World
from tests.sandbox.operator.conftest import (
    DEMO,
    KAZYNA,
    PRODUCTS,
    Client,
    an_order,
    carried_out,
    facts,
    get,
    opened,
    posted,
    refused,
    set_number,
)

OFFERINGS = "/tmf-api/productCatalogManagement/v4/productOffering"
POSTPAID, PREPAID, BLOCKED, IN_DEBT = "77012115526", "77010542013", "77010542006", "77010542009"


def on(offer: str, number: str = POSTPAID) -> dict[str, Any]:
    return {
        "action": "add",
        "productOffering": {"id": offer},
        "product": {"productSerialNumber": number},
    }


def off(number: str = POSTPAID, *, service: str | None = None, offer: str = "") -> dict[str, Any]:
    item: dict[str, Any] = {"action": "delete", "product": {"productSerialNumber": number}}
    if service is not None:
        item["product"]["id"] = service
    return item | ({"productOffering": {"id": offer}} if offer else {})


async def services(client: Client, number: str = POSTPAID, **query: str) -> list[dict[str, Any]]:
    filters = {"productRelationship.product.id": number, "relatedParty.id": DEMO} | query
    found: list[dict[str, Any]] = await get(client, PRODUCTS, **filters)
    return found


async def active(client: Client, number: str = POSTPAID) -> list[str]:
    return [one["productOffering"]["id"] for one in await services(client, number, status="active")]


async def test_the_guides_offers_are_there_in_three_languages(operator: Client) -> None:
    query = {"category.id": "voice-offnet", "isSellable": "true"}
    prices = {}
    for offer in await get(operator, OFFERINGS, **query):
        [price] = offer["productOfferingPrice"]
        told = {
            use["name"]: use["productSpecCharacteristicValue"][0]
            for use in offer["prodSpecCharValueUse"]
        }
        assert told["terms"]["value"].keys() == told["displayName"]["value"].keys()
        assert told["terms"]["value"].keys() == {"en", "kk", "ru"}
        assert all(told["terms"]["value"].values())
        volume = (told["trafficVolume"]["value"], told["trafficVolume"]["unitOfMeasure"])
        prices[volume] = price["price"]["taxIncludedAmount"]["value"]
    assert prices == {(50, "minutes"): 390, (70, "minutes"): 490, (150, "minutes"): 900}
    landline = await get(operator, f"{OFFERINGS}/landline-10")
    assert landline["productOfferingPrice"][0]["price"]["taxIncludedAmount"]["value"] == 149


async def test_exclusions_are_told_on_both_sides(operator: Client) -> None:
    excluded = {
        (offer["id"], other["id"])
        for offer in await get(operator, OFFERINGS, limit=100)
        for other in offer.get("productOfferingRelationship", ())
    }
    assert ("sms-100", "sms-500") in excluded
    assert all((second, first) in excluded for first, second in excluded)


async def test_a_service_is_charged_once_and_then_there(operator: Client, contracts: Any) -> None:
    before = await set_number(operator, POSTPAID, services=[], balance="1000", individual_limit=500)
    order = await carried_out(operator, on("offnet-50"))
    assert order["state"] == "completed"
    assert contracts.errors("TMF622", "ProductOrder", order) == []
    [service] = await services(operator, status="active")
    assert contracts.errors("TMF637", "Product", service) == []
    assert await get(operator, service["href"]) == service
    assert service["productPrice"][0]["price"]["taxIncludedAmount"]["value"] == 390
    assert facts(service, "productCharacteristic") == {
        "group": "voice",
        "subgroup": "voice-offnet",
        "manageable": True,
    }
    assert service["productTerm"][0]["validFor"]["endDateTime"] == "2026-12-01T00:00:00+05:00"
    after = await get(operator, f"/sandbox/operator/numbers/{POSTPAID}")
    assert (before["balance"], after["balance"]) == ("1000", "610")
    assert after["individual_limit"] == "110"
    effects = await get(operator, "/sandbox/operator/effects", number=POSTPAID)
    assert [(one["what"], one["changed"]) for one in effects] == [("service.on", True)]


async def test_a_stackable_service_is_had_twice_another_is_already_so(operator: Client) -> None:
    await set_number(operator, POSTPAID, services=[], balance=5000)
    for offer in ("offnet-50", "offnet-50", "sms-100", "sms-100"):
        assert (await carried_out(operator, on(offer)))["state"] == "completed"
    assert await active(operator) == ["offnet-50", "offnet-50", "sms-100"]
    row = await get(operator, f"/sandbox/operator/numbers/{POSTPAID}")
    assert row["balance"] == str(5000 - 390 - 390 - 250)
    effects = await get(operator, "/sandbox/operator/effects", number=POSTPAID)
    assert [one["changed"] for one in effects] == [True, True, True, False]


async def test_refusals_to_switch_on(operator: Client) -> None:
    await set_number(operator, POSTPAID, services=["sms-500"], balance="389.99")
    await set_number(operator, PREPAID, services=[], balance=0)
    assert await refused(operator, on("offnet-50", BLOCKED)) == (409, "NUMBER.STATE")
    assert await refused(operator, on("offnet-50", IN_DEBT)) == (409, "NUMBER.DEBT")
    assert await refused(operator, on("offnet-51")) == (404, "SERVICE.NOT_FOUND")
    assert await refused(operator, on("corporate-apn")) == (409, "SERVICE.NOT_MANAGEABLE")
    assert await refused(operator, on("offnet-50", PREPAID)) == (409, "FUNDS.INSUFFICIENT")
    assert await refused(operator, on("offnet-50"), KAZYNA) == (404, "NUMBER.NOT_FOUND")
    _, conflict = await posted(operator, an_order(on("sms-100")))
    assert conflict["code"] == "SERVICE.CONFLICT"
    assert conflict["message"] == "sms-500 (500 SMS) excludes sms-100"
    _, missing = await posted(operator, an_order(on("offnet-50")))
    assert missing["code"] == "FUNDS.INSUFFICIENT"
    assert missing["message"].startswith("Missing 0.01 KZT: the remaining credit limit of ")
    await set_number(operator, POSTPAID, balance=5000, individual_limit=300)
    _, missing = await posted(operator, an_order(on("offnet-50")))
    assert missing["message"].startswith("Missing 90.00 KZT: the individual limit of ")
    assert await active(operator) == ["sms-500"]


async def test_money_that_goes_meanwhile_rejects_the_order(operator: Client, world: World) -> None:
    await set_number(operator, PREPAID, services=[], balance=500)
    first, second = an_order(on("offnet-50", PREPAID)), an_order(on("offnet-70", PREPAID))
    for order in (first, second):
        assert (await posted(operator, order))[0] == 201
    world.clock.advance(1)
    states = [
        (await posted(operator, order))[1]["state"] for order in (first, second)
    ]  # the same key asks again
    assert states == ["completed", "rejected"]
    row = await get(operator, f"/sandbox/operator/numbers/{PREPAID}")
    assert (row["balance"], await active(operator, PREPAID)) == ("110", ["offnet-50"])


async def test_the_same_order_twice_charges_once(operator: Client) -> None:
    await set_number(operator, POSTPAID, services=[], balance=1000)
    await operator.patch("/sandbox/operator/settings", json={"order_seconds": 0})
    order = an_order(on("offnet-50"))
    assert [(await posted(operator, order))[0] for _ in range(3)] == [201, 200, 200]
    assert await active(operator) == ["offnet-50"]


async def test_a_service_is_switched_off_by_its_id_or_by_its_offering(operator: Client) -> None:
    await set_number(operator, POSTPAID, services=["offnet-50", "offnet-50", "roaming"])
    first = (await services(operator, status="active"))[0]
    await carried_out(operator, off(service=first["id"]))
    assert await active(operator) == ["offnet-50", "roaming"]
    ended = await get(operator, first["href"])
    assert (ended["status"], "terminationDate" in ended) == ("terminated", True)
    await carried_out(operator, off(offer="offnet-50"))
    again = await carried_out(operator, off(service=first["id"]))
    assert again["state"] == "completed"
    assert await active(operator) == ["roaming"]
    effects = await get(operator, "/sandbox/operator/effects", number=POSTPAID)
    assert [one["changed"] for one in effects] == [True, True, False]


async def test_refusals_to_switch_off(operator: Client) -> None:
    await set_number(operator, POSTPAID, services=["corporate-apn"])
    assert await refused(operator, off(offer="corporate-apn")) == (409, "SERVICE.NOT_MANAGEABLE")
    [other, *_] = await services(operator, "77010542007")
    assert await refused(operator, off(service=other["id"])) == (404, "SERVICE.NOT_FOUND")
    assert await refused(operator, off(IN_DEBT, offer="roaming")) == (409, "NUMBER.DEBT")
    assert await refused(operator, off()) == (400, "ORDER.UNSUPPORTED")
    await set_number(operator, BLOCKED, services=["roaming"])
    await carried_out(operator, off(BLOCKED, offer="roaming"))
    assert await active(operator, BLOCKED) == []


async def test_a_pack_ends_by_itself(operator: Client, world: World) -> None:
    await set_number(operator, POSTPAID, services=["offnet-50", "roaming-data-1", "sms-100"])
    world.clock.advance(10 * 86_400)
    assert await active(operator) == ["sms-100"]
    assert {one["status"] for one in await services(operator)} == {"active", "terminated"}


async def test_the_list_of_services_is_the_companys_alone(operator: Client) -> None:
    assert len(await services(operator, "77010542007")) == 4
    assert await services(operator, "77010542007", **{"relatedParty.id": KAZYNA}) == []
    assert len(await services(operator, "77010542007", manageable="false")) == 1
    unknown = {"productRelationship.product.id": POSTPAID, "colour": "red"}
    assert (await operator.get(PRODUCTS, params=unknown)).status == 400
    numbers = await get(operator, PRODUCTS, **{"relatedParty.id": DEMO, "limit": 1000})
    assert all(one["id"].isdigit() for one in numbers)


async def test_services_outlive_a_restart(world: World) -> None:
    async with opened(world) as client:
        await set_number(client, POSTPAID, services=[], balance=1000)
        await carried_out(client, on("offnet-50"))
        made = await services(client, "77010542015")
    async with opened(world) as client:
        assert await active(client) == ["offnet-50"]
        assert await services(client, "77010542015") == made


async def test_the_large_companys_numbers_have_services_too(tmp_path: Any) -> None:
    world = World(data=tmp_path, numbers=40)
    async with opened(world) as client:
        company = {"relatedParty.id": "org-190140099990", "status": "active"}
        page = await get(client, PRODUCTS, **company, limit=40)
        had = [len(await services(client, one["id"], **company)) for one in page]
        assert sum(had) > len(page) / 2
        chosen = page[0]["id"]
        await set_number(client, chosen, services=[], balance=5000, individual_limit=None)
        await carried_out(client, on("landline-10", chosen), company["relatedParty.id"])
        [service] = await services(client, chosen, **company)
        assert service["productOffering"]["id"] == "landline-10"


@pytest.mark.parametrize(
    "item",
    [
        {"action": "add", "product": {"productSerialNumber": POSTPAID}},
        {"action": "add", "productOffering": {"id": "offnet-50"}, "product": {"id": POSTPAID}},
        {"action": "add", "productOffering": [], "product": {"productSerialNumber": POSTPAID}},
        on("offnet-50")
        | {"product": {"productSerialNumber": POSTPAID, "productCharacteristic": 5}},
        {"action": "noChange", "product": {"id": POSTPAID}},
    ],
)
async def test_a_spoilt_order_of_a_service(operator: Client, item: dict[str, Any]) -> None:
    assert (await refused(operator, item))[0] == 400
