from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.operator.imei_registry import demo
from sandbox.world import World
from tests.sandbox.operator.conftest import (
    DEMO,
    KAZYNA,
    ORDERS,
    RESOURCES,
    Client,
    an_order,
    carried_out,
    facts,
    get,
    opened,
    posted,
    refused,
)

NUMBER, FREE_NUMBER, GUIDE = "77010542007", "77012115526", "77010542006"
INDIVIDUALS = {"previousOwnerNumber": "77012115299", "previousOwnerId": "850115300011"}
FREE = "352992091234569"
OTHER_COMPANYS, AN_INDIVIDUALS, ELSEWHERE, BLACK, GREY = (demo(place) for place in range(1, 6))


def registration(action: str, imei: str, number: str = FREE_NUMBER, **more: str) -> dict[str, Any]:
    asked = {"deviceRegistration": action, "IMEI": imei} | more
    return {
        "action": "modify",
        "product": {
            "id": number,
            "productCharacteristic": [
                {"name": name, "valueType": "string", "value": value}
                for name, value in asked.items()
            ],
        },
    }


async def registered(client: Client, number: str = FREE_NUMBER) -> list[tuple[str, str]]:
    query = {
        "category": "Device",
        "relatedParty.id": DEMO,
        "resourceRelationship.id": number,
        "registrationStatus": "registered",
    }
    found = await get(client, RESOURCES, **query)
    return [(facts(one)["IMEI"], facts(one)["registrationKind"]) for one in found]


async def reason(client: Client, item: dict[str, Any]) -> str:
    """The code for which the order of `item` was rejected when it was carried out."""
    order = await carried_out(client, item)
    assert order["state"] == "rejected", order
    return str(order["note"][-1]["text"].partition(":")[0])


async def owner(client: Client, imei: str) -> list[dict[str, Any]]:
    told = await get(client, f"/sandbox/operator/devices/{imei}")
    found: list[dict[str, Any]] = told["registrations"]
    return found


async def test_the_guides_history(operator: Client, contracts: Any) -> None:
    query = {"category": "Device", "relatedParty.id": DEMO, "resourceRelationship.id": GUIDE}
    removed, duplicate = await get(operator, RESOURCES, **query)
    for one in (removed, duplicate):
        assert contracts.errors("TMF639", "Resource", one) == []
        assert await get(operator, one["href"]) == one
        assert facts(one)["IMEI"] == "353678076511548"
        assert facts(one)["BIN"] == "180140000018"
    assert removed["endOperatingDate"] == "2021-01-06T09:46:00+06:00"
    assert facts(duplicate)["registrationKind"] == "duplicate"
    assert facts(duplicate)["model"] == "Samsung Galaxy A50"
    history = await get(
        operator,
        ORDERS,
        **{
            "category": "device.register,device.deregister,device.reregister,device.duplicate",
            "relatedParty.id": DEMO,
            "productOrderItem.product.productSerialNumber": GUIDE,
            "sort": "-orderDate",
        },
    )
    assert [(one["completionDate"], one["category"]) for one in history] == [
        ("2021-04-22T18:49:00+06:00", "device.duplicate"),
        ("2021-01-06T09:46:00+06:00", "device.deregister"),
    ]
    for one in history:
        assert contracts.errors("TMF622", "ProductOrder", one) == []


@pytest.mark.parametrize("written", [FREE, FREE[:14], FREE[:14] + "01"])
async def test_a_free_device_is_registered_within_eight_hours(
    operator: Client, world: World, written: str
) -> None:
    await operator.patch("/sandbox/operator/settings", json={"device_seconds": 3_600})
    _, order = await posted(operator, an_order(registration("register", written)))
    assert order["expectedCompletionDate"] == "2026-11-22T20:00:00+05:00"
    world.clock.advance(3_599)
    assert (await get(operator, order["href"]))["state"] == "inProgress"
    assert await registered(operator) == []
    world.clock.advance(2)
    assert (await get(operator, order["href"]))["state"] == "completed"
    assert await registered(operator) == [(FREE, "original")]
    await operator.patch("/sandbox/operator/settings", json={"device_seconds": None})
    again = await carried_out(operator, registration("register", FREE))
    assert again["state"] == "completed"
    effects = await get(operator, "/sandbox/operator/effects", number=FREE_NUMBER)
    assert [one["changed"] for one in effects] == [True, False]


async def test_several_devices_and_a_deregistration(operator: Client) -> None:
    for imei in (FREE, demo(7)):
        await carried_out(operator, registration("register", imei))
    assert len(await registered(operator)) == 2
    await carried_out(operator, registration("deregister", FREE))
    assert await registered(operator) == [(demo(7), "original")]
    again = await carried_out(operator, registration("deregister", FREE))
    assert again["state"] == "completed"
    assert await owner(operator, FREE) == []
    await carried_out(operator, registration("register", FREE))
    assert (FREE, "original") in await registered(operator)


