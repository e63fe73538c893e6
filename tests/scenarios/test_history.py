"""The actions history on screen: what was done, by whom, with what result (S29)."""

from __future__ import annotations

import io

import openpyxl

from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Message, Phone

MARAT = "77012115526"
WHO = "Марат Серікұлы Ибраев"


async def history(phone: Phone) -> Message:
    await phone.command("/documents")
    await phone.tap("2 · Actions")
    return await phone.sees("Actions history", "Period: ")


async def test_an_empty_history_says_so(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    window = await history(phone)
    assert "Period: 24.12.2021 – 24.01.2022" in window.text
    assert "No data for this period." in window.text, "logins belong to no company"


async def test_readings_and_orders_are_kept(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say(MARAT)
    await phone.tap("Usage details")
    await phone.tap("Today")
    await phone.sees("Today ✓")
    await phone.tap("XLSX file")
    await phone.sees("R-20220124-0001", "24.01.2022 – 24.01.2022\n")
    await phone.tap("Show here")
    await phone.sees("24.01.2022 – 24.01.2022 · Everything")
    window = await history(phone)
    lines = window.text.splitlines()
    at = lines.index("24.01.2022")
    ordered = "Usage details · XLSX · 24.01.2022 – 24.01.2022"
    assert lines[at + 1 : at + 5] == [
        "16:00 Usage details viewed +7 701 211 55 26",
        f"✅ done · 24.01.2022 – 24.01.2022 · Everything · {WHO}",
        "16:00 Document ordered +7 701 211 55 26",
        f"✅ done · {ordered} · to the chat · {WHO} · R-20220124-0001",
    ]


async def test_the_longer_periods_and_the_pages(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say(MARAT)
    await phone.tap("Usage details")
    for _ in range(9):
        await phone.tap("Show here")
        await phone.sees("1/", "· Everything")
        await phone.tap("Back")
        await phone.sees("Show here")
    window = await history(phone)
    assert "1/2" in window.buttons
    assert window.text.count("Usage details viewed") == 8
    await phone.tap("›")
    window = await phone.sees("2/2")
    assert window.text.count("Usage details viewed") == 1
    await phone.tap("3 months")
    await phone.sees("3 months ✓", "Period: 24.10.2021 – 24.01.2022", "1/2")
    await phone.tap("12 months")
    await phone.sees("12 months ✓", "Period: 24.01.2021 – 24.01.2022")


async def test_another_company_sees_nothing_of_it(stage: Stage) -> None:
    phone = await stage.administrator("77010542007")
    await phone.say(MARAT)
    await phone.tap("Usage details")
    await phone.tap("Show here")
    await phone.sees("· Everything", "1/")
    assert "Usage details viewed" in (await history(phone)).text
    await phone.command("/menu")
    await phone.tap("Company")
    await phone.tap("ЖШС «Қазына Үлгі»")
    await phone.sees("12 numbers")
    assert "No data for this period." in (await history(phone)).text


async def test_colleagues_of_one_company_see_each_others_actions(stage: Stage) -> None:
    marat = await stage.administrator(MARAT)
    await marat.say("77010542008")
    await marat.tap("Block +7 701 054 20 08")
    await marat.sees("Valid until")
    await marat.tap("⛔ Block +7 701 054 20 08")
    await marat.sees("✅ Blocked")
    assel = await stage.administrator("77010542007")
    window = await history(assel)
    assert f"✅ done · {WHO} · A-20220124-0001" in window.text
    assert window.text.count("A-20220124-0001") == 1, "one line per action"
    assert "confirmed" not in window.text
    assert "⏳" not in window.text


async def test_days_of_ones_own_are_typed_or_picked(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say(MARAT)
    await phone.tap("Usage details")
    await phone.tap("Show here")
    await phone.sees("· Everything", "1/")
    await history(phone)
    await phone.say("01.01.2022 - 23.01.2022")
    window = await phone.sees("Period: 01.01.2022 – 23.01.2022", "Own period… ✓")
    assert "No data for this period." in window.text
    await phone.tap("Own period")
    await phone.sees("Choose the first day")
    await phone.say("24.01.2022")
    await phone.sees("Choose the last day", "First day: 24.01.2022")
    await phone.say("24.01.2022")
    await phone.sees("Period: 24.01.2022 – 24.01.2022", "Usage details viewed")
    await phone.say("01.01.2020 - 23.01.2022")
    await phone.sees("Data is available from 24.01.2021")


async def test_kinds_and_a_number_narrow_it_and_the_file_is_the_same(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say("77010542008")
    await phone.tap("Block +7 701 054 20 08")
    await phone.sees("Valid until")
    await phone.tap("⛔ Block +7 701 054 20 08")
    await phone.sees("✅ Blocked")
    await phone.card_below()
    await phone.say(MARAT)
    await phone.sees("+7 701 211 55 26", "Tariff: ")
    await phone.tap("Usage details")
    await phone.tap("Show here")
    await phone.sees("· Everything", "1/")
    await history(phone)
    await phone.tap("Viewed")
    window = await phone.sees("Viewed ✓", "Usage details viewed")
    assert "A-20220124-0001" not in window.text
    await phone.tap("Changes")
    window = await phone.sees("Changes ✓", "A-20220124-0001")
    assert "Usage details viewed" not in window.text
    await phone.say(MARAT)
    await phone.sees("Number: +7 701 211 55 26", "No data for this period.")
    await phone.tap("Clear the filter")
    await phone.sees("A-20220124-0001")
    await phone.tap("XLSX file")
    sheet = openpyxl.load_workbook(io.BytesIO(await phone.download(await phone.document()))).active
    assert sheet is not None
    told = [row for row in sheet.values if any(row)]
    assert any("Changes" in str(cell) for row in told for cell in row)
    assert [row[3] for row in told if row[2] in {"+7 701 054 20 08", "77010542008"}] == ["Block"]


async def test_the_file_says_what_was_asked_for_as_the_window_does(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say("77010542008")
    await phone.tap("Block +7 701 054 20 08")
    await phone.tap("Lost")
    await phone.tap("⛔ Block +7 701 054 20 08")
    await phone.sees("✅ Blocked")
    assert "· Lost ·" in (await history(phone)).text
    await phone.tap("XLSX file")
    sheet = openpyxl.load_workbook(io.BytesIO(await phone.download(await phone.document()))).active
    assert sheet is not None
    actions = [row[3] for row in sheet.values if row[2] == "+7 701 054 20 08"]
    assert actions == ["Block · Lost"]


async def test_a_day_that_does_not_exist_is_no_search(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await history(phone)
    for typed in ("31.02.2022", "01.13.2022-24.01.2022"):
        await phone.say(typed)
        await phone.sees("Actions history", "This is not a date.")
    await phone.say("01.01.2020")
    await phone.sees("Actions history", "24.01.2021")
    await phone.say("Reel")
    await phone.sees("Numbers", "Search: Reel")
