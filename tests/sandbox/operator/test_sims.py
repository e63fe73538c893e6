from __future__ import annotations

import re
from typing import Any

from sandbox.operator.seed.identifiers import luhn_digit
from sandbox.world import World
from tests.sandbox.operator.conftest import (
    DEMO,
    KAZYNA,
    PRODUCTS,
    RESOURCES,
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

NUMBER, OTHER, BLOCKED, IN_DEBT = "77010542007", "77012115526", "77010542006", "77010542009"


def replacement(iccid: str, number: str = NUMBER) -> dict[str, Any]:
    card = {"id": iccid, "@referredType": "SimCard"}
    return {"action": "modify", "product": {"id": number, "realizingResource": [card]}}


async def blanks(client: Client, company: str = DEMO, **page: int) -> list[dict[str, Any]]:
    query = {"category": "SIM", "resourceStatus": "available", "relatedParty.id": company}
    found: list[dict[str, Any]] = await get(client, RESOURCES, **query, **page)
    return found


async def card_of(client: Client, number: str = NUMBER) -> dict[str, Any]:
    query = {"category": "SIM", "resourceRelationship.id": number}
    [card] = await get(client, RESOURCES, **query)
    told: dict[str, Any] = await get(client, card["href"])
    return told


async def test_the_guides_card(operator: Client, contracts: Any) -> None:
    card = await card_of(operator, BLOCKED)
    assert contracts.errors("TMF639", "Resource", card) == []
    assert facts(card) == {
        "ICCID": "89997027508016848485",
        "IMEI": "353678076511548",
        "replacedAt": "2019-09-18T16:54:00+06:00",
        "PIN1": "0000",
        "PIN2": "8649",
        "PUK1": "51352846",
        "PUK2": "55752910",
    }
    assert (card["resourceStatus"], card["usageState"]) == ("suspended", "active")
    assert (await card_of(operator))["resourceStatus"] == "reserved"


async def test_blank_cards_are_each_companys_own(operator: Client, contracts: Any) -> None:
    ours, theirs = await blanks(operator), await blanks(operator, KAZYNA)
    assert len(ours) == len(theirs) == 12
    assert not {one["id"] for one in ours} & {one["id"] for one in theirs}
    assert await blanks(operator, limit=5, offset=5) == ours[5:10]
    for card in ours:
        assert contracts.errors("TMF639", "Resource", card) == []
        assert re.fullmatch("8999702[0-9]{13}", card["id"])
        assert luhn_digit(card["id"][:-1]) == card["id"][-1]
        assert facts(await get(operator, card["href"])) == {"ICCID": card["id"]}
        assert (card["usageState"], "resourceRelationship" in card) == ("idle", False)


async def test_a_replacement_changes_everything_of_the_card(operator: Client, world: World) -> None:
    old, [blank, *rest] = await card_of(operator), await blanks(operator)
    _, order = await posted(operator, an_order(replacement(blank["id"])))
    assert (await card_of(operator))["id"] == old["id"]
    world.clock.advance(1)
    assert (await get(operator, order["href"]))["state"] == "completed"
    new = await card_of(operator)
    assert new["id"] == blank["id"]
    assert facts(new)["replacedAt"] == "2026-11-22T12:00:00+05:00"
    for name, form in (("PIN1", "[0-9]{4}"), ("PIN2", "[0-9]{4}"), ("PUK1", "[0-9]{8}")):
        assert re.fullmatch(form, facts(new)[name])
    assert facts(new)["PUK1"] != facts(old)["PUK1"]
    assert (await operator.get(old["href"])).status == 404
    assert await blanks(operator) == rest
    product = await get(operator, f"{PRODUCTS}/{NUMBER}")
    assert product["realizingResource"][0]["id"] == blank["id"]
    [effect] = await get(operator, "/sandbox/operator/effects", number=NUMBER)
    assert (effect["what"], effect["changed"]) == ("sim.replace", True)


async def test_refusals_to_replace(operator: Client) -> None:
    blank = (await blanks(operator))[0]["id"]
    wrong = blank[:-1] + str((int(blank[-1]) + 1) % 10)
    elsewhere = "8970101" + "0" * 12
    unknown = "8999702" + "9" * 12
    for number in (BLOCKED, IN_DEBT):
        assert await refused(operator, replacement(blank, number)) == (409, "SIM.NOT_ACTIVE")
    for iccid in (wrong, blank[:-2], "8999702abc", ""):
        assert await refused(operator, replacement(iccid)) == (409, "SIM.ICCID_INVALID")
    for body in (elsewhere, unknown):
        foreign = replacement(body + luhn_digit(body))
        assert await refused(operator, foreign) == (409, "SIM.FOREIGN")
    theirs = (await blanks(operator, KAZYNA))[0]["id"]
    assert await refused(operator, replacement(theirs)) == (409, "SIM.FOREIGN")
    used_by_them = (await card_of(operator, "77023300101"))["id"]
    assert await refused(operator, replacement(used_by_them)) == (409, "SIM.FOREIGN")
    own = (await card_of(operator))["id"]
    for number in (NUMBER, OTHER):
        assert await refused(operator, replacement(own, number)) == (409, "SIM.NOT_FREE")
    await carried_out(operator, replacement(blank))
    for used in (own, blank):
        assert await refused(operator, replacement(used, OTHER)) == (409, "SIM.NOT_FREE")


async def test_two_numbers_cannot_get_one_card(operator: Client, world: World) -> None:
    blank = (await blanks(operator))[0]["id"]
    orders = [an_order(replacement(blank, number)) for number in (NUMBER, OTHER)]
    for order in orders:
        assert (await posted(operator, order))[0] == 201
    world.clock.advance(1)
    ended = [(await posted(operator, order))[1] for order in orders]
    assert [one["state"] for one in ended] == ["completed", "rejected"]
    assert ended[1]["note"][-1]["text"].startswith("SIM.NOT_FREE: ")
    assert (await card_of(operator, OTHER))["id"] != blank


async def test_a_replacement_outlives_a_restart(world: World) -> None:
    async with opened(world) as client:
        blank = (await blanks(client))[0]["id"]
        await carried_out(client, replacement(blank))
        card = await card_of(client)
    async with opened(world) as client:
        assert await card_of(client) == card
        assert len(await blanks(client)) == 11


async def test_a_card_and_a_device_set_by_a_test(operator: Client) -> None:
    row = await set_number(operator, NUMBER, imei="35367807651154", iccid="89997020000000000000")
    assert row["imei"] == "353678076511548"
    card = await card_of(operator)
    assert (card["id"], facts(card)["IMEI"]) == ("89997020000000000000", "353678076511548")
    answer = await operator.patch(f"/sandbox/operator/numbers/{NUMBER}", json={"imei": "1234"})
    assert answer.status == 400


async def test_the_large_company_has_blank_cards(tmp_path: Any) -> None:
    async with opened(World(data=tmp_path, numbers=1000)) as client:
        found = await blanks(client, "org-190140099990", limit=100)
        assert len(found) == 20
        company = {"relatedParty.id": "org-190140099990", "status": "active", "limit": 1}
        [number] = await get(client, PRODUCTS, **company)
        order = replacement(found[0]["id"], number["id"])
        await carried_out(client, order, "org-190140099990")
        assert (await card_of(client, number["id"]))["id"] == found[0]["id"]
