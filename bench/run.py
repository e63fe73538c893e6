"""`make bench`: everything side by side in one run, as a table in docs/performance.md.

What is measured is the CPU of the bot's own process per update (user and system time of that one
process, from the kernel), the time from an update's departure to the reaction, and memory. The load
generator and the operator are processes of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from account.deeds import OpenSession
from account.identifiers import Msisdn
from account.sessions import Session
from bench.telegram import FIRST_USER
from storage.people import Person, keep_person
from storage.schema import upgrade
from storage.sealing import Secrets
from storage.stores import open_stores

TOKEN = "1000001:bench-bot-000000000000000000000000000"  # noqa: S105 - no secret of anybody
COMPANY, NUMBER = "org-180140000018", "77012115526"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Figure:
    """One row: milliseconds of CPU per update, latency, memory in MiB."""

    name: str
    cpu_ms: float
    per_second: float
    p50_ms: float
    p99_ms: float
    memory: float


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def call(url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """One request to the load generator or the sandbox."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=400) as answer:  # noqa: S310 - loopback
            return dict(json.load(answer))
    except urllib.error.HTTPError as refused:
        raise RuntimeError(refused.read().decode()) from refused


def cpu_seconds(pid: int) -> float:
    """CPU of a process with its threads, and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(value) for value in fields[11:15]) / TICKS


def memory_mib(pid: int) -> float:
    """Resident memory now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def until_ready(url: str, check: str = "/ready") -> None:
    """Wait until somebody answers there."""
    for _attempt in range(400):
        try:
            call(url + check)
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)


