"""Activated and available services: listed, switched on and off, and told truly (S11, S12)."""

from __future__ import annotations

import pytest

from bot.flows.services import getters
from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Message, Phone

MARAT = "77012115526"
NUMBER, SHOWN = "77010542007", "+7 701 054 20 07"
BLOCKED, IN_DEBT = "77010542006", "77010542009"
PLENTY = {"individual_limit": None}
"""Without the limit of 446 ₸ that the number has in the demonstration."""


async def activated(stage: Stage, number: str = NUMBER) -> tuple[Phone, Message]:
    phone = await stage.administrator(MARAT)
    await phone.say(number)
    await phone.tap("🧩 Services")
    return phone, await phone.sees("Activated services", "since ")


async def offers(stage: Stage, group: str, number: str = NUMBER) -> tuple[Phone, Message]:
    phone = await stage.administrator(MARAT)
    await phone.say(number)
    await phone.tap("🧩 Services")
    await phone.sees("Available services", "Choose a group.")
    await phone.tap(group)
    return phone, await phone.sees("Tap a line number to read the terms or to enable the service.")


async def opened(phone: Phone, window: Message, name: str) -> Message:
    """The window of the row with that name."""
    line = next(line for line in window.text.splitlines() if line.endswith(f". {name}"))
    await phone.tap(line.partition(".")[0])

    async def look() -> Message | None:
        shown = (await phone.messages())[-1]
        return shown if name in shown.text.splitlines() else None

    return await phone.until(look, f"the window of {name}")


async def asked(phone: Phone, window: Message, name: str) -> None:
    """Tap the row with that name: where it can be enabled its terms are the question."""
    line = next(line for line in window.text.splitlines() if line.endswith(f". {name}"))
    await phone.tap(line.partition(".")[0])


async def active(stage: Stage, number: str = NUMBER) -> list[str]:
    """Ids of the offerings that the number has at the operator."""
    asked = f"productRelationship.product.id={number}&status=active"
    answer = await stage.http.get(f"/tmf-api/productInventory/v4/product?{asked}")
    return [one["productOffering"]["id"] for one in answer.json()]


# --- what is listed ---


async def test_what_the_administrator_may_disable_is_listed(stage: Stage) -> None:
    phone, window = await activated(stage)
    for text in ("Roaming", "100 SMS", "250 ₸ a month", "50 minutes for calls", "since "):
        assert text in window.text
    assert "Corporate APN" not in window.text
    assert await active(stage) == ["roaming", "sms-100", "offnet-50", "corporate-apn"]
    await phone.tap("Why are not all services listed?")
    await phone.sees("The list shows the services that the administrator can enable and disable.")


async def test_the_offers_of_the_guide_are_shown_with_volume_and_cost(stage: Stage) -> None:
    phone, window = await offers(stage, "Voice ·")
    assert "Extra minutes for offnet mobile calls" in window.text
    for row in (
        "50 minutes for calls to other KZ networks\n50 min · 390 ₸",
        "70 minutes for calls to other KZ networks\n70 min · 490 ₸",
        "150 minutes for calls to other KZ networks\n150 min · 900 ₸",
        "10 min to domestic landline calls\n10 min · 149 ₸",
    ):
        assert row in window.text
    assert "Call recording" not in window.text
    await phone.tap("‹ Back")
    groups = await phone.sees("Activated services", "Choose a group.")
    assert [one.partition(" · ")[0] for one in groups.buttons if " · " in one] == [
        *("Voice roaming", "Data roaming", "Voice", "SMS", "Data")
    ]


async def test_what_is_active_and_cannot_be_had_twice_is_not_offered(stage: Stage) -> None:
    await stage.number_becomes(NUMBER, services=["sms-100"])
    _phone, window = await offers(stage, "SMS ·")
    assert "500 SMS" in window.text
    assert "100 SMS" not in window.text


# --- switching on ---


