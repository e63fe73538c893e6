"""The hub: who subscribes is told of every state an order comes to (TMF622)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from carrier.tmf.version5 import order as v5_order
from sandbox.world import World
from tests.sandbox.operator.conftest import Client, get, opened
from tests.sandbox.operator.test_orders import BLOCKED, block, unblock

HUB = "/tmf-api/productOrderingManagement/v4/hub"
ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
QUERY = "eventType=ProductOrderStateChangeEvent"


class Listener:
    """A client's address, and what came to it."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.statuses: list[int] = []
        self._came = asyncio.Event()
        self.url = ""

    async def receive(self, request: web.Request) -> web.Response:
        status = self.statuses.pop(0) if self.statuses else 204
        if status == 204:
            self.events.append((request.path, await request.json()))
            self._came.set()
        return web.Response(status=status)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not true():
                self._came.clear()
                await self._came.wait()

    def states(self, external_id: str) -> list[str]:
        orders = [event["event"]["productOrder"] for _, event in self.events]
        return [order["state"] for order in orders if order["externalId"] == external_id]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    heard = Listener()
    application = web.Application()
    application.router.add_post("/{rest:.*}", heard.receive)
    server = TestServer(application)
    await server.start_server()
    heard.url = str(server.make_url("/told"))
    yield heard
    await server.close()


async def subscribe(client: Client, url: str, key: str = "k-1", query: str = QUERY) -> Any:
    body = {"callback": url, "query": query}
    answer = await client.post(HUB, json=body, headers={"Idempotency-Key": key})
    assert answer.status in (200, 201), await answer.text()
    return await answer.json()


async def placed(client: Client, order: dict[str, Any], seconds: float = 0.05) -> str:
    await client.patch("/sandbox/operator/settings", json={"order_seconds": seconds})
    answer = await client.post(ORDERS, json=order)
    assert answer.status == 201
    return str(order["externalId"])


async def test_an_order_that_ends_is_told_though_nobody_asks(
    operator: Client, listener: Listener, contracts: Any
) -> None:
    hub = await subscribe(operator, listener.url)
    assert contracts.errors("TMF622", "EventSubscription", hub) == []
    wanted = await placed(operator, unblock(BLOCKED))
    await listener.until(lambda: listener.states(wanted) == ["inProgress", "completed"])
    for path, event in listener.events:
        assert path == "/told"
        assert event["eventType"] == "ProductOrderStateChangeEvent"
        assert contracts.errors("TMF622", "ProductOrderStateChangeEvent", event) == []
    ids = {event["eventId"] for _, event in listener.events}
    assert len(ids) == 2


async def test_one_key_subscribes_once_and_a_deleted_one_is_told_nothing(
    operator: Client, listener: Listener
) -> None:
    hub = await subscribe(operator, listener.url)
    assert await subscribe(operator, listener.url) == hub
    assert await get(operator, "/sandbox/operator/hubs") == [hub]
    assert (await operator.delete(f"{HUB}/{hub['id']}")).status == 204
    assert (await operator.delete(f"{HUB}/{hub['id']}")).status == 404
    wanted = await placed(operator, unblock(BLOCKED), 0)
    [order] = await get(operator, ORDERS, externalId=wanted)
    assert order["state"] == "completed"
    assert listener.events == []


async def test_a_query_names_the_types_and_anything_else_is_refused(
    operator: Client, listener: Listener
) -> None:
    await subscribe(operator, listener.url, query="eventType=ProductOrderCreateEvent")
    await subscribe(operator, f"{listener.url}/all", "k-2", "")
    wanted = await placed(operator, unblock(BLOCKED), 0)
    await listener.until(lambda: "completed" in listener.states(wanted))
    assert {path for path, _ in listener.events} == {"/told/all"}
    for body in ({}, {"callback": "mailto:a@b.example"}, {"callback": "http://a", "query": "x=1"}):
        assert (await operator.post(HUB, json=body)).status == 400


async def test_the_awkward_way_is_twice_backwards_and_with_strangers(
    operator: Client, listener: Listener
) -> None:
    await subscribe(operator, listener.url)
    await operator.patch("/sandbox/operator/settings", json={"events": "awkward"})
    wanted = await placed(operator, block("77010542007"), 0)
    await listener.until(lambda: listener.states(wanted) == ["completed", "completed"])
    paths = {path for path, _ in listener.events}
    assert paths == {"/told/listener/productOrderStateChangeEvent"}
    assert len(listener.events) > 2


async def test_a_listener_that_fails_once_is_told_again(
    operator: Client, listener: Listener
) -> None:
    await subscribe(operator, listener.url)
    listener.statuses = [503]
    wanted = await placed(operator, unblock(BLOCKED), 0)
    await listener.until(lambda: "completed" in listener.states(wanted))


async def test_an_operator_without_a_hub_says_so(operator: Client) -> None:
    await operator.patch("/sandbox/operator/settings", json={"hub": 501})
    answer = await operator.post(HUB, json={"callback": "http://127.0.0.1:9/x"})
    assert answer.status == 501


async def test_subscriptions_outlive_the_operator(world: World, listener: Listener) -> None:
    async with opened(world) as client:
        await subscribe(client, listener.url)
    async with opened(world) as client:
        wanted = await placed(client, unblock(BLOCKED))
        await listener.until(lambda: "completed" in listener.states(wanted))
        assert len(await (await client.delete("/sandbox/operator/hubs")).json()) == 1
        assert await get(client, "/sandbox/operator/hubs") == []


async def test_a_hub_lists_who_is_told(operator: Client, listener: Listener) -> None:
    first = await subscribe(operator, listener.url)
    other = await subscribe(operator, listener.url, "k-2")
    assert await get(operator, HUB) == [first, other]


async def test_v5_has_events_and_subscriptions_of_its_own_form(
    tmp_path: Path, listener: Listener
) -> None:
    hub = HUB.replace("/v4/", "/v5/")
    async with opened(World(data=tmp_path / "v5", dialect="v5")) as client:
        body = {"callback": listener.url, "query": QUERY}
        assert (await client.post(hub, json=body)).status == 400
        told = await client.post(hub, json={"@type": "Hub", **body})
        assert (told.status, (await told.json())["@type"]) == (201, "Hub")
        await client.patch("/sandbox/operator/settings", json={"order_seconds": 0})
        order = v5_order(unblock(BLOCKED), ("externalId",))
        placed = await client.post(ORDERS.replace("/v4/", "/v5/"), json=order)
        assert placed.status == 201, await placed.text()
        await listener.until(lambda: bool(listener.events))
        [kept] = await get(client, hub)
        assert (await client.delete(f"{hub}/{kept['id']}")).status == 204
        assert await get(client, hub) == []
    _, event = listener.events[-1]
    assert event["@type"] == event["eventType"] == "ProductOrderStateChangeEvent"
    assert (event["domain"], "timeOccurred" in event) == ("productOrdering", True)
    shown = event["event"]["productOrder"]
    assert shown["@type"] == "ProductOrder"
    [name] = shown["externalId"]
    assert (name["@type"], name["id"]) == ("ExternalIdentifier", order["externalId"][0]["id"])
    assert {one["@type"] for one in shown["relatedParty"]} == {"RelatedPartyRefOrPartyRoleRef"}
