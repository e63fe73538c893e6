from __future__ import annotations

from typing import Any

from sandbox.world import World
from tests.sandbox.operator.conftest import (
    DEMO,
    KAZYNA,
    Client,
    carried_out,
    get,
    set_number,
)
from tests.sandbox.operator.test_services import POSTPAID, on

ASKED = "/tmf-api/usageConsumption/v4/queryUsageConsumption"


async def asked(client: Client, number: str, company: str = DEMO) -> tuple[int, Any]:
    criteria = {
        "logicalResource": [{"id": number, "@referredType": "MSISDN"}],
        "relatedParty": [{"id": company, "@referredType": "Organization"}],
    }
    answer = await client.post(ASKED, json={"searchCriteria": criteria})
    return answer.status, await answer.json()


async def buckets(client: Client, number: str) -> list[dict[str, Any]]:
    _, body = await asked(client, number)
    [consumption] = body["usageConsumption"]
    found: list[dict[str, Any]] = consumption["bucketRefOrValue"]
    return found


def counted(bucket: dict[str, Any]) -> dict[str, int]:
    return {one["counterType"]: one["value"]["amount"] for one in bucket["bucketCounter"]}


async def test_the_guides_number_has_what_the_guide_shows(operator: Client, contracts: Any) -> None:
    _, body = await asked(operator, "77010542006")
    assert contracts.errors("TMF677", "QueryUsageConsumption", body) == []
    present = {
        one["id"].partition(".")[0]: one
        for one in await buckets(operator, "77010542006")
        if one["status"] != "expired" and one["product"][0]["id"] == "77010542006"
    }
    assert present["onnet"]["remainingValueName"] == "Unlimited"
    assert "remainingValue" not in present["onnet"]
    assert present["offnet"]["remainingValue"] == {"amount": 6000, "units": "seconds"}
    assert present["offnet"]["remainingValueName"] == "100 min 0 sec"
    assert present["sms"]["remainingValue"] == {"amount": 100, "units": "SMS"}
    assert present["data"]["remainingValue"] == {"amount": 20 * 2**30, "units": "bytes"}
    assert present["sms"]["status"] == "suspended"
    assert present["sms"]["validFor"] == {
        "startDateTime": "2026-11-01T00:00:00+05:00",
        "endDateTime": "2026-12-01T00:00:00+05:00",
    }


async def test_what_is_left_and_what_is_used_are_the_total(operator: Client) -> None:
    found = await buckets(operator, "77010542007")
    assert len({one["id"] for one in found}) == len(found)
    limited = [one for one in found if "remainingValue" in one]
    for bucket in limited:
        assert isinstance(bucket["remainingValue"]["amount"], int)
        total, used = counted(bucket)["total"], counted(bucket)["used"]
        assert bucket["remainingValue"]["amount"] == total - used >= 0
    assert {one["status"] for one in found} == {"active", "expired"}
    assert any(counted(one)["used"] for one in limited)


async def test_a_bought_service_adds_its_allowance_and_takes_it_along(
    operator: Client, world: World
) -> None:
    await set_number(operator, POSTPAID, services=[], balance=50_000, individual_limit=None)
    before = {one["id"] for one in await buckets(operator, POSTPAID)}
    for offer in ("offnet-50", "data-5", "sms-100", "roaming"):
        await carried_out(operator, on(offer))
    bought = [one for one in await buckets(operator, POSTPAID) if one["id"] not in before]
    assert [(one["id"].partition(".")[0], counted(one)["total"]) for one in bought] == [
        ("offnet", 3000),
        ("data", 5 * 2**30),
        ("sms", 100),
    ]
    assert bought[0]["product"][0]["name"] == "50 minutes for calls to other KZ networks"
    assert counted(bought[0])["used"] == 0
    gone = {"action": "delete", "product": {"productSerialNumber": POSTPAID}}
    world.clock.advance(60)
    await carried_out(operator, gone | {"productOffering": {"id": "data-5"}})
    world.clock.advance(1)
    present = {one["id"]: one["status"] for one in await buckets(operator, POSTPAID)}
    assert [present[one["id"]] for one in bought] == ["active", "expired", "active"]

    world.clock.advance(10 * 86_400)  # December
    december = {one["id"]: one for one in await buckets(operator, POSTPAID)}
    assert december[bought[0]["id"]]["status"] == "expired"
    renewed = [
        one
        for one in december.values()
        if one["product"] == bought[2]["product"] and one["status"] == "active"
    ]
    assert [counted(one)["total"] for one in renewed] == [100]


async def test_an_allowance_without_end(operator: Client) -> None:
    await set_number(operator, POSTPAID, services=["data-unlimited"])
    present = [one for one in await buckets(operator, POSTPAID) if one["status"] == "active"]
    [found] = [one for one in present if "svc-" in one["id"]]
    assert (found["usageType"], found["remainingValueName"]) == ("data", "Unlimited")
    assert "bucketCounter" not in found


async def test_nobody_elses_allowances(operator: Client) -> None:
    foreign = await asked(operator, POSTPAID, KAZYNA)
    unknown = await asked(operator, "77019999999")
    assert (
        (foreign[0], foreign[1]["code"]) == (unknown[0], unknown[1]["code"]) == (404, "NOT_FOUND")
    )
    assert (await get(operator, "/sandbox/operator/effects")) == []
