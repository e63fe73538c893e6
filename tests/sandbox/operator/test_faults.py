from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import aiohttp
import pytest

from sandbox.world import World
from tests.sandbox.operator.conftest import Client, begun, get, until
from tests.sandbox.operator.test_orders import ACTIVE, ORDERS, block, effects, place

NO_ANSWER = (aiohttp.ClientConnectionError, ConnectionError)


def lay(world: World, kind: str, seconds: float = 0.1, **more: Any) -> None:
    world.faults.lay(
        {"target": "operator", "kind": kind, "match": "POST ", "seconds": seconds} | more
    )


@pytest.fixture
async def prompt(operator: Client) -> Client:
    """An operator that carries orders out at once, so that effects can be counted."""
    await operator.patch("/sandbox/operator/settings", json={"order_seconds": 0})
    return operator


@pytest.mark.parametrize(
    ("kind", "status"), [("http_500", 500), ("http_429", 429), ("reject", 409)]
)
async def test_an_error_has_no_effect(prompt: Client, world: World, kind: str, status: int) -> None:
    lay(world, kind)
    answer = await prompt.post(ORDERS, json=block(ACTIVE))
    assert answer.status == status
    assert (await answer.json())["status"] == str(status)
    assert ("Retry-After" in answer.headers) is (status == 429)
    assert await effects(prompt) == []
    assert (await place(prompt, block(ACTIVE)))[0] == 201


@pytest.mark.parametrize(
    ("kind", "done"),
    [("hang_before_effect", 0), ("hang_after_effect", 1), ("reset_after_effect", 1)],
)
async def test_a_lost_answer_tells_nothing_about_the_effect(
    prompt: Client, world: World, kind: str, done: int
) -> None:
    lay(world, kind)
    with pytest.raises(NO_ANSWER):
        await place(prompt, block(ACTIVE))
    assert len(await effects(prompt)) == done


async def one_effect(prompt: Client) -> bool:
    return len(await effects(prompt)) == 1


async def test_a_late_effect_comes_after_the_caller_was_dropped(
    prompt: Client, world: World
) -> None:
    order = block(ACTIVE)
    lay(world, "late_effect", 1.5)
    call = asyncio.create_task(place(prompt, order))
    await begun(world)
    assert await effects(prompt) == []
    assert (await place(prompt, order))[1]["code"] == "IDEMPOTENCY.IN_PROGRESS"
    with pytest.raises(NO_ANSWER):
        await call
    await until(partial(one_effect, prompt), "the effect")
    assert (await place(prompt, order))[0] == 200
    assert len(await effects(prompt)) == 1


async def test_a_caller_that_gives_up_gets_its_late_effect_all_the_same(
    prompt: Client, world: World
) -> None:
    lay(world, "late_effect", 1.5)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(place(prompt, block(ACTIVE)), 0.5)
    await until(partial(one_effect, prompt), "the effect")


async def test_a_delay_only_takes_time(prompt: Client, world: World) -> None:
    lay(world, "delay", 0.1)
    begun = asyncio.get_running_loop().time()
    assert (await place(prompt, block(ACTIVE)))[0] == 201
    assert asyncio.get_running_loop().time() - begun >= 0.1


async def test_closing_lets_go_of_what_hangs(prompt: Client, world: World) -> None:
    lay(world, "hang_before_effect", 60, match="GET ")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(get(prompt, ORDERS), 0.05)


async def test_calls_are_counted_by_method_and_path(prompt: Client) -> None:
    await prompt.delete("/sandbox/operator/calls")
    await get(prompt, ORDERS)
    await get(prompt, "/tmf-api/productInventory/v4/product/77010542007")
    await get(prompt, "/tmf-api/productInventory/v4/product/77010542006")
    assert await get(prompt, "/sandbox/operator/calls") == {
        f"GET {ORDERS}": 1,
        "GET /tmf-api/productInventory/v4/product/{id}": 2,
    }


async def test_a_wrong_token_is_refused(prompt: Client) -> None:
    await prompt.patch("/sandbox/operator/settings", json={"token": "right"})
    answer = await prompt.get(ORDERS, headers={"Authorization": "Bearer wrong"})
    assert (answer.status, (await answer.json())["code"]) == (401, "UNAUTHENTICATED")
    answer = await prompt.get(ORDERS, headers={"Authorization": "Bearer right"})
    assert answer.status == 200
