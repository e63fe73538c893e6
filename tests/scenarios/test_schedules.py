"""A change for later in a person's words (SC-1 to SC-10); what becomes of it: tests/storage."""

from __future__ import annotations

import re
from typing import Any, cast

from aiogram.methods import SendMessage

from account.effects.effect import EndSessionsOf
from tests.scenarios.conftest import Stage
from tests.scenarios.entry import DEMO, open_session
from tests.scenarios.phone import Phone

MARAT = "77012115526"


async def asked_when_to_block(stage: Stage) -> Phone:
    phone = await stage.administrator(MARAT)
    await phone.say("701 054 20 07")
    await phone.sees("+7 701 054 20 07", "Tariff: ")
    await phone.tap("⛔ Block")
    await phone.sees("Block +7 701 054 20 07?", "🕒 Later…")
    await phone.tap("🕒 Later…")
    await phone.sees("When is it to begin?")
    return phone


async def test_a_block_is_scheduled_seen_by_colleagues_and_cancelled(stage: Stage) -> None:
    phone = await asked_when_to_block(stage)
    await phone.say("maybe")
    refused = await phone.sees("This is not a time. Enter it like 22:00, tomorrow 08:00 or ")
    example = re.findall(r"[0-9.]{10} [0-9:]{5}", refused.text)[-1]
    await phone.say(example)
    await phone.sees("Block +7 701 054 20 07?", f"{example}, Almaty time")
    await phone.tap("Later…")
    await phone.say("01.01.2020 08:00")
    await phone.sees("Choose a time at least 5 minutes from now.")
    await phone.say("завтра 22:00")
    await phone.sees(
        "Block +7 701 054 20 07?", "22:00, Almaty time", "Everything is checked again then"
    )
    await phone.tap("⛔ Block +7 701 054 20 07")
    await phone.hears("🕒 Block +7 701 054 20 07: begins")
    assert await stage.effects("77010542007") == []
    await phone.sees("+7 701 054 20 07", "Tariff: ")
    await phone.tap("Menu")
    await phone.sees("📱 Number management")
    await phone.tap("Number management")
    await phone.sees("🕒 Schedule")
    await phone.tap("🕒 Schedule")
    await phone.sees("What begins later in this company", "22:00 · Block · 701 054 20 07")
    await phone.tap("22:00 · Block · 701 054 20 07")
    await phone.sees("🕒 Waiting for its time", "P-")
    await phone.tap("✕ Cancel the schedule")
    await phone.sees("Nothing is scheduled.")


async def test_it_begins_at_its_time_and_the_person_hears_of_it(stage: Stage) -> None:
    phone = await asked_when_to_block(stage)
    await phone.tap("Tomorrow 22:00")
    await phone.sees("Block +7 701 054 20 07?", "22:00, Almaty time")
    await phone.tap("⛔ Block +7 701 054 20 07")
    await phone.hears("🕒 Block +7 701 054 20 07: begins")
    await stage.advance(hours=31)
    await phone.sees("✅ Blocked", "+7 701 054 20 07")
    assert len(await stage.effects("77010542007")) == 1


async def test_what_came_too_late_is_not_done_and_told(stage: Stage) -> None:
    phone = await asked_when_to_block(stage)
    await phone.say("24.01.2022 16:30")
    await phone.sees("Block +7 701 054 20 07?", "24.01.2022 16:30, Almaty time")
    await phone.tap("⛔ Block +7 701 054 20 07")
    await phone.hears("🕒 Block +7 701 054 20 07: begins")
    await stage.advance(hours=13)
    await phone.sees(
        "Block +7 701 054 20 07", "It was due at 24.01.2022 16:30 and was not carried out."
    )
    assert await stage.effects("77010542007") == []
    assert stage.app is not None
    at, bot_id = stage.clock.now(), stage.settings.bot_id
    await open_session(stage.app.stores, phone, at, bot_id, DEMO, "en")
    await phone.tap("▶ Do it now")
    await phone.sees("Block +7 701 054 20 07?", "⛔ Block +7 701 054 20 07")
    assert await stage.effects("77010542007") == []


