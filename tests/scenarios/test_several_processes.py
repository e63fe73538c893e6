"""Several processes on one PostgreSQL: order, effects once, restarts and deaths nobody sees."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer, postgres_server, postgres_url  # noqa: F401
from tests.scenarios.cluster import Cluster, clustered
from tests.scenarios.entry import ask_to_block
from tests.scenarios.phone import Phone
from tests.scenarios.test_taps import CONFIRM, data_of

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
NUMBER = "77012115526"
NUMBERS = ("77010542006", "77010542007", "77012115526")
FINAL = re.compile(r"^✅ ")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 120.0)


@pytest.fixture
async def cluster(tmp_path: Path, postgres_url: str) -> AsyncIterator[Cluster]:  # noqa: F811
    async with clustered(tmp_path, postgres_url) as ready:
        yield ready


async def finals(phone: Phone) -> list[str]:
    return [m.text for m in await phone.messages() if m.from_bot and FINAL.match(m.text)]


async def card_of(phone: Phone, number: str) -> None:
    """Wait until the newest window is that number's card."""
    shown = f"+7 {number[1:4]} {number[4:7]} {number[7:9]} {number[9:]}"

    async def look() -> bool:
        windows = [m for m in await phone.messages() if m.from_bot and m.buttons]
        return bool(windows) and shown in windows[-1].text

    await phone.until(look, f"the card of {shown}")


async def test_two_receivers_and_two_workers_do_the_main_job(cluster: Cluster) -> None:
    await asyncio.gather(cluster.receivers("one", "two"), cluster.workers("three", "four"))
    phone, other = await cluster.enter(), await cluster.enter(NUMBER)
    # One chat over both receivers: what was typed last is what is seen last.
    for last in (NUMBER, "77010542007", "77010542006"):
        for number in (*NUMBERS, last):
            await phone.say(number)
        await cluster.nothing_waits()
        await card_of(phone, last)
    assert len(cluster.balancer.passed) == 2
    assert min(cluster.balancer.passed.values()) >= 5
    # A confirmation pressed several times, over both: one effect, one word.
    await ask_to_block(phone, NUMBER)
    await phone.tap(CONFIRM, repeat=4)
    await phone.sees("✅ ", "A-")
    await cluster.nothing_waits()
    assert await cluster.effects(NUMBER) == ["block"]
    assert len(await finals(phone)) == 1
    await other.say(NUMBER)
    await other.tap("Usage details")
    await other.tap("XLSX file")
    await other.sees("Usage details", "R-")
    assert '"alarm"' not in cluster.log()


async def test_a_rolling_restart_under_load_loses_nothing(cluster: Cluster) -> None:
    await asyncio.gather(cluster.pollers("one", "two"), cluster.workers("three"))
    phone, busy = await cluster.enter(), await cluster.enter(NUMBER)
    before = len(await busy.answers())
    window = await busy.window()
    faq = data_of(window, "FAQ")
    pressed = 0
    for unit, name in enumerate(("one", "three", "two")):
        number = NUMBERS[unit]
        if number != "77010542006":
            await ask_to_block(phone, number)
            await phone.tap("⛔ Block +7")
        restart = asyncio.get_running_loop().create_task(cluster.restart(name))
        while not restart.done():
            await busy.tap_data(window.id, faq)
            pressed += 1
            await asyncio.sleep(0.2)
        await restart

    async def both_told() -> bool:
        return len(await finals(phone)) == 2

    await phone.until(both_told, "both final words")
    await cluster.nothing_waits()
    assert len(await busy.answers()) >= before + pressed, "every press was answered"
    for number in NUMBERS[1:]:
        assert await cluster.effects(number) == ["block"]
    assert len(await finals(phone)) == 2
    # Who is let wait by the machine for longer than a lease is followed by another.
    assert await cluster.conflicts() <= 3


async def test_a_killed_poller_is_followed_by_the_standby(cluster: Cluster) -> None:
    await cluster.pollers("one", "two")
    phone = await cluster.enter()
    await ask_to_block(phone, NUMBER)
    killed = await cluster.polling()
    await cluster.stop(killed, signal.SIGKILL)
    await phone.tap(CONFIRM, repeat=2)
    await phone.sees("✅ ", "A-")
    await cluster.nothing_waits()
    assert await cluster.effects(NUMBER) == ["block"]
    assert len(await finals(phone)) == 1
    assert await cluster.conflicts() <= 1
    await cluster.start(killed)
    await phone.say("77010542006")
    await card_of(phone, "77010542006")
    assert await cluster.conflicts() <= 1


async def test_a_killed_owner_s_chat_is_taken_over(cluster: Cluster) -> None:
    await cluster.receivers("one", "two")
    phone = await cluster.enter()
    # Both receivers have been given something of this chat when the operator hangs.
    await cluster.fault("operator", "delay", match="/product", seconds=4, times=2)
    await phone.say("77010542006")
    await phone.say(NUMBER)
    await cluster.stop("one", signal.SIGKILL)
    await card_of(phone, NUMBER)
    await cluster.nothing_waits()


async def test_a_postgres_that_restarts_in_the_middle(
    cluster: Cluster,
    postgres_server: PostgresServer,  # noqa: F811
) -> None:
    await asyncio.gather(cluster.receivers("one"), cluster.workers("two"))
    phone, other = await cluster.enter(), await cluster.enter(NUMBER)
    await ask_to_block(phone, NUMBER)
    await cluster.fault("operator", "hang_after_effect", match="POST", seconds=2, times=1)
    await phone.tap(CONFIRM)
    for _ in range(1200):
        if await cluster.effects(NUMBER):
            break
        await asyncio.sleep(0.05)
    await asyncio.to_thread(postgres_server.stop, "immediate")
    try:
        await other.say("77010542006")
        await asyncio.sleep(3)
    finally:
        await asyncio.to_thread(postgres_server.start)
    await phone.sees("✅ ", "A-")
    await card_of(other, "77010542006")
    await cluster.well("one", "two")
    await cluster.nothing_waits()
    assert await cluster.effects(NUMBER) == ["block"]
    assert len(await finals(phone)) == 1
