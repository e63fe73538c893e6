"""The table of a run: ratios first, what the budget asks, and whether it is held."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"


@dataclass
class Report:
    """Rows as they are measured."""

    command: str
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)
    plain: list[tuple[str, str]] = field(default_factory=list)

    def ratio(self, what: str, value: float, most: float, unit: str = "×") -> None:
        """One figure against its budget."""
        held = "held" if value <= most else "**missed**"
        self.rows.append((what, f"{value:.2f} {unit}", f"≤ {most:g} {unit}", held))
        print(f"{what}: {value:.2f} {unit} (budget {most:g}: {held})", flush=True)  # noqa: T201

    def note(self, what: str, value: str) -> None:
        """A figure without a budget of its own."""
        self.plain.append((what, value))
        print(f"{what}: {value}", flush=True)  # noqa: T201

    def text(self) -> str:
        """The table in Markdown."""
        day = datetime.now(UTC).date().isoformat()
        cores = f"{os.cpu_count()} cores shared with other work"
        lines = [
            f"`{self.command}`, {day}, {cores}, Python {platform.python_version()}, seed 1.",
            "",
            "| What | Measured | Budget | |",
            "|---|---|---|---|",
            *("| " + " | ".join(row) + " |" for row in self.rows),
            "",
            "| Beside it | |",
            "|---|---|",
            *(f"| {what} | {value} |" for what, value in self.plain),
        ]
        return "\n".join(lines)

    def write(self, *, keep: bool = False) -> None:
        """Put the table into the document, between its marks.

        `keep`: a part was measured, and the other rows of the table stay.
        """
        before, _begin, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
        old, _end, after = rest.partition(END)
        if keep:
            self._keep(old)
        DOCUMENT.write_text(f"{before}{BEGIN}\n\n{self.text()}\n\n{END}{after}", encoding="utf-8")

    def _keep(self, old: str) -> None:
        """Take over the rows of an older table that were not measured now."""
        new = {what for what, *_ in [*self.rows, *self.plain]}
        lines = [line.strip("| ").split(" | ") for line in old.splitlines() if "|" in line]
        for cells in lines:
            if cells[0] in new or cells[0] in {"What", "Beside it"} or cells[0].startswith("-"):
                continue
            if len(cells) == 4:
                self.rows.append((cells[0], cells[1], cells[2], cells[3]))
            elif len(cells) == 2:
                self.plain.append((cells[0], cells[1]))
