"""What every test shares: only that nothing is left out in silence."""

from __future__ import annotations

import pytest

NEEDS = {
    "browser": "with a real browser (Chromium; Debian: apt install chromium)",
    "postgres": "with a real PostgreSQL (Debian: apt install postgresql)",
}


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the last lines which kinds of tests this machine could not run."""
    skipped = terminalreporter.stats.get("skipped", [])
    for marker, need in NEEDS.items():
        number = sum(marker in report.keywords for report in skipped)
        if number:
            terminalreporter.write_line(f"LEFT OUT: {number} tests {need}", red=True, bold=True)
