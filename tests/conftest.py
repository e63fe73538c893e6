"""What every test shares: nothing is left out in silence, nothing is left behind."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator

import pytest
import structlog

NEEDS = {
    "browser": "with a real browser (Chromium; Debian: apt install chromium)",
    "postgres": "with a real PostgreSQL (Debian: apt install postgresql)",
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """Say in the last lines, below the list of skips, what this machine could not run."""
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    for marker, need in NEEDS.items():
        number = sum(marker in report.keywords for report in skipped)
        if number:
            terminalreporter.write_line(f"LEFT OUT: {number} tests {need}", red=True, bold=True)


@pytest.fixture(autouse=True)
def _logs_of_its_own() -> Iterator[None]:
    """Logs are set up for a process; a test that does so must not write into the next one's."""
    yield
    structlog.reset_defaults()
    for handler in logging.root.handlers[:]:
        if type(handler) is logging.StreamHandler:
            logging.root.removeHandler(handler)
