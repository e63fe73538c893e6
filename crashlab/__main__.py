"""The crash lab: kills the real bot at random and at chosen points, and judges what came of it.

python -m crashlab [--size ci|nightly|release] [--seed N] [--database sqlite|postgresql]
python -m crashlab --seed N --seconds S      one round again, with the seed that it printed
python -m crashlab mutants                   defects planted in a copy, each must be caught
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crashlab import figures
from crashlab.driver import Result, Run
from crashlab.mutants import MUTANTS, caught
from crashlab.plans import Plan
from crashlab.ways import WISHES


@dataclass(frozen=True)
class Size:
    """So many rounds of so many seconds of kills; between them there are starts and endings."""

    rounds: int
    seconds: float


SIZES = {"ci": Size(1, 20), "nightly": Size(5, 100), "release": Size(12, 280)}
KEPT = Path("var/crashlab")
TROUBLE: dict[str, Any] = {"blocks": 0.08, "accounts": True}
"""What a round has besides kills, faults and repeated presses."""
CREWS = {"sqlite": ("run",), "postgresql": ("run", "run", "worker", "worker")}


def say(line: str) -> None:
    """For whoever runs the lab."""
    print(line, flush=True)  # noqa: T201 - a command


def main(arguments: list[str] | None = None) -> int:
    """Run the lab; 0 when every promise held."""
    parser = argparse.ArgumentParser(prog="crashlab", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", nargs="?", choices=("kills", "mutants"), default="kills")
    parser.add_argument("--size", choices=sorted(SIZES), default="ci")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--database", choices=sorted(CREWS), default="sqlite")
    parser.add_argument("--seconds", type=float, help="one round of so many seconds")
    parser.add_argument("--write-docs", action="store_true", help="into docs/reliability.md")
    options = parser.parse_args(arguments)
    # Whoever ends the lab ends everything that it has started: by the way that cleans up.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    if options.what == "mutants":
        return 0 if all_caught(options.seed) else 1
    size = SIZES[options.size] if options.seconds is None else Size(1, options.seconds)
    results = run_all(size, options.seed, options.database)
    name = options.size if options.seconds is None else f"{options.seconds:g} s"
    line = figures.row(name, options.database, options.seed, results)
    say(line)
    if options.write_docs:
        figures.write(line)
    return 1 if any(result.breaches for result in results) else 0


def all_caught(seed: int) -> bool:
    """Plant one defect after the other; True when the lab caught them all."""
    missed = []
    for mutant in MUTANTS:
        say(f"mutant: {mutant.name}")
        with TemporaryDirectory(prefix="crashlab-") as name:
            if asyncio.run(caught(mutant, seed, Path(name), say)) is None:
                missed.append(mutant.name)
    if missed:
        say(f"NOT CAUGHT, so the lab proves nothing: {', '.join(missed)}")
    return not missed


def run_all(size: Size, seed: int, database: str) -> list[Result]:
    """The rounds, one after the other."""
    results = []
    with databases(database) as fresh:
        for n in range(size.rounds):
            # Every other round on PostgreSQL takes its updates by webhook.
            webhook = database == "postgresql" and (seed + n) % 2 == 1
            plan = Plan(seed + n, size.seconds, CREWS[database], webhook=webhook, **TROUBLE)
            say(f"round {n + 1} of {size.rounds}: seed {plan.seed} on {database}")
            with TemporaryDirectory(prefix="crashlab-") as name:
                folder = Path(name)
                result = asyncio.run(Run(plan, fresh(folder), folder).result())
                tell(result, database)
                if result.breaches:
                    keep(folder, KEPT / str(plan.seed))
            results.append(result)
    return results


def tell(result: Result, database: str) -> None:
    """One round's figures, and how to repeat it when something broke."""
    kills = ", ".join(f"{name} {count}" for name, count in sorted(result.kills.items()))
    say(
        f"  {result.kills.total()} kills ({kills}), with a change open {result.kills_that_count}; "
        f"{result.pauses.total()} pauses, {result.steps} clock steps, {result.cuts} cuts, "
        f"{result.restores} backups put back; "
        f"{result.changes} changes confirmed with {result.presses} presses: "
        f"{result.done} done, {result.refused} refused; "
        f"{result.faults} faults; {result.repeated_words} final words came twice; "
        f"quiet after {result.quiet_after:.0f} s, {result.seconds:.0f} s in all"
    )
    for kind in sorted({*WISHES, *(kind for kind, _state in result.kinds)}):
        done, refused = result.kinds[kind, "done"], result.kinds[kind, "rejected"]
        say(f"    {kind}: {count_of(result, kind)} confirmed, {done} done, {refused} refused")
    papers = ", ".join(f"{count} {state}" for state, count in sorted(result.papers.items()))
    say(f"    documents: {papers or 'none'}; {result.repeated_files} files came twice")
    for breach in result.breaches:
        say(f"  {breach}")
    if result.breaches:
        say(
            f"  FAILED. Once more: python -m crashlab --seed {result.plan.seed} "
            f"--seconds {result.plan.seconds:g} --database {database}"
        )


def count_of(result: Result, kind: str) -> int:
    """How many changes of that kind were confirmed."""
    return sum(count for (one, _state), count in result.kinds.items() if one == kind)


def keep(folder: Path, to: Path) -> None:
    """What a failed round left: the bot's logs and its database."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns("code", "key"))
    say(f"  Its logs are in {to}.")


class Fresh:
    """Hands out empty databases."""

    def __call__(self, folder: Path) -> str:
        """The address of the next one."""
        return f"sqlite:///{folder / 'bot.db'}"


class FreshPostgres(Fresh):
    """Databases of a server of our own."""

    def __init__(self, server: object) -> None:
        self._server = server
        self._count = 0

    def __call__(self, folder: Path) -> str:  # noqa: ARG002
        """The address of the next one."""
        from tests.postgres import PostgresServer

        assert isinstance(self._server, PostgresServer)
        self._count += 1
        name = f"crashlab_{self._count}"
        self._server.sql(f"CREATE DATABASE {name}")
        return self._server.url(name)


@contextmanager
def databases(kind: str) -> Iterator[Fresh]:
    """Empty databases of that kind for the time of the block."""
    if kind == "sqlite":
        yield Fresh()
        return
    from tests.postgres import private_server

    with private_server() as server:
        yield FreshPostgres(server)


if __name__ == "__main__":
    sys.exit(main())
