"""Commands typed anywhere lead to the usual windows, filled in, and change nothing."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.entry import enter
from tests.scenarios.phone import Phone
from tests.scenarios.test_roles import OPERATOR, VIEWER

MARAT, SHOWN = "77012115526", "+7 701 211 55 26"
ACTIVE, ACTIVE_SHOWN = "77010542008", "+7 701 054 20 08"
BLOCKED, BLOCKED_SHOWN = "77010542006", "+7 701 054 20 06"


@pytest.fixture
async def phone(stage: Stage) -> Phone:
    return await enter(stage)


async def test_a_block_for_later_is_asked_with_its_time_and_not_done(
    stage: Stage, phone: Phone
) -> None:
    await phone.say("блок 8 701 054‑20‑08 завтра 22:00")
    await phone.sees(f"Block {ACTIVE_SHOWN}?", "Begins 25.01.2022 22:00, Almaty time")
    await phone.tap("Cancel")
    await phone.sees(ACTIVE_SHOWN, "Tariff: ")
    assert await stage.effects() == []


async def test_a_day_alone_asks_for_the_time(phone: Phone) -> None:
    await phone.say("block 7010542008 tomorrow")
    await phone.sees(f"Block {ACTIVE_SHOWN}?", "When is it to begin?")


async def test_a_time_that_is_past_is_refused_where_it_is_asked(phone: Phone) -> None:
    await phone.say("block 7010542008 01.01.2020 08:00")
    await phone.sees("When is it to begin?", "Choose a time at least 5 minutes from now.")


@pytest.mark.parametrize(
    "text", ["block 7010542008 every friday 18:00", "бұғаттау 7010542008 жұма сайын 18:00"]
)
async def test_what_repeats_is_asked_for_its_last_day(
    stage: Stage, phone: Phone, text: str
) -> None:
    await phone.say(text)
    await phone.sees(ACTIVE_SHOWN, "🔁 Every week on Fri · 18:00", "Until which day?")
    await phone.tap("24.02.2022")
    await phone.sees(f"Block {ACTIVE_SHOWN}?", "Every week on Fri at 18:00", "until 24.02.2022")
    assert await stage.effects() == []


async def test_days_without_a_time_are_asked_for_it_and_for_their_end(phone: Phone) -> None:
    await phone.say("блок 7010542008 по будням")
    await phone.sees(f"Block {ACTIVE_SHOWN}?", "When is it to begin?")
    await phone.tap("Tomorrow 22:00")
    await phone.sees(ACTIVE_SHOWN, "Until which day?")
    await phone.tap("24.02.2022")
    await phone.sees(f"Block {ACTIVE_SHOWN}?", "Mon–Fri at 22:00", "until 24.02.2022")


async def test_a_block_for_some_days_is_asked_with_what_takes_it_back(
    stage: Stage, phone: Phone
) -> None:
    await phone.say("заблокировать 7010542008 с 10.02 до 20.02")
    await phone.sees(
        f"Block {ACTIVE_SHOWN}?",
        "Begins 10.02.2022 08:00, Almaty time",
        "↩ Then “Unblock”: 20.02.2022 08:00, Almaty time",
    )
    await phone.tap("Cancel")
    await phone.sees(ACTIVE_SHOWN, "Tariff: ")
    await phone.say("block 7010542008 every day from 22:00 to 08:00 until 24.02.2022")
    await phone.sees(
        f"Block {ACTIVE_SHOWN}?", "🔁 Every day at 22:00", "↩ Then “Unblock”: at 08:00 after each"
    )
    assert await stage.effects() == []
    assert stage.app is not None
    assert await stage.app.stores.schedules.all_open() == []


async def test_an_end_out_of_bounds_is_refused_where_it_is_asked(phone: Phone) -> None:
    await phone.say("block 7010542008 until 01.01.2020 08:00")
    await phone.sees("When is “Unblock” to follow?", "Choose a time at least 5 minutes from now.")
    await phone.command("/menu")
    await phone.say("заблокировать 7010542008 с 20.02 до 08.03")
    await phone.sees("When is “Unblock” to follow?", "Not more than 30 days ahead.")


async def test_an_unblock_is_asked_with_its_code(stage: Stage, phone: Phone) -> None:
    await phone.say("бугаттан шыгару 7010542006")
    await phone.sees(f"Unblock {BLOCKED_SHOWN}?", "Enter the 6 digits")
    assert await stage.effects() == []


async def test_what_cannot_be_asked_is_said_on_the_card(phone: Phone) -> None:
    await phone.say("block 7010542006")
    window = await phone.sees(BLOCKED_SHOWN, "Tariff: ", "The number is already ⛔ Blocked.")
    assert "Block +7" not in window.text


@pytest.mark.parametrize("text", ["не блокировать 7010542008", "block 7010542008 soon"])
async def test_a_word_not_understood_keeps_a_change_from_being_asked(
    phone: Phone, text: str
) -> None:
    await phone.say(text)
    word = "не" if text.startswith("не") else "soon"
    await phone.sees(ACTIVE_SHOWN, "Tariff: ", f"Not understood: “{word}”.")


async def test_words_without_a_number_are_said_or_looked_for(stage: Stage, phone: Phone) -> None:
    await phone.say("block everything")
    window = await phone.sees("Not understood: “everything”.", "🔎 Search: block everything")
    assert "📱 Number management" in window.buttons
    await stage.number_becomes(ACTIVE, label="Storekeeper")
    await phone.say("block storekeeper")
    await phone.sees(f"Block {ACTIVE_SHOWN}?")
    assert await stage.effects() == []


async def test_a_verb_alone_asks_for_the_number(phone: Phone) -> None:
    await phone.say("7010542008")
    await phone.sees(ACTIVE_SHOWN, "Tariff: ")
    await phone.say("расход прошлый месяц")
    await phone.sees("Usage details прошлый месяц", "Which number?")
    await phone.say("542008")
    await phone.sees(f"{ACTIVE_SHOWN} › Usage details", "01.12.2021 – 31.12.2021")
    await phone.tap("‹ Back")
    await phone.sees(ACTIVE_SHOWN, "Tariff: ")


async def test_usage_opens_with_its_period(phone: Phone) -> None:
    await phone.say("usage last month 7012115526")
    await phone.sees(f"{SHOWN} › Usage details", "01.12.2021 – 31.12.2021")
    await phone.command("/menu")
    await phone.say("детализация 7012115526 с 05.01.2022 по 15.01.2022")
    await phone.sees(f"{SHOWN} › Usage details", "05.01.2022 – 15.01.2022")
    await phone.command("/menu")
    await phone.say("usage 7012115526 sometimes")
    await phone.sees(f"{SHOWN} › Usage details", "Not understood: “sometimes”.")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("services 7010542008", "Activated services"),
        ("переадресация 7010542008", "Call forwarding"),
        ("құпия код 7010542008", "Secret code"),
        ("sim 7010542008", "SIM & device"),
        ("payments 7010542008", "Payments"),
        ("метка 7010542008", "Label"),
        ("баланс 7010542008", "Tariff: "),
    ],
)
async def test_chapters_of_a_number_open_above_its_card(
    phone: Phone, text: str, title: str
) -> None:
    await phone.say(text)
    await phone.sees(ACTIVE_SHOWN, title)
    if "Tariff" not in title:
        await phone.tap("‹ Back")
        await phone.sees(ACTIVE_SHOWN, "Tariff: ")


async def test_documents_open_with_their_month(phone: Phone) -> None:
    await phone.say("акт ноябрь 2021")
    await phone.sees("Service delivery certificate", "11.2021")
    await phone.tap("‹ Back")
    await phone.sees("Documents & reports")
    await phone.say("реестр всё")
    await phone.sees("Not understood: “всё”.")


async def test_two_meanings_are_both_offered(phone: Phone) -> None:
    await phone.say("usage services 7010542008")
    await phone.sees(ACTIVE_SHOWN, "Which one do you mean?", "Usage details", "Services")
    await phone.tap("Services")
    await phone.sees(f"{ACTIVE_SHOWN} › Activated services")


async def test_a_list_with_a_verb_goes_to_its_preview(stage: Stage, phone: Phone) -> None:
    await phone.say("block\n1. 77010542008 Aigul\n2. 77010542013 Samat\n3. 77010542012")
    await phone.tap("Without a reason")
    await phone.sees("Preview: nothing has changed yet.", "Will be done 3 · nothing to change 0")
    assert await stage.effects() == []


async def test_a_list_without_one_is_gathered(phone: Phone) -> None:
    await phone.say("77010542008 and 77010542013")
    await phone.sees("2 numbers", "What to do?")


async def test_a_viewer_is_refused_by_the_right_s_own_sentence(stage: Stage) -> None:
    viewer = await stage.administrator(VIEWER)
    for text in ("secret code 7010542008", "block 7010542008", "payments 7010542008"):
        await viewer.say(text)
        await viewer.sees("Your role in this company does not allow this.")
        await viewer.command("/menu")
    assert await stage.effects() == []


async def test_who_may_order_no_documents_gets_no_order(stage: Stage) -> None:
    manager = await stage.administrator(OPERATOR)
    for text in ("акт", "register december 2021", "акт 77010542008"):
        await manager.say(text)
        await manager.sees("Your role in this company does not allow this.")
        assert "37 numbers" in (await manager.command("/menu")).text


async def test_in_a_prompt_nothing_is_a_command(phone: Phone) -> None:
    await phone.command("/transfer")
    await phone.sees("From which number?")
    await phone.say("block 7010542008")
    await phone.no_longer_sees("Block +7 701 054 20 08?")
