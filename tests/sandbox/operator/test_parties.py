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


async def test_people_have_the_roles_that_they_are_given(operator: Client) -> None:
    assert (await person(operator, "77016660011"))["relatedParty"][0]["role"] == "viewer"
    path = "/sandbox/operator/administrators/adm-2"
    body = {"roles": {DEMO: ["finance", "operator"], KAZYNA: "viewer"}}
    shown = await (await operator.patch(path, json=body)).json()
    assert shown["roles"] == {DEMO: ["finance", "operator"], KAZYNA: ["viewer"]}
    party = await person(operator, "77012115526")
    roles = [(one["id"], one["role"]) for one in party["relatedParty"]]
    assert roles == [(DEMO, "finance"), (DEMO, "operator"), (KAZYNA, "viewer")]
    wanted = {"relatedParty.id": "adm-2", "relatedParty.role": "administrator,viewer"}
    assert len(await get(operator, f"{PARTY}/organization", **wanted)) == 2
    await operator.patch(path, json={"companies": [DEMO]})
    party = await person(operator, "77012115526")
    assert [one["role"] for one in party["relatedParty"]] == ["administrator"]


async def with_address(client: Client, address: object, *, login: str = "77010542007") -> Any:
    item = await get(client, f"{PARTY}/individual/adm-1")
    media = item["contactMedium"]
    media[0]["characteristic"]["phoneNumber"] = login
    media[1]["characteristic"]["emailAddress"] = address
    return {"contactMedium": media}


async def change(client: Client, body: Any, key: str = "k-1") -> Any:
    return await client.patch(
        f"{PARTY}/individual/adm-1", json=body, headers={"Idempotency-Key": key}
    )


async def test_an_address_is_changed_once_for_one_key(operator: Client) -> None:
    body = await with_address(operator, "new@demo.example")
    for _ in range(2):
        answer = await change(operator, body)
        assert (answer.status, email(await answer.json())) == (200, "new@demo.example")
    effects = await get(operator, "/sandbox/operator/effects", number="77010542007")
    assert [(one["what"], one["externalId"], one["changed"]) for one in effects] == [
        ("email", "k-1", True)
    ]
    other = await with_address(operator, "other@demo.example")
    assert (await change(operator, other)).status == 422
    assert (await change(operator, body, "k-2")).status == 200
    effects = await get(operator, "/sandbox/operator/effects", number="77010542007")
    assert [one["changed"] for one in effects] == [True, False]


async def test_nothing_but_the_address_is_changed(operator: Client) -> None:
    body = await with_address(operator, "new@demo.example", login="77010542008")
    assert (await change(operator, body)).status == 409
    body = await with_address(operator, "new@demo.example")
    assert (await change(operator, body | {"fullName": "Somebody else"})).status == 400
    assert (await change(operator, {"contactMedium": body["contactMedium"][:1]})).status == 400
    assert (await change(operator, await with_address(operator, "nobody"))).status == 400
    answer = await operator.patch(f"{PARTY}/individual/adm-1", json=body)
    assert (await answer.json())["code"] == "IDEMPOTENCY.MISSING"
    assert (await get(operator, "/sandbox/operator/effects")) == []
    assert email(await person(operator, "77010542007")) == "assel@demo.example"
