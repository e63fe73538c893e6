"""Three languages, changed at any time (G-1)."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Stage

MARAT = "77012115526"


@pytest.mark.parametrize("way", ["menu", "profile", "command"])
async def test_the_language_is_changed_from_everywhere(stage: Stage, way: str) -> None:
    phone = await stage.administrator(MARAT)
    if way == "command":
        await phone.command("/language")
    else:
        if way == "profile":
            await phone.command("/profile")
        await phone.tap("Language")
    window = await phone.sees("Выберите язык", "English ✓")
    assert window.buttons == ["English ✓", "Қазақша", "Русский", "⌂ Menu"]
    await phone.tap("Русский")
    await phone.sees("Профиль администратора", "🌐") if way == "profile" else await phone.sees(
        "TOO Demo · ", "🌐"
    )
    window = await phone.command("/language")
    assert window.buttons[0] == "Русский ✓"


async def test_the_choice_is_kept_for_the_next_login(stage: Stage) -> None:
    phone = await stage.phone(MARAT, language="ru")
    await phone.say("/start")
    await phone.tap("Қазақша")
    await phone.sees("Құпиясөзді ұмыттыңыз ба?")
    await phone.command("/start")
    window = await phone.command("/language")
    assert window.buttons[0] == "Қазақша ✓"


async def test_the_window_comes_back_in_the_other_language(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say("77010542007")
    await phone.tap("📊 Usage details")
    await phone.tap("7 days")
    await phone.sees("7 days ✓")
    await phone.command("/language")
    await phone.tap("Русский")
    await phone.sees("Детализация", "7 дней ✓")
