"""Payments of a number on screen (S26)."""

from __future__ import annotations

from tests.scenarios.conftest import Stage
from tests.scenarios.entry import enter
from tests.scenarios.phone import Phone

MARAT = "77012115526"
NUMBER, SHOWN = "77010542013", "+7 701 054 20 13"
NEW = "77010542014"


async def at_payments(stage: Stage, number: str = NUMBER) -> Phone:
    phone = await enter(stage, MARAT)
    await phone.say(number)
    await phone.tap("More")
    await phone.tap("🧾 Payments")
    await phone.sees("› Payments", "Period: ")
    return phone


async def test_what_was_paid_in_the_last_month(stage: Stage) -> None:
    await stage.number_becomes(NUMBER, payment="500")
    await stage.advance(minutes=3)
    await stage.number_becomes(NUMBER, payment="250.50")
    phone = await at_payments(stage)
    window = await phone.sees(SHOWN, "Period: 24.12.2021 – 24.01.2022", "24.01.2022")
    assert "16:03 250.50 ₸ · " in window.text
    assert "16:00 500 ₸ · " in window.text
    assert window.text.index("250.50 ₸ ·") < window.text.index("16:00 500 ₸")
    assert "✅ carried out · document " in window.text
    assert window.buttons[:3] == ["1 month ✓", "3 months", "12 months"]


async def test_a_longer_period_has_pages_and_one_total(stage: Stage) -> None:
    for _ in range(10):
        await stage.number_becomes(NUMBER, payment="100")
    phone = await at_payments(stage)
    await phone.tap("12 months")
    first = await phone.sees("Period: 24.01.2021 – 24.01.2022", "12 months ✓", "1/")
    total = next(line for line in first.text.splitlines() if "in all" in line)
    await phone.tap("›")
    second = await phone.sees("2/", total)
    assert second.text != first.text


async def test_days_of_ones_own_are_typed_and_bounded(stage: Stage) -> None:
    await stage.number_becomes(NUMBER, payment="500")
    phone = await at_payments(stage)
    await phone.tap("Own period…")
    await phone.sees(f"TOO Demo › {SHOWN} › Payments", "Days from 24.01.2021 to 24.01.2022")
    await phone.say("23.01.2021")
    await phone.sees("24.01.2021", "Choose the first day")
    await phone.say("30.02.2022")
    await phone.sees("This is not a date.")
    await phone.say("20.01.2022")
    await phone.sees("First day: 20.01.2022", "Choose the last day")
    await phone.say("19.01.2022")
    await phone.sees("The first day comes after the last day.")
    await phone.say("25.01.2022")
    await phone.sees("First day: 20.01.2022", "The period ends after today.")
    await phone.say("24.01.2022")
    window = await phone.sees("Period: 20.01.2022 – 24.01.2022", "Own period… ✓", "500 ₸")
    assert window.buttons[:4] == ["1 month", "3 months", "12 months", "Own period… ✓"]
    await phone.tap("XLSX file")
    await phone.sees("20.01.2022 – 24.01.2022", "R-20220124-0001")
    await phone.tap("3 months")
    await phone.sees("3 months ✓", "Period: 24.10.2021 – 24.01.2022")


async def test_days_of_ones_own_are_picked_from_the_calendar(stage: Stage) -> None:
    phone = await at_payments(stage)
    await phone.tap("Own period…")
    await phone.sees("Choose the first day")
    await phone.tap("‹ December")
    await phone.tap("31")
    await phone.sees("First day: 31.12.2021")
    await phone.tap("‹ Back")
    await phone.sees("Period: 24.12.2021 – 24.01.2022", "1 month ✓")
    await phone.tap("Own period…")
    await phone.sees("Choose the first day")
    await phone.tap("19")
    await phone.sees("First day: 19.12.2021")
    await phone.tap("23")
    await phone.sees("Period: 19.12.2021 – 23.01.2022", "Own period… ✓")


async def test_nothing_is_said_in_words(stage: Stage) -> None:
    await stage.advance(days=33)
    phone = await at_payments(stage, NEW)
    months = await phone.sees("Period: ")
    if "₸" in months.text:
        # The sandbox's number pays every month: then the window tells so, and never an error.
        assert "in all" in months.text
    else:
        assert "No data for this period." in months.text


async def test_an_operator_that_does_not_answer(stage: Stage) -> None:
    phone = await enter(stage, MARAT)
    await phone.say(NUMBER)
    await phone.tap("More")
    await phone.sees("🧾 Payments")
    await stage.fault("operator", "http_500", match="/payment", times=None)
    await phone.tap("🧾 Payments")

    async def told() -> bool:
        answers = [answer.get("text") or "" for answer in await phone.answers()]
        messages = [message.text for message in await phone.messages()]
        return any("The operator's system does not answer." in text for text in answers + messages)

    await phone.until(told, "a word on the operator")
    await stage.http.delete("/sandbox/faults")
    await phone.tap("🧾 Payments")
    await phone.sees("› Payments")
