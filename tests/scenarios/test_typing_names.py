"""The name of what a window lists, typed, opens it; any other words are looked for."""

from __future__ import annotations

from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Phone

MARAT = "77012115526"
NUMBER, SHOWN = "77010542007", "+7 701 054 20 07"
PLENTY = {"individual_limit": None}
"""Without the limit of 446 ₸ that the number has in the demonstration."""


async def at_services(stage: Stage) -> Phone:
    await stage.number_becomes(NUMBER, services=["roaming"], **PLENTY)
    phone = await stage.administrator(MARAT)
    await phone.say(NUMBER)
    await phone.tap("🧩 Services")
    await phone.sees("Activated services", "Choose a group.")
    return phone


async def test_a_service_is_opened_by_its_name(stage: Stage) -> None:
    phone = await at_services(stage)
    await phone.say("roaming")
    await phone.sees(f"TOO Demo › {SHOWN} › Services", "Roaming", "Disable")
    await phone.tap("‹ Back")
    await phone.sees("Activated services")
    await phone.say("500 sms")
    await phone.sees("500 SMS", f"for {SHOWN}?")
    assert await stage.effects() == []


async def test_of_several_services_the_names_are_told(stage: Stage) -> None:
    phone = await at_services(stage)
    await phone.say("SMS")
    await phone.sees("Activated services", "Several names fit: ", "100 SMS", "500 SMS")


async def test_words_that_are_no_service_are_looked_for(stage: Stage) -> None:
    phone = await at_services(stage)
    await phone.say("log out")
    await phone.sees("Search: log out")


async def test_a_document_is_opened_by_its_name(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.command("/documents")
    await phone.say("Reconciliation statement")
    await phone.sees("TOO Demo › Reconciliation statement")
    await phone.command("/documents")
    await phone.say("77010542008")
    await phone.sees("TOO Demo › +7 701 054 20 08", "Tariff: ")


async def test_a_rule_is_opened_by_its_name(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say(NUMBER)
    await phone.tap("🔀 Call forwarding")
    await phone.say("busy")
    await phone.sees("Busy", "🔀 Choose a target")


async def test_a_company_is_chosen_by_its_name(stage: Stage) -> None:
    phone = await stage.administrator()
    await phone.tap("Company")
    await phone.sees("Choose a company")
    await phone.say("қазына")
    await phone.sees("ЖШС «Қазына Үлгі» · BIN 180140000901", "12 numbers")
