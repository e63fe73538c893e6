"""The company's list of numbers: columns, pages, search, filter (S05)."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Phone

MARAT = "77012115526"


async def the_list(stage: Stage) -> Phone:
    phone = await stage.administrator(MARAT)
    await phone.tap("Number management")
    await phone.sees("Type any part of a number, account or tariff")
    return phone


async def test_a_number_tells_on_its_button_what_is_looked_for(stage: Stage) -> None:
    phone = await the_list(stage)
    window = await phone.sees("37 numbers · page 1 of 4 · all states")
    assert len(window.text.splitlines()) <= 5, "the names stand on the buttons, once"
    labels = [label.replace("\u00a0", " ") for label in window.buttons]
    assert labels[:2] == [
        "⛔ 701 054 20 06 · 8,476 ₸ · Склад, Алматы",
        "🟢 701 054 20 07 · 8,475 ₸ · Асель Садыкова",
    ]
    rows = window.raw["reply_markup"]["inline_keyboard"]
    assert [len(row) for row in rows[:10]] == [1] * 10, "one column, ten on a page"
    assert len(rows) <= 14


async def test_pages_are_turned_to_the_ends_and_back(stage: Stage) -> None:
    phone = await the_list(stage)
    first = await phone.window()
    assert {"«", "‹"}.isdisjoint(first.buttons)
    await phone.tap("›")
    await phone.sees("page 2 of 4", "701 054 20 18")
    await phone.tap("»")
    last = await phone.sees("page 4 of 4", "701 211 55 26")
    assert {"›", "»"}.isdisjoint(last.buttons)
    await phone.tap("‹")
    await phone.sees("page 3 of 4")
    third = await phone.window()
    rows = third.raw["reply_markup"]["inline_keyboard"]
    [to_first] = [one for row in rows for one in row if one["text"] == "«"]  # names have it too
    await phone.tap_data(third.id, to_first["callback_data"])
    await phone.sees("page 1 of 4", "701 054 20 06")


async def test_a_row_opens_its_card_and_back_leads_to_its_page(stage: Stage) -> None:
    phone = await the_list(stage)
    await phone.tap("›")
    await phone.sees("page 2 of 4")
    await phone.tap("701 054 20 20")
    await phone.sees("TOO Demo › +7 701 054 20 20", "Employee: Бухгалтерия")
    await phone.tap("Back")
    await phone.sees("page 2 of 4")
    await phone.tap("Back")
    await phone.sees("Number management", "37 numbers: 🟢 Active 34")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2115", "+7 701 211 55 26"),
        ("211-55-26", "+7 701 211 55 26"),
        ("+7 (701) 211 55 26", "+7 701 211 55 26"),
        ("87012115526", "+7 701 211 55 26"),
        ("7012115526", "+7 701 211 55 26"),
        ("26025487", "+7 701 211 55 26"),
        ("марат ибраев", "+7 701 211 55 26"),
        ("терминал", "+7 701 054 20 30"),
    ],
)
async def test_one_hit_opens_the_card(stage: Stage, typed: str, found: str) -> None:
    phone = await the_list(stage)
    await phone.say(typed)
    await phone.sees(f"TOO Demo › {found}", "Tariff: ")


async def test_several_hits_are_a_list_of_their_own(stage: Stage) -> None:
    phone = await the_list(stage)
    await phone.say("жаңа БАСТАУ")
    await phone.sees("5 numbers", "Search: жаңа БАСТАУ", "701 054 20 09", "Show all numbers")
    await phone.say("basic & safe")
    await phone.sees("Search: basic & safe", "M2M Telemetry <basic & safe>")
    await phone.tap("Show all numbers")
    await phone.sees("37 numbers · page 1 of 4")
    await phone.say("<reception>")
    await phone.sees("Search: <reception>", "<reception>")


async def test_nothing_found_is_said_and_the_list_is_one_tap_away(stage: Stage) -> None:
    phone = await the_list(stage)
    await phone.say("99999999")
    await phone.sees("0 numbers", "Search: 99999999", "Nothing found. Type another part")
    await phone.tap("Show all numbers")
    await phone.sees("37 numbers")


async def test_the_list_is_filtered_by_state(stage: Stage) -> None:
    phone = await the_list(stage)
    await phone.tap("Filter: all states")
    await phone.sees("Which numbers to show?", "✓ All")
    await phone.tap("⛔ Blocked")
    window = await phone.sees("2 numbers · ⛔ Blocked", "701 054 20 06", "701 054 20 21")
    assert "Filter: ⛔ Blocked" in window.buttons
    await phone.tap("Filter")
    await phone.tap("🟠 Blocked / Debt")
    await phone.sees("1 number · 🟠 Blocked / Debt", "701 054 20 09")
    await phone.tap("Filter")
    await phone.tap("All")
    await phone.sees("37 numbers · page 1 of 4 · all states")


async def test_a_number_of_another_company_is_like_an_unknown_one(stage: Stage) -> None:
    phone = await the_list(stage)
    await phone.say("77023300101")
    foreign = await phone.sees("Search: 77023300101")
    await phone.say("77029999999")
    unknown = await phone.sees("Search: 77029999999")
    assert foreign.text.replace("77023300101", "…") == unknown.text.replace("77029999999", "…")
    assert foreign.buttons == unknown.buttons


async def test_a_forged_row_shows_no_other_company_s_number(stage: Stage) -> None:
    phone = await the_list(stage)
    window = await phone.window()
    data = window.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await phone.tap_data(window.id, data.replace("77010542006", "77023300101"))
    await phone.is_told("There is no such number in this company.")
    await phone.sees("37 numbers · page 1 of 4")


async def test_awkward_names_are_shown_as_they_are(stage: Stage) -> None:
    phone = await stage.administrator("77010542010")
    await phone.sees('<Алтын & Қыран> «"Ә" ЖШС» · BIN 200340012342', "3 numbers")
    await phone.tap("Number management")
    await phone.sees("<Алтын & Қыран>", "3 numbers · all states")
