"""The dialect `plain`: what it answers otherwise, and what it does not understand.

Its model is a reference implementation that was looked at, so each case here is something that a
real operator does.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.world import World, WorldClock
from tests.sandbox.operator.conftest import NOON, Client, get, opened

PARTIES = "/crm/partyManagement/v4"
PRODUCTS = "/inventory/productInventory/v4/product"
ACCOUNTS = "/billing/accountManagement/v4/billingAccount"
BUCKETS = "/charging/prepayBalanceManagement/v4/bucket"
TRANSFERS = "/charging/prepayBalanceManagement/v4/transferBalance"
ORDERS = "/orders/productOrderingManagement/v4/productOrder"
USAGE = "/charging/usageManagement/v4/usage"
RESOURCES = "/inventory/resourceInventoryManagement/v4/resource"
CONSUMPTION = "/charging/usageConsumption/v4/queryUsageConsumption"
PAYMENTS = "/billing/paymentManagement/v4/payment"
BILLS = "/billing/customerBillManagement/v4"
MESSAGES = "/messaging/communicationManagement/v4/communicationMessage"
LOGIN, BLOCKED, PREPAID = "+77010542007", "+77010542006", "+77010542008"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(data=tmp_path, clock=WorldClock(NOON), dialect="plain")


@pytest.fixture
async def plain(world: World) -> AsyncIterator[Client]:
    """A client with a token."""
    async with opened(world) as client:
        await authorise(client)
        yield client


async def authorise(client: Client) -> None:
    client.session.headers["Authorization"] = f"Bearer {(await token(client))['access_token']}"


async def token(client: Client, secret: str = "sandbox-secret") -> Any:
    form = {
        "grant_type": "client_credentials",
        "client_id": "my-account",
        "client_secret": secret,
    }
    answer = await client.post("/oauth2/token", data=form)
    return {"status": answer.status} | await answer.json()


async def company(client: Client) -> str:
    found = await get(client, f"{PARTIES}/organization")
    return next(str(one["id"]) for one in found if one["tradingName"] == "TOO Demo")


async def number(client: Client, phone: str) -> Any:
    [found] = await get(client, PRODUCTS, productSerialNumber=phone)
    return found


async def order(client: Client, **product: Any) -> Any:
    """An answered order to change 77010542007; `id` belongs to the order."""
    body: dict[str, Any] = {
        "externalId": str(uuid.uuid4()),
        "productOrderItem": [
            {
                "id": "1",
                "action": "modify",
                "product": {"id": (await number(client, LOGIN))["id"]} | product,
            }
        ],
        "relatedParty": [{"id": await company(client), "role": "Subscriber"}],
    }
    return await client.post(ORDERS, json=body)


BLOCK = {
    "status": "suspended",
    "productCharacteristic": [{"name": "blockReason", "value": "customerRequest"}],
}


# --- access ---


async def test_no_call_without_a_token(plain: Client) -> None:
    del plain.session.headers["Authorization"]
    answer = await plain.get(PRODUCTS)
    assert (answer.status, (await answer.json())["code"]) == (401, 40)


async def test_a_token_ends(plain: Client) -> None:
    await plain.patch("/sandbox/operator/settings", json={"token_seconds": 0})
    await authorise(plain)
    answer = await plain.get(PRODUCTS)
    assert (answer.status, (await answer.json())["code"]) == (401, 42)


async def test_a_wrong_secret_gets_no_token(plain: Client) -> None:
    assert await token(plain, "wrong") == {"status": 401, "error": "invalid_client"}


async def test_the_addresses_of_the_other_dialect_are_not_there(plain: Client) -> None:
    assert (await plain.get("/tmf-api/productInventory/v4/product")).status == 404


# --- ids, numbers, words ---


async def test_ids_are_made_by_the_server_and_numbers_have_a_plus(plain: Client) -> None:
    found = await number(plain, BLOCKED)
    assert uuid.UUID(found["id"])
    assert found["productSerialNumber"] == BLOCKED
    assert (await get(plain, f"{PRODUCTS}/{found['id']}"))["productSerialNumber"] == BLOCKED
    assert await get(plain, PRODUCTS, productSerialNumber="77010542006") == []
    assert await get(plain, PRODUCTS, id="77010542006") == []


async def test_characteristics_have_other_names_and_are_texts(plain: Client) -> None:
    found = await number(plain, BLOCKED)
    told = {one["name"]: one["value"] for one in found["productCharacteristic"]}
    assert told["blockReason"] == "customerRequest"
    assert told["paymentType"] == "POSTPAID"
    assert told["selfCareBarred"] == "true"
    assert {one["role"] for one in found["relatedParty"]} == {"Subscriber"}


async def test_an_administrator_has_no_whole_name_and_no_login(plain: Client) -> None:
    query = {"contactMedium.characteristic.phoneNumber": LOGIN}
    [person] = await get(plain, f"{PARTIES}/individual", **query)
    assert "fullName" not in person
    assert person["contactMedium"][0]["characteristic"] == {"phoneNumber": LOGIN}
    assert person["relatedParty"][0]["role"] == "corporateAdministrator"


# --- totals and pages ---


async def test_the_total_is_that_of_the_whole_collection(plain: Client) -> None:
    for status, rows in (("active", 34), ("suspended", 3)):
        answer = await plain.get(
            PRODUCTS,
            params={"relatedParty.id": await company(plain), "status": status, "limit": "0"},
        )
        assert answer.headers["X-Total-Count"] == "52"
        assert len(await answer.json()) == rows, "no limit: every row"


async def test_a_page_has_no_total_or_says_where_it_ends(plain: Client) -> None:
    whole = await plain.get(f"{PARTIES}/individual")
    assert not {"X-Total-Count", "Content-Range"} & whole.headers.keys()
    part = await plain.get(ACCOUNTS, params={"relatedParty.id": await company(plain), "limit": "5"})
    assert (part.status, part.headers["Content-Range"]) == (206, "items 0-4/16")
    assert len(await part.json()) == 5


async def test_no_page_is_longer_than_a_hundred(plain: Client) -> None:
    query = {"relatedParty.id": await company(plain), "limit": "1000"}
    answer = await plain.get(f"{BILLS}/customerBill", params=query)
    assert len(await answer.json()) == 100


async def test_nothing_found_is_404_at_the_billing(plain: Client) -> None:
    answer = await plain.get(f"{BILLS}/customerBill", params={"billNo": "1"})
    assert (answer.status, (await answer.json())["code"]) == (404, 60)
    assert (await plain.get(PAYMENTS, params={"account.id": "1"})).status == 404


# --- what is not understood ---


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("productSerialNumber.regex", "2006"),
        ("suspensionReason", "voluntary"),
        ("blockReason", "customerRequest"),
        ("productSerialNumber", f"{BLOCKED},{LOGIN}"),
        ("status", "active,suspended"),
        ("nonsense", "1"),
    ],
)
async def test_the_inventory_finds_nothing_by_what_it_does_not_know(
    plain: Client, name: str, value: str
) -> None:
    answer = await plain.get(PRODUCTS, params={name: value})
    assert (answer.status, await answer.json()) == (200, [])
    assert answer.headers["X-Total-Count"] == "52"


async def test_others_overlook_what_they_do_not_know(plain: Client) -> None:
    every = await get(plain, f"{PARTIES}/organization")
    assert await get(plain, f"{PARTIES}/organization", nonsense="1") == every
    assert await get(plain, f"{PARTIES}/organization", **{"relatedParty.role": "none"}) == every


async def test_numbers_are_walked_through_by_key(plain: Client) -> None:
    found = await get(plain, PRODUCTS, **{"productSerialNumber.gt": LOGIN, "limit": "2"})
    assert [one["productSerialNumber"] for one in found] == [PREPAID, "+77010542009"]


# --- money ---


async def test_a_balance_is_two_buckets_of_one_name_in_tiyn(plain: Client) -> None:
    query = {"product.id": (await number(plain, PREPAID))["id"]}
    buckets = await get(plain, BUCKETS, **query)
    own = (await get(plain, "/sandbox/operator/numbers/77010542008"))["balance"]
    money = [one["remainingValue"] for one in buckets if one["name"] == "MAIN"]
    assert len(money) == 2
    assert sum(one["amount"] for one in money) == round(float(own) * 100)
    assert {one["units"] for one in money} == {"tiyn"}
    assert {one["usageType"] for one in buckets} == {"monetary", "data"}


async def test_money_goes_from_either_bucket(plain: Client) -> None:
    sides = [await number(plain, phone) for phone in (PREPAID, "+77010542013")]
    buckets = [
        (await get(plain, BUCKETS, **{"product.id": side["id"]}))[index]["id"]
        for index, side in ((1, sides[0]), (0, sides[1]))
    ]
    body = {
        "description": "t1",
        "reason": "balance transfer",
        "channel": {"id": "telegram"},
        "amount": {"amount": 5_000, "units": "tiyn"},
        "usageType": "monetary",
        "receiverBucketUsageType": "monetary",
        "bucket": {"id": buckets[0]},
        "receiverBucket": {"id": buckets[1]},
        "logicalResource": [{"id": PREPAID}],
        "receiverLogicalResource": {"id": "+77010542013"},
        "requestor": {"id": await company(plain)},
    }
    before = (await get(plain, "/sandbox/operator/numbers/77010542013"))["balance"]
    answer = await plain.post(TRANSFERS, json=body)
    assert answer.status == 201, await answer.text()
    [found] = await get(plain, TRANSFERS, description="t1")
    assert (found["status"], found["amount"]) == ("completed", {"amount": 5000, "units": "tiyn"})
    after = (await get(plain, "/sandbox/operator/numbers/77010542013"))["balance"]
    assert float(after) - float(before) == 50


async def test_a_bill_has_a_printed_document_and_no_taxes(plain: Client) -> None:
    query = {"relatedParty.id": await company(plain), "limit": "1"}
    answer = await plain.get(f"{BILLS}/customerBill", params=query)
    [bill] = await answer.json()
    assert bill["billDocument"][0]["size"] == 172851
    assert "taxItem" not in bill
    lines = await get(plain, f"{BILLS}/appliedCustomerBillingRate", **{"bill.id": bill["id"]})
    assert lines[0]["product"]["name"] == LOGIN


async def test_a_payment_is_found_by_its_account_alone(plain: Client) -> None:
    found = await get(plain, PAYMENTS, **{"account.id": "25060831", "relatedParty.id": "nobody"})
    assert found
    assert {one["payer"]["id"] for one in found} == {"bank-0042"}


async def test_usage_has_words_in_capitals_and_texts(plain: Client) -> None:
    product = (await number(plain, LOGIN))["id"]
    query = {
        "ratedProductUsage.productRef.id": product,
        "usageDate.gte": "2026-11-20T00:00:00Z",
        "usageType": "voice",
    }
    rows = await get(plain, USAGE, **query)
    assert len({one["usageType"] for one in rows}) > 1, "a filter it overlooks"
    assert {one["usageType"] for one in rows} <= {"VOICE", "SMS", "DATA", "OTHER"}
    assert all(
        isinstance(fact["value"], str) for one in rows for fact in one["usageCharacteristic"]
    )


# --- changes ---


async def test_a_number_is_blocked_in_its_own_words(plain: Client) -> None:
    await plain.patch("/sandbox/operator/settings", json={"order_seconds": 0})
    answer = await order(plain, **BLOCK)
    assert answer.status == 201, await answer.text()
    told = await answer.json()
    assert uuid.UUID(told["id"])
    found = await get(plain, f"{ORDERS}/{told['id']}")
    assert (found["state"], found["productOrderItem"][0]["state"]) == ("completed", "completed")
    assert (await number(plain, LOGIN))["status"] == "suspended"


async def test_an_order_is_under_way_by_a_word_of_v5(plain: Client, world: World) -> None:
    await plain.patch("/sandbox/operator/settings", json={"order_seconds": 100})
    told = await (await order(plain, **BLOCK)).json()
    assert told["state"] == "acknowledged"
    world.clock.advance(50)
    assert (await get(plain, f"{ORDERS}/{told['id']}"))["state"] == "inProgress.accepted"


@pytest.mark.parametrize(
    "product",
    [
        {
            "status": "suspended",
            "productCharacteristic": [{"name": "suspensionReason", "value": 1}],
        },
        {
            "status": "suspended",
            "productCharacteristic": [{"name": "blockReason", "value": "voluntary"}],
        },
    ],
)
async def test_words_of_the_other_dialect_are_refused(plain: Client, product: Any) -> None:
    answer = await order(plain, **product)
    assert (answer.status, (await answer.json())["code"]) == (400, 24)


async def test_an_id_cannot_be_posted(plain: Client) -> None:
    answer = await plain.post(ORDERS, json={"id": "1", "productOrderItem": []})
    told = await answer.json()
    assert (answer.status, told["code"]) == (400, 24)
    assert isinstance(told["code"], int)
    assert "status" not in told


async def test_a_refusal_has_a_number(plain: Client) -> None:
    await plain.patch("/sandbox/operator/numbers/77010542007", json={"debt": "10.00"})
    answer = await order(plain, **BLOCK)
    assert (answer.status, (await answer.json())["code"]) == (409, 1001)


async def test_a_key_is_no_key_here(plain: Client) -> None:
    """Sent twice, done twice: who does not look first, doubles."""
    body = {
        "externalId": "twice",
        "productOrderItem": [
            {
                "id": "1",
                "action": "modify",
                "product": {"id": (await number(plain, LOGIN))["id"]} | BLOCK,
            }
        ],
        "relatedParty": [{"id": await company(plain), "role": "Subscriber"}],
    }
    for _ in range(2):
        await plain.post(ORDERS, json=body, headers={"Idempotency-Key": "twice"})
    assert len(await get(plain, ORDERS, externalId="twice")) == 2


async def test_an_administrators_address_is_changed_without_a_key(plain: Client) -> None:
    query = {"contactMedium.characteristic.phoneNumber": LOGIN}
    [person] = await get(plain, f"{PARTIES}/individual", **query)
    media = [
        {"mediumType": "mobile phone", "characteristic": {"phoneNumber": LOGIN}},
        {"mediumType": "email", "characteristic": {"emailAddress": "new@demo.example"}},
    ]
    answer = await plain.patch(
        f"{PARTIES}/individual/{person['id']}", json={"contactMedium": media}
    )
    assert answer.status == 200, await answer.text()
    told = await answer.json()
    assert told["contactMedium"][1]["characteristic"]["emailAddress"] == "new@demo.example"


# --- the rest ---


async def test_allowances_are_asked_for_and_come_later(plain: Client) -> None:
    body = {"searchCriteria": {"logicalResource": [{"id": LOGIN}]}}
    answer = await plain.post(CONSUMPTION, json=body)
    begun = await answer.json()
    assert (answer.status, begun["state"], begun["usageConsumption"]) == (201, "inProgress", [])
    states = [(await get(plain, f"{CONSUMPTION}/{begun['id']}"))["state"] for _ in range(2)]
    assert states == ["inProgress", "done"]
    done = await get(plain, f"{CONSUMPTION}/{begun['id']}")
    assert done["usageConsumption"][0]["bucketRefOrValue"]


async def test_a_card_names_its_number_where_the_sample_does(plain: Client) -> None:
    query = {"category": "SIMCard", "resourceRelationship.resource.id": BLOCKED}
    [card] = await get(plain, RESOURCES, **query)
    assert card["resourceRelationship"][0]["resource"]["id"] == BLOCKED
    alone = await get(plain, f"{RESOURCES}/{card['id']}")
    assert not {"PIN1", "PUK1"} & {one["name"] for one in alone["resourceCharacteristic"]}
    assert await get(plain, RESOURCES, category="Device") == []


async def test_a_text_is_taken_with_200_and_a_list(plain: Client) -> None:
    body = {
        "messageType": "SMS",
        "content": "hello",
        "sender": {"name": "Plain"},
        "receiver": [{"phoneNumber": LOGIN}],
    }
    answer = await plain.post(MESSAGES, json=body)
    [told] = await answer.json()
    assert (answer.status, told["receiver"]) == (200, [{"phoneNumber": LOGIN}])
    body["receiver"] = [{"phoneNumber": "77010542007"}]
    assert (await plain.post(MESSAGES, json=body)).status == 400
