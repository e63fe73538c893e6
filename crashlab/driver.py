"""One run: start the bot, let people press, kill it again and again, wait until quiet, judge."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from crashlab.books import Database
from crashlab.copies import copied
from crashlab.invariants import Breach, Ending, Told, breaches
from crashlab.kills import BY_POINT, EVERYWHERE, POINTS, planned
from crashlab.luck import stream
from crashlab.operator import SLOW_ORDERS
from crashlab.papers import Shelf
from crashlab.prepare import prepare
from crashlab.processes import Nursery, Process
from crashlab.world import SECRET, World

READY_WITHIN = 1.5
"""Seconds after which a process that had no reason to call anybody counts as ready."""
WISHES_WITHIN, QUIET_WITHIN, END_WITHIN = 120.0, 240.0, 60.0
HASTY = 4.0
MOST_FALLEN = 5
LONGEST_CHAOS = 6.0
"""So many times the planned length, until the least counts are reached."""


@dataclass(frozen=True)
class Plan:
    """How one run goes. `crew` names the processes' commands."""

    seed: int
    seconds: float
    crew: tuple[str, ...] = ("run",)
    webhook: bool = False
    people: int = 30
    numbers: int = 6
    readers: int = 4
    least_kills: int = 5
    least_changes: int = 20
    longest: int = 6
    kinds: tuple[str, ...] = ()
    """What people want, of `crashlab.ways.WISHES`; empty: all of it."""
    points: tuple[str, ...] = POINTS
    by_point: float = BY_POINT
    slow_orders: float = SLOW_ORDERS
    hasty: bool = False
    """For mutants: starts without imports, and people who leave at once when it is over."""


