from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from sandbox.world import World
from tests.sandbox.operator.conftest import (
    DEMO,
    KAZYNA,
    Client,
    begun,
    get,
    opened,
    set_number,
    until,
)

TRANSFERS = "/tmf-api/prepayBalanceManagement/v4/transferBalance"
PAYMENTS = "/tmf-api/payment/v4/payment"
BUCKETS = "/tmf-api/prepayBalanceManagement/v4/bucket"
SENDER, RECIPIENT, POSTPAID = "77010542013", "77010542016", "77010542007"
OTHERS = "77023300102"


def transfer(
    tenge: object, sender: str = SENDER, recipient: str = RECIPIENT, company: str = DEMO
) -> dict[str, Any]:
    return {
        "description": str(uuid.uuid4()),
        "reason": "balance transfer",
        "channel": {"id": "telegram", "name": "Telegram bot"},
        "amount": {"amount": tenge, "units": "KZT"},
        "usageType": "monetary",
        "receiverBucketUsageType": "monetary",
        "bucket": {"id": f"main-{sender}"},
        "receiverBucket": {"id": f"main-{recipient}"},
        "logicalResource": [{"id": sender, "@referredType": "MSISDN"}],
        "receiverLogicalResource": {"id": recipient, "@referredType": "MSISDN"},
        "requestor": {"id": company, "role": "customer", "@referredType": "Organization"},
    }


async def sent(client: Client, body: dict[str, Any]) -> tuple[int, Any]:
    headers = {"Idempotency-Key": body["description"]}
    answer = await client.post(TRANSFERS, json=body, headers=headers)
    return answer.status, await answer.json()


async def balances(client: Client, *numbers: str) -> list[float]:
    found = await get(client, BUCKETS, **{"product.id": ",".join(numbers or (SENDER, RECIPIENT))})
    return [one["remainingValue"]["amount"] for one in found if one["name"] == "main balance"]


@pytest.fixture
async def rich(operator: Client) -> Client:
    await set_number(operator, SENDER, balance="1750")
    await set_number(operator, RECIPIENT, balance="20", individual_limit=5)
    return operator


async def test_the_demonstration_has_prepaid_active_numbers(operator: Client) -> None:
    found = {}
    for company in (DEMO, KAZYNA, "org-200340012342"):
        query = {"relatedParty.id": company, "paymentMethod": "Advance", "status": "active"}
        found[company] = [
            one["id"]
            for one in await get(operator, "/tmf-api/productInventory/v4/product", **query)
        ]
    assert {SENDER, RECIPIENT} <= set(found[DEMO])
    assert OTHERS in found[KAZYNA]
    assert found["org-200340012342"] == ["77753001003"]


