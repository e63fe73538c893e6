"""Whose product is asked for and changed, where an operator makes its own ids.

Each answer here is one that TM Forum's reference Product Inventory (v4) gave: ids made by the
server, a total of the whole collection, a filter that takes `+77010542006` for a figure and so
finds nothing, a PATCH that replaces the list of characteristics, one that is answered 200 and
changes nothing.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from account.changes.action import ActionKind, OrderState
from account.errors import CarrierNotReached, CarrierRefused
from account.values.identifiers import Msisdn
from carrier.profile.loader import parse
from tests.carrier.desk import COMPANY, NUMBER, Desk, action, failing, product, reply

REFERENCE = """
[find]
number_by = "serial"
phones = "plus"
totals = "collection"
[blocking]
by = "product_patch"
"""
OWN_WORDS = """
[find]
number_by = "serial"
phones = "plus"
[characteristics]
suspension_reason = "blockReason"
[words.suspension_reason]
customerRequest = "company"
[words.customer_role]
Subscriber = "customer"
"""


def served(**known: object) -> dict[str, Any]:
    """A product as that server keeps it."""
    return product(**known) | {  # type: ignore[arg-type]
        "id": "34c85cdf-b991-4218-83d4-e18391b0a39d",
        "productSerialNumber": f"+{NUMBER.digits}",
    }


def finding_no_figures(*rows: dict[str, Any]) -> Any:
    """Nothing by a number, everything by the company; 5 in all, whatever was asked for."""

    def serve(request: httpx.Request) -> httpx.Response:
        asked = parse_qs(request.url.query.decode())
        found = [] if "productSerialNumber" in asked else list(rows)
        return reply(found[int(asked.get("offset", ["0"])[0]) :], total=5)

    return serve


def desk_of(profile: str) -> Desk:
    return Desk(profile=parse(profile, "test"))


# --- orders ---


async def test_an_order_names_the_product_by_the_id_that_the_server_made() -> None:
    desk = desk_of(OWN_WORDS)
    row = served() | {"relatedParty": [{"id": COMPANY, "role": "Subscriber"}]}
    desk.answer("product", [row])
    desk.answer("productOrder", {"id": "1", "externalId": action().id, "state": "acknowledged"})
    await desk.carrier.place(action())
    sent = desk.sent("productOrder")
    assert sent["productOrderItem"][0]["product"] == {
        "id": row["id"],
        "status": "suspended",
        "productCharacteristic": [
            {"name": "blockReason", "valueType": "string", "value": "customerRequest"}
        ],
    }
    assert sent["relatedParty"][0]["role"] == "Subscriber"
    assert desk.query("product")["productSerialNumber"] == f"+{NUMBER.digits}"


async def test_without_a_profile_nothing_is_asked_before_an_order(desk: Desk) -> None:
    desk.answer("productOrder", {"id": "1", "externalId": action().id, "state": "acknowledged"})
    await desk.carrier.place(action())
    assert desk.sent("productOrder")["productOrderItem"][0]["product"]["id"] == NUMBER.digits
    assert desk.asked("product") == []


async def test_another_companys_product_is_never_ordered_for() -> None:
    desk = desk_of(OWN_WORDS)
    desk.answer("product", [served(company="org-200340012342")])
    with pytest.raises(CarrierRefused) as refused:
        await desk.carrier.place(action())
    assert refused.value.reason_code == "NUMBER.NOT_FOUND"
    assert desk.asked("productOrder") == []


async def test_an_order_whose_product_cannot_be_read_was_not_sent() -> None:
    desk = desk_of(OWN_WORDS)
    desk.lay("product", failing(httpx.ConnectError))
    with pytest.raises(CarrierNotReached):
        await desk.carrier.place(action())


# --- blocked by PATCH of the product ---


async def test_a_number_is_found_among_all_where_the_filter_does_not_know_figures() -> None:
    desk = desk_of(REFERENCE)
    desk.lay("product", finding_no_figures(served()))
    desk.answer(served()["id"], served(status="suspended"))
    order = await desk.carrier.place(action())
    assert order.state is OrderState.COMPLETED


async def test_all_characteristics_are_sent_with_the_new_state() -> None:
    """A patch replaces the list: with the reason alone the number lost its tariff's payment."""
    desk = desk_of(REFERENCE)
    desk.lay("product", finding_no_figures(served()))
    desk.answer(served()["id"], served(status="suspended"))
    await desk.carrier.place(action())
    [request] = desk.asked(served()["id"])
    sent = json.loads(request.content)
    assert (request.method, sent["status"]) == ("PATCH", "suspended")
    assert request.headers["Content-Type"] == "application/json"
    names = [one["name"] for one in sent["productCharacteristic"]]
    kept = [one["name"] for one in served()["productCharacteristic"]]
    assert names == [*kept, "suspensionReason"]
    assert sent["productCharacteristic"][-1]["value"] == "voluntary"


