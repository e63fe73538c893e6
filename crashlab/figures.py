"""The table of docs/reliability.md: what a size showed, with the seed, the day and the bound."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from crashlab.driver import Result

DOCUMENT = Path("docs/reliability.md")
BEGIN, END = "<!-- crashlab: figures -->", "<!-- crashlab: end of figures -->"
HEADER = (
    "| Size | Database | Seed | Day | Kills | With a change open | Pauses | Clock steps | "
    "Changes confirmed | Presses | Faults | Broken | Per kill, 95 % |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
)


def bound(failures: int, kills: int) -> str:
    """What may be claimed: with none in N kills at most 3/N, otherwise nothing. Only kills at which
    a confirmed change was open count.
    """
    if failures or not kills:
        return "nothing to claim"
    return f"at most {300 / kills:.2g} %"


def row(size: str, database: str, seed: int, results: list[Result]) -> str:
    """One line of the table."""
    kills = sum(result.kills_that_count for result in results)
    broken = sum(len(result.breaches) for result in results)
    cells = (
        size,
        database,
        seed,
        datetime.now(UTC).strftime("%d.%m.%Y"),
        sum(result.kills.total() for result in results),
        kills,
        sum(result.pauses.total() for result in results),
        sum(result.steps for result in results),
        sum(result.changes for result in results),
        sum(result.presses for result in results),
        sum(result.faults for result in results),
        broken,
        bound(broken, kills),
    )
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def write(line: str, document: Path = DOCUMENT) -> None:
    """Put the line in the table, in the place of an older one of that size and database."""
    text = document.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    table, _, after = rest.partition(END)
    key = line.split("|")[1:3]
    kept = [
        old
        for old in table.splitlines()
        if old.startswith("| ") and old.split("|")[1:3] != key and "| Size" not in old
    ]
    rows = "\n".join(sorted([*kept, line]))
    document.write_text(f"{before}{BEGIN}\n\n{HEADER}{rows}\n\n{END}{after}", encoding="utf-8")
