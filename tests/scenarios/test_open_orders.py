"""What a person is told of an order that the operator has taken and not carried out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.settings import Settings
from tests.scenarios.conftest import staged
from tests.scenarios.entry import ask_to_block, enter
from tests.scenarios.test_events import open_order, operator, steer

NUMBER = "77012115526"


def soon(settings: Settings) -> Settings:
    """Said after a second or two where half a minute is usual."""
    second = timedelta(seconds=1)
    policy = replace(settings.polling_policy, slowest_check=second)
    policy = replace(policy, say_taken_after=second * 2, say_held_after=second)
    return replace(settings, polling_policy=policy)


@pytest.mark.parametrize(
    ("do", "word"),
    [
        ("hold", "has taken your action A-20220124-0001 on +7 701 054 20 08 and has not carried"),
        ("suspend", "on +7 701 054 20 08 and holds it: it will continue when the operator's"),
    ],
)
async def test_an_order_that_is_open_is_told_as_what_it_is(
    tmp_path: Path, do: str, word: str
) -> None:
    async with staged(tmp_path, changed=soon) as stage:
        await operator(stage, order_seconds=3600)
        phone = await enter(stage, NUMBER)
        await ask_to_block(phone, "77010542008")
        await phone.tap("⛔ Block +7")
        order = await open_order(stage)
        await steer(stage, order, do)
        await phone.hears(word)
        assert not [m for m in await phone.messages() if "does not answer" in m.text]
        await steer(stage, order, "finish")
        await phone.sees("✅ ", "A-20220124-0001")
        assert [one["what"] for one in await stage.effects("77010542008")] == ["block"]
