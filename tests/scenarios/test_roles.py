"""What each role sees and may do, as the operator names it at that moment (section 2)."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.entry import DEMO
from tests.scenarios.phone import Message, Phone

NUMBER, SHOWN = "77010542013", "+7 701 054 20 13"
OPERATOR, FINANCE, VIEWER = "77016660009", "77016660010", "77016660011"
ROLES = {
    OPERATOR: "number manager",
    FINANCE: "finance",
    VIEWER: "viewer",
}


def shows(window: Message, label: str) -> bool:
    return any(label in button for button in window.buttons)


async def card_of(phone: Phone) -> Message:
    await phone.say(NUMBER)
    return await phone.sees(SHOWN, "Tariff: ", "as of")


@pytest.mark.parametrize(
    ("who", "blocks", "moves_money", "bans", "replaces"),
    [
        (OPERATOR, True, False, True, False),
        (FINANCE, False, True, False, False),
        (VIEWER, False, False, False, False),
    ],
)
async def test_a_role_sees_the_buttons_that_it_can_use(
    stage: Stage, who: str, *, blocks: bool, moves_money: bool, bans: bool, replaces: bool
) -> None:
    phone = await stage.administrator(who)
    menu = await phone.sees("37 numbers")
    assert shows(menu, "Balance transfer") == moves_money
    card = await card_of(phone)
    assert shows(card, f"Block {SHOWN}") == blocks
    assert shows(card, "Usage details")
    await phone.tap("More: bans")
    more = await phone.sees(f"{SHOWN} › More")
    assert shows(more, "Balance transfer") == moves_money
    assert shows(more, "Bans") == bans
    assert shows(more, "Secret code") == bans
    assert shows(more, "SIM card replacement") == replaces
    assert shows(more, "Payments")
    await phone.command("/profile")
    profile = await phone.sees(f"• TOO Demo · {ROLES[who]}")
    assert shows(profile, "Change e-mail")


async def test_a_forged_press_of_a_viewer_is_refused(stage: Stage) -> None:
    viewer = await stage.administrator(VIEWER)
    card = await card_of(viewer)
    row = card.raw["reply_markup"]["inline_keyboard"][0][0]
    forged = row["callback_data"].rpartition("\x1d")[0]
    for button in ("block", "more"):
        await viewer.tap_data(card.id, f"{forged}\x1d{button}")
    await viewer.is_told("Your role in this company does not allow this.")
    final = await viewer.window()
    await viewer.tap_data(final.id, f"go:ask:block:{NUMBER}")
    await viewer.is_told("Your role in this company does not allow this.")
    assert await stage.effects(NUMBER) == []


async def test_a_role_that_becomes_less_is_less_with_the_next_tap(stage: Stage) -> None:
    phone = await stage.administrator("77012115526")
    card = await card_of(phone)
    assert shows(card, f"Block {SHOWN}")
    await phone.tap(f"Block {SHOWN}")
    await phone.sees(f"Block {SHOWN}?")
    await stage.administrator_becomes("adm-2", roles={DEMO: "viewer"})
    await phone.tap(f"Block {SHOWN}")
    await phone.is_told("Your role in this company does not allow this.")
    assert await stage.effects(NUMBER) == []
    await phone.command("/menu")
    card = await card_of(phone)
    assert not shows(card, f"Block {SHOWN}")


async def test_of_two_roles_the_stronger_counts_and_an_unknown_one_lets_nobody_in(
    stage: Stage,
) -> None:
    await stage.administrator_becomes("adm-2", roles={DEMO: ["viewer", "finance"]})
    phone = await stage.administrator("77012115526")
    assert shows(await phone.sees("37 numbers"), "Balance transfer")
    await stage.administrator_becomes("adm-2", roles={DEMO: "accountant"})
    await phone.tap("Number management")
    await phone.is_told("You have no access to this company")
