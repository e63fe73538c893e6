"""Changes and what became of them (TMF622)."""

from __future__ import annotations

from typing import Any

import pytest

from account.changes.action import ActionKind, Order, OrderState
from account.chapters.devices.registrations import OWNER_ID, OWNER_NUMBER
from account.errors import CarrierUnavailable
from carrier.profile.loader import parse
from carrier.tmf import product_order
from tests.account.examples import PARAMETERS
from tests.carrier.desk import COMPANY, NUMBER, Desk, action

OWNER = {OWNER_NUMBER: "77012115299", OWNER_ID: "850115300011"}
REFERENCE = "c0ffee00-0000-4000-8000-000000000001"


def order(state: str = "acknowledged", **changes: Any) -> dict[str, Any]:
    return {"id": "po-1", "externalId": REFERENCE, "state": state} | changes


async def test_a_block_is_ordered_as_the_contract_says(desk: Desk) -> None:
    desk.answer("productOrder", order(), status=201)
    assert await desk.carrier.place(action()) == Order("po-1", OrderState.UNDER_WAY)
    [request] = desk.requests
    assert request.method == "POST"
    assert request.url.path.endswith("/tmf-api/productOrderingManagement/v4/productOrder")
    assert request.headers["Idempotency-Key"] == REFERENCE
    assert request.headers["Content-Type"] == "application/json"
    assert desk.sent("productOrder") == {
        "externalId": REFERENCE,
        "category": "block",
        "channel": [{"id": "telegram", "name": "Telegram bot", "role": "orderCapture"}],
        "productOrderItem": [
            {
                "id": "01",
                "action": "modify",
                "quantity": 1,
                "product": {
                    "id": NUMBER.digits,
                    "status": "suspended",
                    "productCharacteristic": [
                        {"name": "suspensionReason", "valueType": "string", "value": "voluntary"}
                    ],
                },
            }
        ],
        "note": [{"text": "A-20261122-0001", "author": "adm-1"}],
        "relatedParty": [{"id": COMPANY, "role": "customer", "@referredType": "Organization"}],
    }


async def test_the_reason_of_a_block_stands_in_the_note(desk: Desk) -> None:
    desk.answer("productOrder", order(), status=201)
    await desk.carrier.place(action(parameters={"reason": "lost"}))
    assert desk.sent("productOrder")["note"] == [
        {"text": "A-20261122-0001, lost", "author": "adm-1"}
    ]


async def test_an_unblock_makes_the_number_active(desk: Desk) -> None:
    desk.answer("productOrder", order("completed"), status=201)
    placed = await desk.carrier.place(action(ActionKind.UNBLOCK, reference=None))
    assert placed.state is OrderState.COMPLETED
    body = desk.sent("productOrder")
    assert body["category"] == "unblock"
    assert body["productOrderItem"][0]["product"] == {"id": NUMBER.digits, "status": "active"}
    assert "note" not in body


async def test_the_same_change_makes_the_same_body(desk: Desk) -> None:
    desk.answer("productOrder", order(), status=200)
    await desk.carrier.place(action(attempts=1))
    await desk.carrier.place(action(attempts=2, fence=7, checks=3))
    first, second = desk.requests
    assert first.content == second.content


@pytest.mark.parametrize("kind", product_order.ORDERED)
async def test_every_kind_of_change_can_be_ordered(desk: Desk, kind: ActionKind) -> None:
    desk.answer("productOrder", order(), status=201)
    await desk.carrier.place(action(kind, parameters=PARAMETERS[kind], sealed=OWNER))
    assert desk.sent("productOrder")["category"] == kind.value


@pytest.mark.parametrize(
    ("state", "meaning"),
    [
        ("acknowledged", OrderState.UNDER_WAY),
        ("inProgress", OrderState.UNDER_WAY),
        ("inProgress.accepted", OrderState.UNDER_WAY),
        ("pendingCancellation", OrderState.UNDER_WAY),
        ("completed", OrderState.COMPLETED),
        ("failed", OrderState.FAILED),
        ("rejected", OrderState.FAILED),
        ("cancelled", OrderState.FAILED),
    ],
)
async def test_where_an_order_stands(desk: Desk, state: str, meaning: OrderState) -> None:
    desk.answer("productOrder", [order(state)])
    assert await desk.carrier.order(action(id=REFERENCE)) == Order("po-1", meaning)
    assert desk.query("productOrder")["externalId"] == REFERENCE


