"""Confirmed changes to their final word: two processes on one PostgreSQL, the stand-in's operator.

    python -m bench.changes --beside CHECKOUT

Blocks that were confirmed at one moment by many people, of sixteen companies or of `--companies`,
are there at once; the processes ask the operator what has to be asked before, send each, look for
its end, write the history, and send the word. Another checkout of the product runs beside, on a
database of its own, in turn with this one.
`python -m bench.settling` measures the last of these transactions alone.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from bench.postgres import cluster
from bench.processes import Process, cpu_seconds, until_ready
from bench.product import BIG_COMPANY, TOKEN
from bench.soak import numbers_of
from bench.telegram import FIRST_USER
from sandbox.operator.seed.people import FLEETS
from storage.engine.open import open_database
from storage.engine.types import to_microseconds
from tests.ports import free_port

HERE = Path(__file__).resolve().parent.parent
PEOPLE, NUMBERS = 16, 20_000
PATIENCE = 300.0
_PREPARE = """
import asyncio, sys
from pathlib import Path
from bench.product import prepare
asyncio.run(prepare(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
"""
_CONFIRMED = text(
    "INSERT INTO actions (id, token_hash, lane, kind, company_id, msisdn, telegram_id, session_id,"
    " administrator_id, administrator, shown, parameters, state, reference, offered_at,"
    " accepted_at, due) VALUES (:id, :id, 'state', 'block', :company, :msisdn, :person,"
    " :session, 'adm-1', 'Bench', 'active', '{}', 'accepted', :id, :now, :now, :now)"
)
_MOVED = text("UPDATE sessions SET company_id = :company WHERE telegram_id = :person")
_STATES = text("SELECT state, count(*) AS n FROM actions GROUP BY state")
_OWED = text("SELECT count(*) FROM outbox WHERE state = 'owed'")


@dataclass
class Side:
    """One checkout at work: its two processes, its database, and what its rounds brought."""

    name: str
    url: str
    pids: list[int]
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    async def round(self, numbers: Sequence[tuple[str, str]], mark: str) -> None:
        """Have these, with their companies, blocked, and wait for the last word.

        Raises RuntimeError, `TimeoutError`.
        """
        database = open_database(self.url)
        before = sum(map(cpu_seconds, self.pids))
        now = to_microseconds(datetime.now(UTC))
        rows = [
            {
                "id": f"{mark}-{n}",
                "company": company,
                "msisdn": number,
                "person": FIRST_USER + n % PEOPLE,
                "session": f"bench-{FIRST_USER + n % PEOPLE}",
                "now": now,
            }
            for n, (company, number) in enumerate(numbers)
        ]
        try:
            await database.write(lambda conn: conn.execute(_CONFIRMED, rows).close())
            began = time.perf_counter()
            while states := await database.read(_open):
                if time.perf_counter() - began > PATIENCE:
                    raise TimeoutError(f"{self.name}: {states}")
                await asyncio.sleep(0.05)
            self.rates.append(len(rows) / (time.perf_counter() - began))
        finally:
            await database.close()
        self.cpu.append((sum(map(cpu_seconds, self.pids)) - before) / len(rows) * 1000)


def _open(conn: Connection) -> dict[str, int]:
    found = {row.state: int(row.n) for row in conn.execute(_STATES)}
    if found.get("rejected"):
        raise RuntimeError(f"not every change was done: {found}")
    found.pop("done", None)
    owed = int(conn.execute(_OWED).scalar_one())
    return found | ({"owed": owed} if owed else {})


@contextmanager
def side(
    name: str, checkout: Path, address: str, operator: str, folder: Path, companies: Sequence[str]
) -> Iterator[Side]:
    """A database of its own, a Bot API of its own, and the two processes.

    The people are shared out among `companies` in turn.
    """
    url = f"{address.rpartition('/')[0]}/changes_{name}"
    asyncio.run(_make(address, f"changes_{name}"))
    home = folder / name
    home.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    command = [sys.executable, "-c", _PREPARE, url, str(home / "key"), str(PEOPLE), BIG_COMPANY]
    subprocess.run(command, check=True, cwd=checkout, env=environment)  # noqa: S603 - our own
    asyncio.run(_share_out(url, companies))
    with ExitStack() as stack:
        port = free_port()
        stack.enter_context(Process("-m", "bench.telegram", str(port)))
        until_ready(f"http://127.0.0.1:{port}")
        settings = {
            "MYACCOUNT_BOT_TOKEN": TOKEN,
            "MYACCOUNT_TELEGRAM_URL": f"http://127.0.0.1:{port}",
            "MYACCOUNT_CARRIER_URL": operator,
            "MYACCOUNT_DATABASE_URL": url,
            "MYACCOUNT_SECRET_KEY_FILE": str(home / "key"),
            "MYACCOUNT_METRICS_PORT": "0",
            "MYACCOUNT_LOG_LEVEL": "ERROR",
            "PYTHONPATH": str(checkout),
        }
        pids = []
        for what in ("run", "worker"):
            process = Process("-m", "bot", what, environment=settings, folder=checkout)
            pids.append(stack.enter_context(process).pid)
        yield Side(name, url, pids)


async def _make(address: str, name: str) -> None:
    database = open_database(address)

    def make(conn: Connection) -> None:
        conn.exec_driver_sql("COMMIT")
        conn.exec_driver_sql(f"CREATE DATABASE {name}")

    await database.write(make)
    await database.close()


async def _share_out(url: str, companies: Sequence[str]) -> None:
    rows = [
        {"company": companies[n % len(companies)], "person": FIRST_USER + n} for n in range(PEOPLE)
    ]
    database = open_database(url)
    await database.write(lambda conn: conn.execute(_MOVED, rows).close())
    await database.close()


def compare(beside: Path | None, rounds: int, changes: int, among: int) -> None:
    """The rounds, this checkout's and the other's in turn, and what came of them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = stack.enter_context(cluster())
        if address is None:
            raise SystemExit("PostgreSQL's programs are not on this machine")
        port = free_port()
        world = ["--port", str(port), "--data", str(folder / "world"), "--numbers", str(NUMBERS)]
        world += ["--companies", str(among)]
        stack.enter_context(Process("-m", "sandbox", *world))
        operator = f"http://127.0.0.1:{port}"
        until_ready(operator, "/sandbox/health")
        companies = [one.id for one in FLEETS[:among]]
        each = [[(one, number) for number in numbers_of(operator, one)] for one in companies]
        numbers = iter([pair for row in zip(*each, strict=False) for pair in row])
        checkouts = {"here": HERE} | ({"beside": beside} if beside else {})
        sides = [
            stack.enter_context(side(name, where, address, operator, folder, companies))
            for name, where in checkouts.items()
        ]
        time.sleep(15)
        for unit in range(rounds + 1):
            for one in sides:
                some = [next(numbers) for _ in range(changes if unit else 10)]
                asyncio.run(one.round(some, f"r{unit}"))
        for one in sides:
            # The first round was for warmth.
            rate, cpu = statistics.median(one.rates[1:]), statistics.median(one.cpu[1:])
            print(f"{one.name}: {rate:.1f}/s, {cpu:.1f} ms of CPU each")  # noqa: T201
        if beside:
            here, there = (one.rates[1:] for one in sides)
            ratio = statistics.median(a / b for a, b in zip(here, there, strict=True))
            print(f"ratio: {ratio:.2f}")  # noqa: T201


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="bench.changes", description=__doc__)
    parser.add_argument("--beside", type=Path, help="another checkout of the product")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--changes", type=int, default=200, help="a round")
    parser.add_argument("--companies", type=int, choices=(1, 2, 4, 8, 16), default=16)
    options = parser.parse_args()
    compare(options.beside, options.rounds, options.changes, options.companies)


if __name__ == "__main__":
    main()
