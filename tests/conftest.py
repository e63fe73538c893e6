"""What every test shares: only that nothing is left out in silence."""

from __future__ import annotations

from collections.abc import Generator

import pytest

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
