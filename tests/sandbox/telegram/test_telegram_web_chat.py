"""The web chat in a real browser: tapping, typing, alerts, files, the narrow screen, the keys."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from sandbox.telegram.pictures import plain_png
from sandbox.world import World
from tests.sandbox.telegram.side import BotSide, PeopleSide, buttons

CHROMIUM = shutil.which("chromium") or ""
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed"),
]


@pytest.fixture
async def page(world: World, people: PeopleSide) -> AsyncIterator[Page]:
    """The web chat, opened wide; any error of its scripts fails the test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        opened = await browser.new_page(viewport={"width": 1200, "height": 800})
        errors: list[Exception] = []
        opened.on("pageerror", lambda error: errors.append(error))
        await opened.goto(world.http_url)
        yield opened
        await browser.close()
        assert errors == []


async def test_a_conversation(page: Page, bot: BotSide, people: PeopleSide) -> None:
    chat = page.get_by_role("region", name="Assel")
    await expect(chat.get_by_text("/start")).to_be_visible()
    message = await bot.send(
        "<b>Block</b> the number? &lt;i&gt;",
        parse_mode="HTML",
        reply_markup=buttons([("Block", "b"), ("Cancel", "c")]),
    )
    await expect(chat.locator(".bubble strong")).to_have_text("Block")
    await expect(chat.get_by_text("the number? <i>")).to_be_visible()
    block = chat.get_by_role("button", name="Block", exact=True)
    await block.click()
    await expect(block).to_have_attribute("aria-disabled", "true")
    update = (await bot.updates(timeout=5))[0]
    query = update["callback_query"]["id"]
    await bot.ok("answerCallbackQuery", callback_query_id=query, text="Not now", show_alert=True)
    alert = page.get_by_role("dialog")
    await expect(alert).to_contain_text("Not now")
    await page.keyboard.press("Enter")
    await expect(alert).to_be_hidden()
    await expect(block).not_to_have_attribute("aria-disabled", "true")
    await bot.ok("editMessageText", chat_id=700, message_id=message, text="Done")
    await expect(chat.get_by_text("Done")).to_be_visible()
    await expect(block).to_be_hidden()
    await bot.ok("deleteMessage", chat_id=700, message_id=message)
    await expect(chat.get_by_text("Done")).to_be_hidden()


async def test_typing_sharing_and_files(page: Page, bot: BotSide, people: PeopleSide) -> None:
    chat = page.get_by_role("region", name="Assel")
    await chat.get_by_label("Message", exact=True).fill("hello\nworld")
    await page.keyboard.press("Enter")
    await expect(chat.get_by_text("hello")).to_be_visible()
    keyboard = {"keyboard": [[{"text": "My number", "request_contact": True}]]}
    question = "Share your number with the button below, or type it here yourself, please."
    await bot.send(question, reply_markup={**keyboard, "one_time_keyboard": True})
    await chat.get_by_role("button", name="My number").click()
    await expect(chat.locator(".contact")).to_contain_text("77010542007")
    assert await chat.locator(".log").evaluate("log => log.scrollWidth <= log.clientWidth")
    await expect(chat.get_by_role("button", name="My number")).to_be_hidden()
    await bot.upload("sendDocument", "document", b"x" * 2048, "отчёт.xlsx", chat_id="700")
    link = chat.get_by_role("link", name="отчёт.xlsx")
    await expect(link).to_contain_text("2.0 KB")
    async with page.expect_download() as saving:
        await link.click()
    assert (await saving.value).suggested_filename == "отчёт.xlsx"
    await chat.locator("input[type=file]").set_input_files(
        {"name": "номера.csv", "mimeType": "text/csv", "buffer": b"1;2"}
    )
    await expect(chat.get_by_role("link", name="номера.csv")).to_be_visible()


async def test_people_persist(page: Page, people: PeopleSide) -> None:
    await page.get_by_role("button", name="Add a person").click()
    await page.get_by_label("Name").fill("Marat")
    await page.get_by_label("Phone number").fill("+7 701 211 55 26")
    await page.get_by_role("dialog").get_by_label("Language of the phone").select_option("kk")
    await page.keyboard.press("Tab")
    await page.get_by_role("button", name="Add", exact=True).press("Enter")
    await expect(page.get_by_role("region", name="Marat")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("region", name="Marat")).to_contain_text("+77012115526")
    listed = await people.do("GET", "users")
    assert listed[1]["language_code"] == "kk"


