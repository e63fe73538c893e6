"""Pictures: what they say beside figures counted apart, and how large they are drawn."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from account.chapters.usage import UsageKind
from account.values.money import Money
from account.values.periods import Month, Period
from documents.render.charts import WIDE, wrapped
from documents.render.pool import RenderPool
from documents.render.spend_charts import months_chart, spend_chart
from documents.render.usage_chart import DailyUsage, usage_chart
from tests.documents import samples
from tests.documents.samples import DECEMBER

JANUARY = date(2022, 1, 24)
"""After all of `DECEMBER`."""
LONG = "Товарищество с ограниченной ответственностью «Казахстанская Промышленная Компания Үлгі»"


def english(text: str) -> str:
    return text


def size(picture: bytes) -> tuple[int, int]:
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def month_of_usage() -> DailyUsage:
    usage = DailyUsage()
    usage.add(samples.usage())
    return usage


def drawn_values(panel: dict[str, Any]) -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = panel["data"]["values"]
    return values


def test_usage_is_added_up_by_day_and_kind_with_roaming_apart() -> None:
    chart = usage_chart(month_of_usage(), DECEMBER, JANUARY, "+7 701 211 55 26", english)

    assert [panel["title"]["text"] for panel in chart["vconcat"]] == [
        "Calls, min",
        "SMS and MMS, pcs",
        "Data, MB",
    ]
    calls = drawn_values(chart["vconcat"][0])
    apart = sum(one.amount for one in samples.usage() if one.kind is UsageKind.CALLS)
    abroad = sum(
        one.amount for one in samples.usage() if one.kind is UsageKind.CALLS and one.roaming
    )
    assert sum(value["amount"] for value in calls) * 60 == pytest.approx(apart)
    roaming = [value for value in calls if value["where"] == "In roaming"]
    assert sum(value["amount"] for value in roaming) * 60 == pytest.approx(abroad)
    assert {value["day"] for value in roaming if value["amount"]} == {
        f"{day}.12" for day in range(13, 20)
    }


def test_a_day_is_almatys() -> None:
    # 1 December 18:30 UTC is the 2nd in Almaty.
    late = replace(samples.usage()[0], at=datetime(2021, 12, 1, 18, 30, tzinfo=UTC))
    usage = DailyUsage()
    usage.add([late])

    assert list(usage.amounts) == [(date(2021, 12, 2), UsageKind.CALLS, False)]


def test_the_legend_names_roaming_only_where_there_was_some() -> None:
    at_home = DailyUsage()
    at_home.add(one for one in samples.usage() if one.roaming is None)

    color = usage_chart(at_home, DECEMBER, JANUARY, "x", english)["vconcat"][0]["encoding"]["color"]
    assert color["legend"] is None
    assert color["scale"]["domain"] == ["At home"]

    abroad = usage_chart(month_of_usage(), DECEMBER, JANUARY, "x", english)["vconcat"][0]
    assert abroad["encoding"]["color"]["scale"]["domain"] == ["At home", "In roaming"]
    assert abroad["encoding"]["color"]["legend"] is not None


def test_the_day_that_is_not_over_is_marked_in_the_picture() -> None:
    running = date(2021, 12, 31)

    chart = usage_chart(month_of_usage(), DECEMBER, running, "x", english)
    assert "Pale: today, the day is not over" in chart["title"]["subtitle"]
    marked = {value["day"] for value in drawn_values(chart["vconcat"][0]) if value["running"]}
    assert marked == {"31.12"}

    over = usage_chart(month_of_usage(), DECEMBER, JANUARY, "x", english)
    assert not any("Pale" in line for line in over["title"]["subtitle"])
    assert not any(value["running"] for value in drawn_values(over["vconcat"][0]))


def test_charges_without_an_amount_are_said_to_be_left_out() -> None:
    usage = month_of_usage()
    others = sum(one.kind is UsageKind.OTHER for one in samples.usage())
    assert usage.others == others

    usage.others = 3
    chart = usage_chart(usage, DECEMBER, JANUARY, "x", english)
    assert "Other charges are not drawn: 3" in chart["title"]["subtitle"]


def test_the_ten_dearest_numbers_the_dearest_on_top() -> None:
    spent = [(f"+7 701 054 20 {n:02}", Money(100 * n)) for n in range(25)]

    values = drawn_values(spend_chart(spent, Money(0), "TOO Demo", "12.2021", english, "en"))

    assert [value["number"][-2:] for value in values] == [str(n) for n in range(24, 14, -1)]
    assert values[0]["said"] == "24\u00a0₸"


def test_what_is_not_drawn_of_the_spend_is_told_as_sums() -> None:
    spent = [(f"+7 701 054 20 {n:02}", Money(100 * n)) for n in range(25)]

    told = spend_chart(spent, Money(5_000), "TOO Demo", "12.2021", english, "en")["title"]
    assert told["subtitle"] == [
        "TOO Demo · 12.2021, with VAT",
        "Total: 350\u00a0₸",
        "Numbers shown: 10 of 25, the others: 105\u00a0₸",
        "Charges without a number: 50\u00a0₸",
    ]
    few = spend_chart(spent[:4], Money(0), "TOO Demo", "12.2021", english, "en")["title"]
    assert few["subtitle"] == ["TOO Demo · 12.2021, with VAT", "Total: 6\u00a0₸"]


def test_a_number_below_zero_is_drawn_to_the_left() -> None:
    chart = spend_chart([("a", Money(300)), ("b", Money(-200))], Money(0), "x", "y", english, "en")

    scale = chart["layer"][0]["encoding"]["x"]["scale"]
    assert scale["domain"][0] == -2
    assert [value["end"] for value in drawn_values(chart)] == [3, 0]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (100, 112, ["12.2021 against 11.2021: +12 %"]),
        (200, 100, ["12.2021 against 11.2021: −50 %"]),
        (100, 100, ["12.2021 against 11.2021: 0 %"]),
        (0, 100, []),
    ],
)
def test_a_month_stands_against_the_one_before(before: int, after: int, said: list[str]) -> None:
    spent = [(Month(2021, 11), Money(before)), (Month(2021, 12), Money(after))]

    chart = months_chart(spent, "TOO Demo", english, "en")

    assert chart["title"]["subtitle"] == ["TOO Demo · in ₸, with VAT", *said]
    assert [value["last"] for value in drawn_values(chart)] == [False, True]


@pytest.mark.parametrize(
    ("tiyn", "unit", "said"),
    [
        (99_949, "in ₸, with VAT", "999"),
        (100_000, "in thousands of ₸, with VAT", "1,0"),
        (-9_994_900, "in thousands of ₸, with VAT", "-99,9"),
        (99_949_900, "in thousands of ₸, with VAT", "999"),
        (1_234_567_890, "in millions of ₸, with VAT", "12,3"),
        (12_345_678_900, "in millions of ₸, with VAT", "123"),
        (1_234_567_890_000, "in billions of ₸, with VAT", "12,3"),
    ],
)
def test_figures_fit_above_their_bars(tiyn: int, unit: str, said: str) -> None:
    chart = months_chart([(Month(2021, 12), Money(tiyn))], "TOO Demo", english, "ru")

    assert chart["title"]["subtitle"] == [f"TOO Demo · {unit}"]
    assert drawn_values(chart)[0]["said"] == said.replace(" ", "\u00a0")


def test_a_last_month_that_is_not_billed_whole_says_so() -> None:
    spent = [(Month(2021, 11), Money(100)), (Month(2021, 12), Money(40))]

    chart = months_chart(spent, "TOO Demo", english, "en", unbilled={"25060831", "25060832"})

    told = "Outlined: 12.2021 is not whole, accounts not billed yet: 2"
    assert " ".join(chart["title"]["subtitle"]).endswith(told)
    assert [value["partial"] for value in drawn_values(chart)] == [False, True]


def test_twelve_months_have_labels_that_do_not_touch() -> None:
    months = [(Month(2021, 2).plus(n), Money(100 * n)) for n in range(12)]

    values = drawn_values(months_chart(months, "TOO Demo", english, "en"))

    assert [value["month"] for value in values] == [
        *("02|2021", "03|", "04|", "05|", "06|", "07|", "08|", "09|", "10|", "11|", "12|"),
        "01|2022",
    ]
    assert max(len(value["said"]) for value in values) <= 4


@pytest.mark.parametrize("text", [LONG, "W" * 120, "Қ" * 60, "x", ""])
def test_long_names_are_broken_and_nothing_of_them_is_lost(text: str) -> None:
    lines = wrapped(text, 13)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(len(line) <= WIDE / 13 / 0.3 for line in lines)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("whose", ["ЖШС «Қазына Үлгі»", LONG, "W" * 120])
async def test_every_picture_is_as_wide_as_a_telephone(
    renderer: RenderPool, language: str, whose: str
) -> None:
    bills = [(bill.month, bill.gross) for bill in samples.bills()]
    numbers = [(line.msisdn.shown, line.gross) for line in samples.lines() if line.msisdn]
    charts = [
        usage_chart(month_of_usage(), DECEMBER, DECEMBER.last, whose, english),
        spend_chart(numbers, Money(1), whose, "12.2021", english, language),
        months_chart(bills, whose, english, language),
    ]
    for chart in charts:
        picture = await renderer.picture(chart, language)
        width, height = size(picture)
        assert 1080 <= width <= 1300
        # Telegram shrinks a photograph whose sides add up to more than 10,000.
        assert 500 <= height <= 2200


async def test_a_day_alone_and_no_usage_are_drawn_too(renderer: RenderPool) -> None:
    day = Period(date(2021, 12, 1), date(2021, 12, 1))
    usage = usage_chart(month_of_usage(), day, day.last, "x", english)
    spend = spend_chart([], Money(0), "x", "12.2021", english, "en")

    assert size(await renderer.picture(usage, "en"))
    assert size(await renderer.picture(spend, "en"))
