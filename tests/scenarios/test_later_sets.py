"""Many numbers for later in a person's words; what becomes of them: tests/storage."""

from __future__ import annotations

from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Phone
from tests.scenarios.test_sets import ACTIVE, pasted


async def previewed(stage: Stage) -> Phone:
    phone = await pasted(stage, "\n".join(ACTIVE))
    await phone.sees("3 numbers")
    await phone.tap("What to do?")
    await phone.tap("Block")
    await phone.tap("Without a reason")
    await phone.sees("Will be done 3", "🕒 Later…", "↩ Then “Unblock”…")
    return phone


async def test_a_list_is_blocked_at_the_time_that_was_chosen(stage: Stage) -> None:
    phone = await previewed(stage)
    await phone.tap("🕒 Later…")
    await phone.sees("Block: 3 numbers", "When is it to begin?")
    await phone.say("maybe")
    await phone.sees("This is not a time.")
    await phone.say("01.01.2020 08:00")
    await phone.sees("Choose a time at least 5 minutes from now.")
    await phone.tap("Tomorrow 22:00")
    asked = await phone.sees(
        "Preview: nothing has changed yet.", "22:00, Almaty time", "it will be left out"
    )
    assert "\n\n\n" not in asked.text
    rows = asked.raw["reply_markup"]["inline_keyboard"]
    assert ["↩ Then “Unblock”…"] in [[key["text"] for key in row] for row in rows]
    await phone.tap("⛔ Block 3 numbers")
    await phone.sees("Block: 3 numbers", "25.01.2022 22:00", "✕ Cancel the schedule")
    assert await stage.effects() == []

    await stage.advance(hours=31)

    await phone.sees("✅ Block: 3 numbers", "Done 3")
    assert len(await stage.effects()) == 3


async def test_it_stands_in_the_schedule_and_can_be_cancelled_there(stage: Stage) -> None:
    phone = await previewed(stage)
    await phone.tap("🕒 Later…")
    await phone.tap("Tomorrow 22:00")
    await phone.tap("⛔ Block 3 numbers")
    await phone.sees("✕ Cancel the schedule")
    await phone.command("/numbers")
    await phone.tap("🕒 Schedule")
    await phone.sees("What begins later", "🕒 25.01.2022 22:00 · Block · 3 numbers")
    await phone.tap("22:00 · Block · 3 numbers")
    await phone.sees("Block: 3 numbers", "25.01.2022 22:00")

    await phone.tap("✕ Cancel the schedule")

    await phone.sees("Block: 3 numbers", "not sent 3", "The schedule was cancelled.")
    await stage.advance(hours=31)
    assert await stage.effects() == []


async def test_a_list_is_blocked_until_a_time_with_one_code(stage: Stage) -> None:
    phone = await previewed(stage)
    await phone.tap("↩ Then “Unblock”…")
    await phone.sees("When is “Unblock” to follow?")
    await phone.tap("Tomorrow 22:00")
    await phone.sees("↩ Then “Unblock”: 25.01.2022 22:00", "a one-time code is needed")
    await stage.advance(seconds=60)
    await phone.tap("🔒 Send the one-time code")
    await phone.sees("A one-time code for exactly this list", "↩ Then “Unblock”: 25.01.2022 22:00")
    await phone.say(await phone.code(after=1))
    await phone.sees("✅ Block: 3 numbers", "Done 3")

    await stage.advance(hours=31)

    await phone.sees("✅ Unblock: 3 numbers", "Done 3")
    effects = [str(effect["number"]) for effect in await stage.effects()]
    assert sorted(effects) == sorted(ACTIVE * 2)


async def test_a_list_is_blocked_every_day_and_a_date_is_skipped(stage: Stage) -> None:
    phone = await previewed(stage)
    await phone.tap("🕒 Later…")
    await phone.tap("Tomorrow 22:00")
    await phone.tap("🔁 Repeat…")
    await phone.sees("On which days?")
    await phone.tap("Every day")
    await phone.sees("Until which day?")
    await phone.say("27.01.2022")
    await phone.sees("Every day at 22:00", "Next: Tue 25.01, Wed 26.01, Thu 27.01")
    await phone.no_longer_sees("↩ Then “Unblock”…")
    await phone.tap("⛔ Block 3 numbers")
    await phone.sees("Every day at 22:00", "⏭ Skip Tue 25.01", "✕ Cancel the schedule")

    await phone.tap("⏭ Skip Tue 25.01")

    await phone.sees("not sent 3", "This date was skipped.")
    await phone.command("/numbers")
    await phone.tap("🕒 Schedule")
    await phone.tap("🔁 26.01.2022 22:00 · Block · 3 numbers")
    await phone.sees("Next: Wed 26.01, Thu 27.01")
    await stage.advance(hours=31)
    assert await stage.effects() == []
    await stage.advance(hours=24)
    await phone.sees("✅ Block: 3 numbers", "Done 3")
    assert len(await stage.effects()) == 3
