"""One run: start the bot, let people press, kill it again and again, wait until quiet, judge."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from crashlab.actors.document_users import DocumentRecords
from crashlab.checks.alerts import looked_at
from crashlab.checks.final_state import Database
from crashlab.checks.invariants import Breach, Ending, Told, breaches
from crashlab.checks.schedules import known_schedules
from crashlab.checks.sets import known_sets
from crashlab.checks.subscriptions import known_subscriptions
from crashlab.faults.backups import History
from crashlab.plan import Plan
from crashlab.runs.prepare import prepare
from crashlab.runs.processes import ForkServer
from crashlab.runs.snapshot import copied
from crashlab.runs.supervisor import Supervisor
from crashlab.world.operator import FOUND_LATE
from crashlab.world.outside import World

CHANGES_WITHIN, QUIET_WITHIN = 120.0, 240.0
HASTY = 4.0
LONGEST_CHAOS, LONGEST_SHORT = 6.0, 120.0
"""So many times the planned length, until the least counts are reached; a short plan, in which
nothing may have happened yet on a busy machine, so many seconds.
"""


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
    kills_that_count: int = 0
    """Those at which a confirmed change was not finished."""
    pauses: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    """How many clocks were moved."""
    cuts: int = 0
    """How often a process was cut off from the database."""
    verdicts: int = 0
    """How many changes a person had to settle."""
    restores: int = 0
    """How many backups were put back."""
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many changes of each kind ended in which state."""
    papers: Counter[str] = field(default_factory=Counter)
    """How many documents were ordered and ended in which state."""
    sets: Counter[str] = field(default_factory=Counter)
    """How many lists were confirmed and ended in which state."""
    schedules: Counter[str] = field(default_factory=Counter)
    """How many changes that were confirmed for later ended in which state."""
    alerts: int = 0
    """How many numbers there were to be told of."""
    repeated_files: int = 0