@pytest.mark.parametrize("imei", ["353678076511549", "1234", "", "35367807651154x"])
async def test_no_imei_is_known_at_once(operator: Client, imei: str) -> None:
    for action in ("register", "deregister", "duplicate"):
        assert await refused(operator, registration(action, imei)) == (409, "IMEI.INVALID")


@pytest.mark.parametrize(
    ("imei", "code"),
    [
        (OTHER_COMPANYS, "IMEI.OTHER_OWNER"),
        (AN_INDIVIDUALS, "IMEI.OTHER_OWNER"),
        (ELSEWHERE, "IMEI.OTHER_OPERATOR"),
        (BLACK, "IMEI.BLACKLISTED"),
        (GREY, "IMEI.BLACKLISTED"),
    ],
)
async def test_whose_a_device_is_is_found_out_later(operator: Client, imei: str, code: str) -> None:
    assert await reason(operator, registration("register", imei)) == code
    assert await registered(operator) == []
    assert await get(operator, "/sandbox/operator/effects", number=FREE_NUMBER) == []


@pytest.mark.parametrize("imei", [OTHER_COMPANYS, AN_INDIVIDUALS, ELSEWHERE])
async def test_a_duplicate_leaves_the_present_registration(operator: Client, imei: str) -> None:
    before = await owner(operator, imei)
    assert (await carried_out(operator, registration("duplicate", imei)))["state"] == "completed"
    assert await registered(operator) == [(imei, "duplicate")]
    after = await owner(operator, imei)
    assert after[0] == before[0]
    assert (after[1]["number"], after[1]["kind"]) == (FREE_NUMBER, "duplicate")


@pytest.mark.parametrize("imei", [BLACK, GREY])
async def test_no_duplicate_of_a_listed_device(operator: Client, imei: str) -> None:
    assert await reason(operator, registration("duplicate", imei)) == "IMEI.BLACKLISTED"
    given = registration("reregister", imei, **INDIVIDUALS)
    assert await reason(operator, given) == "IMEI.BLACKLISTED"


async def test_a_device_is_reregistered_when_both_match(operator: Client) -> None:
    await carried_out(operator, registration("duplicate", AN_INDIVIDUALS))
    moved = await carried_out(operator, registration("reregister", AN_INDIVIDUALS, **INDIVIDUALS))
    assert moved["state"] == "completed"
    [present] = await owner(operator, AN_INDIVIDUALS)
    assert (present["number"], present["id"], present["kind"]) == (
        FREE_NUMBER,
        "180140000018",
        "original",
    )


@pytest.mark.parametrize(
    "told",
    [
        INDIVIDUALS | {"previousOwnerNumber": "77012115298"},
        INDIVIDUALS | {"previousOwnerId": "180140000901"},
        {"previousOwnerNumber": "1", "previousOwnerId": "2"},
    ],
)
async def test_a_wrong_owner_gets_one_answer(operator: Client, told: dict[str, str]) -> None:
    for imei in (AN_INDIVIDUALS, OTHER_COMPANYS, FREE):
        assert (
            await reason(operator, registration("reregister", imei, **told))
            == "IMEI.OWNER_MISMATCH"
        )
    assert (
        await reason(operator, registration("reregister", ELSEWHERE, **told))
        == "IMEI.OTHER_OPERATOR"
    )
    assert (await owner(operator, AN_INDIVIDUALS))[0]["id"] == "850115300011"


async def test_the_previous_owner_is_never_told_again(operator: Client, contracts: Any) -> None:
    sent = an_order(registration("reregister", AN_INDIVIDUALS, **INDIVIDUALS))
    first = await posted(operator, sent)
    again = await posted(operator, sent)
    assert (first[0], again[0]) == (201, 200)
    assert contracts.errors("TMF622", "ProductOrder", first[1]) == []
    listed = await get(operator, ORDERS, externalId=sent["externalId"])
    for told in (first, again, await get(operator, first[1]["href"]), listed):
        assert not any(secret in str(told) for secret in INDIVIDUALS.values())
        assert AN_INDIVIDUALS in str(told)
    other = an_order(
        registration("reregister", AN_INDIVIDUALS, **INDIVIDUALS | {"previousOwnerId": "1"})
    )
    assert (await posted(operator, other | {"externalId": sent["externalId"]}))[0] == 422
    _, refusal = await posted(operator, an_order(registration("register", FREE, **INDIVIDUALS)))
    assert refusal["code"] == "ORDER.UNSUPPORTED"
    assert not any(secret in str(refusal) for secret in INDIVIDUALS.values())
    resources = await get(operator, RESOURCES, category="Device", limit=1000)
    assert not any(secret in str(resources) for secret in INDIVIDUALS.values())


