from __future__ import annotations

from typing import Any

from sandbox.world import World
from tests.sandbox.operator.conftest import Client, get, opened

PARTY = "/tmf-api/party/v4"
PHONE = "contactMedium.characteristic.phoneNumber"
DEMO, KAZYNA = "org-180140000018", "org-180140000901"


async def person(client: Client, phone: str) -> Any:
    found = await get(client, f"{PARTY}/individual", **{PHONE: phone})
    return found[0] if found else None


def channel(item: Any) -> str | None:
    return next((one["value"] for one in item["partyCharacteristic"]), None)


def email(item: Any) -> str | None:
    media = [medium["characteristic"].get("emailAddress") for medium in item["contactMedium"]]
    return next((address for address in media if address), None)


async def test_the_demo_people_are_who_the_page_says(operator: Client) -> None:
    first = await person(operator, "77010542007")
    assert [party["id"] for party in first["relatedParty"]] == [DEMO, KAZYNA]
    assert (channel(first), email(first)) == ("sms", "assel@demo.example")
    tele2 = await person(operator, "77071234567")
    assert (channel(tele2), email(tele2)) == (None, "timur@demo.example")
    assert email(await person(operator, "77471234567")) is None
    assert channel(await person(operator, "77081112233")) == "sms"
    assert email(await person(operator, "79161234567")) == "olga@kazyna.example"
    assert (await person(operator, "77010542011"))["relatedParty"] == []
    assert await person(operator, "77019998877") is None


async def test_companies_of_a_person(operator: Client) -> None:
    found = await get(
        operator,
        f"{PARTY}/organization",
        **{"relatedParty.id": "adm-1", "relatedParty.role": "administrator"},
    )
    assert [company["name"] for company in found] == ["TOO Demo", "ЖШС «Қазына Үлгі»"]
    assert found[0]["organizationIdentification"][0]["identificationId"] == "180140000018"
    awkward = await get(operator, f"{PARTY}/organization/org-200340012342")
    assert awkward["name"] == '<Алтын & Қыран> «"Ә" ЖШС»'


async def test_rights_are_revoked_and_granted_at_once_and_kept(world: World) -> None:
    async with opened(world) as client:
        path = "/sandbox/operator/administrators/adm-1"
        assert (await client.patch(path, json={"companies": [KAZYNA]})).status == 200
        answer = await client.patch(path, json={"companies": ["org-0"]})
        assert answer.status == 404
        item = await person(client, "77010542007")
        assert [party["id"] for party in item["relatedParty"]] == [KAZYNA]
    async with opened(world) as client:
        item = await get(client, f"{PARTY}/individual/adm-1")
        assert [party["id"] for party in item["relatedParty"]] == [KAZYNA]
