from __future__ import annotations

from typing import Any

import pytest

from sandbox.world import World
from tests.sandbox.operator.conftest import (
    DEMO,
    KAZYNA,
    PRODUCTS,
    Client,
    carried_out,
    facts,
    get,
    opened,
    refused,
    set_number,
)

NUMBER, TARGET, BLOCKED, IN_DEBT = "77010542007", "77012115526", "77010542006", "77010542009"
ALL, BUSY, NO_ANSWER, NOT_REACHABLE = (
    "unconditional",
    "conditional_busy",
    "conditional_no_answer",
    "conditional_not_reachable",
)


def rules(*wanted: dict[str, Any], number: str = NUMBER) -> dict[str, Any]:
    asked = {"name": "forwarding", "valueType": "array", "value": list(wanted)}
    return {"action": "modify", "product": {"id": number, "productCharacteristic": [asked]}}


def to(condition: str, target: str = TARGET, **more: object) -> dict[str, Any]:
    return {"condition": condition, "target": target} | more


async def present(client: Client, number: str = NUMBER) -> list[dict[str, Any]]:
    product = await get(client, f"{PRODUCTS}/{number}")
    found: list[dict[str, Any]] = facts(product, "productCharacteristic")["forwarding"]
    return found


async def test_rules_are_set_one_by_one_and_seen(operator: Client, contracts: Any) -> None:
    assert await present(operator) == []
    await carried_out(operator, rules(to(NO_ANSWER)))
    await carried_out(operator, rules(to(BUSY, "77272596060")))
    await carried_out(operator, rules(to(NO_ANSWER, timer=5)))
    assert await present(operator) == [
        {"condition": BUSY, "target": "77272596060", "active": True, "suspended": False},
        {
            "condition": NO_ANSWER,
            "target": TARGET,
            "active": True,
            "suspended": False,
            "timer": 5,
        },
    ]
    product = await get(operator, f"{PRODUCTS}/{NUMBER}")
    assert contracts.errors("TMF637", "Product", product) == []
    listed = await get(operator, PRODUCTS, **{"relatedParty.id": DEMO, "limit": 100})
    assert next(one for one in listed if one["id"] == NUMBER) == product
    effects = await get(operator, "/sandbox/operator/effects", number=NUMBER)
    assert {one["what"] for one in effects} == {"forwarding.set"}


async def test_unconditional_suspends_the_others_and_keeps_them(operator: Client) -> None:
    await carried_out(operator, rules(to(BUSY), to(NOT_REACHABLE)))
    await carried_out(operator, rules(to(ALL)))
    suspended = {one["condition"]: one["suspended"] for one in await present(operator)}
    assert suspended == {ALL: False, BUSY: True, NOT_REACHABLE: True}
    await carried_out(operator, rules({"condition": ALL, "active": False}))
    assert [(one["active"], one["suspended"]) for one in await present(operator)] == [
        (False, False),
        (True, False),
        (True, False),
    ]


async def test_one_off_all_off_and_off_again(operator: Client) -> None:
    await carried_out(operator, rules(to(BUSY), to(NOT_REACHABLE)))
    await carried_out(operator, rules({"condition": BUSY, "active": False}))
    assert [one["active"] for one in await present(operator)] == [False, True]
    await carried_out(operator, rules())
    await carried_out(operator, rules())
    assert [(one["active"], one["target"]) for one in await present(operator)] == [
        (False, TARGET),
        (False, TARGET),
    ]
    effects = await get(operator, "/sandbox/operator/effects", number=NUMBER)
    assert [(one["what"], one["changed"]) for one in effects[1:]] == [
        ("forwarding.off", True),
        ("forwarding.off", True),
        ("forwarding.off", False),
    ]


@pytest.mark.parametrize(
    "target",
    ["1414", "", "78001234567", "88001234567", "87010542006", "7701054200", "+77012115526"],
)
async def test_a_senseless_target_is_refused(operator: Client, target: str) -> None:
    assert await refused(operator, rules(to(BUSY, target))) == (409, "FORWARD.TARGET")


async def test_refusals(operator: Client) -> None:
    assert await refused(operator, rules(to(BUSY, NUMBER))) == (409, "FORWARD.SELF")
    assert await refused(operator, rules(to(BUSY), number=BLOCKED)) == (409, "NUMBER.STATE")
    assert await refused(operator, rules(to(BUSY), number=IN_DEBT)) == (409, "NUMBER.DEBT")
    assert await refused(operator, rules(to(BUSY)), KAZYNA) == (404, "NUMBER.NOT_FOUND")
    for spoilt in (
        to("sometimes"),
        to(NO_ANSWER, timer=7),
        to(NO_ANSWER, timer=35),
        to(BUSY, active="yes"),
        {"condition": BUSY},
    ):
        assert (await refused(operator, rules(spoilt)))[0] == 400
    assert (await refused(operator, rules(to(BUSY), to(BUSY))))[0] == 400
    await set_number(operator, BLOCKED, forwarding=[to(BUSY)])
    await carried_out(operator, rules(number=BLOCKED))
    assert [one["active"] for one in await present(operator, BLOCKED)] == [False]


async def test_rules_outlive_a_restart(world: World) -> None:
    async with opened(world) as client:
        await carried_out(client, rules(to(NO_ANSWER, timer=30)))
        found = await present(client)
    async with opened(world) as client:
        assert await present(client) == found
        assert found[0]["timer"] == 30