@pytest.mark.parametrize("state", ["pending", "held", "draft", "Held", "pending.approval"])
async def test_an_order_that_somebody_must_let_on_is_held(desk: Desk, state: str) -> None:
    desk.answer("productOrder", [order(state)])
    found = await desk.carrier.order(action(id=REFERENCE))
    assert found == Order("po-1", OrderState.UNDER_WAY, held=True)


@pytest.mark.parametrize(
    ("state", "items", "meaning"),
    [
        ("completed", ["completed"], OrderState.COMPLETED),
        ("completed", ["inProgress"], OrderState.COMPLETED),
        ("completed", [None], OrderState.COMPLETED),
        ("completed", ["failed"], OrderState.FAILED),
        ("completed", ["completed", "cancelled"], OrderState.FAILED),
        ("partial", ["completed"], OrderState.COMPLETED),
        ("partial", ["rejected"], OrderState.FAILED),
        ("partial", ["inProgress.accepted"], OrderState.UNDER_WAY),
        ("partial", [None], None),
        ("partial", ["partial"], None),
        ("partial", [], None),
        ("partial", ["completed", "completed"], None),
        ("inProgress", ["completed"], OrderState.UNDER_WAY),
        ("failed", ["completed"], OrderState.FAILED),
    ],
)
async def test_what_is_said_of_our_item_is_believed_first(
    desk: Desk, state: str, items: list[str | None], meaning: OrderState | None
) -> None:
    parts = [{"id": "01"} | ({} if told is None else {"state": told}) for told in items]
    desk.answer("productOrder", [order(state, productOrderItem=parts)])
    if meaning is None:
        with pytest.raises(CarrierUnavailable):
            await desk.carrier.order(action(id=REFERENCE))
    else:
        assert await desk.carrier.order(action(id=REFERENCE)) == Order("po-1", meaning)
    assert "productOrderItem" in desk.query("productOrder")["fields"].split(",")


@pytest.mark.parametrize("items", [None, "x", {}, [7, None], [{"state": 7}]])
async def test_odd_items_of_a_completed_order_are_passed_over(desk: Desk, items: object) -> None:
    desk.answer("productOrder", [order("completed", productOrderItem=items)])
    found = await desk.carrier.order(action(id=REFERENCE))
    assert found == Order("po-1", OrderState.COMPLETED)


@pytest.mark.parametrize(
    ("notes", "code"),
    [
        ([{"author": "operator", "text": "NUMBER.DEBT: Debt is 1500.00 KZT"}], "NUMBER.DEBT"),
        ([{"text": "A-1"}, {"text": "INTERNAL: broken"}], "INTERNAL"),
        ([{"text": "INTERNAL: broken"}, {"text": "sorry, it did not work"}], None),
        ([{"author": "operator"}], None),
        ([], None),
        (None, None),
    ],
)
async def test_why_an_order_failed_stands_in_its_last_note(
    desk: Desk, notes: Any, code: str | None
) -> None:
    desk.answer("productOrder", [order("rejected", note=notes)])
    found = await desk.carrier.order(action(id=REFERENCE))
    assert found is not None
    assert found.reason_code == code


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Fulfilled", OrderState.COMPLETED),
        ("inProgress.accepted", OrderState.UNDER_WAY),
        ("COMPLETED", OrderState.COMPLETED),
        ("abandoned", None),
    ],
)
async def test_states_of_orders_are_in_the_operators_words(
    word: str, state: OrderState | None
) -> None:
    words = '[words.order_state]\nfulfilled = "completed"\n"inProgress.accepted" = "under_way"\n'
    desk = Desk(profile=parse(words, "test"))
    desk.answer("productOrder", [order(state=word)])
    if state is None:
        with pytest.raises(CarrierUnavailable):
            await desk.carrier.order(action())
    else:
        found = await desk.carrier.order(action())
        assert found is not None
        assert found.state is state