async def test_a_code_schedules_what_needs_one(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say("701 054 20 06")
    await phone.sees("+7 701 054 20 06", "Tariff: ")
    await phone.tap("🔒 Unblock")
    await phone.sees("Enter the 6 digits", "🕒 Later…")
    code = await phone.code(after=1)
    await phone.tap("🕒 Later…")
    await phone.sees("When is it to begin?")
    await phone.tap("Tomorrow 08:00")
    await phone.sees("08:00, Almaty time", "The right code schedules it.")
    await phone.say(code)
    await phone.sees("🕒 Unblock +7 701 054 20 06: begins")
    assert await stage.effects("77010542006") == []


async def test_a_block_begins_again_on_chosen_days_and_one_of_them_is_skipped(stage: Stage) -> None:
    phone = await asked_when_to_block(stage)
    await phone.tap("Tomorrow 22:00")
    await phone.sees("22:00, Almaty time", "🔁 Repeat…")
    await phone.tap("🔁 Repeat…")
    await phone.sees("On which days?", "Mon–Fri", "Last day of each month")
    await phone.say("now and then")
    await phone.sees("Not understood. Type days like")
    await phone.say("mon-sun")
    await phone.sees("Until which day?")
    await phone.say("01.01.2099")
    await phone.sees("Choose an end date: at most 12 months.")
    await phone.tap("24.02.2022")
    asked = await phone.sees(
        "Block +7 701 054 20 07?", "until 24.02.2022", "🔁 Every day at 22:00", "Next: "
    )
    first, second = re.findall(r"[A-Z]\w\w \d\d\.\d\d", asked.text)[:2]
    await phone.tap("⛔ Block +7 701 054 20 07")
    await phone.hears("🔁 Block +7 701 054 20 07 · P-")
    await phone.sees("+7 701 054 20 07", "Tariff: ")
    await phone.tap("Menu")
    await phone.sees("📱 Number management")
    await phone.tap("Number management")
    await phone.sees("🕒 Schedule")
    await phone.tap("🕒 Schedule")
    await phone.sees("What begins later in this company", "22:00 · Block · 701 054 20 07")
    await phone.tap("22:00 · Block · 701 054 20 07")
    await phone.sees("🔁 Waits for its next date", f"Next: {first}, {second}")
    await phone.tap(f"⏭ Skip {first}")
    await phone.sees("🔁 Waits for its next date", f"Next: {second}")
    await stage.advance(hours=31)
    assert await stage.effects("77010542007") == []
    await stage.advance(hours=24)
    await phone.sees("✅ Blocked", "+7 701 054 20 07")
    assert len(await stage.effects("77010542007")) == 1


async def test_blocked_now_until_a_time_with_the_code_of_the_unblock(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say("701 054 20 07")
    await phone.sees("+7 701 054 20 07", "Tariff: ")
    await phone.tap("⛔ Block")
    await phone.sees("Block +7 701 054 20 07?", "↩ Then “Unblock”…")
    await phone.tap("↩ Then “Unblock”…")
    await phone.sees("When is “Unblock” to follow?")
    await phone.say("01.01.2020 08:00")
    await phone.sees("Choose a time at least 5 minutes from now.")
    await phone.tap("Tomorrow 08:00")
    await phone.sees("Block +7 701 054 20 07?", "↩ Then “Unblock”: 25.01.2022 08:00, Almaty time")
    await phone.tap("🔒 Send the one-time code")
    await phone.sees("Enter the 6 digits", "↩ Then “Unblock”: 25.01.2022 08:00")
    code = await phone.code(after=1)
    assert [
        sms["text"] for sms in await phone.sms() if code in sms["text"] and "nblock" in sms["text"]
    ]
    await phone.say(code)
    await phone.hears("🕒 Unblock +7 701 054 20 07: begins 25.01.2022 08:00, Almaty time")
    await phone.sees("✅ Blocked", "+7 701 054 20 07")
    await stage.advance(hours=17)
    await phone.sees("✅ Unblocked", "+7 701 054 20 07")
    assert len(await stage.effects("77010542007")) == 2


async def test_after_ended_sessions_what_a_code_confirmed_is_kept_by_another_code(
    stage: Stage,
) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say("701 054 20 06")
    await phone.sees("+7 701 054 20 06", "Tariff: ")
    await phone.tap("🔒 Unblock")
    await phone.sees("Enter the 6 digits", "🕒 Later…")
    code = await phone.code(after=1)
    await phone.tap("🕒 Later…")
    await phone.sees("When is it to begin?")
    await phone.tap("Tomorrow 08:00")
    await phone.sees("The right code schedules it.")
    await phone.say(code)
    await phone.sees("🕒 Unblock +7 701 054 20 06: begins")
    assert stage.app is not None
    stores = stage.app.stores
    (schedule,) = await stores.schedules.all_open()
    ended = EndSessionsOf(schedule.administrator_id, stage.clock.now())
    await stores.effect_store.write([ended])
    await open_session(stores, phone, stage.clock.now(), stage.settings.bot_id, DEMO, "en")
    await phone.sees("Your schedules are suspended")
    await phone.tap("🕒 Schedule")
    await phone.sees("What begins later in this company")
    await phone.tap("08:00 · Unblock")
    await phone.sees("⏸ Waiting for your decision", "🔒 Keep, with a code")
    await phone.tap("🔒 Keep, with a code")
    await phone.sees("A one-time code for exactly this")
    text = await phone.gets_sms("My Account code for the schedule P-")
    assert "Unblock *2006, 25.01.2022 08:00" in text
    await phone.say("000000")
    await phone.sees("A one-time code for exactly this")
    await phone.say(await phone.code())
    await phone.sees("Kept as it is.", "🕒 Waiting for its time")
    await stage.advance(hours=17)
    await phone.sees("✅ Unblocked", "+7 701 054 20 06")


async def test_what_a_lost_role_leaves_is_adopted_by_another_administrator(stage: Stage) -> None:
    other = await stage.administrator()
    phone = await asked_when_to_block(stage)
    await phone.tap("Tomorrow 22:00")
    await phone.sees("Block +7 701 054 20 07?", "22:00, Almaty time", "🔁 Repeat…")
    await phone.tap("🔁 Repeat…")
    await phone.sees("On which days?")
    await phone.say("every day")
    await phone.sees("Until which day?")
    await phone.tap("24.02.2022")
    await phone.sees("Block +7 701 054 20 07?", "until 24.02.2022")
    await phone.tap("⛔ Block +7 701 054 20 07")
    await phone.hears("🔁 Block +7 701 054 20 07 · P-")
    await stage.administrator_becomes("adm-2", roles={DEMO: "viewer"})
    assert stage.app is not None
    await stage.app.use_cases.due_schedules.look_after_owners()
    await phone.sees("⚠️ Your schedules are cancelled")
    await other.sees("schedules of Марат Серікұлы Ибраев are cancelled")
    await other.tap("🕒 Schedule")
    await other.sees("What begins later in this company", "⚠️ 25.01.2022 22:00 · Block")
    await other.tap("⚠️ 25.01.2022 22:00 · Block")
    await other.sees("⚠️ Cancelled: the role of", "Adopt", "✕ Cancel the schedule")
    await other.tap("Adopt")
    await other.sees("🔁 Waits for its next date")
    await stage.advance(hours=31)
    await other.sees("✅ Blocked", "+7 701 054 20 07")
    assert len(await stage.effects("77010542007")) == 1


async def test_by_night_the_final_word_of_a_schedule_comes_without_a_sound(stage: Stage) -> None:
    phone = await asked_when_to_block(stage)
    await phone.tap("Tomorrow 22:00")
    await phone.sees("Block +7 701 054 20 07?", "22:00, Almaty time")
    assert stage.app is not None
    sounds: list[tuple[str, bool | None]] = []

    async def heard(send: Any, bot: Any, method: Any) -> Any:
        if isinstance(method, SendMessage):
            sounds.append((method.text, method.disable_notification))
        return await send(bot, method)

    stage.app.bot.session.middleware(cast("Any", heard))
    await phone.tap("⛔ Block +7 701 054 20 07")
    await phone.hears("🕒 Block +7 701 054 20 07: begins")
    await stage.advance(hours=31)
    await phone.sees("✅ Blocked", "+7 701 054 20 07")
    assert [hushed for text, hushed in sounds if "🕒 Block" in text] == [None]
    assert [hushed for text, hushed in sounds if "✅ Blocked" in text] == [True]