async def test_a_service_is_enabled_as_it_was_shown(stage: Stage) -> None:
    await stage.number_becomes(NUMBER, services=[], **PLENTY)
    phone, window = await offers(stage, "SMS ·")
    await asked(phone, window, "100 SMS")
    question = await phone.sees(f"Enable 100 SMS for {SHOWN}?", "Valid until 16:05")
    terms = "Renewed every month, charged on the 1st. Within Kazakhstan."
    assert question.text.count(terms) == 1
    for line in (
        "• price: 250 ₸ a month; the first month is charged at once",
        "• includes: 100 SMS",
        "• works until it is disabled",
        "• terms: Renewed every month",
    ):
        assert line in question.text
    await phone.tap("Enable 100 SMS", repeat=3)
    await phone.sees("✅ 100 SMS: enabled 24.01.2022 16:00", "A-20220124-0001", SHOWN)
    assert await active(stage) == ["sms-100"]
    assert [effect["what"] for effect in await stage.effects()] == ["service.on"]
    row = (await stage.http.get(f"/sandbox/operator/numbers/{NUMBER}")).json()
    assert row["balance"] == "8225.9"


async def test_the_same_minutes_are_bought_once_more(stage: Stage) -> None:
    await stage.number_becomes(NUMBER, services=["offnet-50"], **PLENTY)
    phone, window = await offers(stage, "Voice ·")
    await asked(phone, window, "50 minutes for calls to other KZ networks")
    await phone.sees("• price: 390 ₸, charged once, at once", "• valid to the end of the month")
    await phone.tap("Enable this service")
    await phone.sees("✅ 50 minutes for calls to other KZ networks: enabled")
    assert await active(stage) == ["offnet-50", "offnet-50"]


async def test_missing_money_is_named_and_nothing_can_be_pressed(stage: Stage) -> None:
    await stage.number_becomes(NUMBER, services=[], individual_limit="100.50")
    phone, window = await offers(stage, "SMS ·")
    card = await opened(phone, window, "100 SMS")
    assert "The individual limit of the number does not cover it: 149.50 ₸ short." in card.text
    assert not any("Enable" in label for label in card.buttons)


async def test_money_that_is_gone_at_the_tap_refuses(stage: Stage) -> None:
    await stage.number_becomes(NUMBER, services=[], **PLENTY)
    phone, window = await offers(stage, "SMS ·")
    await asked(phone, window, "100 SMS")
    await phone.sees("Valid until")
    await stage.number_becomes(NUMBER, balance="0.50")
    await phone.tap("Enable 100 SMS")
    await phone.sees("⚠️ 100 SMS: not enabled", "Not enough funds.")
    assert await stage.effects() == []


async def test_what_excludes_it_is_named(stage: Stage) -> None:
    await stage.number_becomes(NUMBER, services=["sms-500"], **PLENTY)
    phone, window = await offers(stage, "SMS ·")
    card = await opened(phone, window, "100 SMS")
    assert "Not compatible with 500 SMS. Disable it first." in card.text
    assert not any("Enable" in label for label in card.buttons)


