"""Usage details: the order, the pages on screen, and the file (S13)."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import openpyxl
import pytest

from tests.bot.test_usage_process import children
from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Phone

MARAT = "77012115526"
SHOWN = "+7 701 211 55 26"
KINDS = {"voice": "Calls", "sms": "SMS", "data": "Data", "other": "Other"}


@dataclass
class Sum:
    """What the operator itself has of one type."""

    records: int = 0
    seconds: int = 0
    cost: Decimal = Decimal(0)

    @property
    def money(self) -> str:
        """`1,234.50 ₸`, without the fraction where there is none."""
        return f"{self.cost:,.2f} ₸".replace(".00 ", " ")

    @property
    def duration(self) -> str:
        """`1:02:05`."""
        return f"{self.seconds // 3600}:{self.seconds // 60 % 60:02}:{self.seconds % 60:02}"


async def operators_sums(http: httpx.AsyncClient, first: str, before: str) -> dict[str, Sum]:
    """The sums by type, counted here from the operator's own records."""
    rows: list[dict[str, Any]] = []
    while True:
        query: dict[str, str | int] = {
            "ratedProductUsage.productRef.id": MARAT,
            "usageDate.gte": f"{first}T00:00:00+06:00",
            "usageDate.lt": f"{before}T00:00:00+06:00",
            "limit": 1000,
            "offset": len(rows),
        }
        answer = await http.get("/tmf-api/usageManagement/v4/usage", params=query)
        rows.extend(answer.json(parse_float=Decimal))
        if len(rows) >= int(answer.headers["X-Total-Count"]):
            break
    sums: defaultdict[str, Sum] = defaultdict(Sum)
    for row in rows:
        told = {it["name"]: it["value"] for it in row["usageCharacteristic"]}
        its = sums[KINDS[row["usageType"]]]
        its.records += 1
        its.cost += sum(
            Decimal(x["taxIncludedRatingAmount"]["value"]) for x in row["ratedProductUsage"]
        )
        its.seconds += told["durationSec"] if row["usageType"] == "voice" else 0
    return sums


async def order(stage: Stage, number: str = MARAT) -> Phone:
    phone = await stage.administrator(MARAT)
    await phone.say(number)
    await phone.tap("Usage details")
    await phone.sees("Usage details", "Period: 24.12.2021 – 24.01.2022 (Last month)")
    return phone


async def own_period(phone: Phone, first: str, last: str) -> None:
    """An own period, typed."""
    await phone.tap("Own period")
    await phone.sees("Choose the first day")
    await phone.say(first)
    await phone.sees("Choose the last day", "First day: ")
    await phone.say(last)
    await phone.sees("Own period… ✓")


# --- the order -------------------------------------------------------------------------------


async def test_the_usual_period_is_the_last_month(stage: Stage) -> None:
    phone = await order(stage)
    window = await phone.sees(
        "Type: Everything",
        "Data is available from 24.10.2021, today included.",
        "Today's records may be incomplete.",
        "Last month ✓",
        "Everything ✓",
    )
    assert len(window.raw["reply_markup"]["inline_keyboard"]) <= 8
    for preset, period in (
        ("Today", "24.01.2022 – 24.01.2022"),
        ("7 days", "18.01.2022 – 24.01.2022"),
        ("This month", "01.01.2022 – 24.01.2022"),
    ):
        await phone.tap(preset)
        await phone.sees(f"Period: {period}", f"{preset} ✓")
    await phone.tap("Calls")
    await phone.sees("Type: Calls", "Calls ✓", "This month ✓")


async def test_who_looks_at_the_order_does_not_wait_for_the_process_of_the_file(
    stage: Stage,
) -> None:
    phone = await order(stage)

    async def begun() -> list[int]:
        return children()

    there = await phone.until(begun, "the process of the file")
    await phone.tap("XLSX file")
    await phone.sees("records · R-20220124-0001")
    assert children() == there


async def test_an_own_period_is_picked_in_the_calendar(stage: Stage) -> None:
    phone = await order(stage)
    await phone.tap("Own period")
    window = await phone.sees("Choose the first day", "January 2022", "24.10.2021 to 24.01.2022")
    weeks = window.raw["reply_markup"]["inline_keyboard"][2:-2]
    assert [len(week) for week in weeks] == [7] * 5
    assert [day["text"] for day in weeks[0]] == ["·"] * 5 + ["01", "02"]
    await phone.tap("‹ December")
    await phone.sees("December 2021")
    await phone.tap("27")
    await phone.sees("Choose the last day", "First day: 27.12.2021")
    await phone.tap("03")
    window = await phone.sees("Period: 27.12.2021 – 03.01.2022", "Own period… ✓")
    assert "incomplete" not in window.text


