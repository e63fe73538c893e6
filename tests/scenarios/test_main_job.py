"""The main job end to end: log in, pick a number, block it, get the usage report as a file."""

from __future__ import annotations

from tests.scenarios.conftest import Stage, log_in, several_companies


async def test_an_administrator_logs_in_for_the_first_time(stage: Stage) -> None:
    phone = await stage.phone("77010542007")
    await log_in(phone)
    assert await several_companies(phone)
    await phone.tap("TOO Demo")
    menu = await phone.sees("Number management", "37 numbers")
    assert "Active 34 · ⛔ Blocked 2 · 🟠 Blocked / Debt 1" in menu.text
    texts = [message.text for message in await phone.messages()]
    assert not any("copper lantern" in text for text in texts), "the password stayed in the chat"


async def test_a_number_is_blocked_and_the_history_shows_it(stage: Stage) -> None:
    phone = await stage.administrator()
    await phone.tap("Number management")
    await phone.sees("page", "Type any part")
    await phone.say("211 55 26")
    await phone.sees("Active", "Reel", "Block +7 701 211 55 26")
    await phone.tap("Block +7 701 211 55 26")
    await phone.sees("Block +7 701 211 55 26?", "calls, SMS and data stop at once")
    await phone.tap("⛔ Block +7 701 211 55 26")
    await phone.sees("✅ Blocked", "A-20220124-0001")
    assert [effect["number"] for effect in await stage.effects()] == ["77012115526"]
    await phone.command("/documents")
    await phone.tap("2 · Actions")
    await phone.sees("Block +7 701 211 55 26", "✅ done", "A-20220124-0001")


async def test_usage_details_arrive_as_a_file(stage: Stage) -> None:
    phone = await stage.administrator()
    await phone.say("77012115526")
    await phone.tap("Usage details")
    await phone.sees("Period: 24.12.2021 – 24.01.2022", "Today's records may be incomplete")
    await phone.tap("XLSX file")
    file = await phone.sees("Usage details\n+7 701 211 55 26", "R-20220124-0001")
    document = file.raw["document"]
    assert document["file_name"] == "usage_77012115526_2021-12-24_2022-01-24.xlsx"
    assert document["file_size"] > 5000
