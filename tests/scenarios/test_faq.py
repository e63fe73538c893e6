"""The eight answers of the guide, and help from anywhere (S38)."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.entry import enter

DEBTOR = "77010542013"

ANSWERS = [
    ("multiple companies", "must submit an application to grant"),
    ("can't log into", "If you log in for the first time, use Forgot password?"),
    ("old version", "No."),
    ("full list of services", "Please send your suggestions to email@kcell.kz."),
    ("ends with an error", "Wait 2–3 minutes, refresh and try again."),
    ("secret code", "The code does not let them enable or disable services."),
    ("no Unblock button", "The state of the number is Blocked / Debt"),
    ("SIM card not be changed", "only for numbers in the state Active."),
]
LEADS_TO = {
    4: ["📱 Number management"],
    5: ["🕘 Actions history"],
    6: ["📱 Number management"],
    7: ["🧾 Payments report", "🟠 Numbers in debt"],
    8: ["🟢 Active numbers"],
}


async def test_eight_questions_have_eight_answers(stage: Stage) -> None:
    phone = await stage.administrator("77012115526")
    window = await phone.command("/help")
    assert window.buttons == [*"12345678", "🔒 Privacy", "‹ Back", "⌂ Menu"]
    for n, (question, answer) in enumerate(ANSWERS, 1):
        assert f"{n}. " in window.text
        assert question in window.text
        await phone.tap(str(n))
        shown = await phone.sees(question, answer, "Back")
        assert shown.buttons[:-2] == LEADS_TO.get(n, [])
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


async def test_an_answer_leads_to_what_it_says_and_back(stage: Stage) -> None:
    await stage.number_becomes(DEBTOR, debt="5000")
    phone = await enter(stage)
    await phone.command("/help")
    await phone.tap("5")
    await phone.sees("contact corporate support: email@kcell.kz.")
    await phone.tap("‹ Back")
    await phone.tap("7")
    await phone.sees("no Unblock button", "unpaid charges")
    await phone.tap("🟠 Numbers in debt")
    window = await phone.sees("Numbers", "🟠 Blocked / Debt", "Filter: 🟠")
    assert any("701 054 20 13" in label for label in window.buttons)
    await phone.tap("‹ Back")
    await phone.sees("no Unblock button", "unpaid charges")
    await phone.tap("🧾 Payments report")
    await phone.sees("› Payments report", "Show here")


async def test_before_the_login_the_answer_leads_to_the_password(stage: Stage) -> None:
    phone = await stage.phone("77012115526")
    await phone.say("/start")
    await phone.tap("English")
    await phone.tap("FAQ")
    await phone.tap("7")
    answer = await phone.sees("no Unblock button", "unpaid charges")
    assert answer.buttons == ["‹ Back", "⌂ Menu"], "nothing of a company is open to a guest"
    await phone.tap("Back")
    await phone.tap("2")
    await phone.tap("Forgot password?")
    await phone.sees("A code will be sent")


async def test_a_viewer_is_led_to_nothing_that_is_refused(stage: Stage) -> None:
    await stage.administrator_becomes("adm-1", roles={"org-180140000018": "operator"})
    phone = await enter(stage)
    await phone.command("/help")
    await phone.tap("7")
    answer = await phone.sees("no Unblock button", "unpaid charges")
    assert answer.buttons[:-2] == ["🟠 Numbers in debt"], "documents are not this role's"