async def test_days_typed_at_the_order_are_its_period(stage: Stage) -> None:
    phone = await order(stage)
    await phone.say("27.12.2021 – 03.01.2022")
    await phone.sees("Period: 27.12.2021 – 03.01.2022", "Own period… ✓")
    await phone.say("24 қаңтар 2022 ж.")
    await phone.sees("Period: 24.01.2022", "Own period… ✓")
    await phone.say("27.12.2020 – 03.01.2021")
    await phone.sees("Period: 24.01.2022", "Data is available from 24.10.2021.")
    await phone.say("77010542008")
    await phone.sees("+7 701 054 20 08", "Tariff: ")


async def test_a_tap_on_an_empty_day_or_a_weekday_does_nothing(stage: Stage) -> None:
    phone = await order(stage)
    await phone.tap("Own period")
    await phone.tap("Mo")
    await phone.tap("·")
    await phone.tap("10")
    await phone.sees("Choose the last day", "First day: 10.01.2022")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("23.10.2021", "Data is available from 24.10.2021."),
        ("25.01.2022", "The period ends after today. Choose days up to today."),
        ("31.02.2022", "This is not a date. Enter it like 24.01.2022."),
        ("some day", "This is not a date. Enter it like 24.01.2022."),
    ],
)
async def test_a_first_day_that_cannot_be(stage: Stage, typed: str, sentence: str) -> None:
    phone = await order(stage)
    await phone.tap("Own period")
    await phone.sees("Choose the first day")
    await phone.say(typed)
    await phone.sees("Choose the first day", sentence)
    await phone.say("2022-01-03")
    await phone.sees("Choose the last day", "First day: 03.01.2022")
    await phone.say("02/01/2022")
    await phone.sees("Choose the last day", "The first day comes after the last day.")
    await phone.tap("Back")
    await phone.sees("Period: 24.12.2021 – 24.01.2022 (Last month)")


async def test_a_forged_day_is_refused(stage: Stage) -> None:
    phone = await order(stage)
    await phone.tap("Own period")
    window = await phone.sees("Choose the first day")
    day = window.raw["reply_markup"]["inline_keyboard"][2][-1]["callback_data"]
    await phone.tap_data(window.id, day.rpartition(":")[0] + ":1577836800")  # 2020
    await phone.sees("Choose the first day", "Data is available from 24.10.2021.")


# --- on screen -------------------------------------------------------------------------------


