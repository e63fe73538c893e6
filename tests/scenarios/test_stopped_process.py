"""A process that stands still between "sent" and the order; another one takes its work over."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.entry import ask_to_block
from tests.scenarios.phone import Phone
from tests.scenarios.processes import Lab, Process, lab
from tests.scenarios.test_taps import CONFIRM

pytestmark = pytest.mark.slow
NUMBER, SENDER, RECIPIENT = "77012115526", "77010542013", "77010542016"
HASTY = {"MYACCOUNT_CARRIER_TIMEOUT_SECONDS": "1", "MYACCOUNT_METRICS_PORT": "0"}
SLEEPY = HASTY | {"MYACCOUNT_FAILPOINT": "sent.commit:1:stop"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Lab]:
    """An operator that carries out whatever is posted, as often as it is."""
    async with lab(tmp_path) as ready:
        await ready.operator(idempotent=False)
        await ready.start_bot(**SLEEPY)
        yield ready


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 120.0)


async def stopped(process: Process) -> None:
    """Wait until it stands still."""
    stat = Path(f"/proc/{process.pid}/stat")
    for _ in range(3000):
        if stat.read_text().rpartition(")")[2].split()[0] == "T":  # noqa: ASYNC240 - no disk
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not pass the point")


async def awake(world: Lab) -> None:
    """Let the stopped one go on, for longer than a call would take it."""
    assert world.bot is not None
    os.kill(world.bot.pid, signal.SIGCONT)
    await asyncio.sleep(5)


async def test_money_is_not_ordered_after_the_word_of_another_process(world: Lab) -> None:
    for number, balance in ((SENDER, "1750"), (RECIPIENT, "20")):
        path = f"/sandbox/operator/numbers/{number}"
        body = {"balance": balance, "individual_limit": None}
        (await world.http.patch(path, json=body)).raise_for_status()
    phone = await world.enter()
    await ask_to_transfer(phone)
    await phone.tap("💸 Transfer")
    assert world.bot is not None
    await stopped(world.bot)
    other = await world.another_bot(**HASTY)
    try:
        await phone.sees("❓ Not confirmed")
        await awake(world)
        assert await world.effects(SENDER) == []
        assert not [m for m in await phone.messages() if "✅ Transferred" in m.text]
    finally:
        await other.destroy()


async def test_a_block_is_ordered_once_by_the_two_of_them(world: Lab) -> None:
    phone = await world.enter()
    await ask_to_block(phone)
    await phone.tap(CONFIRM)
    assert world.bot is not None
    await stopped(world.bot)
    other = await world.another_bot(**HASTY)
    try:
        await phone.sees("✅ Blocked")
        await awake(world)
        assert len(await world.effects(NUMBER)) == 1
    finally:
        await other.destroy()


async def ask_to_transfer(phone: Phone) -> None:
    """Go to the question of a transfer of 100 ₸."""
    await phone.command("/transfer")
    await phone.say(SENDER)
    await phone.sees("To which number?")
    await phone.say(RECIPIENT)
    await phone.sees("How much?")
    await phone.say("100")
    await phone.sees("Valid until")
