"""What cannot be done with a number is no button: the state table at the windows of each number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scenarios.entry import enter

if TYPE_CHECKING:
    from tests.scenarios.conftest import Stage
    from tests.scenarios.phone import Message, Phone

PREPAID, POSTPAID = "77010542016", "77010542007"
BUTTONS = {
    "card": {"⛔ Block", "🔒 Unblock"},
    "more": {"💸 Balance transfer", "💳 SIM card replacement", "🚫 Bans"},
    "sim": {"💳 SIM card replacement"},
    "services": {"SMS · "},
    "forwarding": {"Busy", "Cancel all forwarding"},
    "secret": {"✉️ Send the code to"},
}
ACTIVE = {
    "card": {"⛔ Block"},
    "more": {"💸 Balance transfer", "💳 SIM card replacement", "🚫 Bans"},
    "sim": {"💳 SIM card replacement"},
    "services": {"SMS · "},
    "forwarding": {"Busy"},
    "secret": {"✉️ Send the code to"},
}
NOTHING: dict[str, set[str]] = {
    **{window: set[str]() for window in BUTTONS},
    "more": {"🚫 Bans"},
}
TABLE = {
    "Active": ACTIVE,
    "Blocked": NOTHING | {"card": {"🔒 Unblock"}},
    "Blocked / Debt": NOTHING,
}
CHANGED: dict[str, dict[str, object]] = {
    "Active": {"blocked": False, "debt": 0},
    "Blocked": {"blocked": True, "debt": 0},
    "Blocked / Debt": {"blocked": False, "debt": "100"},
}


async def buttons_of(phone: Phone, number: str) -> tuple[dict[str, set[str]], dict[str, Message]]:
    """The buttons of the table that each window of a number has."""
    await phone.say(number)
    seen = {"card": await phone.sees("Tariff: ", "as of")}
    for name, ways, there in (
        ("sim", ["SIM & device"], "ICCID"),
        ("services", ["🧩 Services"], "Activated services"),
        ("forwarding", ["Call forwarding"], "› Call forwarding"),
        ("more", ["⋯ More"], "› More"),
        ("secret", ["Secret code"], "› Secret code"),
    ):
        for way in ways:
            await phone.tap(way)
        seen[name] = await phone.sees(there)
        if name != "more":
            await phone.tap("‹ Back")
            await phone.sees("⋯ More" if name != "secret" else "› More")
    shown = {
        name: {one for one in BUTTONS[name] if any(one in label for label in window.buttons)}
        for name, window in seen.items()
    }
    return shown, seen


@pytest.mark.parametrize("state", list(TABLE))
async def test_buttons_follow_the_state(stage: Stage, state: str) -> None:
    phone = await enter(stage, "77012115526")
    await stage.number_becomes(PREPAID, **CHANGED[state])
    shown, seen = await buttons_of(phone, PREPAID)
    assert shown == TABLE[state]
    if state != "Active":
        assert "Only on an Active number: Balance transfer, SIM card replacement. Now: " in (
            seen["more"].text
        )
        assert "❓ Why can the SIM card not be changed?" in seen["more"].buttons
        assert state in seen["services"].text, "why nothing can be enabled is said"
    assert ("❓ Why can it not be unblocked?" in seen["card"].buttons) == (
        state == "Blocked / Debt"
    )


async def test_a_credit_limit_offers_no_transfer_and_says_so(stage: Stage) -> None:
    phone = await enter(stage, "77012115526")
    shown, seen = await buttons_of(phone, POSTPAID)
    assert shown["more"] == {"💳 SIM card replacement", "🚫 Bans"}
    assert "Balance transfer: only from a prepaid number. Now: Credit." in seen["more"].text


async def test_what_a_role_may_not_do_is_neither_a_button_nor_a_reason(stage: Stage) -> None:
    await stage.administrator_becomes("adm-2", roles={"org-180140000018": "viewer"})
    await stage.number_becomes(PREPAID, blocked=True)
    phone = await enter(stage, "77012115526")
    await phone.say(PREPAID)
    await phone.sees("Tariff: ")
    await phone.tap("⋯ More")
    more = await phone.sees("› More")
    assert not {one for one in BUTTONS["more"] if one in more.buttons}
    assert "Only on an Active number" not in more.text
    await phone.tap("Device registration")
    devices = await phone.sees("Requests history")
    assert not any("Another IMEI" in label for label in devices.buttons)
    await phone.tap("‹ Back")
    await phone.sees("› More")
    await phone.tap("‹ Back")
    await phone.tap("🧩 Services")
    services = await phone.sees("Activated services")
    assert "to disable" not in services.text


async def test_documents_that_a_role_may_not_have_are_not_in_the_menu(stage: Stage) -> None:
    await stage.administrator_becomes("adm-2", roles={"org-180140000018": "operator"})
    phone = await enter(stage, "77012115526")
    await phone.command("/documents")
    menu = await phone.sees("Documents & reports", "2. Actions history")
    assert [label for label in menu.buttons if "·" in label] == ["2 · Actions"]
    assert "8. Payments report" not in menu.text
