"""The three bans through the chat: asked, done, told, and read back (S17 to S19)."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Phone

NUMBER, SHOWN = "77010542007", "+7 701 054 20 07"


async def bans_of(stage: Stage) -> Phone:
    phone = await stage.administrator()
    await phone.say(NUMBER)
    await phone.tap("More: bans")
    await phone.tap("Bans")
    await phone.sees(f"{SHOWN} › Bans")
    return phone


@pytest.mark.parametrize(
    ("name", "forbid", "what", "on", "off"),
    [
        (
            "Ban on MyKcell access",
            "Block access to MyKcell",
            "access to MyKcell",
            "(the employee cannot log in)",
            "(the employee can log in)",
        ),
        (
            "Ban on MyKcell details access",
            "Block viewing usage details in MyKcell",
            "viewing usage details in MyKcell",
            "(the employee cannot see details)",
            "(the employee can see details)",
        ),
        (
            "Ban on SMS / USSD control",
            "Block SMS / USSD control",
            "SMS / USSD control",
            "(the employee cannot manage services)",
            "(the employee can manage services)",
        ),
    ],
)
async def test_a_ban_is_switched_on_and_off_again(
    stage: Stage, name: str, forbid: str, what: str, on: str, off: str
) -> None:
    phone = await bans_of(stage)
    await phone.sees(f"{name}: OFF {off}")
    for effect, state, now in ((forbid, "ON", on), (f"Allow {what}", "OFF", off)):
        await phone.tap(effect)
        await phone.sees(f"{effect} for {SHOWN}?", "Valid until")
        await phone.tap(effect)
        await phone.sees(f"✅ {name}: {state}", "action A-20220124-")
        await phone.card_below()
        await phone.tap("More: bans")
        await phone.tap("Bans")
        await phone.sees(f"{name}: {state} {now}")
    assert [effect["what"] for effect in await stage.effects(NUMBER)] == ["ban", "ban"]


async def test_the_history_names_the_ban(stage: Stage) -> None:
    phone = await bans_of(stage)
    await phone.tap("Block access to MyKcell")
    await phone.sees(f"Block access to MyKcell for {SHOWN}?")
    await phone.tap("Block access to MyKcell")
    await phone.sees("✅ Ban on MyKcell access: ON")
    await phone.command("/documents")
    await phone.tap("2 · Actions")
    await phone.sees("Ban", SHOWN, "✅ done")
