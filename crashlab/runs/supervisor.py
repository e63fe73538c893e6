"""Starts the bot's processes, lets trouble come over them, kills them and starts them again."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from crashlab.checks.final_state import Database
from crashlab.faults.backups import Backup, Restoration
from crashlab.faults.kills import EVERYWHERE, POINT_PATIENCE, planned
from crashlab.faults.process_faults import Pause, clock_step, cut, pause
from crashlab.plan import Plan
from crashlab.rng import stream
from crashlab.runs.processes import ForkServer, Process
from crashlab.runs.slots import Slot
from crashlab.world.network import Network
from crashlab.world.outside import World
from tests.ports import free_port

READY_WITHIN = 1.5
"""Seconds after which a process that had no reason to call anybody counts as ready."""
END_WITHIN, STOPPED_WITHIN = 60.0, 2.0
MOST_FALLEN = 5
COULD_NOT = 1
"""The exit code of a process that does not get what it needs to start."""
STARTS_WITHIN = 6.0
"""Seconds in which a process needs the database to start."""
LOST = (2.0, 12.0)
"""Seconds from a backup until it is put back."""
STEPPED, LATE = "failpoint.step", '"process.late"'
"""What a process logs when its clock is moved, and when it had no time to say that it lives."""


def stood_within(
    stood: Mapping[str, Sequence[tuple[float, float]]], begin: float, end: float
) -> bool:
    """Whether any process stood still at any time between the two moments."""
    spans = [span for spans in stood.values() for span in spans]
    return any(since <= end and begin <= until for since, until in spans)


def late(log: str) -> Iterator[tuple[float, float]]:
    """When processes were silent by their own words; by a clock that was set they say nothing."""
    since_boot = time.time() - time.monotonic()
    for line in log.splitlines():
        if LATE in line:
            told = json.loads(line)
            at = datetime.fromisoformat(told["timestamp"]).timestamp() - since_boot
            yield at - told["seconds"], at


class Supervisor:
    """The processes of one run. `kills`, `pauses` and `steps` count what came over them."""

    def __init__(
        self,
        plan: Plan,
        world: World,
        fork_server: ForkServer,
        database: Database,
        folder: Path,
        url: str,
    ) -> None:
        self._plan = plan
        self._world = world
        self._fork_server = fork_server
        self._database = database
        self._folder = folder
        self._url = url
        self.slots = [Slot(f"{command}{n}", command) for n, command in enumerate(plan.crew)]
        self._calm = asyncio.Event()
        self._may_start = asyncio.Event()
        self._may_start.set()
        self.kills: Counter[str] = Counter()
        self.kills_that_count = 0
        """Those at which a confirmed change was not finished."""
        self.pauses: Counter[str] = Counter()
        self.fallen: list[str] = []
        self.died: dict[str, float] = {}
        self.stood: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        """When each process stood still, from and until, as `time.monotonic`."""
        self.restorations: list[Restoration] = []

    async def chaos(self, enough: Callable[[], bool]) -> None:
        """Kill again and again until it is enough."""
        lives = []
        if self._plan.cuts:
            for slot in self.slots:
                slot.network = Network(self._url)
                await slot.network.open()
                lives.append(asyncio.create_task(self._cut(slot.name, slot.network)))
        lives += [asyncio.create_task(self._live_and_die(slot)) for slot in self.slots]
        if self._plan.restores:
            lives.append(asyncio.create_task(self._put_backups_back()))
        while not enough():
            await asyncio.sleep(0.2)
            for life in lives:
                if life.done():
                    life.result()
        self._calm.set()
        await asyncio.gather(*lives)

    @property
    def steps(self) -> int:
        """How many clocks were moved."""
        logs = [self._log(slot) for slot in self.slots]
        return sum(log.read_text().count(STEPPED) for log in logs if log.exists())

    def away(self) -> dict[str, list[tuple[float, float]]]:
        """When processes could not say that they live: each that stood still, by its name, and by
        the name of their place those that were cut off, or say that they had no time to.

        As `time.monotonic`. Who is silent for three seconds is taken for dead by the others.
        """
        away = {name: list(spans) for name, spans in self.stood.items()}
        for slot in self.slots:
            log = self._log(slot)
            told = list(late(log.read_text() if log.exists() else ""))
            away[slot.name] = told + (slot.network.spans if slot.network else [])
        return away

    # --- one life after the other ---

    async def _live_and_die(self, slot: Slot) -> None:
        """Start, kill, and start again, until it is to be calm."""
        rng = stream(self._plan.seed, f"deaths of {slot.name}")
        plan = self._plan
        points = tuple(p for p in plan.points if slot.command == "run" or p in EVERYWHERE)
        by_point = plan.by_point if points else 0.0
        lasts = len(self.slots) * plan.life
        while not self._calm.is_set():
            slot.idle.set()
            await self._may_start.wait()
            slot.idle.clear()
            death = planned(rng, points, by_point)
            stands = stepped = None
            if rng.random() < plan.pauses:
                stands = pause(rng, plan, plan.stops or points)
            if rng.random() < plan.steps:
                stepped = clock_step(rng, plan.step_points)
            told = [one.failpoint for one in (stepped, stands) if one is not None]
            begun = time.monotonic()
            process = await self._start(slot, ",".join(filter(None, [*told, death.point])))
            await self._first(process, self._world.seen(process.name).wait(), READY_WITHIN)
            if stands is not None:
                await self._pause(process, stands, rng.expovariate(2.0))
            await self._first(process, self._calm.wait(), death.seconds * lasts)
            if not self._has_left(slot, process, begun):
                await self._end(slot, process, death.name)
        slot.idle.set()

    async def _pause(self, process: Process, stands: Pause, after: float) -> None:
        """Have it stand still, and wake it; it may die at its point before that."""
        if stands.point:
            await self._first(process, process.stopped.wait(), POINT_PATIENCE * len(self.slots))
        else:
            await self._first(process, self._calm.wait(), after)
        name = stands.point.partition(":")[0]
        if not process.stopped.is_set():
            name = "at random"
            process.stop()
            await self._first(process, process.stopped.wait(), STOPPED_WITHIN)
        begun = time.monotonic()
        await self._first(process, self._calm.wait(), stands.seconds)
        if process.stopped.is_set() and not process.ended.done():
            self.pauses[name] += 1
            self.stood[process.name].append((begun, time.monotonic()))
        process.wake()

    def _has_left(self, slot: Slot, process: Process, begun: float) -> bool:
        """Whether it could not start because it had no database, cut off from it or locked by one
        that stands still, or did so until a moment ago: whoever runs it has to start it again.
        """
        if not process.ended.done() or process.ended.result() != COULD_NOT:
            return False
        if any(one.process is not None and one.process.stopped.is_set() for one in self.slots):
            return True
        if stood_within(self.stood, begun, begun + STARTS_WITHIN):
            return True
        network = slot.network
        return network is not None and network.was_cut(begun, begun + STARTS_WITHIN)

    async def _end(self, slot: Slot, process: Process, name: str) -> None:
        """Kill it, unless it is dead already; what it died of is counted."""
        if not process.ended.done():
            await process.kill()
            name = "at random"
        elif process.ended.result() != -signal.SIGKILL:
            code = process.ended.result()
            self.fallen.append(f"{process.name} ended by itself with {code}")
            if len(self.fallen) > MOST_FALLEN:
                raise RuntimeError(self._said(slot))
            return
        self.kills[name if self._may_start.is_set() else "for a backup"] += 1
        self.kills_that_count += bool(await self._database.under_way())

    async def _cut(self, name: str, network: Network) -> None:
        """Cut one process off now and then; the way is whole again afterwards."""
        rng = stream(self._plan.seed, f"network of {name}")
        while not self._calm.is_set():
            await self._calm_within(rng.expovariate(1 / self._plan.cuts))
            one = cut(rng)
            if not self._calm.is_set():
                await network.cut(one.kind, one.seconds)

    @property
    def cuts(self) -> int:
        """How often a process was cut off from the database."""
        return sum(slot.network.cuts.total() for slot in self.slots if slot.network)

    # --- backups ---

    async def _put_backups_back(self) -> None:
        """Take a backup now and then, and put it back some seconds later."""
        rng = stream(self._plan.seed, "backups")
        backup = Backup(self._url, self._folder)
        while not self._calm.is_set():
            await self._calm_within(rng.expovariate(1 / self._plan.restores))
            taken = time.monotonic()
            await asyncio.to_thread(backup.take)
            copied = await Database(backup.url).states()
            await self._calm_within(rng.uniform(*LOST))
            if not self._calm.is_set():
                await self._put_back(backup, taken, copied)

    async def _put_back(self, backup: Backup, taken: float, copied: dict[str, str]) -> None:
        self._may_start.clear()
        while not all(slot.idle.is_set() for slot in self.slots):
            self.end_at_once()
            await asyncio.sleep(0.05)
        changes, papers = await self._database.changes(), await self._database.papers()
        await asyncio.to_thread(backup.put_back)
        code, said = await self.command("restored")
        if code:
            raise RuntimeError(f"restored ended with {code}: {said[-2000:]}")
        self.restorations.append(Restoration(taken, time.monotonic(), changes, papers, copied))
        self._may_start.set()

    async def _calm_within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._calm.wait(), seconds)

    async def _first(
        self, process: Process, other: Coroutine[Any, Any, object], seconds: float
    ) -> None:
        """Wait for the end of the process, for the other, or so many seconds."""
        waiting = asyncio.create_task(other)
        either: set[asyncio.Future[Any]] = {process.ended, waiting}
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()

    # --- processes ---

    async def _start(self, slot: Slot, points: str = "", *, plainly: bool = False) -> Process:
        slot.lives += 1
        name = f"{slot.name}.{slot.lives}"
        environment = {**self._environment(slot, name), "MYACCOUNT_FAILPOINT": points}
        slot.process = await self._fork_server.start(
            slot.command, name, environment, self._log(slot), plainly=plainly
        )
        slot.process.ended.add_done_callback(partial(self._note_death, name))
        return slot.process

    def _note_death(self, name: str, _ended: object) -> None:
        self.died[name] = time.monotonic()

    def _environment(self, slot: Slot, name: str) -> dict[str, str]:
        told = slot.environment(self._url, self._folder / "key", self._plan.longest)
        return {**self._world.environment(name), **told}

    def listen(self) -> Mapping[str, str]:
        """Give every bot a port for its webhook; their addresses."""
        bots = [slot for slot in self.slots if slot.command == "run"]
        for slot in bots:
            slot.port = free_port()
        return {slot.name: f"http://127.0.0.1:{slot.port}/hook" for slot in bots}

    def _log(self, slot: Slot) -> Path:
        return self._folder / f"{slot.name}.log"

    def _said(self, slot: Slot) -> str:
        return f"{slot.name} does not run:\n{self._log(slot).read_text()[-2000:]}"

    # --- calm ---

    async def start_for_good(self) -> None:
        """The last start is the one an administrator would make, imports and all."""
        for n, slot in enumerate(self.slots):
            process = await self._start(slot, plainly=n == 0 and not self._plan.hasty)
            if slot.command == "run":
                await self._first(process, self._world.seen(process.name).wait(), END_WITHIN)
            if process.ended.done():
                raise RuntimeError(self._said(slot))

    async def end_gently(self) -> None:
        """SIGTERM: what runs is finished, and the exit code is 0."""
        processes = [slot.process for slot in self.slots if slot.process is not None]
        for process in processes:
            process.send(signal.SIGTERM)
        await asyncio.wait([process.ended for process in processes], timeout=END_WITHIN)
        for process in processes:
            if not process.ended.done():
                self.fallen.append(f"{process.name} did not end on SIGTERM")
                await process.kill()
            elif process.ended.result() != 0:
                self.fallen.append(f"{process.name} ended with {process.ended.result()}")

    async def close(self) -> None:
        """Leave nothing behind, whatever happened."""
        self.end_at_once()
        for slot in self.slots:
            if slot.network is not None:
                await slot.network.close()

    def end_at_once(self) -> None:
        """Kill whatever runs or stands still."""
        for slot in self.slots:
            if slot.process is not None:
                slot.process.send(signal.SIGKILL)

    async def command(self, name: str, *arguments: str) -> tuple[int, str]:
        """Run another command of `myaccount`; its exit code and what it said."""
        log = self._folder / f"{name}.log"
        log.unlink(missing_ok=True)
        environment = self._environment(Slot(name, name), name)
        process = await self._fork_server.start(name, name, environment, log, arguments=arguments)
        return await process.ended, log.read_text()
