"""`make bench`: everything side by side in one run, as a table in docs/performance.md.

What is measured is the CPU of the bot's own process per update (user and system time of that one
process, from the kernel), the time from an update's departure to the reaction, and memory. The load
generator and the operator are processes of their own. Bots that are compared live at the same time
and get short loads in turn, so that a busy machine is as busy for the one as for the other; what
counts is the median of the ratios of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from bench.fairness import PEOPLE, fairness
from bench.orders import busy_number, busy_numbers, ordered
from bench.postgres import cluster
from bench.processes import Process, Subject, call, memory_mib, until_ready
from bench.product import BIG_COMPANY, COMPANY, NUMBER, prepare, product, started
from bench.report import Report
from bench.sets import FASTER, set_costs, told
from tests.ports import free_port

DAYS = 31
"""Of the month that usage details are ordered of, but for today's."""
ECHO, MENU, PTB, PTB_TALK = "aiogram_echo", "dialog_menu", "ptb_echo", "ptb_conversation"
SQLITE, POSTGRES = "My Account on SQLite", "My Account on PostgreSQL"
CARD: dict[str, Any] = {"tap": ["Refresh"]}
PARTS = ["taps", "growth", "flood", "files", "orders", "fair", "sets", "start"]
LARGE = 100_000
"""Records of a file that takes long, in every size."""
MANY = 6
"""Rounds of the full size."""
WALKS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("list page", "/numbers", {"tap": ["›|‹"]}),
    ("search", "/numbers", {"text": "77"}),
)


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    rounds: int
    updates: int
    users: int
    companies: tuple[int, ...]
    known: tuple[int, ...]
    strangers: int
    rows: int
    many_rows: int
    numbers: int = 0
    """Of the company whose list is ordered; its usage, 25 records a day for each, is made when it
    is asked for."""
    records: int = 0
    """Of one number in a month."""
    singles: int = 0
    """Changes that are confirmed one by one, in each round; and the numbers of a set."""
    many: int = 0


SIZES = {
    "tiny": Size(1, 20, 5, (), (), 0, 0, 0),
    "quick": Size(3, 100, 50, (100, 10_000), (), 300, 10_000, 0, 2_000, 31_000, 20, 150),
    "full": Size(
        *(6, 300, 50, (100, 10_000, 100_000), (50, 1_000, 100_000), 20_000, 100_000, 10**6),
        numbers=100_000,
        records=10**6,
        singles=30,
        many=140,
    ),
}


