"""One number's card and its general information (S06, S07)."""

from __future__ import annotations

from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Phone

MARAT = "77012115526"


async def card(stage: Stage, number: str) -> Phone:
    phone = await stage.administrator(MARAT)
    await phone.say(number)
    await phone.sees("Tariff: ", "as of 16:00")
    return phone


async def test_the_card_tells_what_is_wanted_most(stage: Stage) -> None:
    phone = await card(stage, "77010542007")
    window = await phone.sees(
        "TOO Demo › +7 701 054 20 07",
        "🟢 Active since ",
        "Employee: Асель Садыкова",
        "Tariff: Business Class Junior",
        "Account: 25060830",
        "Billing method: Credit",
        "Remaining credit limit: 8,475.90 ₸",
        "Available funds (individual limit): 446 ₸",
    )
    assert window.buttons == [
        *("📊 Usage details", "📦 Allowances"),
        *("🧩 Services", "🔀 Call forwarding"),
        *("💳 SIM & device", "ℹ️ General information", "☆ Favourite"),
        "⋯ More: bans, devices, payments",
        "⛔ Block +7 701 054 20 07",
        "⟳ Refresh",
        "‹ Back",
        "⌂ Menu",
    ]


async def test_a_prepaid_number_has_a_balance(stage: Stage) -> None:
    phone = await card(stage, "77010542008")
    window = await phone.sees("Billing method: Advance", "Balance: ", "no individual limit")
    assert "credit limit" not in window.text


async def test_refresh_reads_again_and_says_when(stage: Stage) -> None:
    phone = await card(stage, "77010542008")
    await stage.number_becomes(
        "77010542008", balance="123.45", individual_limit="10", label="Night"
    )
    await stage.advance(minutes=4)
    await phone.tap("Refresh")
    await phone.sees("Balance: 123.45 ₸", "(individual limit): 10 ₸", "Employee: Night", "16:04")


async def test_a_number_in_debt_says_why_it_stays_blocked(stage: Stage) -> None:
    phone = await card(stage, "77010542009")
    window = await phone.sees(
        "🟠 Blocked / Debt since 05.01.2022", "Unpaid: 12,500.50 ₸", "after payment"
    )
    assert not any("Unblock" in label or "Block +" in label for label in window.buttons)
    await phone.tap("🧾 Payments")
    await phone.sees("+7 701 054 20 09 › Payments", "Period: ")
    await phone.tap("‹ Back")
    await phone.sees("🟠 Blocked / Debt since 05.01.2022")
    await phone.tap("Why can it not be unblocked?")
    await phone.sees("there is no Unblock button?", "unpaid charges on the account")
    await phone.tap("Back")
    await phone.sees("🟠 Blocked / Debt since 05.01.2022")


async def test_a_block_of_the_company_outlives_the_debt_and_the_card_says_so(stage: Stage) -> None:
    await stage.number_becomes("77010542021", debt="100.50")
    phone = await card(stage, "77010542021")
    window = await phone.sees("🟠 Blocked / Debt", "After payment it will stay Blocked")
    assert "unblocked automatically" not in window.text
    await stage.number_becomes("77010542021", debt=0)
    await phone.tap("Refresh")
    await phone.sees("⛔ Blocked since", "🔒 Unblock +7 701 054 20 21")


async def test_a_forged_unblock_of_a_number_in_debt_is_refused(stage: Stage) -> None:
    phone = await card(stage, "77010542009")
    window = await phone.window()
    refresh = window.raw["reply_markup"]["inline_keyboard"][-1][0]["callback_data"]
    await phone.tap_data(window.id, refresh.replace("refresh", "unblock"))
    await phone.sees("🟠 Blocked / Debt since 05.01.2022")
    await phone.tap_data(window.id, "go:ask:unblock:77010542009")
    await phone.is_told("The number is Blocked / Debt: 12,500.50 ₸ is unpaid")
    await phone.sees("🟠 Blocked / Debt since 05.01.2022")
    assert await stage.effects() == []


async def test_general_information_says_what_the_bans_mean(stage: Stage) -> None:
    phone = await card(stage, "77010542007")
    await phone.tap("General information")
    await phone.sees(
        "TOO Demo › +7 701 054 20 07 › General information",
        "Registration form: 300093654693-37",
        "Account: 25060830",
        "Ban on SMS / USSD control: OFF (the employee can manage services)",
        "Ban on MyKcell details access: OFF (the employee can see details)",
        "Ban on MyKcell access: OFF (the employee can log in)",
    )
    await phone.tap("Back")
    await phone.sees("Bans: none")


async def test_a_number_typed_in_any_window_opens_its_card(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    for at, number, shown in (
        ("/menu", "77010542008", "+7 701 054 20 08"),
        ("/profile", "8 701 054 20 12", "+7 701 054 20 12"),
        ("/documents", "+7 701 054-20-13", "+7 701 054 20 13"),
        ("/help", "7010542014", "+7 701 054 20 14"),
    ):
        await phone.command(at)
        await phone.say(number)
        await phone.sees(f"TOO Demo › {shown}", "Tariff: ")
    await phone.say("77010542015")  # in the card of another number
    await phone.sees("TOO Demo › +7 701 054 20 15", "Tariff: ")
    await phone.tap("Usage details")
    await phone.sees("Usage details", "Period: ")
    await phone.say("77010542016")
    await phone.sees("TOO Demo › +7 701 054 20 16", "Tariff: ")