class Process:
    """A process that ends with its block."""

    def __init__(self, *command: str, environment: dict[str, str] | None = None) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(  # noqa: S603 - our own programs
            [sys.executable, *command],
            env={**os.environ, **(environment or {})},
            stdout=self._log,
            stderr=self._log,
        )
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def said(self) -> str:
        """What it wrote, for the case that something went wrong."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-3000:]


class Bench:
    """The generator and the loads on it."""

    def __init__(self, url: str, *, users: int, updates: int) -> None:
        self.url = url
        self.users = users
        self.updates = updates

    def polled(self) -> None:
        """Wait for a bot's first poll."""
        before = call(self.url + "/ready")["polls"]
        for _attempt in range(600):
            if call(self.url + "/ready")["polls"] > before:
                return
            time.sleep(0.05)
        raise TimeoutError("no bot polls")

    def load(self, process: Process, name: str, **load: Any) -> Figure:
        """Warm up, then measure."""
        whole = {"users": self.users, "updates": self.updates, **load}
        self._run(process, {**whole, "updates": max(self.users, self.updates // 5), "rate": None})
        before = cpu_seconds(process.pid)
        told = self._run(process, whole)
        cpu = (cpu_seconds(process.pid) - before) / told["updates"] * 1000
        figure = Figure(
            name,
            cpu,
            told["per_second"],
            told["p50_ms"],
            told["p99_ms"],
            memory_mib(process.pid),
        )
        print(  # noqa: T201 - a command
            f"{name:42} {cpu:6.2f} ms CPU  {figure.per_second:7.0f}/s  "
            f"p50 {figure.p50_ms:7.1f} p99 {figure.p99_ms:7.1f} ms  {figure.memory:5.0f} MiB",
            flush=True,
        )
        return figure

    def _run(self, process: Process, load: dict[str, Any]) -> dict[str, Any]:
        told = call(self.url + "/load", load)
        if "error" in told:
            raise RuntimeError(f"{told}\n{process.said()}")
        return told


def _secrets(key: Path) -> Secrets:
    return Secrets.from_file(key) if key.exists() else Secrets.create(key)


async def prepare(database: str, key: Path, users: int, company: str = COMPANY) -> None:
    """A database in which `users` people have a session, as after their logins."""
    await upgrade(database)
    secrets = _secrets(key)
    stores = open_stores(database, secrets)
    now = datetime.now(UTC)
    try:
        for begin in range(0, users, 1000):
            ids = range(FIRST_USER + begin, FIRST_USER + min(users, begin + 1000))
            await stores.book.write(
                [
                    OpenSession(
                        Session(
                            id=f"bench-{user}",
                            telegram_id=user,
                            administrator_id="adm-1",
                            administrator_name="Bench",
                            phone=Msisdn("77010542007"),
                            company_id=company,
                            opened_at=now,
                            seen_at=now,
                        )
                    )
                    for user in ids
                ]
            )

            def people(conn: Any, ids: range = ids) -> None:
                for user in ids:
                    keep_person(conn, Person(user, language="en", chosen=True, first_seen=now))

            await stores.database.write(people)
    finally:
        await stores.close()


def product(bench: Bench, folder: Path, sandbox: str, *, database: str | None = None) -> Process:
    """The product against the generator and the sandbox's operator."""
    url = database or f"sqlite:///{folder / 'bench.db'}"
    asyncio.run(prepare(url, folder / "key", bench.users))
    return Process(
        "-m",
        "bot",
        "run",
        environment={
            "MYACCOUNT_BOT_TOKEN": TOKEN,
            "MYACCOUNT_TELEGRAM_URL": bench.url,
            "MYACCOUNT_CARRIER_URL": sandbox,
            "MYACCOUNT_DATABASE_URL": url,
            "MYACCOUNT_SECRET_KEY_FILE": str(folder / "key"),
            "MYACCOUNT_LOG_LEVEL": "ERROR",
        },
    )


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--updates", type=int, default=3000)
    parser.add_argument("--only", default="", help="a part of a row's name")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = measure(folder, options)
    ratios(figures)


def measure(folder: Path, options: argparse.Namespace) -> list[Figure]:
    """All rows, one process after the other."""
    port, world = free_port(), free_port()
    url, sandbox = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{world}"
    bench = Bench(url, users=options.users, updates=options.updates)
    figures: list[Figure] = []
    with (
        Process("-m", "bench.telegram", str(port)),
        Process("-m", "sandbox", "--port", str(world), "--data", str(folder / "world")),
    ):
        until_ready(url)
        until_ready(sandbox, "/sandbox/health")
        for peer, label, load in PEERS:
            if options.only not in label:
                continue
            with Process("-m", f"bench.peers.{peer}", url) as process:
                bench.polled()
                if "tap" in load:
                    call(url + "/load", {"users": bench.users, "updates": bench.users, "text": "x"})
                figures.append(bench.load(process, label, **load))
        if options.only in "My Account on SQLite":
            with product(bench, folder, sandbox) as process:
                bench.polled()
                card = {"users": bench.users, "updates": bench.users, "text": NUMBER}
                bench._run(process, card)  # noqa: SLF001 - one module
                figures.append(
                    bench.load(process, "My Account, a tap on the card", tap=["Refresh"])
                )
                figures.append(
                    bench.load(
                        process,
                        "My Account, the card at 50/s",
                        tap=["Refresh"],
                        rate=50.0,
                        updates=1000,
                    )
                )
    return figures


PEERS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("aiogram_echo", "bare aiogram, echo", {"text": "x"}),
    ("dialog_menu", "bare aiogram_dialog, menu of two windows", {"tap": ["Go"]}),
    ("ptb_echo", "python-telegram-bot, echo", {"text": "x"}),
    ("ptb_conversation", "python-telegram-bot, ConversationHandler", {"text": "x"}),
)


def ratios(figures: list[Figure]) -> None:
    """What the budgets ask for."""
    by_name = {figure.name: figure.cpu_ms for figure in figures}
    ours = by_name.get("My Account, a tap on the card")
    if ours is None:
        return
    for _peer, label, _load in PEERS:
        if label in by_name:
            print(f"tap on the card / {label}: {ours / by_name[label]:.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
