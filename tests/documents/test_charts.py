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
from documents.render.charts import DailyUsage, months_chart, spend_chart, usage_chart
from documents.render.pool import RenderPool
from tests.documents import samples
from tests.documents.samples import DECEMBER


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
    chart = usage_chart(month_of_usage(), DECEMBER, "+7 701 211 55 26", english)

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


def test_the_ten_dearest_numbers_the_dearest_on_top() -> None:
    spent = [(f"+7 701 054 20 {n:02}", Money(100 * n)) for n in range(25)]

    values = drawn_values(spend_chart(spent, "TOO Demo", "12.2021", english, "en"))

    assert [value["number"][-2:] for value in values] == [str(n) for n in range(24, 14, -1)]
    assert values[0]["said"] == "24\u00a0₸"


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
        (999_949, "in ₸, with VAT", "9 999"),
        (1_000_000, "in thousands of ₸, with VAT", "10"),
        (999_999_900, "in thousands of ₸, with VAT", "10 000"),
        (1_234_567_890, "in millions of ₸, with VAT", "12,3"),
    ],
)
def test_figures_fit_above_their_bars(tiyn: int, unit: str, said: str) -> None:
    chart = months_chart([(Month(2021, 12), Money(tiyn))], "TOO Demo", english, "ru")

    assert chart["title"]["subtitle"] == [f"TOO Demo · {unit}"]
    assert drawn_values(chart)[0]["said"] == said.replace(" ", "\u00a0")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_every_picture_is_drawn_large_enough_for_a_telephone(
    press: RenderPool, language: str
) -> None:
    bills = [(bill.month, bill.gross) for bill in samples.bills()]
    numbers = [(line.msisdn.shown, line.gross) for line in samples.lines() if line.msisdn]
    charts = [
        usage_chart(month_of_usage(), DECEMBER, "ЖШС «Қазына Үлгі»", english),
        spend_chart(numbers, "ЖШС «Қазына Үлгі»", "12.2021", english, language),
        months_chart(bills, "=1+1 <b>", english, language),
    ]
    for chart in charts:
        picture = await press.picture(chart, language)
        width, height = size(picture)
        assert 900 <= width <= 1400
        # Telegram shrinks a photograph whose sides add up to more than 10,000.
        assert 500 <= height <= 1800


async def test_a_day_alone_and_no_usage_are_drawn_too(press: RenderPool) -> None:
    day = Period(date(2021, 12, 1), date(2021, 12, 1))

    assert size(await press.picture(usage_chart(month_of_usage(), day, "x", english), "en"))
    assert size(await press.picture(spend_chart([], "x", "12.2021", english, "en"), "en"))
