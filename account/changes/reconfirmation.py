"""Confirming anew what was scheduled: keeping it, going on with it, adopting it (SC-4, SC-7, SC-8).

It is asked of the person who confirmed it, or of who takes its place, with a code where one of its
kinds wants one, and of a change and what takes it back in one go: half of a pair would leave a
number as nobody meant it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from account.changes.action import ActionKind
from account.changes.confirmation import ChangeConfirmation
from account.changes.schedule import Schedule, ScheduleState, ScheduleStore
from account.changes.schedule_traces import RENEWABLE_DAYS, entry_of, renewal_asked
from account.changes.schedules import LONGEST_DAYS_WITH_CODE, MOST, ChangeSchedules
from account.changes.spec import ChangeSpec
from account.credentials.one_time_codes import CodeTry
from account.effects.effect import Effect
from account.errors import ScheduleNotOpen, StepUpRequired
from account.identity.permissions import Actor, may, require
from account.values.clock import Clock
from account.values.periods import today
from account.values.repeats import Repeat
from account.values.rights import Right


class Anew(StrEnum):
    """What a schedule may be confirmed anew for."""

    KEEP = "keep"
    """It waits for its person, after a new password and the like."""
    RENEW = "renew"
    """Its last day is near: a code lets it go on for so many days at most."""
    ADOPT = "adopt"
    """Whoever confirmed it may not do this any more; who confirms it anew takes its place."""


@dataclass(frozen=True, slots=True)
class Reconfirmable:
    """What may be confirmed anew: one schedule, or both of a pair, as they would be then."""

    what: Anew
    present: tuple[Schedule, ...]
    then: tuple[Schedule, ...]
    by_code: bool

    @property
    def until(self) -> date | None:
        """The last day that the first one would have; None where it has but one date."""
        repeat = self.then[0].repeat
        return None if repeat is None else repeat.until


class Reconfirmation:
    """What its person may confirm anew. Every method raises the refusals of `require`."""

    def __init__(
        self,
        actions: ChangeConfirmation,
        schedules: ChangeSchedules,
        store: ScheduleStore,
        clock: Clock,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
    ) -> None:
        self._actions = actions
        self._schedules = schedules
        self._store = store
        self._clock = clock
        self._specs = specs

    async def possible(self, actor: Actor, schedule_id: str) -> Reconfirmable | None:
        """What this person may do of it now; None for nothing. Raises `ScheduleNotOpen`."""
        schedule = await self._schedules.read(actor, schedule_id)
        halves = [schedule]
        if schedule.pair_id is not None:
            other = await self._store.read(schedule.pair_id)
            if other is not None and other.company_id == schedule.company_id:
                halves.append(other)
        if schedule.state is ScheduleState.SUSPENDED:
            return self._of(Anew.KEEP, actor, halves)
        if schedule.state is ScheduleState.ABANDONED:
            return self._of(Anew.ADOPT, actor, halves)
        return self._of(Anew.RENEW, actor, halves)

    def _of(self, what: Anew, actor: Actor, halves: Sequence[Schedule]) -> Reconfirmable | None:
        by_code = any(self._needs_code(one) for one in halves)
        then = {
            Anew.KEEP: self._kept,
            Anew.RENEW: self._renewed,
            Anew.ADOPT: self._adopted,
        }[what](actor, halves)
        if not then or then[0].id != halves[0].id or (what is Anew.RENEW and not by_code):
            return None
        present = tuple(one for one in halves if one.id in {new.id for new in then})
        by_code = any(self._needs_code(one) for one in present)
        return Reconfirmable(what, present, tuple(then), by_code)

    def _kept(self, actor: Actor, halves: Sequence[Schedule]) -> list[Schedule]:
        return [
            # What becomes of it is told where it was kept: the chat of before may be a thief's.
            replace(
                one,
                state=one.waiting,
                telegram_id=actor.telegram_id,
                session_id=actor.session_id,
            )
            for one in halves
            if one.state is ScheduleState.SUSPENDED
            and one.at.moment > self._clock.now()
            and self._is_theirs(actor, one)
        ]

    def _renewed(self, actor: Actor, halves: Sequence[Schedule]) -> list[Schedule]:
        if not all(
            one.state is ScheduleState.REPEATING and self._is_theirs(actor, one) for one in halves
        ):
            return []
        here = today(self._clock.now())
        last = max(one.repeat.until for one in halves if one.repeat is not None)
        longer = here + timedelta(days=LONGEST_DAYS_WITH_CODE) - last
        if (last - here).days > RENEWABLE_DAYS or longer <= timedelta(0):
            return []
        return [
            replace(one, repeat=Repeat(one.repeat.rhythm, one.repeat.until + longer))
            for one in halves
            if one.repeat is not None
        ]

    def _adopted(self, actor: Actor, halves: Sequence[Schedule]) -> list[Schedule]:
        now = self._clock.now()
        if not may(actor, Right.APPROVE, halves[0].company_id):
            return []
        adopted = []
        for one in halves:
            at = next((date for date in one.dates() if date.moment > now), None)
            right = self._specs[one.kind].right
            if one.state is not ScheduleState.ABANDONED or at is None:
                continue
            if not may(actor, right, one.company_id):
                return []
            adopted.append(
                replace(
                    one,
                    state=one.waiting,
                    at=at,
                    due=at.moment,
                    telegram_id=actor.telegram_id,
                    session_id=actor.session_id,
                    administrator_id=actor.administrator_id,
                    administrator=actor.name,
                    offered_at=now,
                    accepted_at=now,
                    latest=(),
                )
            )
        return adopted

    def _is_theirs(self, actor: Actor, schedule: Schedule) -> bool:
        right = self._specs[schedule.kind].right
        return schedule.administrator_id == actor.administrator_id and may(
            actor, right, schedule.company_id
        )

    def _needs_code(self, schedule: Schedule) -> bool:
        return self._specs[schedule.kind].needs_code(schedule.parameters)

    async def adoptable(self, actor: Actor) -> Sequence[Schedule]:
        """The company's abandoned ones that have a date to come, for who may adopt them."""
        company = require(actor, Right.LIST_NUMBERS)
        if not may(actor, Right.APPROVE, company.id):
            return []
        return await self._store.abandoned(company.id, self._clock.now())

    async def offered(self, actor: Actor, schedule_id: str, what: Anew) -> Reconfirmable:
        """That, to be confirmed now. Raises `ScheduleNotOpen`, `AccountFrozen`."""
        found = await self.possible(actor, schedule_id)
        if found is None or found.what is not what:
            raise ScheduleNotOpen
        for one in found.present:
            require(actor, self._specs[one.kind].right)
        await self._actions.freezes.check(actor)
        return found

    async def confirm(
        self, actor: Actor, schedule_id: str, what: Anew, proof: CodeTry | None = None
    ) -> Schedule:
        """Do it: all of it, by the code where one is needed, or nothing.

        Raises as `offered`, `StepUpRequired`, and for a `proof` as `CodeUse.check`.
        """
        found = await self.offered(actor, schedule_id, what)
        if found.by_code and proof is None:
            raise StepUpRequired
        now = self._clock.now()
        moves: list[tuple[Schedule, Schedule, list[Effect]]] = [
            (before, then, [entry_of(self._specs[then.kind], then, "accepted", now)])
            for before, then in zip(found.present, found.then, strict=True)
        ]
        if found.what is Anew.RENEW:
            moves[-1][2].extend(renewal_asked(found.then[-1], now))
        await self._store.reconfirm(moves, now, MOST, proof)
        return found.then[0]
