"""A paper that orders itself, in a person's words; when and how often: tests/storage."""

from __future__ import annotations

from tests.scenarios.conftest import Stage

MARAT = "77012115526"


async def test_the_register_comes_by_itself_when_its_day_has_come(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.tap("Documents & reports")
    await phone.sees("🗓 Every month")
    await phone.tap("🗓 Every month")
    await phone.sees("Nothing is ordered automatically.")
    await phone.tap("➕ Subscribe")
    await phone.tap("Invoice register")
    await phone.sees("On which day of the next month? From day 4 to day 28")
    await phone.say("31")
    await phone.sees("Choose a day from 4 to 28.")
    await phone.say("5")
    await phone.sees("Saved. The first one, 01.2022, will be ordered on 05.02.2022.")
    await phone.tap("Invoice register · on day 5")
    await phone.sees("Next: 01.2022, on 05.02.2022 at 10:00, Almaty time")
    await phone.tap("✕ Unsubscribe")
    await phone.sees("Nothing is ordered automatically.")


async def test_what_was_missed_is_told_with_its_company(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.tap("Documents & reports")
    await phone.tap("🗓 Every month")
    await phone.tap("➕ Subscribe")
    await phone.tap("Invoice register")
    await phone.say("5")
    await phone.sees("The first one, 01.2022, will be ordered on 05.02.2022.")
    await stage.advance(days=45)
    assert stage.app is not None
    await stage.app.use_cases.subscriptions.order_due()
    await phone.sees("🗓 TOO Demo · Invoice register", "02.2022", "Earlier months were missed")
