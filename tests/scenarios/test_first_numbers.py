"""Favourites and numbers of late stand first in lists, of this person and company alone (S05)."""

from __future__ import annotations

from account.chapters.shortlist import LATELY, ShortlistKind
from account.values.identifiers import Msisdn
from account.values.labels import LabelField
from tests.scenarios.conftest import Stage
from tests.scenarios.entry import DEMO, QAZYNA, enter
from tests.scenarios.phone import Message, Phone

FIVE = ("77012115526", "77010542006", "77010542008", "77010542013", "77010542016")

OF_QAZYNA = "77023300101"


def short(digits: str) -> str:
    return f"{digits[1:4]} {digits[4:7]} {digits[7:9]} {digits[9:]}"


def first(window: Message) -> list[str]:
    """The numbers above the list, with their marks and states."""
    return [one for one in window.buttons if one.startswith(("★ ", "↩︎ "))]


async def open_card(phone: Phone, digits: str) -> None:
    await phone.say(digits)
    await phone.sees(f"+7 {short(digits)}", "Tariff: ")


async def numbers(phone: Phone) -> Message:
    await phone.command("/numbers")
    return await phone.sees("37 numbers", "page 1 of 4")


async def test_the_latest_numbers_stand_above_the_list(stage: Stage) -> None:
    phone = await enter(stage)
    assert first(await numbers(phone)) == []
    for digits in FIVE:
        await open_card(phone, digits)
    window = await numbers(phone)
    assert [one[-13:] for one in first(window)] == [short(d) for d in FIVE[:0:-1]]
    assert first(window)[-1] == f"↩︎ ⛔ {short(FIVE[1])}"
    assert len(first(window)) == LATELY
    await phone.tap("›")
    assert first(await phone.sees("page 2 of 4")) == []


async def test_favourites_stand_before_them_and_stay(stage: Stage) -> None:
    phone = await enter(stage)
    await open_card(phone, FIVE[0])
    await phone.tap("☆ Favourite")
    await phone.is_told("This number is now first in the lists.")
    await phone.sees("★ Favourite")
    for digits in FIVE[1:]:
        await open_card(phone, digits)
    window = await numbers(phone)
    assert first(window)[0] == f"★ 🟢 {short(FIVE[0])}"
    assert [one[-13:] for one in first(window)[1:]] == [short(d) for d in FIVE[:1:-1]]
    await phone.tap(first(window)[0])
    await phone.tap("★ Favourite")
    await phone.is_told("Removed from favourites.")
    window = await numbers(phone)
    assert first(window)[0] == f"↩︎ 🟢 {short(FIVE[0])}"


async def test_a_cost_centre_is_a_list_of_its_own(stage: Stage) -> None:
    """What is no number of it does not stand above it."""
    phone = await enter(stage)
    assert stage.app is not None
    labels = stage.app.stores.labels
    for n in range(12, 25):
        words = {LabelField.CENTRE: "Склад"}
        await labels.put(DEMO, Msisdn(f"770105420{n}"), words, stage.clock.now(), [])
    await open_card(phone, FIVE[0])
    await phone.command("/numbers")
    await phone.tap("Filter")
    await phone.tap("🏷 By cost centre")
    await phone.tap("Склад · 13")
    window = await phone.sees("13 numbers", "page 1 of 2", "Cost centre: Склад")
    assert first(window) == []


async def test_who_stands_in_the_list_as_well_is_not_asked_for_again(stage: Stage) -> None:
    phone = await enter(stage)
    path = "/productInventory/v4/product"
    counts = []
    for _ in range(2):
        before = await stage.asked(path)
        window = await numbers(phone)
        counts.append(await stage.asked(path) - before)
        await open_card(phone, FIVE[1])
    assert len(first(window)) == 1
    assert counts[0] == counts[1] > 0


async def test_they_are_first_where_a_number_is_picked_if_they_are_a_choice(stage: Stage) -> None:
    phone = await enter(stage)
    for digits in ("77010542016", "77010542006"):
        await open_card(phone, digits)
    await phone.command("/transfer")
    window = await phone.sees("From which number?")
    many = any("/" in one for one in window.buttons)
    assert first(window) == ([f"↩︎ {short('77010542016')}"] if many else [])


async def test_nothing_of_another_company_is_ever_there(stage: Stage) -> None:
    phone = await enter(stage)
    await open_card(phone, FIVE[0])
    assert stage.app is not None
    kept = stage.app.stores.shortlists
    now = stage.clock.now()
    await kept.used("adm-1", DEMO, ShortlistKind.NUMBER, OF_QAZYNA, now)
    await kept.mark("adm-1", DEMO, ShortlistKind.NUMBER, OF_QAZYNA, now, favourite=True)
    await kept.used("adm-1", QAZYNA, ShortlistKind.NUMBER, FIVE[1], now)
    assert [one[-13:] for one in first(await numbers(phone))] == [short(FIVE[0])]


async def test_another_person_of_the_company_has_their_own(stage: Stage) -> None:
    phone = await enter(stage)
    await open_card(phone, FIVE[0])
    colleague = await enter(stage, "77012115526")
    assert first(await numbers(colleague)) == []
