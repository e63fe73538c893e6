"""People who go on for minutes: what grows in the bot and its database while they do.

    python -m bench.soak --minutes 8 --rate 50

A company of 100,000 numbers, 10,000 people who are logged in, each answered before they go on:
cards, lists, searches and confirmed blocks in turn. Every five seconds memory, open files, the age
of the oldest update that waits, and the size of the database and its log are looked at from
outside. What grows is told as a slope over the second half; what is left over is counted once all
have stopped, and again after everything that has a term was forgotten.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text

from bench.orders import asked
from bench.postgres import cluster
from bench.processes import Process, call, cpu_seconds, memory_mib, open_files, until_ready
from bench.product import BIG_COMPANY, product
from bench.soak_report import Outcome, write
from storage.encryption.secrets import Secrets
from storage.engine.database import Database
from storage.engine.open import open_database
from storage.engine.types import to_microseconds
from storage.open import open_stores
from storage.tables import metadata
from tests.ports import free_port

PEOPLE, AT_ONCE, NUMBERS = 10_000, 300, 100_000
EVERY = 5.0
"""Seconds between two looks."""
PATIENCE = 120.0
"""Seconds after the last tap until nothing waits any more."""
LATER = timedelta(days=400)
"""After all terms but those an operator sets."""
CARD = ["say {number}", "tap Refresh", "tap Refresh", "tap Refresh"]
LISTS = ["say /numbers", "tap ›|‹", "tap ›|‹", "say 77"]
BLOCK = ["say {number}", "tap ⛔ Block", "tap ⛔ Block"]
WAYS = [CARD, LISTS, CARD, BLOCK]
SQLITE, POSTGRES = "SQLite", "PostgreSQL"


@dataclass(frozen=True)
class Sample:
    """One look, `second` after the walk began."""

    second: float
    memory_mib: float
    files: float
    lag_s: float
    waiting: float
    owed: float
    open_changes: float
    wal_mib: float
    database_mib: float
    p50_ms: float
    p99_ms: float
    sent: float
    lost: float
    strayed: float


class Watched:
    """The bot's process, its generator and its database, looked at from outside."""

    def __init__(self, process: Process, generator: str, url: str, file: Path | None) -> None:
        self.process = process
        self.generator = generator
        self.url = url
        self._file = file
        self._began = time.perf_counter()

    async def look(self, database: Database) -> Sample:
        """One sample."""
        told = await asyncio.to_thread(call, self.generator + "/walked")
        rows = await database.read(_waiting)
        wal, whole = await self._sizes(database)
        return Sample(
            second=round(time.perf_counter() - self._began, 1),
            memory_mib=memory_mib(self.process.pid),
            files=open_files(self.process.pid),
            lag_s=rows["lag_s"],
            waiting=rows["inbox"],
            owed=rows["outbox"],
            open_changes=rows["actions"],
            wal_mib=wal,
            database_mib=whole,
            **{name: told[name] for name in ("p50_ms", "p99_ms", "sent", "lost", "strayed")},
        )

    async def _sizes(self, database: Database) -> tuple[float, float]:
        """Of the log and of the database, in MiB."""
        if self._file is not None:
            log = self._file.with_name(self._file.name + "-wal")
            sizes = [one.stat().st_size if one.exists() else 0 for one in (log, self._file)]
        else:
            sizes = list(await database.read(lambda conn: conn.execute(_SIZES).one()))
        return float(sizes[0]) / (1 << 20), float(sizes[1]) / (1 << 20)


_SIZES = text("SELECT (SELECT sum(size) FROM pg_ls_waldir()), pg_database_size(current_database())")
_LEFT = {
    "inbox": "SELECT count(*) FROM inbox WHERE state = 'new'",
    "outbox": "SELECT count(*) FROM outbox WHERE state = 'owed'",
    "actions": (
        "SELECT count(*) FROM actions WHERE state IN ('accepted', 'proposed', 'sent', 'unknown')"
    ),
}
_OLDEST = text("SELECT received_at FROM inbox WHERE state = 'new' ORDER BY id LIMIT 1")


def _waiting(conn: Connection) -> dict[str, float]:
    rows = {name: float(conn.execute(text(one)).scalar_one()) for name, one in _LEFT.items()}
    oldest = conn.execute(_OLDEST).scalar()
    now = to_microseconds(datetime.now(UTC))
    return {**rows, "lag_s": 0.0 if oldest is None else max(0.0, (now - oldest) / 1e6)}