async def test_a_transfer_moves_money_and_says_so(rich: Client, contracts: Any) -> None:
    body = transfer(500.5)
    assert contracts.errors("TMF654", "TransferBalance_Create", body) == []
    status, done = await sent(rich, body)
    assert (status, done["status"]) == (201, "completed")
    assert contracts.errors("TMF654", "TransferBalance", done) == []
    assert done["bucket"]["name"] == "1750.00 -> 1249.50 KZT"
    assert done["receiverBucket"]["name"] == "20.00 -> 520.50 KZT"
    assert done["transferCost"] == {"unit": "KZT", "value": 0}
    assert await balances(rich) == [1249.5, 520.5]
    assert await get(rich, TRANSFERS, description=body["description"]) == [done]
    assert await get(rich, done["href"]) == done
    assert await get(rich, TRANSFERS, **{"logicalResource.id": SENDER}) == [done]
    assert await get(rich, TRANSFERS, **{"logicalResource.id": RECIPIENT}) == []
    assert await get(rich, TRANSFERS, **{"receiverLogicalResource.id": RECIPIENT}) == [done]
    effects = await get(rich, "/sandbox/operator/effects", externalId=body["description"])
    assert [(one["number"], one["what"]) for one in effects] == [
        (SENDER, "transfer"),
        (RECIPIENT, "transfer"),
    ]
    for number, value in ((SENDER, -500.5), (RECIPIENT, 500.5)):
        query = {"paymentItem.item.id": number, "correlatorId": done["id"]}
        [payment] = await get(rich, PAYMENTS, **query)
        assert contracts.errors("TMF676", "Payment", payment) == []
        assert payment["totalAmount"] == {"unit": "KZT", "value": value}
        assert payment["paymentMethod"]["@type"] == "balanceTransfer"
        assert await get(rich, payment["href"]) == payment


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (transfer(1, SENDER, SENDER), (409, "TRANSFER.SAME")),
        (transfer(1, POSTPAID), (409, "TRANSFER.CREDIT")),
        (transfer(1, recipient=POSTPAID), (409, "TRANSFER.CREDIT")),
        (transfer(0), (409, "TRANSFER.AMOUNT")),
        (transfer(-5), (409, "TRANSFER.AMOUNT")),
        (transfer(1.005), (409, "TRANSFER.AMOUNT")),
        (transfer(1e300), (409, "TRANSFER.AMOUNT")),
        (transfer(1750.01), (409, "FUNDS.INSUFFICIENT")),
        (transfer(1, recipient=OTHERS), (404, "NUMBER.NOT_FOUND")),
        (transfer(1, OTHERS), (404, "NUMBER.NOT_FOUND")),
        (transfer(1, recipient="77019999999"), (404, "NUMBER.NOT_FOUND")),
        (transfer(1, company=KAZYNA), (404, "NUMBER.NOT_FOUND")),
        (transfer("a"), (400, "REQUEST.MALFORMED")),
        (transfer(None), (400, "REQUEST.MALFORMED")),
        (transfer(True), (400, "REQUEST.MALFORMED")),
        (transfer(1) | {"bucket": {"id": f"main-{OTHERS}"}}, (400, "ORDER.UNSUPPORTED")),
        (transfer(1) | {"usageType": "data"}, (400, "ORDER.UNSUPPORTED")),
        (transfer(1) | {"logicalResource": []}, (400, "REQUEST.MALFORMED")),
        (transfer(1) | {"reason": ""}, (400, "REQUEST.MALFORMED")),
        (transfer(1) | {"channel": {"id": 5}}, (400, "REQUEST.MALFORMED")),
        (transfer(1) | {"requestor": None}, (400, "REQUEST.MALFORMED")),
    ],
)
async def test_a_refusal_moves_nothing(
    rich: Client, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    status, refusal = await sent(rich, body)
    assert (status, refusal["code"]) == expected
    assert await balances(rich) == [1750, 20]
    assert await get(rich, TRANSFERS) == []
    assert await get(rich, "/sandbox/operator/effects") == []


@pytest.mark.parametrize("number", [SENDER, RECIPIENT])
async def test_both_have_to_be_active(rich: Client, number: str) -> None:
    await set_number(rich, number, blocked=True)
    assert (await sent(rich, transfer(1)))[1]["code"] == "NUMBER.STATE"
    await set_number(rich, number, debt=10)
    assert (await sent(rich, transfer(1)))[1]["code"] == "NUMBER.DEBT"
    assert await balances(rich) == [1750, 20]


async def test_what_is_missing_is_said(rich: Client) -> None:
    _, refusal = await sent(rich, transfer(1762))
    assert refusal["message"] == (
        f"Missing 12.00 KZT: the main balance of {SENDER} is 1750.00 KZT,"
        " the transfer is 1762.00 KZT"
    )


async def test_the_same_key_moves_money_once(rich: Client) -> None:
    body = transfer(100)
    answers = await asyncio.gather(*(sent(rich, body) for _ in range(5)))
    assert sorted(status for status, _ in answers) == [200, 200, 200, 200, 201]
    assert len({one["id"] for _, one in answers}) == 1
    assert await balances(rich) == [1650, 120]
    status, refusal = await sent(rich, transfer(5) | {"description": body["description"]})
    assert (status, refusal["code"]) == (422, "IDEMPOTENCY.REUSED")
    other = {key: value for key, value in transfer(5).items() if key != "description"}
    assert (await rich.post(TRANSFERS, json=other)).status == 400
    assert await balances(rich) == [1650, 120]


async def test_an_operator_without_idempotency_moves_it_twice(rich: Client) -> None:
    await rich.patch("/sandbox/operator/settings", json={"idempotent": False})
    body = transfer(100)
    assert [(await sent(rich, body))[0] for _ in range(2)] == [201, 201]
    assert len(await get(rich, TRANSFERS, description=body["description"])) == 2
    assert await balances(rich) == [1550, 220]


@pytest.mark.parametrize("seconds", [0, 0.05])
async def test_many_at_once_never_overdraw_and_keep_the_sum(rich: Client, seconds: float) -> None:
    third = "77010542019"
    await set_number(rich, third, balance=300)
    await rich.patch("/sandbox/operator/settings", json={"transfer_seconds": seconds})
    ring = [(SENDER, RECIPIENT), (RECIPIENT, third), (third, SENDER)]
    bodies = [transfer(150 + turn, *ring[turn % 3]) for turn in range(45)]
    await asyncio.gather(*(sent(rich, body) for body in bodies))
    await asyncio.sleep(seconds * 2)
    left = await balances(rich, SENDER, RECIPIENT, third)
    assert sum(left) == 1750 + 20 + 300
    assert min(left) >= 0
    moved = await get(rich, TRANSFERS, limit=100)
    assert {one["status"] for one in moved} <= {"completed", "failed"}
    completed = [one for one in moved if one["status"] == "completed"]
    assert len(await get(rich, "/sandbox/operator/effects")) == 2 * len(completed) > 0


async def test_a_late_transfer_is_checked_again(rich: Client, world: World) -> None:
    await rich.patch("/sandbox/operator/settings", json={"transfer_seconds": 60})
    first, second = transfer(1000), transfer(1000)
    for body in (first, second):
        assert (await sent(rich, body))[1]["status"] == "created"
    assert await balances(rich) == [1750, 20]
    world.clock.advance(61)
    [done] = await get(rich, TRANSFERS, description=first["description"])
    [failed] = await get(rich, TRANSFERS, description=second["description"])
    assert (done["status"], failed["status"]) == ("completed", "failed")
    assert failed["reason"].startswith("FUNDS.INSUFFICIENT: Missing 250.00 KZT")
    assert failed["bucket"]["name"] == "main balance"
    assert await balances(rich) == [750, 1020]


async def test_a_transfer_is_held_finished_or_made_to_fail(rich: Client, contracts: Any) -> None:
    await rich.patch("/sandbox/operator/settings", json={"transfer_seconds": 60})
    ended = []
    for command in ("finish", "fail", "hold"):
        _, created = await sent(rich, transfer(10))
        path = f"/sandbox/operator/orders/{created['id']}"
        ended.append(await (await rich.patch(path, json={"do": command})).json())
    assert [one["status"] for one in ended] == ["completed", "failed", "created"]
    assert [contracts.errors("TMF654", "TransferBalance", one) for one in ended] == [[], [], []]
    assert await balances(rich) == [1740, 30]


@pytest.mark.parametrize(
    ("kind", "moved"),
    [("http_500", False), ("http_429", False), ("reject", False), ("reset_after_effect", True)],
)
async def test_faults_apply_to_transfers(
    rich: Client, world: World, kind: str, *, moved: bool
) -> None:
    body = transfer(100)
    world.faults.lay({"target": "operator", "kind": kind, "match": "POST /tmf-api/prepay"})
    try:
        assert (await sent(rich, body))[0] >= 400
    except OSError:
        assert moved
    assert (await balances(rich) == [1650, 120]) is moved
    assert len(await get(rich, TRANSFERS, description=body["description"])) == moved


async def test_a_transfer_outlives_a_restart(world: World) -> None:
    async with opened(world) as client:
        await set_number(client, SENDER, balance=100)
        await client.patch("/sandbox/operator/settings", json={"transfer_seconds": 5})
        _, created = await sent(client, transfer(60))
    world.clock.advance(10)
    async with opened(world) as client:
        assert (await get(client, created["href"]))["status"] == "completed"
        assert (await balances(client))[0] == 40


async def test_a_transfer_that_comes_late_is_in_progress_until_then(
    rich: Client, world: World
) -> None:
    body = transfer(100)
    fault = {"target": "operator", "kind": "late_effect", "match": "POST /tmf-api/prepay"}
    world.faults.lay(fault | {"seconds": 1.5})
    first = asyncio.create_task(sent(rich, body))
    await begun(world)
    assert (await sent(rich, body))[1]["code"] == "IDEMPOTENCY.IN_PROGRESS"
    with pytest.raises(OSError):
        await first

    async def done() -> bool:
        return (await sent(rich, body))[0] == 200

    await until(done, "the transfer")
    assert await balances(rich) == [1650, 120]
