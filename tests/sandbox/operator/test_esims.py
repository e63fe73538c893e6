from __future__ import annotations

from typing import Any

from sandbox.world import World
from tests.sandbox.operator.conftest import (
    DEMO,
    RESOURCES,
    Client,
    carried_out,
    facts,
    get,
    opened,
)
from tests.sandbox.operator.test_sims import NUMBER, blanks, replacement

CODE = "activationCode"


async def free(client: Client) -> list[dict[str, Any]]:
    query = {"category": "eSIM", "resourceStatus": "available", "relatedParty.id": DEMO}
    found: list[dict[str, Any]] = await get(client, RESOURCES, **query)
    return found


async def put_on(client: Client) -> dict[str, Any]:
    """The number's eSIM, alone with its code."""
    wanted = (await free(client))[0]["id"]
    await carried_out(client, replacement(wanted))
    told: dict[str, Any] = await get(client, f"{RESOURCES}/{wanted}")
    return told


async def test_free_ones_are_no_blank_cards_and_tell_no_code(
    operator: Client, contracts: Any
) -> None:
    esims, cards = await free(operator), await blanks(operator)
    assert (len(esims), len(cards)) == (6, 12)
    assert not {one["id"] for one in esims} & {one["id"] for one in cards}
    for one in esims:
        assert contracts.errors("TMF639", "Resource", one) == []
        assert facts(one) == {"ICCID": one["id"]}


async def test_one_in_use_tells_its_code_alone_and_not_in_a_list(operator: Client) -> None:
    esim = await put_on(operator)
    known = facts(esim)
    assert (esim["category"], known["profileState"]) == ("eSIM", "released")
    assert known[CODE].startswith("LPA:1$rsp.kcell.example$")
    assert not known[CODE].endswith("$1")
    query = {"category": "SIM,eSIM", "resourceRelationship.id": NUMBER}
    [listed] = await get(operator, RESOURCES, **query)
    assert listed["id"] == esim["id"]
    assert CODE not in facts(listed)
    assert len(await free(operator)) == 5


async def test_it_is_kept_over_a_restart_with_the_same_code(world: World) -> None:
    async with opened(world) as first:
        before = await put_on(first)
    async with opened(world) as second:
        after = await get(second, f"{RESOURCES}/{before['id']}")
        assert facts(after)[CODE] == facts(before)[CODE]
        assert len(await free(second)) == 5


async def test_a_test_may_have_it_used_and_wanting_a_second_code(operator: Client) -> None:
    await operator.patch("/sandbox/operator/settings", json={"esim_confirmation": True})
    esim = await put_on(operator)
    assert facts(esim)[CODE].endswith("$$1")
    path = f"/sandbox/operator/esims/{esim['id']}"
    assert (await operator.patch(path, json={"state": "installed"})).status == 200
    told = facts(await get(operator, f"{RESOURCES}/{esim['id']}"))
    assert told["profileState"] == "installed"
    assert (await operator.patch(path, json={"state": "on the moon"})).status == 400
    assert (await operator.patch("/sandbox/operator/esims/1", json={})).status == 404
