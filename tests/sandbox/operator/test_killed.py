"""The operator in a process of its own, killed without warning."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.sandbox.operator.conftest import get
from tests.sandbox.operator.test_orders import ORDERS, block

ROOT = Path(__file__).resolve().parents[3]


@asynccontextmanager
async def killed_afterwards(data: Path) -> AsyncIterator[aiohttp.ClientSession]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--port", "0", "--data", str(data)),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    async with aiohttp.ClientSession(line.split()[-1]) as session:
        yield session
    process.kill()
    await process.wait()


@pytest.mark.slow
async def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    numbers = [f"770105420{last}" for last in range(12, 20)]
    orders = [block(number) for number in numbers]
    async with killed_afterwards(tmp_path) as session:
        for order in orders:
            answer = await session.post(
                ORDERS, json=order, headers={"Idempotency-Key": order["externalId"]}
            )
            assert answer.status == 201
    await asyncio.sleep(0.5)
    async with killed_afterwards(tmp_path) as session:
        for order in orders:
            [found] = await get(session, ORDERS, externalId=order["externalId"])
            assert found["state"] == "completed"
            again = await session.post(
                ORDERS, json=order, headers={"Idempotency-Key": order["externalId"]}
            )
            assert (again.status, (await again.json())["id"]) == (200, found["id"])
        effects = await get(session, "/sandbox/operator/effects")
        assert [effect["number"] for effect in effects] == numbers
        assert all(effect["changed"] for effect in effects)