@dataclass
class Result:
    """What came of a run."""

    plan: Plan
    breaches: list[Breach]
    kills: Counter[str]
    changes: int
    done: int
    refused: int
    presses: int
    faults: int
    repeated_words: int
    seconds: float
    quiet_after: float
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many changes of each kind ended in which state."""
    papers: Counter[str] = field(default_factory=Counter)
    """How many documents were ordered and ended in which state."""
    repeated_files: int = 0


@dataclass
class Slot:
    """A place for one process after the other. `port` is where its webhook listens."""

    name: str
    command: str
    port: int = 0
    lives: int = 0
    process: Process | None = field(default=None, repr=False)


class Run:
    """A run against one database, which must be empty; of a copy of the program, or of `code`."""

    def __init__(self, plan: Plan, url: str, folder: Path, code: Path | None = None) -> None:
        self._plan = plan
        self._url = url
        self._folder = folder
        self._code = code or copied(folder / "code")
        self._world = World(plan.seed, plan.people, plan.numbers, plan.kinds, plan.readers)
        self._world.operator.slow_orders = plan.slow_orders
        self._nursery = Nursery(self._code)
        self._database = Database(url)
        self._slots = [Slot(f"{command}{n}", command) for n, command in enumerate(plan.crew)]
        self._calm = asyncio.Event()
        self._kills: Counter[str] = Counter()
        self._fallen: list[str] = []
        self._died: dict[str, float] = {}

    async def result(self) -> Result:
        """Do it all."""
        begun = time.monotonic()
        try:
            await self._world.open()
            await prepare(self._url, self._folder / "key", self._world.all_people)
            await self._nursery.open()
            if self._plan.webhook:
                self._push()
            await self._chaos()
            calm = time.monotonic()
            await self._start_for_good()
            await self._world.last_wishes(HASTY if self._plan.hasty else WISHES_WITHIN)
            self._world.heal()
            await self._quiet()
            quiet_after = time.monotonic() - calm
            await self._end_gently()
            return await self._judged(time.monotonic() - begun, quiet_after)
        finally:
            for slot in self._slots:
                if slot.process is not None:
                    slot.process.send(signal.SIGKILL)
            await self._nursery.close()
            await self._world.close()

    # --- chaos ---

    async def _chaos(self) -> None:
        self._world.live()
        lives = [asyncio.create_task(self._live_and_die(slot)) for slot in self._slots]
        begun = time.monotonic()
        while not self._enough(time.monotonic() - begun):
            await asyncio.sleep(0.2)
            for life in lives:
                if life.done():
                    life.result()
        self._calm.set()
        await asyncio.gather(*lives)

    def _enough(self, seconds: float) -> bool:
        if seconds < self._plan.seconds:
            return False
        if seconds > self._plan.seconds * LONGEST_CHAOS:
            return True
        effects = sum(order.applied for order in self._world.operator.books.orders)
        kills = self._kills.total()
        return kills >= self._plan.least_kills and effects >= self._plan.least_changes

    async def _live_and_die(self, slot: Slot) -> None:
        """Start, kill, and start again, until it is to be calm."""
        luck = stream(self._plan.seed, f"deaths of {slot.name}")
        points = tuple(p for p in self._plan.points if slot.command == "run" or p in EVERYWHERE)
        while not self._calm.is_set():
            death = planned(luck, points, self._plan.by_point if points else 0.0)
            process = await self._start(slot, death.point)
            await self._first(process, self._world.seen(process.name).wait(), READY_WITHIN)
            await self._first(process, self._calm.wait(), death.seconds * len(self._slots))
            if not process.ended.done():
                await process.kill()
                self._kills["at random"] += 1
            elif process.ended.result() == -signal.SIGKILL:
                self._kills[death.name] += 1
            else:
                code = process.ended.result()
                self._fallen.append(f"{process.name} ended by itself with {code}")
                if len(self._fallen) > MOST_FALLEN:
                    raise RuntimeError(self._said(slot))

    async def _first(
        self, process: Process, other: Coroutine[Any, Any, object], seconds: float
    ) -> None:
        """Wait for the end of the process, for the other, or so many seconds."""
        waiting = asyncio.create_task(other)
        either: set[asyncio.Future[Any]] = {process.ended, waiting}
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()

    async def _start(self, slot: Slot, point: str = "", *, plainly: bool = False) -> Process:
        slot.lives += 1
        name = f"{slot.name}.{slot.lives}"
        environment = {**self._environment(slot, name), "MYACCOUNT_FAILPOINT": point}
        log = self._folder / f"{slot.name}.log"
        slot.process = await self._nursery.start(
            slot.command, name, environment, log, plainly=plainly
        )
        slot.process.ended.add_done_callback(partial(self._note_death, name))
        return slot.process

    def _note_death(self, name: str, _ended: object) -> None:
        self._died[name] = time.monotonic()

    def _environment(self, slot: Slot, name: str) -> dict[str, str]:
        environment = {
            **self._world.environment(name),
            "MYACCOUNT_DATABASE_URL": self._url,
            "MYACCOUNT_SECRET_KEY_FILE": str(self._folder / "key"),
            "MYACCOUNT_CARRIER_TIMEOUT_SECONDS": "1",
            "MYACCOUNT_CARRIER_LONGEST_SECONDS": str(self._plan.longest),
            "MYACCOUNT_LOG_LEVEL": "WARNING",
            "MYACCOUNT_METRICS_PORT": "0",
            "MYACCOUNT_TRANSFER_MOST_A_DAY": "1000000000",
            "MYACCOUNT_TRANSFER_CODE_FROM": "1000000000",
        }
        if slot.port:
            environment |= {
                "MYACCOUNT_WEBHOOK_URL": f"http://127.0.0.1:{slot.port}/hook",
                "MYACCOUNT_WEBHOOK_SECRET": SECRET,
                "MYACCOUNT_WEBHOOK_PORT": str(slot.port),
            }
        return environment

    def _push(self) -> None:
        bots = [slot for slot in self._slots if slot.command == "run"]
        for slot, port in zip(bots, free_ports(len(bots)), strict=True):
            slot.port = port
        self._world.push_to({slot.name: f"http://127.0.0.1:{slot.port}/hook" for slot in bots})

    def _said(self, slot: Slot) -> str:
        log = (self._folder / f"{slot.name}.log").read_text()
        return f"{slot.name} does not run:\n{log[-2000:]}"

    # --- calm ---

    async def _start_for_good(self) -> None:
        """The last start is the one an administrator would make, imports and all."""
        for n, slot in enumerate(self._slots):
            process = await self._start(slot, plainly=n == 0 and not self._plan.hasty)
            if slot.command == "run":
                await self._first(process, self._world.seen(process.name).wait(), END_WITHIN)
            if process.ended.done():
                raise RuntimeError(self._said(slot))

    async def _quiet(self) -> None:
        """Wait until nothing is left to do, or until it has had all the time it may take."""
        until = time.monotonic() + QUIET_WITHIN
        still = 0
        while still < 3 and time.monotonic() < until:
            left = await self._database.leftovers()
            busy = bool(left) or self._world.telegram.updates or self._world.operator.pending
            still = 0 if busy else still + 1
            await asyncio.sleep(0.3)

    async def _end_gently(self) -> None:
        """SIGTERM: what runs is finished, and the exit code is 0."""
        processes = [slot.process for slot in self._slots if slot.process is not None]
        for process in processes:
            process.send(signal.SIGTERM)
        await asyncio.wait([process.ended for process in processes], timeout=END_WITHIN)
        for process in processes:
            if not process.ended.done():
                self._fallen.append(f"{process.name} did not end on SIGTERM")
                await process.kill()
            elif process.ended.result() != 0:
                self._fallen.append(f"{process.name} ended with {process.ended.result()}")

    async def _judged(self, seconds: float, quiet_after: float) -> Result:
        changes = await self._database.changes()
        shelf = Shelf(await self._database.papers(), self._world.telegram.parcels.taken, self._died)
        ending = Ending(
            changes=changes,
            leftovers=await self._database.leftovers(),
            set_aside=await self._database.set_aside(),
            given_up=await self._database.given_up(),
            chain=await self._chain(),
            fallen=self._fallen,
            shelf=shelf,
            coded=await self._database.coded(),
        )
        return Result(
            plan=self._plan,
            breaches=breaches(self._world, ending),
            kills=self._kills,
            changes=len(changes),
            kinds=Counter((self._world.named(one), one.state) for one in changes),
            done=sum(change.state == "done" for change in changes),
            refused=sum(change.state == "rejected" for change in changes),
            presses=len(self._world.telegram.presses),
            faults=self._world.fault_count,
            repeated_words=Told(self._world).repeated,
            papers=Counter(paper.state for paper in shelf.papers),
            repeated_files=shelf.repeated,
            seconds=seconds,
            quiet_after=quiet_after,
        )

    async def _chain(self) -> str:
        """Run `myaccount verify-audit`; empty when it is content."""
        log = self._folder / "audit.log"
        slot = Slot("audit", "verify-audit")
        environment = self._environment(slot, slot.name)
        process = await self._nursery.start(slot.command, slot.name, environment, log)
        code = await process.ended
        return "" if code == 0 else f"exit {code}: {log.read_text()[-500:]}"


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at this moment."""
    import socket

    taken = [socket.socket() for _ in range(count)]
    try:
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in taken]
    finally:
        for one in taken:
            one.close()