async def test_pages_and_totals_are_the_operators(stage: Stage) -> None:
    phone = await order(stage)
    await own_period(phone, "03.01.2022", "10.01.2022")
    sums = await operators_sums(stage.http, "2022-01-03", "2022-01-11")
    await phone.tap("Show here")
    window = await phone.sees("03.01.2022 – 10.01.2022 · Everything", "records")
    for kind, its in sums.items():
        [line] = [line for line in window.text.splitlines() if f" {kind} · " in line]
        assert f"· {its.records} record" in line
        assert line.endswith(f"· {its.money}")
    assert sums["Calls"].duration in window.text
    assert "incomplete" not in window.text
    records = sum(its.records for its in sums.values())
    await phone.tap("»")
    last = -(-records // 10)
    window = await phone.sees(f"{last}/{last}", "03.01.2022")
    assert "record" not in window.text, "the totals stand on the first page"
    await phone.tap("‹")
    await phone.sees(f"{last - 1}/{last}")
    await phone.tap("Back")
    await phone.sees("Own period… ✓")


async def test_one_type_alone(stage: Stage) -> None:
    phone = await order(stage)
    await own_period(phone, "03.01.2022", "10.01.2022")
    sums = await operators_sums(stage.http, "2022-01-03", "2022-01-11")
    await phone.tap("Calls")
    await phone.sees("Calls ✓")
    await phone.tap("Show here")
    window = await phone.sees(f"· {sums['Calls'].records} records", "1/")
    assert "✉️" not in window.text
    assert "🌐" not in window.text


async def test_the_totals_are_counted_once_and_the_reading_written_once(stage: Stage) -> None:
    phone = await order(stage)
    await phone.tap("Show here")
    await phone.sees("· Everything", "records", "Today's records may be incomplete.")
    before = await stage.asked("/usage")
    await phone.tap("›")
    await phone.sees("2/")
    await phone.tap("‹")
    await phone.sees("1/", "records")
    assert await stage.asked("/usage") - before == 2
    await phone.command("/documents")
    await phone.tap("2 · Actions")
    window = await phone.sees(f"Usage details viewed {SHOWN}")
    assert window.text.count("Usage details viewed") == 1


async def test_long_totals_are_counted_while_the_page_is_read(stage: Stage) -> None:
    await stage.number_becomes(MARAT, usage_per_day=60)
    phone = await order(stage)
    await phone.tap("Show here")
    await phone.sees("⏳ The totals are being counted.", "1/")
    window = await phone.sees("📞 Calls · ", "records", "1/")
    assert "⏳" not in window.text


async def test_nothing_for_the_period(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say("77010542006")  # blocked since long ago
    await phone.tap("Usage details")
    await phone.tap("7 days")
    await phone.sees("7 days ✓")
    await phone.tap("Show here")
    window = await phone.sees("No data for this period.")
    assert "📄 XLSX file" not in window.buttons
    await phone.tap("Back")
    await phone.tap("XLSX file")
    word = await phone.sees("No data for this period, so no file was created")
    assert "document" not in word.raw


async def test_a_slow_or_silent_operator_is_said(stage: Stage) -> None:
    phone = await order(stage)
    await stage.fault("operator", "http_500", match="/usage", times=None)
    await phone.tap("Show here")
    await phone.hears("The operator's system does not answer. Nothing has changed.")
    await phone.sees("Show here", "Last month ✓")


# --- the file --------------------------------------------------------------------------------


async def test_the_file_holds_what_the_operator_has(stage: Stage) -> None:
    phone = await order(stage)
    await own_period(phone, "03.01.2022", "10.01.2022")
    sums = await operators_sums(stage.http, "2022-01-03", "2022-01-11")
    await phone.tap("XLSX file")
    file = await phone.sees(SHOWN, "03.01.2022 – 10.01.2022", "records · R-20220124-0001")
    assert file.raw["document"]["file_name"] == "usage_77012115526_2022-01-03_2022-01-10.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(await phone.download(file)))
    names = {"Calls": "Calls", "SMS": "SMS and MMS", "Data": "Data", "Other": "Other charges"}
    rows = {row[0]: row for row in book.worksheets[1].iter_rows(values_only=True)}
    for kind, its in sums.items():
        assert rows[names[kind]][1] == its.records
        assert Decimal(str(rows[names[kind]][5])) == its.cost
    assert rows["Total"][1] == sum(its.records for its in sums.values())


async def test_the_same_order_twice_is_one_file(stage: Stage) -> None:
    phone = await order(stage)
    await phone.tap("7 days")
    await phone.sees("7 days ✓")
    await phone.tap("XLSX file")
    file = await phone.sees("R-20220124-0001", "18.01.2022 – 24.01.2022\n")
    await phone.window_below(file)
    await phone.tap("XLSX file")
    await phone.sees("This file was made a moment ago, request R-20220124-0001")
    assert len([m for m in await phone.messages() if "document" in m.raw]) == 1


async def test_a_long_file_shows_how_far_it_is(stage: Stage) -> None:
    await stage.number_becomes(MARAT, usage_per_day=100)
    phone = await order(stage)
    await stage.fault("operator", "delay", match="/usage", seconds=1.2, times=None)
    await phone.tap("XLSX file")
    await phone.sees("⏳ The file is being prepared, request R-20220124-0001")
    await phone.sees(SHOWN, " rows")
    await phone.sees("records · R-20220124-0001", "Today's records may be incomplete.")
    await phone.no_longer_sees(" rows")


async def test_a_file_waits_for_an_operator_that_is_down(stage: Stage) -> None:
    phone = await order(stage)
    await phone.tap("7 days")
    await phone.sees("7 days ✓")
    await stage.fault("operator", "http_500", match="/usage", times=None)
    await phone.tap("XLSX file")
    await phone.sees("⏳ The file is being prepared, request R-20220124-0001")

    async def asked() -> bool:
        return await stage.asked("/usage") > 0

    await phone.until(asked, "a try")
    await stage.http.delete("/sandbox/faults")
    await stage.advance(seconds=40)
    await phone.sees("records · R-20220124-0001")


async def test_the_other_party_is_a_number_to_read_and_the_file_goes_by_email(stage: Stage) -> None:
    phone = await order(stage)
    await phone.tap("Calls")
    await phone.sees("Calls ✓")
    await phone.tap("Show here")
    screen = await phone.sees("24.12.2021 – 24.01.2022 · Calls", "📞")
    assert re.search(r"\+7 7[0-9]{2} [0-9]{3} [0-9]{2} [0-9]{2}", screen.text)
    assert not re.search(r"(?<![0-9])77[0-9]{9}", screen.text)
    await phone.tap("‹ Back")
    await phone.tap("✉️ E-mail")
    await phone.sees("› Usage details › E-mail", "Type the e-mail address")
    await phone.say("me@demo.example")
    await phone.sees("› Usage details", "me@demo.example", SHOWN, "XLSX file")
    await phone.tap("XLSX file")
    await phone.sees("✉️ Sent to m***@")
    letters = await phone.mail("me@demo.example")
    assert len(letters) == 1
