"""What an earlier build left is taken up by this one: windows, an open change, history, files.

`make.py` tells how the archives were made, and by which build each is named.
"""

from __future__ import annotations

import tarfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from account.changes.action import ActionState
from tests.scenarios.conftest import Stage, staged
from tests.scenarios.phone import Message, Phone
from tests.upgrade.make import ADMINISTRATOR, ENDED, OPEN

BUILDS = sorted(path.name.removesuffix(".tar.xz") for path in Path(__file__).parent.glob("*.xz"))


@dataclass
class Upgraded:
    """This build, five minutes later, on what the other one left."""

    stage: Stage
    phone: Phone

    async def word(self, number: str) -> Message:
        """The final word about that number."""

        async def look() -> Message | None:
            for message in await self.phone.messages():
                if "✅ Blocked" in message.text and number in message.text:
                    return message
            return None

        return await self.phone.until(look, f"the final word about {number}")


@pytest.fixture(params=BUILDS)
async def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Upgraded]:
    archive = Path(__file__).with_name(f"{request.param}.tar.xz")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    async with staged(tmp_path) as stage:
        await stage.advance(minutes=5)
        people = (await stage.http.get("/sandbox/users")).json()
        [person] = [one for one in people if one.get("phone_number", "").endswith(ADMINISTRATOR)]
        yield Upgraded(stage, Phone(stage.http, person["id"], ADMINISTRATOR))


async def test_an_open_change_ends_with_its_truth(upgraded: Upgraded) -> None:
    number, shown = OPEN
    assert await upgraded.stage.effects(number) == []
    orders = "/tmf-api/productOrderingManagement/v4/productOrder?sort=-orderDate&limit=1"
    [order] = (await upgraded.stage.http.get(orders)).json()
    await upgraded.stage._operator(f"orders/{order['id']}", {"do": "finish"})
    await upgraded.word(shown)
    assert len(await upgraded.stage.effects(number)) == 1
    assert await upgraded.stage.asked("/productOrder") > 0
    assert upgraded.stage.app is not None
    counts = await upgraded.stage.app.stores.gauges.read(upgraded.stage.clock.now())
    assert counts.actions[ActionState.SENT.value] == 0


async def test_buttons_of_old_windows_answer(upgraded: Upgraded) -> None:
    await upgraded.phone.tap("Check status")
    await upgraded.phone.sees("⏳ Sent to the operator")
    _number, shown = ENDED
    await upgraded.phone.tap(shown, message=await upgraded.word(shown))
    await upgraded.phone.sees("⛔ Blocked since", f"🔒 Unblock {shown}")


async def test_the_history_verifies_and_goes_on(upgraded: Upgraded) -> None:
    assert upgraded.stage.app is not None
    audit, now = upgraded.stage.app.stores.audit, upgraded.stage.clock.now()
    before = await audit.verify(now)
    assert before.breach is None
    assert before.rows > 0
    await upgraded.phone.command("/documents")
    await upgraded.phone.tap("3 · Numbers")
    await upgraded.phone.tap("XLSX file")
    await upgraded.phone.sees("The file is being prepared, request R-20220124-0002")
    for full in (False, True):
        after = await audit.verify(now, full=full)
        assert after.breach is None
        assert after.rows > before.rows
        assert after.chains == 2, "the chain of all, and the company's own"


async def test_a_file_can_be_had_again(upgraded: Upgraded) -> None:
    await upgraded.phone.command("/documents")
    await upgraded.phone.tap("My requests")
    await upgraded.phone.sees("R-20220124-0001", "✅ sent")
    await upgraded.phone.tap("0001 · List of numbers")
    await upgraded.phone.tap("Send the file once more")

    async def twice() -> bool:
        return sum("document" in message.raw for message in await upgraded.phone.messages()) == 2

    await upgraded.phone.until(twice, "the same file a second time")
