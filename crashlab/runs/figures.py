"""The table of docs/reliability.md: what a size showed, with the seed, the day and the bound.

Its sum stands on the first screen of README.md; `python -m crashlab.runs.figures` writes it anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crashlab.runs.campaign import Round

DOCUMENT, README = Path("docs/reliability.md"), Path("README.md")
BEGIN, END = "<!-- crashlab: figures -->", "<!-- crashlab: end of figures -->"
BEGIN_SUM, END_SUM = "<!-- crashlab: sum -->", "<!-- crashlab: end of the sum -->"
HEADER = (
    "| Size | Database | Seed | Day | Kills | With a change open | Pauses | Clock steps | Cuts | "
    "Backups put back | Changes confirmed | Presses | Faults | Broken | Per kill, 95 % |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
)


def bound(failures: int, kills: int) -> str:
    """What may be claimed: with none in N kills at most 3/N, otherwise nothing. Only kills at which
    a confirmed change was open count.
    """
    if failures or not kills:
        return "nothing to claim"
    return f"at most {300 / kills:.2g} %"


def row(size: str, database: str, seed: int, rounds: Sequence[Round]) -> str:
    """One line of the table."""
    counted = sum(one.kills_that_count for one in rounds)
    broken = sum(len(one.breaches) for one in rounds)
    cells = (
        size,
        database,
        f"{seed} to {seed + len(rounds) - 1}" if len(rounds) > 1 else seed,
        rounds[-1].day,
        sum(one.kills for one in rounds),
        counted,
        sum(one.pauses for one in rounds),
        sum(one.steps for one in rounds),
        sum(one.cuts for one in rounds),
        sum(one.restores for one in rounds),
        sum(one.changes for one in rounds),
        sum(one.presses for one in rounds),
        sum(one.faults for one in rounds),
        broken,
        bound(broken, counted),
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


def promise(document: Path = DOCUMENT) -> str:
    """The sum of the table: what was done to the bot, and what of its promise was broken."""
    table = document.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    names, _rule, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if line.startswith("|")
    )

    def total(*columns: str) -> int:
        at = [names.index(column) for column in columns]
        return sum(int(row[one]) for row in rows for one in at if row[one].isdecimal())

    broken = total("Broken")
    kept = "0 | 0 | 0" if broken == 0 else f"{broken} promises broken: see the table there | |"
    return (
        "| Killed | Stood still, clock set, cut off | Faults around it | Changes confirmed "
        "| Lost | Done twice | Told wrongly |\n|---|---|---|---|---|---|---|\n"
        f"| {total('Kills'):,} times | {total('Pauses', 'Clock steps', 'Cuts'):,} times "
        f"| {total('Faults'):,} | {total('Changes confirmed'):,} | {kept} |"
    )


def write_promise(readme: Path = README, document: Path = DOCUMENT) -> None:
    """Put the sum in its place."""
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN_SUM)
    after = rest.partition(END_SUM)[2]
    told = f"{before}{BEGIN_SUM}\n\n{promise(document)}\n\n{END_SUM}{after}"
    readme.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    write_promise()
