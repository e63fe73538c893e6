"""Whatever is sent, the operator answers in TMF630's words and never with a stack trace."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.operator.conftest import Client
from tests.sandbox.operator.test_orders import ACTIVE, ORDERS, block

BODIES = [
    b"",
    b"[]",
    b"null",
    b"{",
    b'{"a": NaN}',
    b'{"externalId": "\\ud800"}',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"externalId": 5}',
    b'{"externalId": "a", "productOrderItem": {}}',
    b'{"externalId": "a", "relatedParty": [1], "productOrderItem": [1]}',
]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    "path",
    [
        ORDERS,
        "/tmf-api/communicationManagement/v4/communicationMessage",
        "/tmf-api/usageConsumption/v4/queryUsageConsumption",
        "/tmf-api/prepayBalanceManagement/v4/transferBalance",
    ],
)
async def test_a_spoilt_body_is_refused(operator: Client, path: str, body: bytes) -> None:
    answer = await operator.post(path, data=body, headers={"Content-Type": "application/json"})
    assert answer.status == 400
    assert (await answer.json()).keys() == {"code", "reason", "message", "status"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("settings", {"order_seconds": 1e300}),
        ("settings", {"order_seconds": True}),
        ("settings", {"token": 5}),
        ("settings", {"idempotent": "no"}),
        ("settings", {"speed": 1}),
        ("numbers/77010542007", {"debt": "1e30"}),
        ("numbers/77010542007", {"balance": None}),
        ("numbers/77010542007", {"usage_per_day": 10**9}),
        ("settings", {"device_seconds": -1}),
        ("settings", {"transfer_seconds": None}),
        ("numbers/77010542007", {"forwarding": {}}),
        ("numbers/77010542007", {"forwarding": [1]}),
        ("numbers/77010542007", {"services": "roaming"}),
        ("numbers/77010542007", {"iccid": "12"}),
        ("devices/353678076511549", {"list": "white"}),
        ("devices/353678076511548", {"owner": {"number": 7}}),
        ("administrators/adm-1", {"email": ["a"]}),
        ("administrators/adm-1", {"companies": "org-180140000018"}),
        ("administrators/adm-1", {"roles": ["viewer"]}),
        ("administrators/adm-1", {"roles": {"org-180140000018": [5]}}),
    ],
)
async def test_a_senseless_body_is_refused(operator: Client, path: str, body: Any) -> None:
    answer = await operator.patch(f"/sandbox/operator/{path}", json=body)
    assert answer.status == 400


@pytest.mark.parametrize(
    "path",
    [
        "/tmf-api/usageManagement/v4/usage?usageDate.gte=9999-12-31T23:59:59-14:00",
        "/tmf-api/usageManagement/v4/usage?usageDate.lt=0001-01-01T00:00:00%2B14:00",
        "/sandbox/operator/effects?since=99999999999999999999999",
        "/tmf-api/productInventory/v4/product?offset=9999999999999999999",
        "/tmf-api/productInventory/v4/product?name.regex=%5B",
    ],
)
async def test_figures_beyond_all_bounds_break_nothing(operator: Client, path: str) -> None:
    assert (await operator.get(path)).status in {200, 400}


async def test_a_key_of_foreign_letters_is_refused(operator: Client) -> None:
    order = block(ACTIVE, action="ключ")
    answer = await operator.post(ORDERS, json=order)
    assert (answer.status, (await answer.json())["code"]) == (400, "IDEMPOTENCY.MISSING")
