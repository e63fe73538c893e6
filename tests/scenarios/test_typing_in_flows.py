"""What is typed where something is being made stays there; leaving is offered, not done."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.entry import enter
from tests.scenarios.phone import Phone

MARAT = "77012115526"
NUMBER, SHOWN = "77010542008", "+7 701 054 20 08"
TARGET, TO = "77010542014", "+7 701 054 20 14"
OTHER_ACCOUNT = "25060831"
"""Not the first, with which an order begins."""
STAYS = "What is chosen here stays."


async def ordering(stage: Stage, label: str, title: str) -> Phone:
    phone = await enter(stage, MARAT)
    await phone.command("/documents")
    await phone.tap(label)
    await phone.sees(f"TOO Demo › {title}")
    return phone


async def certificate(stage: Stage) -> Phone:
    return await ordering(stage, "4 · Certificate", "Service delivery certificate")


async def at_rule(stage: Stage) -> Phone:
    phone = await enter(stage, MARAT)
    await phone.say(NUMBER)
    await phone.tap("🔀 Call forwarding")
    await phone.tap("Busy")
    await phone.sees("🔀 Choose a target")
    return phone


async def test_months_and_an_account_typed_into_an_order_are_its_own(stage: Stage) -> None:
    phone = await certificate(stage)
    for typed, month in (("09.2021", "09.2021"), ("қазан 2021", "10.2021"), ("2021-11", "11.2021")):
        await phone.say(typed)
        await phone.sees("Service delivery certificate", f"Month: {month}")
    await phone.say("Лицевой счёт № 25 060 831")
    await phone.sees(f"Account: {OTHER_ACCOUNT}", "11.2021")
    await phone.tap("📅 Month…")
    await phone.sees("It can be typed as well, for example 09.2026.")
    await phone.say("это не месяц")
    await phone.sees("Choose the month.", "This is not a month. Enter it like 09.2026.")
    await phone.say("март 2020")
    await phone.sees(f"Account: {OTHER_ACCOUNT}", "03.2020")
    await phone.say("aigul@demo.example, aigul")
    await phone.sees(f"Account: {OTHER_ACCOUNT}", "03.2020", "This is not an e-mail address.")


async def test_two_months_and_two_days_are_typed_at_once(stage: Stage) -> None:
    phone = await ordering(stage, "5 · Register", "Invoice register")
    await phone.say("10.2021 – 12.2021")
    await phone.sees("10.2021 – 12.2021")
    await phone.tap("📅 Months…")
    await phone.say("09.2021 — 11.2021")
    await phone.sees("09.2021 – 11.2021")
    await phone.command("/documents")
    await phone.tap("6 · Reconciliation")
    await phone.say("с 01.02.2021 по 30.09.2021")
    await phone.sees("01.02.2021 – 30.09.2021")
    await phone.tap("📅 Own period…")
    await phone.say("01.03.2021\n31.03.2021")
    await phone.sees("01.03.2021 – 31.03.2021")
    await phone.say("01.03.2021 - 31.12.2025")
    await phone.sees("01.03.2021 – 31.03.2021", "The period ends after today.")


async def test_months_are_typed_as_a_period_of_days(stage: Stage) -> None:
    phone = await ordering(stage, "6 · Reconciliation", "Reconciliation statement")
    for typed, period in (
        ("09.2021", "01.09.2021 – 30.09.2021"),
        ("за октябрь", "01.10.2021 – 31.10.2021"),
        ("қыркүйек 2021", "01.09.2021 – 30.09.2021"),
        ("last month", "01.12.2021 – 31.12.2021"),
        ("июль — сентябрь", "01.07.2021 – 30.09.2021"),
    ):
        await phone.say(typed)
        window = await phone.sees("Reconciliation statement", f"Period: {period}")
        assert not any("🔎" in label for label in window.buttons), typed
    await phone.say("осы ай")
    await phone.sees("Period: 01.07.2021 – 30.09.2021", "04.02.2022")
    await phone.tap("📅 Months…")
    await phone.say("10.2021 — 11.2021")
    await phone.sees("Period: 01.10.2021 – 30.11.2021")
    await phone.command("/documents")
    await phone.tap("8 · Payments")
    await phone.say("январь")
    await phone.sees("Period: 01.01.2022 – 24.01.2022")


async def test_a_number_typed_at_a_rule_is_its_target(stage: Stage) -> None:
    phone = await at_rule(stage)
    await phone.say("8 701 054\u201120\u201114")
    await phone.sees(f"Forward {SHOWN} to {TO}?", "• condition: Busy")


@pytest.mark.parametrize("typed", ["112", "8 800 080 08 00"])
async def test_a_short_or_costly_number_at_a_rule_is_no_search(stage: Stage, typed: str) -> None:
    phone = await at_rule(stage)
    await phone.say(typed)
    window = await phone.sees("Where to forward?", "Calls cannot be forwarded to this number.")
    assert "Nothing found" not in window.text


async def test_a_question_stays_until_it_is_left_by_a_button(stage: Stage) -> None:
    phone = await enter(stage, MARAT)
    await phone.say(NUMBER)
    await phone.tap("⛔ Block")
    await phone.sees(f"Block {SHOWN}?")
    await phone.say("8 701 054 20 14")
    await phone.sees(f"Block {SHOWN}?", STAYS, f"🔎 Search: {TO}", f"⛔ Block {SHOWN}")
    await phone.say("good morning")
    await phone.sees(f"Block {SHOWN}?", STAYS, "🔎 Search: good morning")
    await phone.say("87010542014, 87010542015")
    window = await phone.sees(f"Block {SHOWN}?", "Please use the buttons below.")
    assert not any("🔎" in label for label in window.buttons)
    await phone.say(TARGET)
    await phone.tap(f"🔎 Search: {TO}")
    await phone.sees(f"TOO Demo › {TO}", "Tariff: ")
    assert await stage.effects() == []


async def test_a_number_in_the_window_of_a_sim_card_or_a_device_shows_the_way(
    stage: Stage,
) -> None:
    phone = await enter(stage, MARAT)
    await phone.say(NUMBER)
    await phone.tap("SIM & device")
    await phone.tap("SIM card replacement")
    await phone.sees("TOO Demo", SHOWN)
    await phone.say("8 701 054 20 14")
    await phone.sees("This is not the number of a SIM card.", f"🔎 Search: {TO}")
    await phone.tap(f"🔎 Search: {TO}")
    await phone.sees(f"TOO Demo › {TO}", "Tariff: ")


@pytest.mark.parametrize("typed", ["13.2021", "31.12.2021"])
async def test_a_date_is_never_taken_for_an_account(stage: Stage, typed: str) -> None:
    phone = await certificate(stage)
    await phone.say(typed)
    window = await phone.sees("Service delivery certificate", "This is not a month.")
    assert "Month: 12.2021" in window.text
    assert typed.replace(".", "") not in window.text