async def test_a_number_that_is_not_active_is_offered_no_service(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    for number, why in (
        (BLOCKED, "Services can be enabled only while the number is Active; it is ⛔ Blocked."),
        (IN_DEBT, "The number is 🟠 Blocked / Debt: services cannot be enabled or disabled now."),
    ):
        await stage.number_becomes(number, services=[])
        await phone.say(number)
        await phone.tap("🧩 Services")
        window = await phone.sees("There are no services that you can disable.", why)
        assert not any("SMS" in label for label in window.buttons)


async def test_many_groups_have_a_window_of_their_own(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the activated services they would fill the telephone."""
    monkeypatch.setattr(getters, "ROWS_OF_GROUPS", 3)
    phone, window = await activated(stage)
    assert not any("SMS ·" in label for label in window.buttons)
    await phone.tap("🧩 Available services")
    await phone.sees("Choose a group.", "1/2")
    await phone.tap("›")
    await phone.tap("SMS ·")
    await phone.sees("Tap a line number to read the terms or to enable the service.")
    await phone.tap("‹ Back")
    await phone.sees("SMS ·", "2/2")


async def test_debt_between_question_and_confirmation_refuses(stage: Stage) -> None:
    await stage.number_becomes(NUMBER, services=[], **PLENTY)
    phone, window = await offers(stage, "SMS ·")
    await asked(phone, window, "100 SMS")
    await phone.sees("Valid until")
    await stage.number_becomes(NUMBER, debt="10.00")
    await phone.tap("Enable 100 SMS")
    await phone.sees("⚠️ 100 SMS: not enabled", "Current state: 🟠 Blocked / Debt.")
    assert await stage.effects() == []


# --- switching off ---


async def test_a_service_is_disabled_and_what_is_lost_is_told_before(stage: Stage) -> None:
    phone, window = await activated(stage)
    card = await opened(phone, window, "50 minutes for calls to other KZ networks")
    assert "Extra minutes for offnet mobile calls" in card.text
    assert card.raw["reply_markup"]["inline_keyboard"][0][0]["style"] == "danger"
    await phone.tap("Disable this service")
    question = await phone.sees(f"for {SHOWN}?", "• the service stops at once")
    assert "• the unused remainder will be lost: Calls to other KZ mobiles " in question.text
    assert "• the fee is not refunded" in question.text
    await phone.tap("Disable this service")
    await phone.sees("✅ 50 minutes for calls to other KZ networks: disabled")
    assert await active(stage) == ["roaming", "sms-100", "corporate-apn"]
    await phone.command("/documents")
    await phone.tap("· Actions")
    await phone.sees(
        f"Service disabled {SHOWN}", "✅ done · 50 minutes for calls to other KZ networks · "
    )


async def test_disabled_meanwhile_is_as_good_as_done(stage: Stage) -> None:
    phone, window = await activated(stage)
    await opened(phone, window, "100 SMS")
    await phone.tap("Disable 100 SMS")
    await phone.sees("Valid until")
    await stage.number_becomes(NUMBER, services=["roaming"])
    await phone.tap("Disable 100 SMS")
    await phone.sees("✅ 100 SMS: disabled")
    assert await stage.effects() == []


async def test_already_disabled_before_the_question_is_said(stage: Stage) -> None:
    phone, window = await activated(stage)
    await opened(phone, window, "100 SMS")
    await stage.number_becomes(NUMBER, services=["roaming"])
    await phone.tap("Disable 100 SMS")
    await phone.is_told("The service is already disabled. Nothing has changed.")
    await phone.sees("The service is already disabled.", "‹ Back")


async def test_a_number_in_debt_keeps_its_services(stage: Stage) -> None:
    await stage.number_becomes(IN_DEBT, services=["roaming"])
    phone, window = await activated(stage, IN_DEBT)
    card = await opened(phone, window, "Roaming")
    assert "The number is 🟠 Blocked / Debt: services cannot be" in card.text
    assert not any("Disable" in label for label in card.buttons)


async def test_the_operator_refuses(stage: Stage) -> None:
    phone, window = await activated(stage)
    await opened(phone, window, "Roaming")
    await phone.tap("Disable Roaming")
    await phone.sees("Valid until")
    await stage.fault("operator", "reject", match="POST /tmf-api/productOrderingManagement")
    await phone.tap("Disable Roaming")
    await phone.sees("⚠️ Roaming: not disabled", "The operator's system refused the request.")
    assert "roaming" in await active(stage)


async def test_ten_services_are_a_page(stage: Stage) -> None:
    await stage.number_becomes(NUMBER, services=["offnet-50"] * 11 + ["roaming"])
    phone, window = await activated(stage)
    assert window.buttons[:10] == [str(n) for n in range(1, 11)]
    assert "1/2" in window.buttons
    await phone.tap("›")
    last = await phone.sees("12. Roaming", "2/2")
    assert last.buttons[:2] == ["11", "12"]
    await phone.tap("12")
    await phone.sees("Calls abroad by the prices of the country.")
    await phone.tap("‹ Back")
    await phone.sees("12. Roaming", "2/2")
