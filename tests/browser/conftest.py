"""The demonstration as its user starts it: a process of its own, and a browser on its web chat."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.reader import Reader
from tests.ports import free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = Path(__file__).parent.parent / "screenshots"
NOW = "2022-01-24T16:00:00+06:00"
START_SECONDS = 60.0


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """`myaccount demo`, ready; the address of its web chat."""
    port = free_port()
    said = tmp_path / "said"
    command = [sys.executable, "-m", "bot", "demo", "--port", str(port), "--now", NOW]
    with said.open("w") as output:
        running = subprocess.Popen(
            [*command, "--data", str(tmp_path / "demo")],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + START_SECONDS
        while "is ready" not in said.read_text():
            assert running.poll() is None, said.read_text()
            assert time.monotonic() < end, f"the demonstration did not start: {said.read_text()}"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0, said.read_text()
    finally:
        # Its own process group: nothing of it outlives the test, and nothing else is touched.
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium of this machine."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield opened
        await opened.close()


@pytest.fixture
async def reader(
    browser: Browser, demo: str, request: pytest.FixtureRequest
) -> AsyncIterator[Reader]:
    """A person before the web chat. `request.param`: (language, width, height) of the screen."""
    language, width, height = request.param
    page = await browser.new_page(
        viewport={"width": width, "height": height}, locale=language, accept_downloads=True
    )
    errors: list[Exception] = []
    page.on("pageerror", lambda error: errors.append(error))
    page.set_default_timeout(20_000)
    await page.goto(demo)
    name = request.node.name.partition("[")[0].removeprefix("test_")
    folder = SCREENSHOTS / name / f"{language}-{width}"
    shutil.rmtree(folder, ignore_errors=True)
    opened = Reader(page, language, folder)
    try:
        yield opened
    finally:
        await opened.look("the-end")
        await page.close()
    assert errors == []
