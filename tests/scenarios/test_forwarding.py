"""Call forwarding: seen, set, changed, cancelled, and held to safe targets (S20)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.entry import NO_CODE, enter, use_up_codes
from tests.scenarios.phone import Phone

MARAT, ASSEL = "77012115526", "77010542007"
NUMBER, SHOWN = "77010542008", "+7 701 054 20 08"
TARGET, TO = "77010542014", "+7 701 054 20 14"
BLOCKED = "77010542006"


def rule(condition: str, target: str = TARGET, *, active: bool = True) -> dict[str, Any]:
    return {"condition": condition, "target": target, "active": active}


async def forwards(stage: Stage, number: str, *rules: dict[str, Any]) -> None:
    """The operator has these rules for the number."""
    await stage.number_becomes(number, forwarding=list(rules))


async def at_rules(stage: Stage, number: str = NUMBER) -> Phone:
    phone = await enter(stage, MARAT)
    await phone.say(number)
    await phone.tap("🔀 Call forwarding")
    await phone.sees("Call forwarding", "All calls: ")
    return phone


async def at_targets(stage: Stage, condition: str = "Busy") -> Phone:
    phone = await at_rules(stage)
    await phone.tap(condition)
    await phone.tap("🔀 Choose a target")
    await phone.sees("Where to forward?")
    return phone


async def confirmed(stage: Stage, phone: Phone) -> None:
    """Prove oneself and confirm the new rule."""
    await phone.sees(f"Enter the 6 digits to forward {SHOWN} to ")
    await phone.say(await phone.code())


# --- seen ------------------------------------------------------------------------------------


async def test_the_four_rules_with_their_state(stage: Stage) -> None:
    await forwards(
        stage,
        NUMBER,
        rule("unconditional"),
        rule("conditional_busy", "77272596060"),
        rule("conditional_no_answer", active=False) | {"timer": 15},
    )
    phone = await at_rules(stage)
    window = await phone.sees(f"All calls: {TO}")
    assert "Busy: +7 727 259 60 60, suspended by all calls" in window.text
    assert "No answer: off" in window.text
    assert "Not reachable: not set" in window.text
    assert "Cancel all forwarding" in window.buttons


async def test_a_blocked_number_forwards_nothing(stage: Stage) -> None:
    phone = await at_rules(stage, BLOCKED)
    window = await phone.sees("⛔ Blocked: calls are not forwarded")
    assert window.buttons == ["‹ Back", "⌂ Menu"]


# --- set, changed, cancelled -----------------------------------------------------------------


async def test_a_rule_is_set_to_a_number_of_the_company(stage: Stage) -> None:
    phone = await at_targets(stage)
    await phone.say("2014")
    question = await phone.sees(f"Forward {SHOWN} to {TO}?", "Enter the 6 digits")
    assert "• condition: Busy" in question.text
    assert "codes given in a voice call will also go to that number" in question.text
    assert not any("🔀 Forward to" in label for label in question.buttons)
    sms = await phone.gets_sms("forward calls of *2008")
    assert await phone.code() in sms
    await phone.say(await phone.code())
    await phone.sees(f"✅ Forwarded to {TO} (Busy)", "A-20220124-0001")
    assert [effect["what"] for effect in await stage.effects()] == ["forwarding.set"]
    await phone.card_below()
    await phone.tap("🔀 Call forwarding")
    await phone.sees(f"Busy: {TO}")


async def test_all_calls_say_what_they_suspend(stage: Stage) -> None:
    await forwards(stage, NUMBER, rule("conditional_busy"))
    phone = await at_targets(stage, "All calls")
    await phone.say("+7 727 259 60 60")
    await phone.sees("the other rules are kept and suspended while this one is on")
    await confirmed(stage, phone)
    await phone.sees("✅ Forwarded to +7 727 259 60 60 (All calls)")
    await phone.card_below()
    await phone.tap("🔀 Call forwarding")
    await phone.sees(f"Busy: {TO}, suspended by all calls")


async def test_the_timer_of_no_answer(stage: Stage) -> None:
    phone = await at_rules(stage)
    await phone.tap("No answer")
    window = await phone.sees("Forwarded after 20 seconds without an answer.")
    assert window.buttons[1:7] == ["5", "10", "15", "20 ✓", "25", "30"]
    await phone.tap("30")
    await phone.sees("30 ✓")
    await phone.tap("🔀 Choose a target")
    await phone.sees("Where to forward?")
    await phone.say(TARGET)
    await phone.sees("• condition: No answer, after 30 seconds")
    await confirmed(stage, phone)
    await phone.sees("✅ Forwarded to")
    await phone.card_below()
    await phone.tap("🔀 Call forwarding")
    await phone.sees(f"No answer: {TO}, after 30 seconds")


async def test_a_known_target_is_picked_and_a_kept_one_switched_on(stage: Stage) -> None:
    await forwards(
        stage, NUMBER, rule("conditional_busy", active=False), rule("conditional_not_reachable")
    )
    phone = await at_targets(stage, "Not reachable")
    await phone.tap(f"🕘 {TO}")
    await phone.sees(f"Forward {SHOWN} to {TO}?")
    await phone.tap("Cancel")
    await phone.sees("Where to forward?")
    await phone.tap("‹ Back")
    await phone.tap("‹ Back")
    await phone.tap("Busy")
    await phone.sees(f"off ({TO})")
    await phone.tap(f"🔀 Forward to {TO}")
    await phone.sees("• condition: Busy")


async def test_one_rule_is_switched_off_without_a_code(stage: Stage) -> None:
    await forwards(stage, NUMBER, rule("conditional_busy"), rule("conditional_not_reachable"))
    phone = await at_rules(stage)
    await phone.tap("Busy")
    await phone.tap("Switch off")
    question = await phone.sees(f"Switch off forwarding of {SHOWN} (Busy)?")
    assert question.raw["reply_markup"]["inline_keyboard"][0][0]["style"] == "danger"
    await phone.tap("Switch off: Busy")
    await phone.sees("✅ Forwarding switched off (Busy)", "A-20220124-0001")
    await phone.card_below()
    await phone.tap("🔀 Call forwarding")
    await phone.sees(f"Busy: off ({TO})", f"Not reachable: {TO}")


async def test_all_are_cancelled_at_once(stage: Stage) -> None:
    await forwards(stage, NUMBER, rule("conditional_busy"), rule("conditional_not_reachable"))
    phone = await at_rules(stage)
    await phone.tap("Cancel all forwarding")
    await phone.sees(f"Cancel all forwarding of {SHOWN}?")
    await phone.tap("Cancel all forwarding")
    await phone.sees("✅ Forwarding switched off (all rules)")
    assert [effect["what"] for effect in await stage.effects()] == ["forwarding.off"]


async def test_it_is_in_the_history(stage: Stage) -> None:
    await forwards(stage, NUMBER, rule("conditional_busy"))
    phone = await at_rules(stage)
    await phone.tap("Cancel all forwarding")
    await phone.sees(f"Cancel all forwarding of {SHOWN}?")
    await phone.tap("Cancel all forwarding")
    await phone.sees("✅ Forwarding switched off (all rules)")
    await phone.command("/documents")
    await phone.tap("2 · Actions")
    await phone.sees(f"Call forwarding switched off {SHOWN}", "✅ done · all rules")


# --- targets ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (NUMBER, "A number cannot be forwarded to itself."),
        ("8 800 080 08 00", "Calls cannot be forwarded to this number."),
        ("+7 809 123 45 67", "Calls cannot be forwarded to this number."),
    ],
)
async def test_where_calls_cannot_go(stage: Stage, typed: str, sentence: str) -> None:
    phone = await at_targets(stage)
    await phone.say(typed)
    await phone.sees("Where to forward?", sentence)
    assert await stage.effects() == []


async def test_abroad_is_asked_about_twice(stage: Stage) -> None:
    phone = await at_targets(stage)
    await phone.say("+7 916 123 45 67")
    await phone.sees(
        "⚠️ +7 916 123-45-67 is abroad.", "Ask corporate support (email@kcell.kz) for the price"
    )
    await phone.tap("Forward abroad")
    await phone.sees("forwarded calls are charged as international calls", "Enter the 6 digits")
    await confirmed(stage, phone)
    await phone.sees("✅ Forwarded to +7 916 123-45-67 (Busy)")


async def test_a_loop_is_warned_about(stage: Stage) -> None:
    await forwards(stage, TARGET, rule("unconditional", "77010542017"))
    await forwards(stage, "77010542017", rule("conditional_busy", NUMBER))
    phone = await at_targets(stage)
    await phone.say(TARGET)
    await phone.sees(f"⚠️ calls would go round in a circle: {TO} → +7 701 054 20 17 → this number")


async def test_a_number_that_was_blocked_meanwhile_is_refused(stage: Stage) -> None:
    phone = await at_targets(stage)
    await phone.say(TARGET)
    await phone.sees("Enter the 6 digits")
    await stage.number_becomes(NUMBER, blocked=True)
    await confirmed(stage, phone)
    await phone.sees("⚠️ Not forwarded to", "Current state: ⛔ Blocked.")
    assert await stage.effects() == []


async def test_a_login_number_needs_a_second_administrator(stage: Stage) -> None:
    phone = await enter(stage, MARAT)
    await phone.say(ASSEL)
    await phone.tap("🔀 Call forwarding")
    await phone.tap("All calls")
    await phone.tap("🔀 Choose a target")
    await phone.sees("Where to forward?")
    await phone.say(TARGET)

    async def held_back() -> bool:
        told = [answer.get("text") or "" for answer in await phone.answers()]
        texts = [message.text for message in await phone.messages()]
        return any("administrator" in text and "approve" in text for text in told + texts)

    await phone.until(held_back, "a word on the second administrator")
    assert await stage.effects() == []


async def test_who_can_get_no_code_reads_it_before_choosing(stage: Stage) -> None:
    phone = await at_rules(stage)
    assert "codes" not in (await phone.window()).text
    await use_up_codes(phone)
    told = NO_CODE
    await phone.command("/menu")
    await phone.command(NUMBER)
    await phone.tap("🔀 Call forwarding")
    await phone.sees("All calls: not set", told)
    await phone.tap("Busy")
    await phone.tap("🔀 Choose a target")
    await phone.sees("Where to forward?", told)
    for section in ("💳 SIM & device", "⋯ More"):
        await phone.command("/menu")
        await phone.command(NUMBER)
        await phone.tap(section)
        await phone.sees("› SIM & device" if "device" in section else "› More")
        if section == "⋯ More":
            await phone.tap("💳 SIM card replacement")
            await phone.sees("SIM card replacement", "Now in use", told)
        else:
            await phone.sees("PIN1", told)
