"""The main journey at every operator that the sandbox can be: the same words for people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.conftest import Stage, staged

NUMBER, SHOWN = "77012115526", "+7 701 211 55 26"


@pytest.fixture(params=[("kcell", None), ("plain", None)], ids=["kcell", "plain"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    dialect, awkward = request.param
    async with staged(tmp_path, dialect=dialect, awkward=awkward) as ready:
        yield ready


async def test_log_in_list_search_card_block_and_unblock(stage: Stage) -> None:
    phone = await stage.administrator()
    menu = await phone.sees("Number management", "37 numbers")
    assert "Active 34 · ⛔ Blocked 2 · 🟠 Blocked / Debt 1" in menu.text
    await phone.tap("Number management")
    window = await phone.sees("37 numbers · page 1 of 4 · all states")
    assert "Business Class Junior · 25060831" in window.text
    assert "Credit, remaining 8,476.90 ₸" in window.text
    assert "Credit, remaining 8,475.90 ₸ · limit 446 ₸" in window.text
    await phone.say("211 55 26")
    await phone.sees("Active", "Reel", f"Block {SHOWN}")
    await phone.tap(f"Block {SHOWN}")
    await phone.sees(f"Block {SHOWN}?", "calls, SMS and data stop at once")
    await phone.tap(f"⛔ Block {SHOWN}")
    await phone.sees("✅ Blocked", "A-20220124-0001")
    assert [one["number"] for one in await stage.effects()] == [NUMBER]
