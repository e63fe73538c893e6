from __future__ import annotations

import asyncio
import importlib.util
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer

from sandbox.operator import open_operator
from sandbox.world import World, WorldClock

NOON = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
"""Noon of a Sunday in Almaty."""

CONTRACTS = Path(__file__).resolve().parents[4] / "shared" / "contracts" / "tmf_check.py"

Errors = Callable[[str, str, object], list[str]]
Client = TestClient[web.Request, web.Application]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(data=tmp_path, clock=WorldClock(NOON))


@asynccontextmanager
async def opened(world: World) -> AsyncIterator[Client]:
    """A client of a freshly opened operator, and the end of both."""
    room = await open_operator(world)
    application = web.Application()
    application.add_routes(room.routes)
    client = TestClient(TestServer(application))
    await client.start_server()
    await room.start()
    yield client
    await room.close()
    await client.close()


@pytest.fixture
async def operator(world: World) -> AsyncIterator[Client]:
    async with opened(world) as client:
        yield client


@pytest.fixture(scope="session")
def contracts() -> Any:
    """The strict copy of TM Forum's schemas, kept beside the repository."""
    if not CONTRACTS.exists():
        pytest.skip("the strict TM Forum schemas are not beside this repository")
    spec = importlib.util.spec_from_file_location("tmf_check", CONTRACTS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def get(client: Client | ClientSession, path: str, **query: object) -> Any:
    """The JSON answered to a GET that must succeed."""
    answer = await client.get(path, params={name: str(value) for name, value in query.items()})
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def until(true: Callable[[], Awaitable[bool]], what: str) -> None:
    """Look again until it is so; fails after a minute."""
    for _ in range(3000):
        if await true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"not so in time: {what}")


async def begun(world: World) -> None:
    """Wait until a call acts out the fault that was laid last."""

    async def taken() -> bool:
        return bool(world.faults.laid()[-1].taken)

    await until(taken, "the call that the fault is for")


ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
PRODUCTS = "/tmf-api/productInventory/v4/product"
RESOURCES = "/tmf-api/resourceInventoryManagement/v4/resource"
DEMO, KAZYNA = "org-180140000018", "org-180140000901"


def an_order(item: dict[str, Any], company: str = DEMO) -> dict[str, Any]:
    """A body with one item."""
    return {
        "externalId": str(uuid.uuid4()),
        "category": "test",
        "productOrderItem": [{"id": "01", "quantity": 1} | item],
        "relatedParty": [{"id": company, "role": "customer", "@referredType": "Organization"}],
    }


async def posted(client: Client, order: dict[str, Any]) -> tuple[int, Any]:
    """Status and body of the answer to an order."""
    answer = await client.post(ORDERS, json=order, headers={"Idempotency-Key": order["externalId"]})
    return answer.status, await answer.json()


async def carried_out(client: Client, item: dict[str, Any], company: str = DEMO) -> Any:
    """The order of `item` as it has ended, on an operator that works at once."""
    await client.patch("/sandbox/operator/settings", json={"order_seconds": 0})
    status, order = await posted(client, an_order(item, company))
    assert status == 201, order
    return order


async def refused(client: Client, item: dict[str, Any], company: str = DEMO) -> tuple[int, str]:
    """Status and code of the refusal of `item`, which leaves no order."""
    order = an_order(item, company)
    status, refusal = await posted(client, order)
    assert status >= 400, refusal
    assert await get(client, ORDERS, externalId=order["externalId"]) == []
    return status, str(refusal["code"])


async def set_number(client: Client, number: str, **fields: object) -> dict[str, Any]:
    """Have the number be as `fields` says; its row."""
    answer = await client.patch(f"/sandbox/operator/numbers/{number}", json=fields)
    assert answer.status == 200, await answer.text()
    row: dict[str, Any] = await answer.json()
    return row


def facts(resource: dict[str, Any], field: str = "resourceCharacteristic") -> dict[str, Any]:
    """Characteristics by name."""
    return {one["name"]: one["value"] for one in resource[field]}
