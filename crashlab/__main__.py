"""The crash lab: kills the real bot at random and at chosen points, and judges what came of it.

python -m crashlab [--size ci|nightly|release] [--seed N] [--database sqlite|postgresql]
                   [--dialect plain]     another operator, which lacks some and is asked otherwise
                   [--rounds N]          so many rounds now, the rest when it is run again
python -m crashlab --seed N --seconds S …    one round again, by the options that it printed
python -m crashlab mutants [--only WORDS]    defects planted in a copy, each must be caught
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
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from typing_extensions import override

from crashlab.mutants.by_tests import MANY_OVER_TIME, caught_by_tests
from crashlab.mutants.planting import caught
from crashlab.mutants.program import MUTANTS
from crashlab.runs import figures
from crashlab.runs.campaign import FOLDER, Campaign, Round
from crashlab.runs.driver import Result, Run
from crashlab.runs.sizes import DATABASES, SIZES, Size
from crashlab.world.dialects import DIALECTS


def say(line: str) -> None:
    """For whoever runs the lab."""
    print(line, flush=True)  # noqa: T201 - a command


def main(arguments: list[str] | None = None) -> int:
    """Run the lab; 0 when every promise held."""
    parser = argparse.ArgumentParser(prog="crashlab", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", nargs="?", choices=("kills", "mutants"), default="kills")
    parser.add_argument("--size", choices=sorted(SIZES), default="ci")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--dialect", choices=sorted(DIALECTS), default="kcell")
    parser.add_argument("--rounds", type=int, help="at most so many rounds now")
    parser.add_argument("--seconds", type=float, help="one round of so many seconds")
    parser.add_argument("--only", default="", help="mutants whose names have these words")
    parser.add_argument("--write-docs", action="store_true", help="into docs/reliability.md")
    options = parser.parse_args(arguments)
    # Whoever ends the lab ends everything that it has started: by the way that cleans up.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    if options.what == "mutants":
        return 0 if all_caught(options.seed or int(time.time()), options.only) else 1
    like = options.size
    if options.dialect != "kcell":
        like = f"{like}, {options.dialect}"
    if options.seconds is not None:
        name = f"{like}, {options.seconds:g} s"
        size = replace(SIZES[options.size], rounds=1, seconds=options.seconds)
        campaign = Campaign(name, options.database, options.seed or int(time.time()))
    else:
        name, size = like, SIZES[options.size]
        campaign = begun(name, options.database, options.seed, size)
    run_all(campaign, size, options.rounds or size.rounds, options.dialect)
    line = figures.row(name, options.database, campaign.seed, campaign.rounds)
    say(line)
    left = campaign.left(size.rounds)
    if left and size.rounds > 1:
        say(f"{len(left)} of {size.rounds} rounds are left; the same command goes on.")
    if options.write_docs:
        figures.write(line)
        figures.write_promise()
    wanted = size.plan(campaign.database, campaign.seed, options.dialect).wanted
    missing = campaign.never_confirmed(wanted) if not left and size.rounds > 1 else []
    if missing:
        say(f"NOTHING is shown of {', '.join(missing)}")
    return 1 if missing or any(one.breaches for one in campaign.rounds) else 0


def begun(name: str, database: str, seed: int | None, size: Size) -> Campaign:
    """The campaign that goes on, or a new one."""
    known = Campaign.resumed(name, database, seed, size.rounds)
    if known is not None:
        say(f"goes on: {len(known.left(size.rounds))} rounds are left from seed {known.seed}")
        return known
    return Campaign(name, database, int(time.time()) if seed is None else seed)


def all_caught(seed: int, words: str = "") -> bool:
    """Plant one defect after the other; True when the lab caught them all."""
    missed = []
    for mutant in (one for one in MUTANTS if words in one.name):
        say(f"mutant: {mutant.name}")
        with TemporaryDirectory(prefix="crashlab-") as name:
            if asyncio.run(caught(mutant, seed, Path(name), say)) is None:
                missed.append(mutant.name)
    for one in (one for one in MANY_OVER_TIME if words in one.name):
        say(f"mutant: {one.name}")
        with TemporaryDirectory(prefix="crashlab-") as name:
            if not caught_by_tests(one, Path(name), say):
                missed.append(one.name)
    if missed:
        say(f"NOT CAUGHT, so the lab proves nothing: {', '.join(missed)}")
    return not missed


def run_all(campaign: Campaign, size: Size, most: int, dialect: str) -> None:
    """The next rounds, one after the other, at most so many."""
    with databases(campaign.database) as fresh:
        for seed in campaign.left(size.rounds)[:most]:
            plan = size.plan(campaign.database, seed, dialect)
            say(
                f"round {seed - campaign.seed + 1} of {size.rounds}: seed {seed} on "
                f"{campaign.database}, {', '.join(plan.crew)}"
            )
            with TemporaryDirectory(prefix="crashlab-") as name:
                folder = Path(name)
                result = asyncio.run(Run(plan, fresh(folder), folder).result())
                like = campaign.size.partition(",")[0]
                options = f"--size {like} --database {campaign.database} --dialect {dialect}"
                tell(result, options)
                if result.breaches:
                    keep(folder, FOLDER / str(plan.seed))
            campaign.add(Round.of(result))
            if size.rounds > 1:
                campaign.keep()


def tell(result: Result, told: str) -> None:
    """One round's figures, and how to repeat it when something broke: `told` are its options."""
    kills = ", ".join(f"{name} {count}" for name, count in sorted(result.kills.items()))
    say(
        f"  {result.kills.total()} kills ({kills}), with a change open {result.kills_that_count}; "
        f"{result.pauses.total()} pauses, {result.steps} clock steps, {result.cuts} cuts, "
        f"{result.restores} backups put back, {result.verdicts} verdicts; "
        f"{result.changes} changes confirmed with {result.presses} presses: "
        f"{result.done} done, {result.refused} refused; "
        f"{result.faults} faults; {result.repeated_words} final words came twice; "
        f"quiet after {result.quiet_after:.0f} s, {result.seconds:.0f} s in all"
    )
    for kind in sorted({*result.plan.wanted, *(kind for kind, _state in result.kinds)}):
        done, refused = result.kinds[kind, "done"], result.kinds[kind, "rejected"]
        say(f"    {kind}: {count_of(result, kind)} confirmed, {done} done, {refused} refused")
    papers = ", ".join(f"{count} {state}" for state, count in sorted(result.papers.items()))
    lists = ", ".join(f"{count} {state}" for state, count in sorted(result.sets.items()))
    say(f"    documents: {papers or 'none'}; {result.repeated_files} files came twice")
    plans = ", ".join(f"{count} {state}" for state, count in sorted(result.schedules.items()))
    say(f"    lists of numbers: {lists or 'none'}; confirmed for later: {plans or 'none'}")
    say(f"    alerts to be told: {result.alerts}")
    for breach in result.breaches:
        say(f"  {breach}")
    if result.breaches:
        say(
            f"  FAILED. Once more: python -m crashlab {told} --seed {result.plan.seed} "
            f"--seconds {result.plan.seconds:g}"
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

    @override
    def __call__(self, folder: Path) -> str:
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
