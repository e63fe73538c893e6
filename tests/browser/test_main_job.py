"""The main job as a person does it, in a real browser on the real demonstration.

Log in for the first time, find a number, block it, get its usage details as a file, read the
history. What is clicked carries the guide's words in three languages, written out here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from playwright.async_api import expect

from tests.browser.film import Film
from tests.browser.reader import Reader

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "copper lantern on the river"
# What a window begins with, to wait for it; translated by the bot's own catalogue.
NEW_PASSWORD = (
    "\nYou need to set a password to activate your account.\n"
    "Enter a new password: at least 10 characters, a few words are best. "
    "Your message is deleted as soon as it is read."
)
REPEAT_PASSWORD = "\nEnter the new password once more to confirm it."
WIDE, NARROW = (1180, 860), (360, 740)
FILM = (440, 820)


@dataclass(frozen=True)
class Words:
    """The guide's words on the buttons."""

    language: str
    forgot: str
    numbers: str
    active: str
    block: str


ENGLISH = Words("English", "Forgot password?", "Number management", "Active", "Block +7")
RUSSIAN = Words("Русский", "Забыли пароль?", "Управление номерами", "Активен", "Заблокировать 701")
KAZAKH = Words("Қазақша", "Құпиясөзді ұмыттыңыз ба?", "Нөмірлерді басқару", "Белсенді", "Бұғаттау")


async def to_the_menu(reader: Reader, words: Words, *, by_keyboard: bool = False) -> None:
    """From the first Start to the company's menu."""
    await reader.chat.get_by_role("button", name="Start", exact=True).click()
    language = reader.button(words.language)
    await expect(language).to_be_visible()
    await reader.look("language")
    if by_keyboard:
        await press_by_keyboard(reader, words.language)
    else:
        await language.click()
    await reader.sees(words.forgot)
    await reader.look("log-in")
    await reader.taps(words.forgot)
    await reader.sees("SMS", "Tele2")
    await reader.taps("📱")
    await reader.sees("+7 701 054 20 07")
    await reader.look("code-asked")
    await reader.types(await reader.code())
    for window in (NEW_PASSWORD, REPEAT_PASSWORD):
        await reader.sees(reader.words(window).strip().splitlines()[0])
        await reader.types(PASSWORD)
    await reader.sees("TOO Demo")
    assert await reader.chat.get_by_text(PASSWORD).count() == 0, "the password stayed in the chat"
    await reader.look("companies")
    await reader.taps("TOO Demo")
    await reader.sees(words.numbers, "37")
    await reader.look("menu")


async def press_by_keyboard(reader: Reader, label: str) -> None:
    """Reach a button with Tab and press it with Enter."""
    for _step in range(40):
        await reader.page.keyboard.press("Tab")
        focused = await reader.page.evaluate("document.activeElement.textContent")
        if label in focused:
            await reader.look("focus")
            await reader.page.keyboard.press("Enter")
            return
    raise AssertionError(f"{label} cannot be reached with the Tab key")


async def to_the_card(reader: Reader, words: Words) -> None:
    """Find a number by a part of it."""
    await reader.taps(words.numbers)
    await reader.sees("1/4")
    await reader.look("numbers")
    await reader.types("211 55 26")
    await reader.sees("+7 701 211 55 26", words.active, "Reel", words.block)
    await reader.look("card")


async def alone_before_the_camera(reader: Reader) -> None:
    """This person's column and nobody else's, as on a telephone."""
    for name in ("Марат Ибраев", "Ерлан"):
        await reader.page.get_by_role("button", name=name).click()
    await reader.page.set_viewport_size({"width": FILM[0], "height": FILM[1]})
    reader.film = Film(reader.chat)


@pytest.mark.parametrize(
    "reader",
    [pytest.param(("en-GB", *WIDE), marks=pytest.mark.nightly), ("en-GB", *NARROW)],
    indirect=True,
)
async def test_main_job(reader: Reader, tmp_path: Path) -> None:
    if reader.width == WIDE[0] and os.environ.get("MYACCOUNT_KEEP_PICTURE") == "1":
        await alone_before_the_camera(reader)
    await to_the_menu(reader, ENGLISH, by_keyboard=True)
    await to_the_card(reader, ENGLISH)

    await reader.taps("Block +7 701 211 55 26")
    await reader.sees("Block +7 701 211 55 26?", "calls, SMS and data stop at once")
    await reader.look("confirm")
    await reader.taps("Block +7 701 211 55 26")
    await reader.sees("✅ Blocked 24.01.2022 16:0", "A-20220124-0001")
    await reader.look("blocked")

    # The card comes by itself, with its new state.
    await reader.sees("Blocked since", "Usage details")
    await reader.taps("Usage details")
    await reader.sees("Period: 24.12.2021 – 24.01.2022")
    await reader.look("usage-order")
    await reader.taps("XLSX")
    file = await reader.saves("usage_77012115526_2021-12-24_2022-01-24.xlsx", tmp_path)
    await reader.look("document")
    records, totals = openpyxl.load_workbook(file).worksheets
    assert records.max_row > 50
    whose = [str(cell) for row in totals.values for cell in row]
    assert any("701 211 55 26" in cell for cell in whose), whose

    await reader.taps("Menu")
    await reader.taps("Documents & reports")
    await reader.taps("2 · Actions")
    await reader.sees("Block +7 701 211 55 26", "✅ done", "A-20220124-0001")
    await reader.look("history")
    await reader.fits()
    if reader.film is not None:
        reader.film.keep()


@pytest.mark.parametrize(
    ("reader", "words"),
    [
        pytest.param(("kk-KZ", *WIDE), KAZAKH, id="kk"),
        pytest.param(("ru-KZ", *NARROW), RUSSIAN, id="ru", marks=pytest.mark.nightly),
    ],
    indirect=["reader"],
)
async def test_to_the_card(reader: Reader, words: Words) -> None:
    reader.language = reader.language[:2]
    await to_the_menu(reader, words)
    await to_the_card(reader, words)
    await reader.fits()
