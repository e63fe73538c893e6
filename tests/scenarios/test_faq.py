"""The eight answers of the guide, and help from anywhere (S38)."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Stage

ANSWERS = [
    ("multiple companies", "must submit a request to grant access rights"),
    ("can't log into", "If you log in for the first time, use Forgot password?"),
    ("old version", "No."),
    ("full list of services", "Please send your suggestions to email@kcell.kz."),
    ("ends with an error", "Wait 2-3 minutes, refresh and try again."),
    ("secret code", "The code does not let them switch services."),
    ("no Unblock button", "The state of the number is Blocked / Debt"),
    ("SIM card not be changed", "only for numbers in the state Active."),
]


async def test_eight_questions_have_eight_answers(stage: Stage) -> None:
    phone = await stage.administrator("77012115526")
    window = await phone.command("/help")
    assert window.buttons == [*"12345678", "‹ Back", "⌂ Menu"]
    for n, (question, answer) in enumerate(ANSWERS, 1):
        assert f"{n}. " in window.text
        assert question in window.text
        await phone.tap(str(n))
        await phone.sees(question, answer, "Back")
        await phone.tap("Back")
        await phone.sees("Corporate support: email@kcell.kz")


@pytest.mark.parametrize("way", ["FAQ", "/help"])
async def test_help_is_there_before_the_login(stage: Stage, way: str) -> None:
    phone = await stage.phone("77012115526")
    await phone.say("/start")
    await phone.tap("English")
    await phone.sees("Enter the Administrator's phone number")
    await (phone.command(way) if way == "/help" else phone.tap(way))
    await phone.sees("Corporate support")
    await phone.tap("2")
    await phone.sees("use Forgot password?")
    await phone.tap("Back")
    await phone.sees("Corporate support")
    await phone.tap("Back")
    await phone.sees("Enter the Administrator's phone number")