class Run:
    """A run against one database, which must be empty; of a copy of the program, or of `code`."""

    def __init__(self, plan: Plan, url: str, folder: Path, code: Path | None = None) -> None:
        self._plan = plan
        self._url = url
        self._folder = folder
        code = code or copied(folder / "code")
        self._world = World(
            plan.seed,
            plan.people,
            plan.numbers,
            plan.wanted,
            plan.readers,
            dialect=plan.dialect,
            set_companies=plan.set_companies,
            set_most=plan.set_most,
            planners=plan.planners,
            watchers=plan.watchers,
            subscribers=plan.subscribers,
            blocks=plan.blocks,
            accounts=plan.accounts,
        )
        operator = self._world.operator
        operator.slow_orders, operator.longest = plan.slow_orders, plan.longest
        operator.change_faults[FOUND_LATE] = plan.found_late
        for faults in (operator.change_faults, operator.read_faults):
            faults.update((name, share) for name, share in plan.faults if name in faults)
        self._world.telegram.faults.update(plan.telegram_faults)
        self._world.telegram.late_questions = plan.late_questions
        self._fork_server = ForkServer(code)
        self._database = Database(url)
        self._verdicts = 0
        self._supervisor = Supervisor(
            plan, self._world, self._fork_server, self._database, folder, url
        )

    async def result(self) -> Result:
        """Do it all."""
        begun = time.monotonic()
        try:
            await self._world.open()
            self._world.tell_of_operator(self._folder)
            await prepare(self._url, self._folder / "key", self._world)
            await self._fork_server.open()
            if self._plan.webhook:
                self._world.push_to(self._supervisor.listen())
            self._world.live()
            chaos = time.monotonic()
            await self._supervisor.chaos(lambda: self._enough(time.monotonic() - chaos))
            calm = time.monotonic()
            await self._supervisor.start_for_good()
            await self._world.last_changes(HASTY if self._plan.hasty else CHANGES_WITHIN)
            self._world.heal()
            await self._quiet()
            await self._give_verdicts()
            quiet_after = time.monotonic() - calm
            await self._supervisor.end_gently()
            return await self._judged(time.monotonic() - begun, quiet_after)
        finally:
            await self._supervisor.close()
            await self._fork_server.close()
            await self._world.close()

    def _enough(self, seconds: float) -> bool:
        if seconds < self._plan.seconds:
            return False
        if seconds > max(self._plan.seconds * LONGEST_CHAOS, LONGEST_SHORT):
            return True
        plan = self._plan
        listed = self._world.listed
        effects = sum(
            order.applied and order.number not in listed
            for order in self._world.operator.books.orders
        )
        kinds = {one.wanted.kind for person in self._world.people for one in person.intents}
        enough = effects >= plan.least_changes and len(kinds) >= plan.least_kinds_count
        return enough and self._supervisor.kills.total() >= plan.least_kills

    async def _quiet(self) -> None:
        """Wait until nothing is left to do, or until it has had all the time it may take."""
        until = time.monotonic() + QUIET_WITHIN
        still = 0
        while still < 3 and time.monotonic() < until:
            left = await self._database.leftovers(self._past.replayed())
            busy = bool(left) or self._world.telegram.updates or self._world.operator.pending
            still = 0 if busy else still + 1
            await asyncio.sleep(0.3)

    async def _give_verdicts(self) -> None:
        """Settle what nobody can tell of, as the operator's support desk does, by the books."""
        asked = 0
        for change in await self._database.changes():
            if change.state == "unconfirmed":
                took_effect = self._world.operator.books.effects(change.id)
                verdict = "done" if took_effect else "not-done"
                settle = ("settle", change.reference, verdict, "--reason", "the books say so")
                await self._supervisor.command("action", *settle)
                asked += 1
        self._verdicts = asked
        if asked:
            await self._quiet()

    @property
    def _past(self) -> History:
        return History(self._supervisor.restorations)

    async def _judged(self, seconds: float, quiet_after: float) -> Result:
        changes = await self._database.changes()
        supervisor = self._supervisor
        shelf = DocumentRecords(
            await self._database.papers(),
            self._world.telegram.parcels.taken,
            supervisor.died,
            supervisor.away(),
        )
        sets = await known_sets(self._database)
        schedules = await known_schedules(self._database)
        looked = await looked_at(self._database)
        audit, said = await supervisor.command("verify-audit")
        ending = Ending(
            changes=changes,
            leftovers=await self._database.leftovers(self._past.replayed()),
            set_aside=await self._database.set_aside(),
            given_up=await self._database.given_up(),
            chain=f"exit {audit}: {said[-500:]}" if audit else "",
            fallen=supervisor.fallen,
            shelf=shelf,
            past=self._past,
            coded=await self._database.coded(),
            sets=sets,
            schedules=schedules,
            looked=looked,
            subscriptions=await known_subscriptions(self._database),
            stepped=self._plan.steps > 0,
        )
        planned = {one.id for one in self._world.planners}
        kinds = Counter(
            (self._world.named(one), one.state)
            for one in changes
            if one.set_reference is None and one.chat_id not in planned
        )
        too_little = proves_nothing(self._plan, supervisor.kills.total(), kinds)
        return Result(
            plan=self._plan,
            breaches=[*breaches(self._world, ending), *too_little],
            kills=supervisor.kills,
            kills_that_count=supervisor.kills_that_count,
            pauses=supervisor.pauses,
            steps=supervisor.steps,
            cuts=supervisor.cuts,
            verdicts=self._verdicts,
            restores=len(supervisor.restorations),
            changes=len(changes),
            kinds=kinds,
            sets=Counter(one.state for one in sets if one.accepted_at is not None),
            schedules=Counter(one.state for one in schedules),
            alerts=sum(len(one.fallen) for one in self._world.watchers if one.company_id in looked),
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


def proves_nothing(plan: Plan, kills: int, kinds: Counter[tuple[str, str]]) -> list[Breach]:
    """Why a run has shown too little to pass: a bot that does nothing breaks no promise."""
    confirmed = {kind for kind, _state in kinds}.intersection(plan.wanted)
    wanted = plan.least_kinds_count
    told = (
        (kills, plan.least_kills, "kills"),
        (kinds.total(), plan.least_changes, "changes confirmed"),
        (len(confirmed), wanted, "kinds of changes confirmed"),
    )
    return [
        Breach("NOTHING", f"{there} {what}, {least} are the least that proves anything")
        for there, least, what in told
        if there < least
    ]