class Run:
    """One run in one folder."""

    def __init__(self, folder: Path, size: Size, report: Report) -> None:
        self.folder = folder
        self.size = size
        self.report = report
        self.users = {"users": size.users, "updates": size.updates}

    def generator(self, stack: ExitStack) -> str:
        """A Bot API server of its own for one bot."""
        port = free_port()
        stack.enter_context(Process("-m", "bench.telegram", str(port)))
        url = f"http://127.0.0.1:{port}"
        until_ready(url)
        return url

    def operator(self, stack: ExitStack, numbers: int | None = None) -> str:
        """The sandbox's operator."""
        port = free_port()
        world = str(self.folder / f"world-{port}")
        command = ["-m", "sandbox", "--port", str(port), "--data", world]
        if numbers:
            command += ["--numbers", str(numbers)]
        stack.enter_context(Process(*command))
        url = f"http://127.0.0.1:{port}"
        until_ready(url, "/sandbox/health")
        return url

    def peer(self, stack: ExitStack, name: str) -> Subject:
        """A peer, with its menu open."""
        url = self.generator(stack)
        process = stack.enter_context(Process("-m", f"bench.peers.{name}", url))
        subject = Subject(name, url, process, dict(self.users))
        subject.until_polling()
        if name == MENU:
            subject.run(updates=self.size.users, text="x")
            subject.whole["tap"] = ["Go"]
        else:
            subject.whole["text"] = "x"
        return subject

    def ours(self, stack: ExitStack, name: str, operator: str, **options: Any) -> Subject:
        """The product, with people who have logged in."""
        url = self.generator(stack)
        folder = self.folder / f"bot-{free_port()}"
        users = options.pop("users", max(1000, self.size.users))
        process = stack.enter_context(product(url, folder, operator, users=users, **options))
        subject = Subject(name, url, process, dict(self.users))
        subject.until_polling()
        return subject

    def card(self, subject: Subject) -> Subject:
        """Everybody opens the card that is tapped afterwards."""
        subject.run(updates=self.size.users, text=NUMBER)
        subject.whole |= CARD
        return subject

    def alternate(self, subjects: Sequence[Subject]) -> dict[str, float]:
        """Each one's cost per update as a multiple of the first one's, median of the rounds."""
        for subject in subjects:
            subject.costs.clear()
            subject.run()
        for _round in range(self.size.rounds):
            for subject in subjects:
                # Connections that closed while the others had their turn are not its cost.
                subject.run(updates=self.size.users)
                subject.costs.append(subject.run()["cpu_ms"])
        first = subjects[0].costs
        return {
            subject.name: statistics.median(
                mine / base for mine, base in zip(subject.costs, first, strict=True)
            )
            for subject in subjects
        }

    # --- the parts ---

    def taps(self) -> None:
        """A tap on the card beside the peers; then at 50 a second; then the start."""
        report = self.report
        with ExitStack() as stack:
            operator = self.operator(stack)
            menu = self.peer(stack, MENU)
            ptb, talk = self.peer(stack, PTB), self.peer(stack, PTB_TALK)
            ours = self.card(self.ours(stack, SQLITE, operator))
            subjects = [menu, self.peer(stack, ECHO), ptb, talk, ours]
            address = stack.enter_context(cluster())
            if address is not None:
                subjects.append(self.card(self.ours(stack, POSTGRES, operator, database=address)))
            times = self.alternate(subjects)
            tap = "a tap on the card"
            report.ratio(f"{tap}, SQLite / bare aiogram_dialog menu", times[SQLITE], 2.0)
            # Many connections cost its echo dear here: the cheaper of its two bots is the measure.
            cheapest = min(ptb.costs + talk.costs)
            report.ratio(
                f"{tap}, SQLite / PTB's cheapest bot, least of each",
                min(ours.costs) / cheapest,
                1.0,
            )
            if POSTGRES in times:
                report.ratio(f"{tap}, PostgreSQL / bare aiogram_dialog menu", times[POSTGRES], 2.5)
            for subject in subjects:
                lowest, middle = min(subject.costs), statistics.median(subject.costs)
                memory = memory_mib(subject.process.pid)
                report.note(
                    f"CPU per update, {subject.name}",
                    f"{middle:.2f} ms (least {lowest:.2f}), {memory:.0f} MiB",
                )
            self.paced(ours, menu)
            self.services(ours)
            self.employee(self.ours(stack, "employees", operator, employees=True))

    def services(self, ours: Subject) -> None:
        """A tap among the services of a number: three reads of the operator for each window."""
        ours.run(updates=self.size.users, text=NUMBER, tap=[])
        ours.run(updates=self.size.users, tap=["🧩"])
        ours.whole |= {"tap": ["1|‹"]}
        self.alternate([ours])
        self.report.note(
            "CPU per tap on a window of services, SQLite", f"{statistics.median(ours.costs):.2f} ms"
        )

    def employee(self, theirs: Subject) -> None:
        """A tap on the employee's card: the door and the number are asked for each time."""
        theirs.run(updates=self.size.users, text="/start", tap=[])
        theirs.whole |= CARD
        self.alternate([theirs])
        self.report.note(
            "CPU per tap on the employee's card, SQLite",
            f"{statistics.median(theirs.costs):.2f} ms",
        )

    def paced(self, ours: Subject, menu: Subject) -> None:
        """The time to the reaction at 50 updates a second, of a thousand people."""
        crowd = max(self.size.users, min(1000, self.size.strangers))
        ours.run(users=crowd, updates=crowd, text=NUMBER, tap=[])
        told = ours.run(users=crowd, updates=crowd, rate=50.0)
        self.report.ratio(
            "the card at 50/s, p50 with the operator's time", told["p50_ms"], 30, "ms"
        )
        self.report.ratio(
            "the card at 50/s, p99 with the operator's time", told["p99_ms"], 150, "ms"
        )
        menu.run(users=crowd, updates=crowd, text="x", tap=[])
        told = menu.run(users=crowd, updates=crowd, rate=50.0)
        self.report.note(
            "the bare menu at 50/s", f"p50 {told['p50_ms']:.0f} ms, p99 {told['p99_ms']:.0f} ms"
        )

    def growth(self) -> None:
        """The same in larger companies, and among more people."""
        with ExitStack() as stack:
            companies = [
                self.ours(stack, str(count), self.operator(stack, count), company=BIG_COMPANY)
                for count in self.size.companies
            ]
            for what, entry, load in WALKS:
                for one in companies:
                    one.run(updates=self.size.users, text=entry, tap=[])
                    one.whole = {**self.users, **load}
                self.grown(f"{what}, {{}} numbers / {companies[0].name}", companies)
            for one in companies:
                one.whole = dict(self.users)
                one.run(updates=self.size.users, text="/numbers")
                one.run(updates=self.size.users, tap=["🟢"])
                one.whole |= CARD
            self.grown(f"card, {{}} numbers / {companies[0].name}", companies)
        if not self.size.known:
            return
        with ExitStack() as stack:
            operator = self.operator(stack)
            crowds = [
                self.card(self.ours(stack, str(count), operator, users=count))
                for count in self.size.known
            ]
            self.grown(f"card, {{}} known users / {crowds[0].name}", crowds)

    def grown(self, what: str, subjects: Sequence[Subject]) -> None:
        """The cost of each as a multiple of the first, the smallest."""
        times = self.alternate(subjects)
        for subject in subjects[1:]:
            self.report.ratio(what.format(subject.name), times[subject.name], 1.2)

    def flood(self) -> None:
        """Strangers who all write once: what stays in memory of them."""
        strangers = {"users": self.size.strangers, "updates": self.size.strangers, "text": "x"}
        grown: dict[str, float] = {}
        with ExitStack() as stack:
            for one in (
                self.peer(stack, ECHO),
                self.ours(stack, SQLITE, self.operator(stack), users=50),
            ):
                one.run(updates=200, text="x", first=10**6)
                before = memory_mib(one.process.pid)
                one.run(**strangers, first=2 * 10**6)
                after = memory_mib(one.process.pid)
                grown[one.name] = after
                self.report.note(
                    f"memory under {self.size.strangers} strangers, {one.name}",
                    f"{before:.0f} → {after:.0f} MiB",
                )
        self.report.ratio("memory / bare aiogram with them", grown[SQLITE] / grown[ECHO], 1.5)

    def files(self) -> None:
        """The workbook of usage details, and the event loop meanwhile."""
        size, report = self.size, self.report
        mine = _child(sys.executable, "ours", size.rows)
        other = _with_xlsxwriter()
        if other is None:
            report.note(f"XLSX of {size.rows} rows", f"{mine['cpu']:.1f} s CPU; no XlsxWriter here")
        else:
            theirs = _child(other, "xlsxwriter", size.rows)
            report.ratio(
                f"XLSX of {size.rows} rows, CPU / XlsxWriter on the cells alone",
                mine["cpu"] / theirs["cpu"],
                0.6,
            )
        if size.many_rows:
            few = _child(sys.executable, "ours", 10_000)["peak_mib"]
            whole = _child(sys.executable, "ours", size.many_rows)
            many, seconds = whole["peak_mib"], whole["seconds"]
            report.ratio(f"memory, {size.many_rows} rows above 10000", many - few, 32, "MiB")
            report.note(f"XLSX of {size.many_rows} rows", f"{size.many_rows / seconds:,.0f} rows/s")
        drawn = _child(sys.executable, "chart", 0)["picture"]
        report.ratio("a picture of a year's spend", drawn, 1, "s")
        late = _child(sys.executable, "lag", size.rows)
        report.ratio(
            "event-loop lag p99 while a file is made and passwords are hashed",
            late["p99_ms"],
            50,
            "ms",
        )

    def orders(self) -> None:
        """Files ordered from the bot: a large company's numbers, and a busy number's usage."""
        size, report = self.size, self.report
        if not size.numbers:
            return
        with ExitStack() as stack:
            operator = self.operator(stack, size.numbers)
            ours = self.ours(stack, "orders", operator, users=10, company=BIG_COMPANY)
            told = ordered(ours, "/documents", "3 · Numbers", "XLSX", least=size.numbers)
            report.note(f"list of {told.rows} numbers, ordered from the bot", told.told())
            number = busy_number(operator, BIG_COMPANY, size.records // DAYS)
            told = ordered(ours, number, "Usage details", "XLSX", least=size.records // 2)
            report.note(f"usage of {told.rows} records, ordered from the bot", told.told())

    def fair(self) -> None:
        """What small files and taps wait for while two of the largest files are made."""
        size = self.size
        if not size.records:
            return
        with ExitStack() as stack:
            # Usage is answered by a stand-in of its own: else the taps wait behind each page of a
            # thousand records that it makes.
            operator, usage = self.operator(stack), self.operator(stack)
            profile = self.folder / "usage-elsewhere.toml"
            told_by = files("carrier.profile").joinpath("kcell.toml").read_text(encoding="utf-8")
            profile.write_text(f'{told_by}\n[apis.TMF635]\naddress = "{usage}"\n', encoding="utf-8")
            elsewhere = {"MYACCOUNT_OPERATOR_PROFILE": str(profile)}
            ours = self.ours(stack, "fair", operator, users=PEOPLE, environment=elsewhere)
            busy = busy_numbers(usage, COMPANY, LARGE // DAYS)
            told = fairness(ours, NUMBER, busy, 1 if size.rounds < MANY else 3)
            self.report.note("two large files at once", told.told())
            behind = "a small file behind two large ones / alone"
            self.report.ratio(behind, told.behind / told.alone, 2)
            taps = "taps' p99 while two large files are made / idle"
            self.report.ratio(taps, told.meanwhile / told.idle, 1.5)

    def sets(self) -> None:
        """What a number of a set costs beside a single confirmed change."""
        size = self.size
        if not size.many:
            return
        with ExitStack() as stack:
            operator = self.operator(stack, (size.singles + size.many) * (size.rounds + 1) * 2)
            ours = self.ours(
                stack, "sets", operator, users=100, company=BIG_COMPANY, environment=FASTER
            )
            costs = set_costs(ours, operator, BIG_COMPANY, size.singles, size.many, size.rounds)
            what = "CPU for a number of a set / a single confirmed change with its windows"
            self.report.ratio(what, statistics.median(one.ratio for one in costs), 0.25)
            self.report.note(f"a number of a set of {size.many}", told(costs))

    def start(self) -> None:
        """From the start to the first getUpdates, also after a kill."""
        with ExitStack() as stack:
            operator, url = self.operator(stack), self.generator(stack)
            folder = self.folder / "start"
            folder.mkdir()
            database = f"sqlite:///{folder / 'bench.db'}"
            asyncio.run(prepare(database, folder / "key", 50, COMPANY))
            began = time.perf_counter()
            self.peer(stack, ECHO)
            self.report.note(
                "start of bare aiogram to its first getUpdates",
                f"{time.perf_counter() - began:.1f} s, its generator's start included",
            )
            for word in ("start", "start after kill -9"):
                polls = int(call(url + "/ready")["polls"])
                began = time.perf_counter()
                with started(url, folder, operator, database) as process:
                    Subject(word, url, process, {}).until_polling(polls)
                    seconds = time.perf_counter() - began
                    self.report.ratio(f"{word} to the first getUpdates", seconds, 4, "s")
                    process.kill()


def _child(python: str, kind: str, rows: int) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 - our own program
        [python, "-m", "bench.workbook", kind, str(rows)],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return dict(json.loads(done.stdout))


def _with_xlsxwriter() -> str | None:
    """A Python that has XlsxWriter: this one, or the one that `PEER_PYTHON` names."""
    named = os.environ.get("PEER_PYTHON")
    if named:
        return named
    return sys.executable if importlib.util.find_spec("xlsxwriter") else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything of a size; `--only` a part."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--size", choices=sorted(SIZES), default="full")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args(arguments)
    # Whoever ends this run ends what it has started.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    report = Report(f"make bench SIZE={options.size}")
    try:
        with tempfile.TemporaryDirectory() as name:
            run = Run(Path(name), SIZES[options.size], report)
            for part in (
                run.taps,
                run.start,
                run.files,
                run.orders,
                run.fair,
                run.sets,
                run.growth,
                run.flood,
            ):
                if options.only in (None, part.__name__):
                    part()
    finally:
        if options.write:
            report.write(keep=options.only is not None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
