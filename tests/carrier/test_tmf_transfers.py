"""Balance transfer: how it is asked for, found again, and what its receipt tells (TMF654, S37)."""

from __future__ import annotations

from typing import Any

import pytest

from account.changes.action import Action, ActionKind, OrderState
from account.chapters.transfers import FEE, RECIPIENT_LEFT, SENDER_LEFT
from tests.carrier.desk import COMPANY, NUMBER, Desk, action

REFERENCE = "c0ffee00-0000-4000-8000-000000000001"
TO = "77010542017"


def transfer(**parameters: str) -> Action:
    told = {"to": TO, "tiyn": "50050", "fee": "0"} | parameters
    return action(ActionKind.TRANSFER, id=REFERENCE, parameters=told)


def answered(status: str = "completed", **changes: Any) -> dict[str, Any]:
    return {
        "id": "tr-1",
        "description": REFERENCE,
        "status": status,
        "transferCost": {"unit": "KZT", "value": 0},
        "bucket": {"id": f"main-{NUMBER.digits}", "name": "1750.00 -> 1249.50 KZT"},
        "receiverBucket": {"id": f"main-{TO}", "name": "20.00 -> 520.50 KZT"},
    } | changes


async def test_money_is_moved_as_the_contract_says(desk: Desk) -> None:
    desk.answer("transferBalance", answered(), status=201)
    order = await desk.carrier.place(transfer())
    [request] = desk.requests
    assert request.method == "POST"
    assert request.url.path.endswith("/tmf-api/prepayBalanceManagement/v4/transferBalance")
    assert request.headers["Idempotency-Key"] == REFERENCE
    assert desk.sent("transferBalance") == {
        "description": REFERENCE,
        "reason": "balance transfer",
        "channel": {"id": "telegram", "name": "Telegram bot"},
        "amount": {"amount": 500.5, "units": "KZT"},
        "usageType": "monetary",
        "receiverBucketUsageType": "monetary",
        "bucket": {"id": f"main-{NUMBER.digits}"},
        "receiverBucket": {"id": f"main-{TO}"},
        "logicalResource": [{"id": NUMBER.digits, "@referredType": "MSISDN"}],
        "receiverLogicalResource": {"id": TO, "@referredType": "MSISDN"},
        "requestor": {"id": COMPANY, "role": "customer", "@referredType": "Organization"},
    }
    assert (order.id, order.state) == ("tr-1", OrderState.COMPLETED)
    assert order.receipt == {SENDER_LEFT: "124950", RECIPIENT_LEFT: "52050", FEE: "0"}


@pytest.mark.parametrize(
    ("tiyn", "written"),
    [
        ("1", "0.01"),
        ("10", "0.1"),
        ("100000000000", "1000000000.0"),
        ("99999999999", "999999999.99"),
    ],
)
async def test_amounts_are_written_to_the_tiyn(desk: Desk, tiyn: str, written: str) -> None:
    desk.answer("transferBalance", answered(), status=201)
    await desk.carrier.place(transfer(tiyn=tiyn))
    assert f'"amount":{{"amount":{written},'.encode() in desk.requests[0].content


async def test_the_fee_that_was_shown_goes_along(desk: Desk) -> None:
    desk.answer("transferBalance", answered(), status=201)
    await desk.carrier.place(transfer(fee="1050"))
    assert desk.sent("transferBalance")["transferCost"] == {"unit": "KZT", "value": 10.5}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("created", OrderState.UNDER_WAY),
        ("completed", OrderState.COMPLETED),
        ("failed", OrderState.FAILED),
    ],
)
async def test_where_a_transfer_stands(desk: Desk, status: str, state: OrderState) -> None:
    desk.answer("transferBalance", [answered(status)])
    order = await desk.carrier.order(transfer())
    assert order is not None
    assert order.state is state
    assert desk.query("transferBalance")["description"] == REFERENCE


async def test_why_it_failed(desk: Desk) -> None:
    desk.answer("transferBalance", [answered("failed", reason="FUNDS.INSUFFICIENT: Missing 12.00")])
    order = await desk.carrier.order(transfer())
    assert order is not None
    assert order.reason_code == "FUNDS.INSUFFICIENT"
    assert order.receipt == {}


@pytest.mark.parametrize("name", ["main balance", "", None, "1 -> 2", "1.00 -> x KZT", 5])
async def test_a_receipt_that_cannot_be_read_does_not_undo_the_transfer(
    desk: Desk, name: object
) -> None:
    desk.answer("transferBalance", [answered(bucket={"name": name}, transferCost=None)])
    order = await desk.carrier.order(transfer())
    assert order is not None
    assert order.state is OrderState.COMPLETED
    assert order.receipt == {RECIPIENT_LEFT: "52050"}