async def test_commands_of_the_bot(page: Page, bot: BotSide, people: PeopleSide) -> None:
    chat = page.get_by_role("region", name="Assel")
    await expect(chat.get_by_text("/start")).to_be_visible()
    await bot.ok("setMyCommands", commands=[{"command": "menu", "description": "Main menu"}])
    await chat.get_by_role("button", name="Commands").click()
    await page.keyboard.press("Enter")
    await expect(chat.locator(".from-person").last).to_contain_text("/menu")
    assert (await people.texts())[-1] == "/menu"


async def test_a_narrow_screen_shows_one_person(page: Page, people: PeopleSide) -> None:
    await people.arrive(701, first_name="Marat")
    await page.set_viewport_size({"width": 360, "height": 700})
    await page.reload()
    await expect(page.get_by_role("region", name="Assel")).to_be_visible()
    await page.get_by_role("button", name="Marat").click()
    await expect(page.get_by_role("region", name="Marat")).to_be_visible()
    await expect(page.get_by_role("region", name="Assel")).to_be_hidden()
    await people.say("over here")
    await expect(page.get_by_role("button", name="Assel new message")).to_be_visible()
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360


async def test_the_keyboard_alone_is_enough(page: Page, bot: BotSide, people: PeopleSide) -> None:
    await bot.send("Menu", reply_markup=buttons([("Numbers", "n")]))
    await expect(page.get_by_role("button", name="Numbers")).to_be_visible()
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent") == "Numbers":
            break
    await page.keyboard.press("Enter")
    [update] = await bot.updates(timeout=5)
    assert update["callback_query"]["data"] == "n"


async def test_two_presses_lead_to_the_field(page: Page, bot: BotSide, people: PeopleSide) -> None:
    for number in range(30):
        await bot.send(f"Menu {number}", reply_markup=buttons([("Numbers", "n"), ("More", "m")]))
    chat = page.get_by_role("region", name="Assel")
    await expect(chat.get_by_text("Menu 29")).to_be_visible()
    await page.reload()
    await expect(chat.get_by_text("Menu 29")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.type("77012115526")
    await page.keyboard.press("Enter")
    await expect(chat.locator(".from-person").last).to_contain_text("77012115526")


async def test_the_head_is_small_on_a_telephone(page: Page, people: PeopleSide) -> None:
    await people.arrive(701, first_name="Marat", role="Second administrator")
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.reload()
    chat = page.get_by_role("region", name="Assel")
    await expect(chat).to_be_visible()
    box = await chat.locator(".log").bounding_box()
    assert box is not None
    assert box["y"] <= 100
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.get_by_role("button", name="Marat Second administrator").click()
    await expect(page.get_by_role("region", name="Marat")).to_be_visible()


async def test_every_link_has_a_name(page: Page, bot: BotSide, people: PeopleSide) -> None:
    for caption in ("", "Spending, January"):
        picture = plain_png(64, 48)
        await bot.upload("sendPhoto", "photo", picture, "a.png", chat_id="700", caption=caption)
    await bot.upload("sendDocument", "document", b"x", "bill.pdf", chat_id="700")
    chat = page.get_by_role("region", name="Assel")
    await expect(chat.get_by_role("link", name="Open: Spending, January")).to_be_visible()
    await expect(chat.get_by_role("link", name="Open: Picture")).to_be_visible()
    names = await page.get_by_role("link").evaluate_all(
        "links => links.map((link) => link.getAttribute('aria-label') ?? link.textContent.trim())"
    )
    assert all(names)


async def test_people_speak_the_language_of_the_browser(page: Page, people: PeopleSide) -> None:
    await people.do("POST", "users", {"id": 701, "first_name": "Zhanna", "role": "Finance"})
    await page.reload()
    await expect(page.get_by_role("button", name="Zhanna Finance")).to_be_visible()
    listed = await people.do("GET", "users")
    assert listed[1]["language_code"] == "en"
