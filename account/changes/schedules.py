"""One change of one number, confirmed now and begun at later minutes of Almaty's clock (SC-1).

A schedule decides who confirmed which ordinary change, and when it starts: once, or again and again
until a last day. At its minute it becomes that change, accepted, in one transaction
(`account.changes.due_schedules`), and has no part in what follows: the change lives its own life
(`account.changes.execution`), which reads rights, state and price again before anything is sent,
and refuses what is not as it was confirmed.

* One press confirms, and uses the offer up that its window showed; a code is compared in the same
  transaction. Only that press may name the time.
* A new password, ended sessions and “It was not me” suspend all of a person's: a thief's schedule
  must not outlive the theft. They may be kept (`account.changes.reconfirmation`).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from account.changes.action import ActionKind, token_hash
from account.changes.confirmation import ChangeConfirmation
from account.changes.parameters import ChangeParameters
from account.changes.schedule import Schedule, ScheduleState, ScheduleStore
from account.changes.schedule_traces import entry_of, owed_word, renewal_asked, told_of
from account.changes.spec import ChangeSpec
from account.credentials.one_time_codes import CodeTry
from account.effects.effect import Effect
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import (
    NotSchedulable,
    PairUnfit,
    RepeatEndless,
    ScheduleNotOpen,
    StepUpRequired,
    TimeTooFar,
    TimeTooSoon,
)
from account.identity.permissions import Actor, may, require
from account.values.clock import Clock
from account.values.periods import add_months, today
from account.values.repeats import LONGEST_MONTHS, Repeat
from account.values.rights import Right
from account.values.wall_times import WallTime

SOONEST_MINUTES = 5
FURTHEST_DAYS, FURTHEST_DAYS_WITH_CODE = 365, 30
LONGEST_DAYS_WITH_CODE = 90
"""Of one that repeats."""
MOST = 100
"""Open ones of a company."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When a change is to begin, on which further days, and when it is to be taken back.

    Of what repeats `then` tells the time of the day alone. `at_once` is one that begins with the
    confirmation: only what is taken back later is planned so.
    """

    at: WallTime
    repeat: Repeat | None = None
    then: WallTime | None = None
    at_once: bool = False


def check_ahead(at: WallTime, now: datetime, *, by_code: bool) -> None:
    """Refuse a time too near or too far ahead. Raises `TimeTooSoon`, `TimeTooFar`."""
    ahead = at.moment - now
    if ahead < timedelta(minutes=SOONEST_MINUTES):
        raise TimeTooSoon(SOONEST_MINUTES)
    days = FURTHEST_DAYS_WITH_CODE if by_code else FURTHEST_DAYS
    if ahead > timedelta(days=days):
        raise TimeTooFar(days)


def check_end(repeat: Repeat, now: datetime, *, by_code: bool) -> None:
    """Refuse a last day too far ahead. Raises `RepeatEndless`, `TimeTooFar`."""
    here = today(now)
    if repeat.until > add_months(here, LONGEST_MONTHS):
        raise RepeatEndless
    if by_code and (repeat.until - here).days > LONGEST_DAYS_WITH_CODE:
        raise TimeTooFar(LONGEST_DAYS_WITH_CODE)


def taken_back_by(
    specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
    kind: ActionKind,
    parameters: ChangeParameters,
) -> ActionKind | None:
    """What may be confirmed with such a change for its end; None where nothing is its opposite."""
    spec = specs[kind]
    undone_by = spec.undone_by(parameters)
    if undone_by is None or not spec.schedulable or spec.leaves(parameters) is None:
        return None
    return undone_by[0] if specs[undone_by[0]].schedulable else None


class ChangeSchedules:
    """What people do with schedules. Every method raises the refusals of `require`."""

    def __init__(
        self,
        actions: ChangeConfirmation,
        store: ScheduleStore,
        clock: Clock,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
    ) -> None:
        self._actions = actions
        self._store = store
        self._clock = clock
        self._specs = specs

    def schedulable(self, kind: ActionKind) -> bool:
        """Whether such a change may be begun later."""
        return self._specs[kind].schedulable

    def by_code(self, kind: ActionKind) -> bool:
        """Whether a code confirms it: then it is scheduled less far ahead."""
        return self._specs[kind].step_up

    def check_time(self, kind: ActionKind, at: WallTime) -> None:
        """Refuse a time. Raises `NotSchedulable`, `TimeTooSoon`, `TimeTooFar`."""
        spec = self._specs[kind]
        if not spec.schedulable:
            raise NotSchedulable
        check_ahead(at, self._clock.now(), by_code=spec.step_up)

    def check_repeat(self, kind: ActionKind, at: WallTime, repeat: Repeat) -> WallTime:
        """The first date of one that repeats. Raises as `check_time`, `RepeatEndless`."""
        self._check_end(kind, repeat)
        first = repeat.first(at)
        if first is None:
            raise RepeatEndless
        self.check_time(kind, first)
        return first

    def _check_end(self, kind: ActionKind, repeat: Repeat) -> None:
        check_end(repeat, self._clock.now(), by_code=self._specs[kind].step_up)

    def taken_back_by(self, kind: ActionKind, parameters: ChangeParameters) -> ActionKind | None:
        """What a pair with such a change ends with; None where there is no pair with it."""
        return taken_back_by(self._specs, kind, parameters)

    def check_plan(
        self, kind: ActionKind, parameters: ChangeParameters, plan: Plan
    ) -> tuple[Plan, Plan | None]:
        """The dates of a change, and of what takes it back.

        Raises as `check_time` and `check_repeat`, `PairUnfit`.
        """
        at, repeat = plan.at, plan.repeat
        if repeat is not None:
            at = self.check_repeat(kind, at, repeat)
        elif not plan.at_once:
            self.check_time(kind, at)
        first = replace(plan, at=at, then=None)
        if plan.then is None:
            return first, None
        undone_by = self.taken_back_by(kind, parameters)
        if undone_by is None:
            raise NotSchedulable
        then = plan.then
        if repeat is None:
            self.check_time(undone_by, then)
            if then <= at:
                raise PairUnfit
            return first, Plan(then)
        # Its time of the day, within the day that follows each date.
        then = WallTime.of(at.naive.date(), then.naive.time())
        if then <= at:
            then = WallTime(then.naive + timedelta(days=1))
        shifted = repeat.shifted((then.naive.date() - at.naive.date()).days)
        if shifted is None:
            raise PairUnfit
        self._check_end(undone_by, repeat)
        self.check_time(undone_by, then)
        return first, Plan(then, repeat=shifted)

    async def confirm(
        self, actor: Actor, token: str, plan: Plan, proof: CodeTry | None = None
    ) -> tuple[Schedule, bool]:
        """Schedule the offered change; (schedule, True) for the first press, else what is there.

        With what takes it back, both are confirmed in one go, by the code that one of them needs.
        Raises as `check_plan`, `TooManySchedules`, and as `ChangeConfirmation.confirm`. Nothing has
        changed when it raises, but for the count of wrong codes.
        """
        action = await self._actions.find(actor, token)
        before = await self._store.by_token(token_hash(token))
        if before is not None:
            return before, False
        first, second = self.check_plan(action.kind, action.parameters, plan)
        action = await self._actions.offered(actor, token, proof)
        now = self._clock.now()
        schedule = Schedule(
            id=action.id,
            kind=action.kind,
            company_id=action.company_id,
            msisdn=action.msisdn,
            telegram_id=action.telegram_id,
            session_id=action.session_id,
            administrator_id=action.administrator_id,
            administrator=action.administrator,
            shown=action.shown,
            parameters=action.parameters,
            at=first.at,
            due=first.at.moment,
            offered_at=action.offered_at,
            accepted_at=now,
            repeat=first.repeat,
        )
        schedules = [replace(schedule, state=schedule.waiting)]
        if second is not None:
            schedules = self._paired(schedules[0], second)
            for one in schedules:
                require(actor, self._specs[one.kind].right)
                by_code = self._specs[one.kind].needs_code(one.parameters)
                if by_code and proof is None and not action.proven(now):
                    raise StepUpRequired
        # Its word is owed with it: an alert in the window would go with the process, or be closed.
        # Of a pair with the second one, for the first may have begun by then.
        planned: list[tuple[Schedule, list[Effect]]] = [
            (one, [entry_of(self._specs[one.kind], one, "accepted", now)]) for one in schedules
        ]
        planned[-1][1].append(owed_word(schedules[-1], "accepted", now))
        if any(self._specs[one.kind].needs_code(one.parameters) for one in schedules):
            planned[-1][1].extend(renewal_asked(schedules[-1], now))
        return await self._store.accept(planned, token_hash(token), MOST, proof)

    def _paired(self, schedule: Schedule, then: Plan) -> list[Schedule]:
        spec = self._specs[schedule.kind]
        undone_by, shown = spec.undone_by(schedule.parameters), spec.leaves(schedule.parameters)
        assert undone_by is not None
        assert shown is not None
        kind, parameters = undone_by
        second = replace(
            schedule,
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{schedule.id} then")),
            kind=kind,
            parameters=parameters,
            shown=shown,
            at=then.at,
            due=then.at.moment,
            repeat=then.repeat,
            pair_id=schedule.id,
        )
        return [replace(schedule, pair_id=second.id), second]

    async def open(self, actor: Actor) -> Sequence[Schedule]:
        """The company's open ones, the next first."""
        return await self._store.open(require(actor, Right.LIST_NUMBERS).id)

    async def read(self, actor: Actor, schedule_id: str) -> Schedule:
        """One of the company's. Raises `ScheduleNotOpen` for none."""
        company = require(actor, Right.LIST_NUMBERS)
        schedule = await self._store.read(schedule_id)
        if schedule is None or schedule.company_id != company.id:
            raise ScheduleNotOpen
        return schedule

    async def other_half(self, actor: Actor, schedule: Schedule) -> Schedule | None:
        """The other one of its pair, while that may yet begin."""
        if schedule.pair_id is None:
            return None
        other = await self._store.read(schedule.pair_id)
        company = require(actor, Right.LIST_NUMBERS)
        return other if other and other.open and other.company_id == company.id else None

    def may_cancel(self, actor: Actor, schedule: Schedule) -> bool:
        """Everybody with the right to the change may."""
        return may(actor, self._specs[schedule.kind].right, schedule.company_id)

    def may_skip(self, actor: Actor, schedule: Schedule) -> bool:
        """As `may_cancel`, of one that repeats."""
        return schedule.open and schedule.repeat is not None and self.may_cancel(actor, schedule)

    async def cancel(self, actor: Actor, schedule_id: str) -> Schedule:
        """End one that has not begun. Raises `ScheduleNotOpen` where it has, or has ended."""
        schedule = await self.read(actor, schedule_id)
        require(actor, self._specs[schedule.kind].right)
        entry = self._ended_by(actor, schedule)
        if not await self._store.end(schedule.id, ScheduleState.CANCELLED, [entry]):
            raise ScheduleNotOpen
        return schedule

    async def skip(self, actor: Actor, schedule_id: str, at: WallTime) -> Schedule:
        """Pass over one of the dates to come; of a last one it is cancelled.

        Raises `ScheduleNotOpen` where that is none of its dates, or no more.
        """
        schedule = await self.read(actor, schedule_id)
        require(actor, self._specs[schedule.kind].right)
        passed = at.moment <= self._clock.now()
        if not self.may_skip(actor, schedule) or passed or at not in schedule.dates():
            raise ScheduleNotOpen
        entry = self._ended_by(actor, replace(schedule, at=at))
        without = replace(schedule, skipped=schedule.skipped | {at})
        if at == schedule.at:
            without = schedule.moved_past(at, ScheduleState.CANCELLED)
        if not await self._store.move(schedule, without, [entry]):
            raise ScheduleNotOpen
        return without

    def _ended_by(self, actor: Actor, schedule: Schedule) -> HistoryEntry:
        return HistoryEntry.by(
            actor,
            HistoryEvent.SCHEDULED,
            at=self._clock.now(),
            result="refused",
            number=schedule.msisdn,
            parameters=told_of(self._specs[schedule.kind], schedule),
            reference=schedule.reference,
        )
