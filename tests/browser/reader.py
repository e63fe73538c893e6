"""A person who reads, clicks and types: the web chat as seen from before the screen."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from bot.texts.language import Catalogues
from tests.browser.film import Film

PATIENCE = 15_000
CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")


class Reader:
    """The administrator's column of the web chat. Every look is kept as a picture."""

    def __init__(self, page: Page, language: str, folder: Path) -> None:
        self.page = page
        self.language = language
        self.folder = folder
        self.chat = page.get_by_role("region", name="Асель Садыкова")
        self.film: Film | None = None
        self._catalogues = Catalogues()
        self._looks = 0

    def words(self, text: str) -> str:
        """A text of the bot in the language of this person."""
        return self._catalogues.say(self.language, text)

    async def sees(self, *texts: str) -> Locator:
        """Wait for a message of the bot that holds all the texts, buttons included."""
        message = self.chat.locator(".from-bot")
        for text in texts:
            message = message.filter(has_text=text)
        await expect(message.last).to_be_visible(timeout=PATIENCE)
        return message.last

    def button(self, label: str) -> Locator:
        """The newest button with these words, below a message or below the chat."""
        return self.chat.locator(".key").filter(has_text=label).last

    async def taps(self, label: str) -> None:
        """Click a button."""
        await self.button(label).click()

    async def types(self, text: str) -> None:
        """Type a message and send it with Enter."""
        entry = self.chat.get_by_role("textbox")
        await entry.press_sequentially(text)
        await entry.press("Enter")

    async def code(self) -> str:
        """Read the code in the telephone's SMS pane, then come back to the chat."""
        await self.chat.get_by_role("tab", name="SMS").click()
        text = self.chat.locator(".sms .letter-text").filter(has_text=CODE).first
        await expect(text).to_be_visible(timeout=PATIENCE)
        await self.look("sms")
        found = CODE.search(await text.inner_text())
        assert found is not None
        await self.chat.get_by_role("tab", name="Chat").click()
        return found.group()

    async def saves(self, name: str, folder: Path) -> Path:
        """Download a document of the chat."""
        link = self.chat.get_by_role("link").filter(has_text=name)
        await expect(link).to_be_visible(timeout=2 * PATIENCE)
        async with self.page.expect_download() as saving:
            await link.click()
        saved = await saving.value
        path = folder / saved.suggested_filename
        await saved.save_as(path)
        return path

    @property
    def width(self) -> int:
        """Of the screen, in pixels."""
        size = self.page.viewport_size
        assert size is not None
        return size["width"]

    async def look(self, name: str) -> None:
        """Keep a picture of the page."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._looks += 1
        await self.page.screenshot(path=self.folder / f"{self._looks:02}-{name}.png")
        if self.film is not None:
            await self.film.look(name)

    async def fits(self) -> None:
        """Nothing stands out of the screen or of its bubble."""
        page = "document.documentElement.scrollWidth <= innerWidth"
        assert await self.page.evaluate(page), "the page is wider than the screen"
        bubbles = "log => log.scrollWidth <= log.clientWidth"
        assert await self.chat.locator(".log").evaluate(bubbles), "a bubble stands out"
