"""The operator tells by itself: an event has a change looked at at once, and is never believed."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.rotate_key import rotate_key
from bot.config.settings import Settings
from bot.events import subscriber
from bot.ops.metrics import Metrics
from bot.workers import leased_task
from storage.stores.event_subscriptions import EventSubscription
from tests.ports import free_port
from tests.scenarios.cluster import until
from tests.scenarios.conftest import START, Stage, staged
from tests.scenarios.entry import ask_to_block, enter
from tests.scenarios.phone import Phone
from tests.scenarios.test_rotate_key import a_new_key

NUMBER = "77012115526"
HUB = "/tmf-api/productOrderingManagement/v4/hub"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leased_task, "HELD_ON_EVERY", 0.05)
    monkeypatch.setattr(subscriber, "LOOK_EVERY", 0.05)


def told(settings: Settings) -> Settings:
    """Events come, and nothing is looked at by itself for a minute."""
    port = free_port()
    slow = timedelta(minutes=1)
    polling = replace(settings.polling_policy, first_check=slow, slowest_check=slow)
    polling = replace(polling, longest_processing=timedelta(minutes=5))
    url = f"http://127.0.0.1:{port}/events"
    return replace(settings, events_url=url, events_port=port, polling_policy=polling)


async def hubs(stage: Stage) -> list[dict[str, str]]:
    found: list[dict[str, str]] = (await stage.http.get("/sandbox/operator/hubs")).json()
    return found


@asynccontextmanager
async def listening(
    tmp_path: Path, changed: Callable[[Settings], Settings] = told, **more: Any
) -> AsyncIterator[Stage]:
    async with staged(tmp_path, changed=changed, **more) as stage:
        await subscribed(stage)
        yield stage


async def subscribed(stage: Stage, count: int = 1) -> None:
    async def so() -> bool:
        return len(await hubs(stage)) == count

    await until(so, f"{count} subscriptions")


async def row_of(stage: Stage) -> EventSubscription:
    assert stage.app is not None
    [row] = (await stage.app.stores.event_subscriptions.all()).values()
    return row


async def operator(stage: Stage, **settings: object) -> None:
    answer = await stage.http.patch("/sandbox/operator/settings", json=settings)
    assert answer.is_success, answer.text


async def asked_for_a_block(stage: Stage) -> Phone:
    phone = await enter(stage, NUMBER)
    await ask_to_block(phone, "77010542008")
    return phone


async def open_order(stage: Stage) -> dict[str, Any]:
    """The order that was placed since the start, in whatever state."""
    path = "/tmf-api/productOrderingManagement/v4/productOrder"

    since = {"orderDate.gte": START.isoformat()}
    found: list[dict[str, Any]] = []

    async def there() -> bool:
        found[:] = (await stage.http.get(path, params=since)).json()
        return bool(found)

    await until(there, "an order")
    [order] = found
    return order


async def steer(stage: Stage, order: dict[str, Any], do: str) -> None:
    answer = await stage.http.patch(f"/sandbox/operator/orders/{order['id']}", json={"do": do})
    assert answer.is_success, answer.text


async def post(stage: Stage, body: bytes, *, path: str | None = None) -> int:
    [hub] = await hubs(stage)
    return (
        await stage.http.post(hub["callback"] if path is None else path, content=body)
    ).status_code


def event(order: dict[str, Any], **said: object) -> bytes:
    body = {"eventType": "ProductOrderStateChangeEvent", "event": {"productOrder": order | said}}
    return json.dumps(body).encode()


def counts(stage: Stage) -> dict[str, float]:
    assert stage.app is not None
    metrics: Metrics = stage.app.observing.metrics
    [family] = [
        one for one in metrics.registry.collect() if one.name == "myaccount_operator_events"
    ]
    return {
        sample.labels["outcome"]: sample.value
        for sample in family.samples
        if sample.name.endswith("_total")
    }


async def counted(stage: Stage, outcome: str, least: int = 1) -> None:
    async def so() -> bool:
        return counts(stage).get(outcome, 0) >= least

    await until(so, f"{outcome}: {counts(stage)}")


@pytest.mark.parametrize("events", ["usual", "awkward"])
async def test_a_block_ends_as_soon_as_the_operator_tells(tmp_path: Path, events: str) -> None:
    async with listening(tmp_path) as stage:
        await operator(stage, events=events)
        phone = await asked_for_a_block(stage)
        await phone.tap("⛔ Block +7")
        await phone.sees("✅ ", "A-")
        [effect] = await stage.effects("77010542008")
        assert effect["what"] == "block"
        assert counts(stage)["woken"] >= 1
        if events == "awkward":
            await counted(stage, "not_open")


async def test_events_in_the_form_of_v5_are_heard_as_well(tmp_path: Path) -> None:
    async with listening(tmp_path, dialect="v5") as stage:
        phone = await asked_for_a_block(stage)
        await phone.tap("⛔ Block +7")
        await phone.sees("✅ ", "A-")
        assert counts(stage)["woken"] >= 1


async def test_without_events_it_would_be_open_for_a_minute(tmp_path: Path) -> None:
    async with listening(tmp_path) as stage:
        await stage.http.delete("/sandbox/operator/hubs")
        phone = await asked_for_a_block(stage)
        await phone.tap("⛔ Block +7")
        order = await open_order(stage)
        assert stage.app is not None
        action = await stage.app.stores.actions.read(order["externalId"])
        assert action is not None
        assert action.state.value == "sent"


async def test_what_a_forged_event_says_is_not_believed(tmp_path: Path) -> None:
    async with listening(tmp_path) as stage:
        await operator(stage, order_seconds=3600)
        phone = await asked_for_a_block(stage)
        await phone.tap("⛔ Block +7")
        order = await open_order(stage)
        asked = await stage.asked("/productOrder")
        for state in ("completed", "failed", "rejected"):
            assert await post(stage, event(order, state=state)) == 204
        await counted(stage, "woken")

        async def looked() -> bool:
            return await stage.asked("/productOrder") > asked

        await until(looked, "the order was looked at")
        assert stage.app is not None
        action = await stage.app.stores.actions.read(order["externalId"])
        assert action is not None
        assert (action.state.value, action.order_id) == ("sent", order["id"])
        assert await stage.effects("77010542008") == []
        await steer(stage, order, "finish")
        await phone.sees("✅ ", "A-")


async def test_whatever_comes_is_answered_and_does_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with listening(tmp_path) as stage:
        [hub] = await hubs(stage)
        callback = hub["callback"]
        secret = callback.split("/")[-2]
        assert len(secret) == 64
        assert await post(stage, b"{garbage s3cr3t") == 204
        assert await post(stage, b"\xff" * 1000) == 204
        assert await post(stage, b"x" * 300_000) == 413
        assert await post(stage, event({"id": str(uuid.uuid4())})) == 204
        below = f"{callback}/listener/productOrderStateChangeEvent"
        assert await post(stage, event({"id": "po-1"}), path=below) == 204
        base = callback.removesuffix(f"/{secret}/TMF622")
        for wrong in (f"{base}/{'0' * 64}/TMF622", f"{base}/{secret}/TMF637", f"{base}/{secret}"):
            assert await post(stage, event({"id": "po-1"}), path=wrong) == 404
        assert (await stage.http.get(callback)).status_code == 404
        await counted(stage, "not_open", 2)
        seen = counts(stage)
        assert (seen["unread"], seen["too_large"], seen["stranger"]) == (2, 1, 2)
        logged = capfd.readouterr().err
        assert "events.subscribed" in logged
        assert secret not in logged
        assert "s3cr3t" not in logged


async def test_a_flood_is_one_look_a_second(tmp_path: Path) -> None:
    async with listening(tmp_path) as stage:
        await operator(stage, order_seconds=3600)
        phone = await asked_for_a_block(stage)
        await phone.tap("⛔ Block +7")
        order = await open_order(stage)
        await stage.http.delete("/sandbox/operator/calls")
        started = asyncio.get_running_loop().time()
        for _ in range(100):
            await asyncio.gather(*(post(stage, event(order)) for _ in range(2)))
        took = asyncio.get_running_loop().time() - started
        assert (
            await stage.asked("GET /tmf-api/productOrderingManagement/v4/productOrder") <= took + 2
        )
        assert counts(stage)["woken"] <= took + 2


async def test_a_stop_ends_the_subscription_and_a_start_subscribes_again(tmp_path: Path) -> None:
    async with listening(tmp_path) as stage:
        before = await hubs(stage)
        await stage.stop_bot()
        assert await hubs(stage) == []
        await stage.start_bot()
        await subscribed(stage)
        after = await hubs(stage)
        assert after[0]["callback"] == before[0]["callback"]
        assert after[0]["id"] != before[0]["id"]


async def test_a_stop_while_the_operator_is_away_keeps_it_for_the_next_start(
    tmp_path: Path,
) -> None:
    async with listening(tmp_path) as stage:
        before = await hubs(stage)
        await stage.fault("operator", "http_500", match="DELETE", times=None)
        await stage.stop_bot()
        assert await hubs(stage) == before
        await stage.http.delete("/sandbox/faults")
        await stage.start_bot()
        await asyncio.sleep(0.3)
        assert await hubs(stage) == before
        assert await stage.asked("POST " + HUB) == 1


async def test_another_address_ends_the_old_one_and_none_ends_all(tmp_path: Path) -> None:
    async with listening(tmp_path) as stage:
        await stage.fault("operator", "http_500", match="DELETE", times=1)
        await stage.stop_bot()
        [old] = await hubs(stage)
        url = f"{stage.settings.events_url}/elsewhere"
        stage.settings = replace(stage.settings, events_url=url)
        await stage.start_bot()

        async def moved() -> bool:
            return [hub["callback"].startswith(url) for hub in await hubs(stage)] == [True]

        await until(moved, "the address was changed")
        assert old not in await hubs(stage)
        await stage.fault("operator", "http_500", match="DELETE", times=1)
        await stage.stop_bot()
        stage.settings = replace(stage.settings, events_url=None)
        await stage.start_bot()
        await subscribed(stage, 0)


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_an_operator_without_a_hub_is_asked_as_ever_and_it_is_said_once(
    tmp_path: Path, status: int, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def quick(settings: Settings) -> Settings:
        return replace(told(settings), polling_policy=settings.polling_policy)

    async with staged(tmp_path, changed=quick) as stage:
        await subscribed(stage)
        await stage.stop_bot()
        await operator(stage, hub=status)
        monkeypatch.setattr(subscriber, "AFTER_A_NO", timedelta(0))
        await stage.start_bot()

        async def asked_often() -> bool:
            return await stage.asked("POST " + HUB) > 4

        await until(asked_often, "the hub was asked again")
        row = await row_of(stage)
        assert (row.hub_id, row.refused) == (None, status)
        phone = await asked_for_a_block(stage)
        await phone.tap("⛔ Block +7")
        await phone.sees("✅ ", "A-")
        assert capfd.readouterr().err.count('"events.no_hub"') == 1
        await operator(stage, hub=None)
        await subscribed(stage)


async def test_a_new_key_is_another_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with listening(tmp_path) as stage:
        [old] = await hubs(stage)
        a_new_key(stage.settings.secret_key_file)
        assert await rotate_key(stage.settings, stage.clock) == 0

        async def moved() -> bool:
            return [hub["callback"] != old["callback"] for hub in await hubs(stage)] == [True]

        await until(moved, "the new key's address")
        phone = await asked_for_a_block(stage)
        await phone.tap("⛔ Block +7")
        await phone.sees("✅ ", "A-")
        assert old["callback"] not in capsys.readouterr().out


@pytest.mark.parametrize("idempotent", [True, False])
async def test_a_lost_answer_subscribes_once(tmp_path: Path, idempotent: bool) -> None:
    async with staged(tmp_path) as stage:
        await stage.stop_bot()
        await operator(stage, idempotent=idempotent)
        await stage.fault("operator", "reset_after_effect", match="POST /tmf-api/productOrdering")
        stage.settings = told(stage.settings)
        await stage.start_bot()

        async def known() -> bool:
            assert stage.app is not None
            rows = await stage.app.stores.event_subscriptions.all()
            return any(row.hub_id for row in rows.values())

        await until(known, "the hub's id")
        [hub] = await hubs(stage)
        assert (await row_of(stage)).hub_id == hub["id"]
        assert await stage.asked("POST " + HUB) == 1  # it is found by its address


async def test_a_subscription_that_the_operator_lost_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quick(settings: Settings) -> Settings:
        return replace(told(settings), polling_policy=settings.polling_policy)

    monkeypatch.setattr(subscriber, "SILENT_ORDERS", 1)
    async with listening(tmp_path, quick) as stage:
        [lost] = await hubs(stage)
        await stage.http.delete("/sandbox/operator/hubs")
        await stage.advance(hours=1)
        phone = await asked_for_a_block(stage)
        await phone.tap("⛔ Block +7")
        await phone.sees("✅ ", "A-")
        assert await hubs(stage) == [], "an event may still come"
        await stage.advance(minutes=2)
        await subscribed(stage)
        [again] = await hubs(stage)
        assert (again["callback"], again["id"] != lost["id"]) == (lost["callback"], True)
