"""The administrator's own page (S03)."""

from __future__ import annotations

from tests.scenarios.conftest import Stage


async def test_the_profile_says_who_is_logged_in_and_where(stage: Stage) -> None:
    phone = await stage.administrator("77010542007")
    await phone.tap("Profile")
    window = await phone.sees(
        "TOO Demo › Administrator profile",
        "Name: Асель Нұрланқызы Садыкова",
        "Phone (login): +7 701 054 20 07",
        "Language: English",
        "Logged in: 24.01.2022 16:00",
        "• TOO Demo · administrator",
        "• ЖШС «Қазына Үлгі» · administrator",
    )
    assert window.buttons == ["🌐 Language", "🚪 Log out", "‹ Back", "⌂ Menu"]
    await phone.tap("Back")
    await phone.sees("37 numbers")
