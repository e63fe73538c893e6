"""How many changes a second are settled: 16 companies at once, two processes on one PostgreSQL.

What is measured is the transaction alone, as the workers write it: the change's new state, the
entry of the history, the final word. `python -m bench.settling --beside CHECKOUT` runs another
checkout of the product in turn with this one, each on a database of its own in the same server
(`git worktree add CHECKOUT <commit>`), and tells the median of the rounds' ratios. It also looks
every tenth of a second at who waits for whom.

Run as a script it is one of the processes; only what both checkouts have is used there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from account.changes.action import Action, ActionKind, ActionState
from account.chapters.blocking import BlockParameters
from account.effects.effect import Channel, OutboxMessage
from account.effects.history import HistoryEntry
from account.values.identifiers import Msisdn
from storage.encryption.secrets import Secrets
from storage.engine.database import Database
from storage.engine.open import open_database
from storage.open import Stores, open_stores
from storage.tables.actions import actions

COMPANIES, PROCESSES = 16, 2
LOOK_EVERY = 0.1
LIFE = timedelta(hours=24)
BUDGET = 5.0
HERE = Path(__file__).resolve().parent.parent
SECRETS = Secrets.from_master(bytes(range(1, 33)))


# --- one of the processes ---


def _company(n: int) -> str:
    return f"org-{n:012}"


def _sent(company: int, n: int, run: str, now: datetime) -> dict[str, Any]:
    """A change that the operator has carried out, claimed by nobody."""
    return {
        "id": f"{run}-{company}-{n}",
        "token_hash": f"{run}-{company}-{n}",
        "lane": f"{run}-{n}",
        "kind": ActionKind.BLOCK.value,
        "company_id": _company(company),
        "msisdn": f"7701{company:02}{n:05}",
        "telegram_id": 1_000_000 + company,
        "session_id": "bench",
        "administrator_id": f"adm-{company}",
        "administrator": "Bench",
        "shown": "active",
        "parameters": "{}",
        "state": ActionState.SENT.value,
        "offered_at": now,
        "accepted_at": now,
        "sent_at": now,
        "due": now,
        "attempts": 1,
    }


async def _prepare(url: str, companies: range, changes: int, run: str) -> list[list[Action]]:
    now = datetime.now(UTC)
    stores = open_stores(url, SECRETS)
    made = []
    try:
        for company in companies:
            rows = [_sent(company, n, run, now) for n in range(changes)]
            await stores.database.write(partial(_insert, rows=rows))
            made.append([_action(row) for row in rows])
    finally:
        await stores.close()
    return made


def _insert(conn: Connection, rows: list[dict[str, Any]]) -> None:
    conn.execute(actions.insert(), rows)


def _action(row: dict[str, Any]) -> Action:
    return Action(
        id=row["id"],
        kind=ActionKind.BLOCK,
        company_id=row["company_id"],
        msisdn=Msisdn(row["msisdn"]),
        telegram_id=row["telegram_id"],
        session_id=row["session_id"],
        administrator_id=row["administrator_id"],
        administrator=row["administrator"],
        shown=row["shown"],
        offered_at=row["offered_at"],
        parameters=BlockParameters(),
        state=ActionState.SENT,
    )


async def _settle(stores: Stores, changes: list[Action]) -> None:
    for action in changes:
        now = datetime.now(UTC)
        entry = HistoryEntry(
            at=now,
            what="number.block",
            result="done",
            administrator_id=action.administrator_id,
            administrator=action.administrator,
            company_id=action.company_id,
            number=action.msisdn.digits,
            parameters={"reason": "bench"},
            reference="A-20220124-0001",
        )
        word = OutboxMessage(
            channel=Channel.TELEGRAM,
            to=str(action.telegram_id),
            kind="action.final",
            expires_at=now + LIFE,
            parameters={"action": action.id},
            key=f"{action.id}:final",
        )
        await stores.actions.settle(action, ActionState.DONE, None, None, now, [entry, word])


async def _process(url: str, companies: range, changes: int, run: str) -> None:
    """Make ready, say so, wait for the word, settle everything, say how long it took."""
    lines = await _prepare(url, companies, changes, run)
    stores = open_stores(url, SECRETS)
    for line in lines:
        await _settle(stores, line[:1])
    print("ready", flush=True)  # noqa: T201 - to the process that measures
    await asyncio.to_thread(sys.stdin.readline)
    began, cpu = time.time(), time.process_time()
    await asyncio.gather(*(_settle(stores, line[1:]) for line in lines))
    told = {"began": began, "ended": time.time(), "cpu": time.process_time() - cpu}
    print(json.dumps(told), flush=True)  # noqa: T201
    await stores.close()


# --- the one that measures ---


class Waits:
    """Who is seen waiting for a lock of whom, while a round runs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.seen: Counter[str] = Counter()
        self.looks = 0

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            rows = await self._database.read(lambda conn: conn.execute(_WAITING).all())
            self.looks += 1
            self.seen.update(row.kind for row in rows)
            await asyncio.sleep(LOOK_EVERY)

    def told(self) -> str:
        """The mean number of those who wait, by what they wait for."""
        each = [f"{kind} {count / self.looks:.1f}" for kind, count in self.seen.most_common()]
        return ", ".join(each) or "nobody"


