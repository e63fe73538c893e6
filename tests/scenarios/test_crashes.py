"""kill -9 and SIGTERM at the worst moments: nothing is lost, doubled, or told wrongly (trap 3)."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables.outbox import outbox
from tests.scenarios.entry import ask_to_block
from tests.scenarios.phone import Phone
from tests.scenarios.processes import Lab, lab
from tests.scenarios.test_taps import CONFIRM, data_of

pytestmark = pytest.mark.slow
NUMBER = "77012115526"
REFERENCE = "A-20220124-0001"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Lab]:
    async with lab(tmp_path) as ready:
        await ready.start_bot()
        yield ready


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 120.0)


async def the_one_truth(world: Lab, phone: Phone) -> None:
    """One effect, one final word, and it says what is so."""
    await phone.sees("✅ ", REFERENCE)
    done = await world.effects(NUMBER)
    assert [effect["what"] for effect in done] == ["block"]
    await phone.sees("⛔ Blocked since", "Usage details")
    finals = [m for m in await phone.messages() if REFERENCE in m.text and "✅ " in m.text]
    assert len(finals) == 1


async def carried_out(world: Lab) -> None:
    for _ in range(3000):
        if await world.effects(NUMBER):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the operator was not reached")


async def test_killed_between_the_confirmation_and_its_effect(world: Lab) -> None:
    phone = await world.enter()
    await ask_to_block(phone)
    await world.fault("operator", "hang_before_effect", match="POST", seconds=60, times=1)
    await phone.tap(CONFIRM)
    await phone.sees("⏳", REFERENCE)
    await world.stop_bot(signal.SIGKILL)
    assert await world.effects(NUMBER) == []
    await world.start_bot()
    await the_one_truth(world, phone)


@pytest.mark.parametrize("idempotent", [True, False])
async def test_killed_after_the_effect_before_the_answer(world: Lab, idempotent: bool) -> None:
    phone = await world.enter()
    await world.operator(idempotent=idempotent)
    await ask_to_block(phone)
    await world.fault("operator", "hang_after_effect", match="POST", seconds=60, times=1)
    await phone.tap(CONFIRM)
    await carried_out(world)
    await world.stop_bot(signal.SIGKILL)
    await world.start_bot()
    await the_one_truth(world, phone)


async def test_a_confirmation_pressed_again_over_a_kill(world: Lab) -> None:
    phone = await world.enter()
    await ask_to_block(phone)
    window = await phone.window()
    data = data_of(window, CONFIRM)
    await world.fault("operator", "delay", match="POST", seconds=3, times=1)
    await phone.tap_data(window.id, data)
    await phone.sees("⏳", REFERENCE)
    await world.stop_bot(signal.SIGKILL)
    for _ in range(3):
        await phone.tap_data(window.id, data)
    await world.start_bot()
    await the_one_truth(world, phone)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_updates_in_flight_survive(world: Lab, number: signal.Signals) -> None:
    people = [await Phone.of(world.http, f"7701{n:07}") for n in range(20)]
    warm = await Phone.of(world.http, "77011999999")
    await warm.say("/start")
    await warm.sees("Choose a language")
    await world.fault("telegram", "delay", match="sendMessage", seconds=0.7, times=None)
    await asyncio.gather(*(person.say("/start") for person in people))
    stores = world.stores()
    try:
        for _ in range(6000):
            if await stores.inbox.waiting():
                break
            await asyncio.sleep(0.01)
        code = await world.stop_bot(number)
        if number is signal.SIGTERM:
            assert code == 0
            after = await stores.inbox.waiting()
            await people[0].say("after the stop")
            assert await stores.inbox.waiting() == after
    finally:
        await stores.close()
    await world.http.delete("/sandbox/faults")
    await world.start_bot()
    for person in people:
        await person.sees("Choose a language")


async def test_killed_after_a_right_code_before_the_window_was_kept(world: Lab) -> None:
    phone = await world.enter()
    await phone.say("77010542006")
    await phone.tap("Unblock +7 701 054 20 06")
    code = await phone.code()
    await phone.sees("Enter the 6 digits")
    await world.fault("telegram", "hang_after_effect", match="sendMessage", seconds=60, times=1)
    await phone.say(code)
    await phone.sees("⏳")
    await world.stop_bot(signal.SIGKILL)
    # It comes to the bot once more, and again from the person, who is not sure.
    await phone.say(code)
    await world.start_bot()
    await phone.sees("✅ ", REFERENCE)
    done = await world.effects("77010542006")
    assert [effect["what"] for effect in done] == ["unblock"]


async def is_owed(world: Lab, kind: str) -> bool:
    """Whether something of that kind waits to be sent or removed."""
    stores = world.stores()
    try:
        kinds = select(outbox.c.kind).where(outbox.c.kind == kind)
        return bool(await stores.database.read(lambda conn: conn.execute(kinds).all()))
    finally:
        await stores.close()


async def test_killed_while_a_file_is_made_leaves_no_bar_behind(
    world: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await world.enter()
    await phone.say(NUMBER)
    await phone.tap("Usage details")
    await phone.sees("Period")
    await world.fault("operator", "delay", match="/usage", seconds=4, times=4)
    await phone.tap("XLSX file")
    bar = await phone.sees("📄 Usage details", "being made")
    # Before its removal is owed nobody knows its number: a kill in that instant leaves it.
    await phone.until(lambda: is_owed(world, "progress.delete"), "the bar's removal, owed")
    await world.stop_bot(signal.SIGKILL)
    await world.http.delete("/sandbox/faults")
    await world.start_bot()
    await phone.sees("R-20220124-0001", "record")

    async def gone() -> bool:
        return all(message.id != bar.id for message in await phone.messages())

    # Looked at every ninety seconds while its file is being made.
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 200.0)
    await phone.until(gone, "the end of the bar")