def _counted(conn: Connection) -> dict[str, int]:
    tables = metadata.sorted_tables
    sizes = {t.name: conn.execute(select(func.count()).select_from(t)).scalar() for t in tables}
    return {name: int(size or 0) for name, size in sizes.items()}


async def watch(watched: Watched, walk: Mapping[str, Any]) -> tuple[list[Sample], dict[str, float]]:
    """The samples of a walk, and what still waited when patience was over."""
    database = open_database(watched.url)
    samples: list[Sample] = []
    try:
        await watched.look(database)
        await asyncio.to_thread(call, watched.generator + "/walk", dict(walk))
        end = time.perf_counter() + float(walk["seconds"])
        while time.perf_counter() < end:
            await asyncio.sleep(EVERY)
            samples.append(await watched.look(database))
        until = time.perf_counter() + PATIENCE
        while (left := await database.read(_waiting)) and time.perf_counter() < until:
            if not any(left[name] for name in _LEFT):
                break
            await asyncio.sleep(1)
        return samples, left
    finally:
        await database.close()


async def forget(url: str, key: Path) -> tuple[dict[str, int], dict[str, int], float]:
    """Rows of each table, what is left after all terms, and seconds of the forgetting."""
    stores = open_stores(url, Secrets.create(key))
    try:
        before = await stores.database.read(_counted)
        began = time.perf_counter()
        await stores.purge(datetime.now(UTC) + LATER)
        seconds = time.perf_counter() - began
        return before, await stores.database.read(_counted), seconds
    finally:
        await stores.close()


def soak(database: str, folder: Path, minutes: float, rate: float, people: int) -> Outcome:
    """One database's run. Raises RuntimeError where there is no such database here."""
    with ExitStack() as stack:
        operator, generator = f"http://127.0.0.1:{free_port()}", free_port()
        port = operator.rpartition(":")[2]
        world = ["-m", "sandbox", "--port", port, "--data", str(folder / "world")]
        stack.enter_context(Process(*world, "--numbers", str(NUMBERS)))
        stack.enter_context(Process("-m", "bench.walkers", str(generator)))
        until_ready(operator, "/sandbox/health")
        telegram = f"http://127.0.0.1:{generator}"
        until_ready(telegram)
        address = stack.enter_context(cluster()) if database == POSTGRES else None
        if database == POSTGRES and address is None:
            raise RuntimeError("PostgreSQL's programs are not on this machine")
        home = folder / "bot"
        file = None if address else home / "bench.db"
        options: dict[str, Any] = {"users": people, "company": BIG_COMPANY, "database": address}
        bot = product(telegram, home, operator, **options)
        with bot:
            while not call(telegram + "/ready")["polls"]:
                time.sleep(0.1)
            walk = {
                "users": people,
                "at_once": min(AT_ONCE, people // 2),
                "rate": rate,
                "seconds": minutes * 60,
                "ways": WAYS,
                "numbers": numbers_of(operator),
            }
            url = address or f"sqlite:///{file}"
            watched = Watched(bot, telegram, url, file)
            began = cpu_seconds(bot.pid)
            samples, waiting = asyncio.run(watch(watched, walk))
            cpu = cpu_seconds(bot.pid) - began
        before, after, seconds = asyncio.run(forget(url, home / "key"))
        return Outcome(
            database=database,
            minutes=minutes,
            rate=rate,
            people=people,
            samples=[{name: float(v) for name, v in asdict(one).items()} for one in samples],
            waiting=waiting,
            rows=before,
            kept=after,
            forgetting=seconds,
            cpu=cpu,
        )


def numbers_of(operator: str, company: str = BIG_COMPANY) -> list[str]:
    """Active numbers of a large company, in pages of a thousand."""
    url = f"{operator}/tmf-api/productInventory/v4/product?relatedParty.id={company}"
    found: list[str] = []
    for begin in range(0, 50_000, 1000):
        page = asked(f"{url}&status=active&limit=1000&offset={begin}")
        found += [str(one["id"]) for one in page]
        if not page:
            break
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both databases, or the named ones."""
    parser = argparse.ArgumentParser(prog="bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--rate", type=float, default=25, help="taps a second")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--database", choices=(SQLITE, POSTGRES), action="append")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args(arguments)
    # Whoever ends this run ends what it has started.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    outcomes: list[Outcome] = []
    for database in options.database or (SQLITE, POSTGRES):
        with tempfile.TemporaryDirectory() as name:
            one = soak(database, Path(name), options.minutes, options.rate, options.people)
        outcomes.append(one)
        print("\n".join(one.told()), flush=True)  # noqa: T201
    if options.write:
        write(outcomes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