_WAITING = text(
    "SELECT coalesce(wait_event, '') AS kind FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def measured(
    checkout: Path, url: str, changes: int, run: str, *, apart: bool
) -> tuple[float, float, Waits]:
    """Changes a second, CPU of the processes per change in ms, and who waited.

    `apart`: each process has half of the companies, instead of a hand for each in both.
    """
    shares = [(0, COMPANIES)] * PROCESSES
    if apart:
        size = COMPANIES // PROCESSES
        shares = [(size * n, size * (n + 1)) for n in range(PROCESSES)]
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            __file__,
            *("--process", url, *(str(each) for each in shares[n]), str(changes), f"{run}-{n}"),
            env={**os.environ, "PYTHONPATH": str(checkout)},
            cwd=checkout,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for n in range(PROCESSES)
    ]
    database = open_database(url)
    waits = Waits(database)
    try:
        for one in started:
            assert one.stdout is not None
            if (await one.stdout.readline()).strip() != b"ready":
                raise RuntimeError("a process did not start")
        watching = asyncio.get_running_loop().create_task(waits.watch(), name="waits")
        for one in started:
            assert one.stdin is not None
            one.stdin.write(b"go\n")
            await one.stdin.drain()
        told = [json.loads((await one.communicate())[0].splitlines()[-1]) for one in started]
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    finally:
        await database.close()
        for one in started:
            if one.returncode is None:
                one.kill()
    count = sum(last - first for first, last in shares) * (changes - 1)
    seconds = max(one["ended"] for one in told) - min(one["began"] for one in told)
    return count / seconds, sum(one["cpu"] for one in told) / count * 1000, waits


async def compare(beside: Path | None, rounds: int, changes: int, *, apart: bool) -> None:
    """The rounds, this checkout's and the other's in turn, and what came of them."""
    from bench.postgres import cluster

    with cluster() as address:
        if address is None:
            raise SystemExit("PostgreSQL's programs are not on this machine")
        sides = {"here": HERE} | ({"beside": beside} if beside else {})
        urls = {name: await _database(address, name, where) for name, where in sides.items()}
        rates: dict[str, list[float]] = {name: [] for name in sides}
        for unit in range(rounds):
            for name, where in sides.items():
                rate, cpu, waits = await measured(
                    where, urls[name], changes, f"r{unit}", apart=apart
                )
                rates[name].append(rate)
                print(  # noqa: T201
                    f"{name}: {rate:.0f}/s, {cpu:.2f} ms of CPU each; waiting: {waits.told()}",
                    flush=True,
                )
        for name, each in rates.items():
            print(f"{name}: median {statistics.median(each):.0f}/s")  # noqa: T201
        if beside:
            ratios = [a / b for a, b in zip(rates["here"], rates["beside"], strict=True)]
            ratio = statistics.median(ratios)
            held = "held" if ratio >= BUDGET else "missed"
            print(f"ratio: {ratio:.1f} (budget {BUDGET:g}: {held})")  # noqa: T201


async def _database(address: str, name: str, checkout: Path) -> str:
    """A database of its own with that checkout's schema."""
    database = open_database(address)

    def make(conn: Any) -> None:
        conn.exec_driver_sql("COMMIT")
        conn.exec_driver_sql(f"CREATE DATABASE settling_{name}")

    await database.write(make)
    await database.close()
    url = f"{address.rpartition('/')[0]}/settling_{name}"
    code = (
        f"import asyncio; from storage.engine.schema import upgrade; asyncio.run(upgrade({url!r}))"
    )
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=checkout, env={**os.environ, "PYTHONPATH": str(checkout)}
    )
    if await done.wait():
        raise RuntimeError("the schema was not made")
    return url


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="bench.settling", description=__doc__)
    parser.add_argument("--beside", type=Path, help="another checkout of the product")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--changes", type=int, default=100, help="of each company, a round")
    parser.add_argument("--apart", action="store_true", help="half of the companies to each")
    parser.add_argument("--process", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.process:
        url, first, last, changes, run = options.process
        asyncio.run(_process(url, range(int(first), int(last)), int(changes), run))
    else:
        asyncio.run(compare(options.beside, options.rounds, options.changes, apart=options.apart))


if __name__ == "__main__":
    main()