async def test_a_request_is_held_finished_or_made_to_fail(operator: Client, world: World) -> None:
    _, first = await posted(operator, an_order(registration("register", FREE)))
    _, second = await posted(operator, an_order(registration("register", demo(8))))
    for order in (first, second):
        path = f"/sandbox/operator/orders/{order['id']}"
        assert (await operator.patch(path, json={"do": "hold"})).status == 200
    world.clock.advance(9 * 3_600)
    held = await get(operator, first["href"])
    assert (held["state"], held["expectedCompletionDate"]) == (
        "inProgress",
        first["expectedCompletionDate"],
    )
    path = "/sandbox/operator/orders/"
    done = await operator.patch(path + first["id"], json={"do": "finish"})
    assert (await done.json())["state"] == "completed"
    failed = await operator.patch(path + second["id"], json={"do": "fail"})
    assert (await failed.json())["state"] == "failed"
    assert await registered(operator) == [(FREE, "original")]
    assert (await operator.patch(path + first["id"], json={"do": "fail"})).status == 409
    assert (await operator.patch(path + "po-none", json={"do": "fail"})).status == 404


async def test_a_test_gives_a_device_an_owner(operator: Client) -> None:
    path = f"/sandbox/operator/devices/{FREE}"
    for given, code in (
        ({"owner": {"number": "77010000000", "id": "1"}}, "IMEI.OTHER_OWNER"),
        ({"owner": {"number": "77071234567", "provider": "Tele2"}}, "IMEI.OTHER_OPERATOR"),
        ({"owner": None, "list": "grey"}, "IMEI.BLACKLISTED"),
    ):
        assert (await operator.patch(path, json=given)).status == 200
        assert await reason(operator, registration("register", FREE)) == code
    await operator.patch(path, json={"list": "white"})
    assert (await carried_out(operator, registration("register", FREE)))["state"] == "completed"
    senseless: list[dict[str, Any]] = [{"list": "red"}, {"owner": {}}, {"owner": 5}, {"colour": 1}]
    for spoilt in senseless:
        assert (await operator.patch(path, json=spoilt)).status == 400


async def test_a_companys_registrations_are_its_own(operator: Client) -> None:
    query = {"category": "Device", "limit": 1000}
    ours = await get(operator, RESOURCES, **query, **{"relatedParty.id": DEMO})
    theirs = await get(operator, RESOURCES, **query, **{"relatedParty.id": KAZYNA})
    assert {facts(one)["BIN"] for one in ours} == {"180140000018"}
    assert {facts(one)["BIN"] for one in theirs} == {"180140000901"}
    assert OTHER_COMPANYS in {facts(one)["IMEI"] for one in theirs}
    named = await get(operator, RESOURCES, **query, IMEI=OTHER_COMPANYS)
    assert [facts(one)["IMEI"] for one in named] == [OTHER_COMPANYS]


async def test_the_large_company_is_registered_alike_by_number_and_in_the_whole(
    tmp_path: Any,
) -> None:
    async with opened(World(data=tmp_path, numbers=60)) as client:
        company = {"category": "Device", "relatedParty.id": "org-190140099990", "limit": 1000}
        products = await get(
            client,
            "/tmf-api/productInventory/v4/product",
            **{"relatedParty.id": "org-190140099990", "limit": 60},
        )
        alone = []
        for number in (one["id"] for one in products[::2]):
            alone += await get(client, RESOURCES, **company, **{"resourceRelationship.id": number})
        whole = await get(client, RESOURCES, **company)
        assert 0 < len(alone) < len(whole) < 60
        assert [one for one in whole if one in alone] == alone
        assert await get(client, whole[-1]["href"]) == whole[-1]


async def test_registrations_outlive_a_restart(world: World) -> None:
    async with opened(world) as client:
        await carried_out(client, registration("register", FREE))
        await carried_out(client, registration("deregister", "869782022121282", NUMBER))
    async with opened(world) as client:
        assert await registered(client) == [(FREE, "original")]
        assert await registered(client, NUMBER) == []


@pytest.mark.parametrize(
    "more",
    [{"deviceRegistration": "steal"}, {"deviceRegistration": "reregister"}, {"colour": "red"}],
)
async def test_a_spoilt_request(operator: Client, more: dict[str, str]) -> None:
    assert (await refused(operator, registration("register", FREE, **more)))[0] == 400


def test_the_documentation_names_the_devices_of_the_demonstration() -> None:
    told = (Path(__file__).parents[3] / "docs" / "operator.md").read_text()
    assert [imei for imei in map(demo, range(1, 6)) if imei not in told] == []
