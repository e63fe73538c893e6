"""kill -9 while a document is made, and while it is sent: it comes, whole, and counts once."""

from __future__ import annotations

import asyncio
import io
import signal
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.phone import Phone
from tests.scenarios.processes import Lab, lab
from tests.scenarios.test_documents import cells, file_of

pytestmark = pytest.mark.slow
REFERENCE = "R-20220124-0001"
TITLE = "Reconciliation statement"
PERIOD = "01.01.2021 – 31.12.2021"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Lab]:
    async with lab(tmp_path) as ready:
        await ready.start_bot()
        yield ready


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 120.0)


async def order(world: Lab) -> Phone:
    phone = await world.enter()
    await phone.command("/documents")
    await phone.tap("6 · Reconciliation")
    await phone.sees(TITLE, PERIOD)
    await phone.tap("XLSX file")
    return phone


async def files(phone: Phone) -> int:
    return sum("document" in message.raw for message in await phone.messages())


async def asked_for(world: Lab, path: str) -> None:
    """Wait until the operator was asked for that."""
    for _ in range(3000):
        calls = (await world.http.get("/sandbox/operator/calls")).json()
        if any(path in call for call in calls):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{path} was not asked for")


async def test_killed_while_it_is_made(world: Lab) -> None:
    await world.fault("operator", "delay", match="/customerBill", seconds=5, times=3)
    phone = await order(world)
    await asked_for(world, "/customerBill")
    await world.stop_bot(signal.SIGKILL)
    await world.http.delete("/sandbox/faults")
    assert await files(phone) == 0

    await world.start_bot()
    _message, content = await file_of(phone, TITLE, PERIOD, REFERENCE)
    assert "Mobile communications" in cells(content)
    await asyncio.sleep(1)
    assert await files(phone) == 1


async def test_killed_while_papers_of_all_accounts_are_made(world: Lab) -> None:
    """It comes whole, once, and is one order."""
    await world.fault("operator", "delay", match="/appliedCustomerBillingRate", seconds=5, times=3)
    phone = await world.enter()
    await phone.command("/documents")
    await phone.tap("4 · Certificate")
    await phone.tap("All accounts")
    await phone.sees("Closing documents of all accounts", "12.2021")
    await phone.tap("ZIP archive")
    await asked_for(world, "/appliedCustomerBillingRate")
    await world.stop_bot(signal.SIGKILL)
    await world.http.delete("/sandbox/faults")
    assert await files(phone) == 0

    await world.start_bot()
    message, content = await file_of(phone, "Closing documents of all accounts", REFERENCE)
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert len(names) == len(set(names))
    papers = sum(name.startswith("certificate_") for name in names)
    assert f"{papers} accounts" in message.text
    assert "Missing" not in message.text
    await asyncio.sleep(1)
    assert await files(phone) == 1


async def test_killed_after_it_was_sent_and_before_that_was_known(world: Lab) -> None:
    await world.fault("telegram", "hang_after_effect", match="sendDocument", seconds=60, times=1)
    phone = await order(world)
    _message, first = await file_of(phone, TITLE, PERIOD, REFERENCE)
    await world.stop_bot(signal.SIGKILL)
    await world.start_bot()

    async def twice() -> bool:
        return await files(phone) == 2

    await phone.until(twice, "the file once more")
    _message, second = await file_of(phone, TITLE, PERIOD, REFERENCE)
    assert second == first, "it was made a second time"
    await phone.sees(f"TOO Demo › {TITLE}")
    await asyncio.sleep(1)
    assert await files(phone) == 2
