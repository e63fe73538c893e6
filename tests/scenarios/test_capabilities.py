"""An operator that does not have everything: what people see follows, and typed words say so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from account.values.capabilities import Capability
from bot.config.settings import Settings
from bot.handlers.commands import commands
from bot.texts.language import Catalogues
from tests.scenarios.conftest import staged
from tests.scenarios.entry import enter
from tests.scenarios.phone import Message, Phone

NUMBER, SHOWN = "77010542013", "+7 701 054 20 13"
FULL = {
    "menu": {"Balance transfer"},
    "card": {"Usage details", "Allowances", "Services", "Call forwarding", "⋯ More: bans"},
    "more": {"Balance transfer", "Payments", "SIM card replacement", "Bans", "Device registration"},
    "sim": {"Show PIN and PUK", "SIM card replacement"},
    "cards": {"Replace with an eSIM"},
    "documents": {
        "1 · By invoice",
        "4 · Certificate",
        "5 · Register",
        "6 · Reconciliation",
        "7 · Devices",
        "8 · Payments",
        "9 · Atlas Pro",
        "Charts",
    },
    "faq": {"4", "8", "9"},
}


def among(window: Message, labels: set[str]) -> set[str]:
    """Which of these the buttons bear."""
    exact = {one for one in labels if len(one) == 1}
    return {
        one
        for one in labels
        if any(one == button if one in exact else one in button for button in window.buttons)
    }


@pytest.mark.parametrize("everything", [True, False])
async def test_windows_follow_what_the_operator_has(tmp_path: Path, *, everything: bool) -> None:
    lacks = frozenset() if everything else frozenset(Capability)

    def changed(settings: Settings) -> Settings:
        return replace(settings, profile=settings.profile.model_copy(update={"lacks": lacks}))

    async with staged(tmp_path, changed=changed) as stage:
        phone = await enter(stage)
        seen = {"menu": await phone.window_with("Number management")}
        await phone.say(NUMBER)
        seen["card"] = card = await phone.sees(SHOWN, "Tariff: ", "as of")
        assert ("Bans: " in card.text) == everything
        await phone.tap("⋯ More")
        seen["more"] = await phone.sees(f"{SHOWN} › More")
        await phone.tap("Back")
        await phone.sees(SHOWN, "Tariff: ", "as of")
        await phone.tap("SIM & device")
        seen["sim"] = sim = await phone.sees("ICCID")
        assert ("PUK1" in sim.text) == everything
        seen["cards"] = sim
        if everything:
            await phone.tap("SIM card replacement")
            seen["cards"] = await phone.sees("spare SIM cards of the company")
        await phone.command("/documents")
        seen["documents"] = papers = await phone.sees("List of numbers report")
        assert ("Reconciliation statement" in papers.text) == everything
        assert "3. List of numbers report" in papers.text
        await phone.command("/help")
        seen["faq"] = faq = await phone.sees("How to manage multiple companies")
        assert ("full list of services" in faq.text) == everything
        assert "7. What if the number is blocked" in faq.text
        shown = {where: among(window, FULL[where]) for where, window in seen.items()}
        assert shown == (FULL if everything else {where: set() for where in FULL})
        await phone.say("/transfer")
        if everything:
            await phone.sees("Balance transfer")
        else:
            await phone.sees("Your operator does not offer this. Nothing has changed.")


LOST: dict[Capability, dict[str, set[str]]] = {
    Capability.SERVICES: {"card": {"Services"}, "faq": {"4"}},
    Capability.ALLOWANCES: {"card": {"Allowances"}},
    Capability.USAGE: {"card": {"Usage details"}},
    Capability.TRANSFERS: {"menu": {"Balance transfer"}, "more": {"Balance transfer"}},
    Capability.FORWARDING: {"card": {"Call forwarding"}},
    Capability.BANS: {"card": {"⋯ More: bans"}, "more": {"Bans"}},
    Capability.SIM_CODES: {"sim": {"Show PIN and PUK"}},
    Capability.SIM_REPLACEMENT: {
        "more": {"SIM card replacement"},
        "sim": {"SIM card replacement"},
        "cards": {"Replace with an eSIM"},
        "faq": {"8"},
    },
    Capability.ESIM: {"cards": {"Replace with an eSIM"}, "faq": {"9"}},
    Capability.DEVICE_REGISTRY: {
        "card": {"⋯ More: bans"},
        "more": {"Device registration"},
        "documents": {"7 · Devices"},
    },
    Capability.PAYMENTS: {
        "card": {"⋯ More: bans"},
        "more": {"Payments"},
        "documents": {"6 · Reconciliation", "8 · Payments"},
    },
    Capability.BILLS: {
        "documents": {
            "1 · By invoice",
            "4 · Certificate",
            "5 · Register",
            "6 · Reconciliation",
            "Charts",
        }
    },
    Capability.CERTIFICATE: {"documents": {"4 · Certificate"}},
    Capability.CONTRACTS: {},
    Capability.SIM_REGISTER: {},
    Capability.REGISTERED_INVOICES: {},
    Capability.ATLAS: {"documents": {"9 · Atlas Pro"}},
}
"""The buttons that go with each of them, and no others; `⋯ More: …` names what is behind it."""


async def windows(phone: Phone) -> dict[str, Message]:
    """Each window that has buttons of what may be lacking, as it is now."""
    await phone.command("/menu")
    seen = {"menu": await phone.window_with("Number management")}
    await phone.say(NUMBER)
    seen["card"] = await phone.sees(SHOWN, "Tariff: ", "as of")
    await phone.tap("⋯ More")
    seen["more"] = await phone.sees(f"{SHOWN} › More")
    await phone.tap("Back")
    await phone.sees(SHOWN, "Tariff: ", "as of")
    await phone.tap("SIM & device")
    seen["sim"] = seen["cards"] = await phone.sees("ICCID")
    if any("SIM card replacement" in label for label in seen["sim"].buttons):
        await phone.tap("SIM card replacement")
        seen["cards"] = await phone.sees("spare SIM cards of the company")
    await phone.command("/documents")
    seen["documents"] = await phone.sees("List of numbers report")
    await phone.command("/help")
    seen["faq"] = await phone.sees("How to manage multiple companies")
    return seen


def test_every_capability_has_its_buttons_named() -> None:
    assert LOST.keys() == set(Capability)


async def test_each_that_is_lacking_takes_its_own_buttons_and_no_others(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        phone = await enter(stage)
        assert stage.app is not None
        http = vars(stage.app.use_cases.carrier)["_http"]
        whole = http.profile
        for lost, buttons in LOST.items():
            http.profile = whole.model_copy(update={"lacks": frozenset({lost})})
            seen = await windows(phone)
            gone = {
                where: FULL[where] - among(window, FULL[where]) for where, window in seen.items()
            }
            assert {where: labels for where, labels in gone.items() if labels} == buttons, lost
            await phone.say("/transfer")
            if lost is Capability.TRANSFERS:
                await phone.sees("Your operator does not offer this. Nothing has changed.")
            else:
                await phone.sees("From which number?")


def test_the_list_of_commands_follows() -> None:
    with Catalogues().speaking("en"):
        usual = {one.command for one in commands()}
        left = {one.command for one in commands(frozenset({Capability.TRANSFERS}))}
    assert usual - left == {"transfer"}
