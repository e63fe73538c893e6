"""Alerts in a person's words (AL-1 to AL-9); what becomes of them under kills: tests/storage."""

from __future__ import annotations

import io

import openpyxl
from sqlalchemy import select

from storage.tables.alerts import alert_rules
from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Phone

MARAT, PREPAID, NUMBER = "77012115526", "77010542013", "77010542007"


async def alerts(stage: Stage, language: str = "en") -> Phone:
    phone = await stage.administrator(MARAT)
    await phone.tap("👤 Profile")
    await phone.sees("🔔 Notifications")
    await phone.tap("🔔 Notifications")
    await phone.sees("🔔 Alerts")
    await phone.tap("🔔 Alerts")
    await phone.sees("There is no rule yet.", "🌙 Quiet hours: 22:00–08:00")
    return phone


async def looked(stage: Stage, phone: Phone) -> None:
    """The first look at what was so already is over."""
    app = stage.app
    assert app is not None

    async def over() -> bool:
        return await app.stores.database.read(
            lambda conn: bool(conn.execute(select(alert_rules.c.looked)).scalar())
        )

    await phone.until(over, "the end of the first look")


async def test_a_balance_that_falls_is_told_once_with_the_card_a_tap_away(stage: Stage) -> None:
    phone = await alerts(stage)
    await phone.tap("➕ Add a rule")
    await phone.tap("Balance or remaining credit limit below an amount")
    await phone.sees("Of which numbers?")
    await phone.say("maybe")
    await phone.sees("Of which numbers?")
    await stage.number_becomes(PREPAID, balance="1750", individual_limit=None)
    await phone.say("701 054 20 13")
    await phone.sees("Below which amount?")
    await phone.say("100")
    await phone.sees("Saved.", "+7 701 054 20 13 · Balance or credit limit below 100\xa0₸")
    await looked(stage, phone)
    await stage.number_becomes(PREPAID, balance="20", individual_limit=None)
    await stage.advance(minutes=17)
    alert = await phone.sees("🔔", "+7 701 054 20 13", "Balance: 20 ₸, below 100 ₸", "As of ")
    await phone.tap("🔕 This number", message=alert)
    await phone.sees("+7 701 054 20 13 › Alerts", "You will be told about this number")
    await phone.tap("🔕 For an hour")
    await phone.sees("🔕 Muted until", "🔔 Tell again")
    await phone.tap("+7 701 054 20 13", message=alert)
    await phone.sees("+7 701 054 20 13", "Tariff: ")


async def test_a_rule_is_of_what_is_typed(stage: Stage) -> None:
    phone = await alerts(stage)
    await phone.tap("➕ Add a rule")
    await phone.tap("Blocked for debt")
    await phone.sees("Of which numbers?", "an account number, a label or a cost centre")
    await phone.say("Бухгалтерия")
    await phone.sees("No number, account, label or cost centre of your company has this name.")
    await phone.say("25060831")
    await phone.sees("Saved.", "🔔 Account 25060831 · Blocked for debt")


async def test_debt_is_told_and_the_rule_is_muted_from_the_alert(stage: Stage) -> None:
    phone = await alerts(stage)
    await phone.tap("➕ Add a rule")
    await phone.tap("Blocked for debt")
    await phone.sees("Of which numbers?")
    await phone.tap("All numbers of the company")
    await phone.sees("Saved.", "All numbers of the company · Blocked for debt")
    await phone.sees("🔔 1 alert · TOO Demo", "Already so when the rule was added:")
    await stage.number_becomes(NUMBER, debt="100")
    await stage.advance(minutes=17)
    await phone.sees("+7 701 054 20 07", "Blocked / Debt", "🧾 Payments")
    await phone.tap("🔕 This rule")
    await phone.sees("Blocked for debt", "Checked at")
    await phone.tap("🔕 For an hour")
    await phone.sees("🔕 Muted until")
    await phone.tap("✕ Delete the rule")
    await phone.sees("There is no rule yet.")


async def test_spend_of_the_month_is_told_with_its_amount(stage: Stage) -> None:
    phone = await alerts(stage)
    await phone.tap("➕ Add a rule")
    await phone.sees("Allowance: 80 and 100 % used", "Roaming started")
    await phone.tap("Spend of the month above an amount")
    await phone.sees("Of which numbers?")
    await phone.say("701 054 20 07")
    await phone.sees("Above which amount? Pick one or type it, for example 5000.")
    await phone.say("1")
    await phone.sees("Saved.", "+7 701 054 20 07 · Spend of the month above 1\xa0₸")
    await phone.sees("🔔 1 alert · TOO Demo", "+7 701 054 20 07 · Spent this month: ", "above 1 ₸")


async def test_what_a_digest_has_no_room_for_stands_in_its_file(stage: Stage) -> None:
    phone = await alerts(stage)
    await phone.tap("➕ Add a rule")
    await phone.tap("Balance or remaining credit limit below an amount")
    await phone.sees("Of which numbers?")
    await phone.tap("All numbers of the company")
    await phone.sees("Below which amount?")
    await phone.say("900000")
    await phone.sees("Saved.")
    told = await phone.document()
    counted = int(told.text.split(" alerts")[0].removeprefix("🔔 "))
    assert counted > 10
    assert f"and {counted - 5} more numbers" in told.text
    sheet = openpyxl.load_workbook(io.BytesIO(await phone.download(told))).active
    assert sheet is not None
    rows = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:4] == ["Number", "Label", "Cost centre", "Alert"]
    assert len(rows) == counted + 1
    assert all("below 900,000" in row[3] for row in rows[1:])