async def test_unblocked_it_has_no_reason_any_more() -> None:
    desk = desk_of(REFERENCE)
    desk.lay(
        "product", finding_no_figures(served(status="suspended", suspensionReason="voluntary"))
    )
    desk.answer(served()["id"], served())
    order = await desk.carrier.place(action(ActionKind.UNBLOCK))
    sent = json.loads(desk.asked(served()["id"])[0].content)
    assert sent["status"] == "active"
    assert "suspensionReason" not in [one["name"] for one in sent["productCharacteristic"]]
    assert order.state is OrderState.COMPLETED


@pytest.mark.parametrize(
    ("kind", "told", "sent"),
    [
        (ActionKind.UNBLOCK, True, False),
        (ActionKind.UNBLOCK, "true", "false"),
        (ActionKind.BLOCK, False, True),
        (ActionKind.BLOCK, "false", "true"),
    ],
)
async def test_a_characteristic_that_tells_of_the_block_tells_of_the_new_state(
    kind: ActionKind, told: object, sent: object
) -> None:
    """A server that keeps what it is sent went on calling an unblocked number blocked."""
    desk = desk_of(REFERENCE)
    desk.lay("product", finding_no_figures(served(voluntaryBlock=told)))
    desk.answer(served()["id"], served())
    await desk.carrier.place(action(kind))
    body = json.loads(desk.asked(served()["id"])[0].content)
    known = {one["name"]: one["value"] for one in body["productCharacteristic"]}
    assert known["voluntaryBlock"] == sent
    assert known["banMyKcellAccess"] is True


async def test_a_patch_that_was_overlooked_is_not_done() -> None:
    """Seen with another media type: 200, and the product as it was."""
    desk = desk_of(REFERENCE)
    desk.lay("product", finding_no_figures(served()))
    desk.answer(served()["id"], served())
    assert (await desk.carrier.place(action())).state is OrderState.UNDER_WAY
    assert await desk.carrier.order(action()) is None


async def test_what_became_of_it_is_read_from_the_product() -> None:
    desk = desk_of(REFERENCE)
    desk.lay("product", finding_no_figures(served(status="Suspended")))
    found = await desk.carrier.order(action())
    assert found is not None
    assert found.state is OrderState.COMPLETED


async def test_who_is_not_among_all_is_not_there() -> None:
    desk = desk_of(REFERENCE)
    desk.lay("product", finding_no_figures())
    with pytest.raises(CarrierRefused) as refused:
        await desk.carrier.place(action())
    assert refused.value.reason_code == "NUMBER.NOT_FOUND"
    assert len(desk.asked("product")) == 2, "asked for it, then for all: no more to walk"


async def test_a_service_with_the_numbers_serial_is_not_the_number() -> None:
    """An order to block it would have switched off a service."""
    desk = desk_of(OWN_WORDS)
    mine = {"relatedParty": [{"id": COMPANY, "role": "Subscriber"}]}
    service = (
        served()
        | mine
        | {
            "id": "0d9f2c11-6f0e-4f6a-9a3c-1b2c3d4e5f60",
            "productRelationship": [
                {"relationshipType": "reliesOn", "product": {"id": served()["id"]}}
            ],
        }
    )
    desk.answer("product", [service, served() | mine])
    desk.answer("productOrder", {"id": "1", "externalId": action().id, "state": "acknowledged"})
    await desk.carrier.place(action())
    item = desk.sent("productOrder")["productOrderItem"][0]
    assert item["product"]["id"] == served()["id"]


async def test_numbers_of_others_that_are_typed_do_not_read_the_company_each_time() -> None:
    desk = desk_of(REFERENCE)
    desk.lay("product", finding_no_figures(served()))
    for last in range(5):
        assert await desk.carrier.number(COMPANY, Msisdn(f"7702330010{last}")) is None
    walks = [one for one in desk.asked("product") if "productSerialNumber" not in one.url.params]
    assert len(walks) == 2, "one page, and the one behind it"
    desk.time.seconds += 11
    assert await desk.carrier.number(COMPANY, Msisdn("77023300100")) is None


@pytest.mark.parametrize(
    ("kept", "written"),
    [
        (b"12500.50", b"12500.50"),
        (b"0.1234567890123456789", b"0.1234567890123456789"),
        (b'12500.50,"note":"cut \\ud83d"', b"12500.5"),
    ],
)
async def test_a_number_goes_back_to_the_last_digit(kept: bytes, written: bytes) -> None:
    """All characteristics are sent with a patch, whatever they are."""
    desk = Desk(profile=parse(REFERENCE, "test"))
    told = json.dumps([served(credit="@")]).encode().replace(b'"@"', kept)
    desk.answer("product", told, total=1)
    desk.answer(served()["id"], served(status="suspended"))
    order = await desk.carrier.place(action(ActionKind.BLOCK))
    assert order.state is OrderState.COMPLETED
    [patch] = desk.asked(served()["id"])
    assert b'"value":' + written in patch.content
