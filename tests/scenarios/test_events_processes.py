"""Subscriptions and processes: killed at the worst moments, two at once, stopped."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.events.subscriber import LEASE_NAME
from tests.ports import free_port
from tests.scenarios.cluster import Cluster, Member, clustered, until
from tests.scenarios.entry import ask_to_block
from tests.scenarios.processes import Lab, lab
from tests.scenarios.test_taps import CONFIRM

pytestmark = pytest.mark.slow
NUMBER = "77012115526"
HUB = "POST /tmf-api/productOrderingManagement/v4/hub"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 120.0)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Lab]:
    async with lab(tmp_path) as ready:
        port = free_port()
        ready.more["MYACCOUNT_EVENTS_URL"] = f"http://127.0.0.1:{port}/events"
        ready.more["MYACCOUNT_EVENTS_PORT"] = str(port)
        yield ready


async def hub_ids(world: Lab | Cluster) -> list[str]:
    return [hub["id"] for hub in (await world.http.get("/sandbox/operator/hubs")).json()]


async def known(world: Lab | Cluster) -> str:
    """The only subscription, once its id is in the database."""
    found: list[str] = []

    async def so() -> bool:
        stores = world.stores()
        try:
            rows = await stores.event_subscriptions.all()
        finally:
            await stores.close()
        found[:] = [row.hub_id for row in rows.values() if row.hub_id]
        return bool(found)

    await until(so, "subscribed")
    assert await hub_ids(world) == found
    return found[0]


async def test_killed_before_the_event_it_ends_by_asking_and_subscribes_no_second_time(
    world: Lab,
) -> None:
    await world.start_bot()
    first = await known(world)
    phone = await world.enter()
    await world.operator(order_seconds=3600)
    await ask_to_block(phone)
    await phone.tap(CONFIRM)
    await phone.sees("⏳", "A-20220124-0001")
    orders = "/tmf-api/productOrderingManagement/v4/productOrder"

    async def ordered() -> bool:
        query = {"sort": "-orderDate", "limit": "1"}
        [order] = (await world.http.get(orders, params=query)).json()
        if order["state"] in ("completed", "failed", "rejected"):
            return False
        await world.stop_bot(signal.SIGKILL)
        await world.http.patch(f"/sandbox/operator/orders/{order['id']}", json={"do": "finish"})
        return True

    await until(ordered, "the order is there")
    await world.start_bot()
    await phone.sees("✅ ", "A-20220124-0001")
    assert [one["what"] for one in await world.effects(NUMBER)] == ["block"]
    assert await known(world) == first
    assert await world.stop_bot(signal.SIGTERM) == 0
    assert await hub_ids(world) == []
    assert '"alarm"' not in world.log


async def test_killed_between_the_hubs_question_and_its_answer(world: Lab) -> None:
    await world.fault("operator", "hang_after_effect", match=HUB, seconds=60, times=1)
    await world.start_bot()

    async def asked() -> bool:
        return bool(await hub_ids(world))

    await until(asked, "the operator has subscribed us")
    [begun] = await hub_ids(world)
    await world.stop_bot(signal.SIGKILL)
    await world.start_bot()
    assert await known(world) == begun
    assert await world.stop_bot(signal.SIGTERM) == 0
    assert await hub_ids(world) == []


async def test_two_processes_subscribe_once_and_the_last_one_ends_it(tmp_path: Path) -> None:
    async with clustered(tmp_path, f"sqlite:///{tmp_path / 'bot.db'}") as cluster:
        ports = {name: free_port() for name in ("one", "two")}
        for name, port in ports.items():
            told = {
                # A balancer would share them out: here both are told of the first one.
                "MYACCOUNT_EVENTS_URL": f"http://127.0.0.1:{ports['one']}/events",
                "MYACCOUNT_EVENTS_PORT": str(port),
            }
            cluster.members[name] = Member(name, "run", told)
        await cluster.start("one", "two")
        first = await known(cluster)
        phone = await cluster.enter()
        await ask_to_block(phone, NUMBER)
        await phone.tap(CONFIRM)
        await phone.sees("✅ ", "A-")
        holder = await subscribing(cluster)
        assert holder is not None
        [other] = {"one", "two"} - {holder}
        await cluster.stop(holder, signal.SIGKILL)

        async def followed() -> bool:
            return await subscribing(cluster) == other

        await until(followed, "the other one has it")
        assert await known(cluster) == first
        calls = (await cluster.http.get("/sandbox/operator/calls")).json()
        assert calls[HUB] == 1
        assert await cluster.stop(other) == 0
        assert await hub_ids(cluster) == []


async def subscribing(cluster: Cluster) -> str | None:
    """The name of the process that keeps the subscriptions."""
    stores = cluster.stores()
    try:
        holder = await stores.leases.holder(LEASE_NAME, datetime.now(UTC))
    finally:
        await stores.close()
    for name, member in cluster.members.items():
        running = member.process is not None and holder is not None
        if running and f":{member.process.pid}:" in f"{holder}:":  # type: ignore[union-attr]
            return name
    return None
