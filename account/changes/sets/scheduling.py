"""When a set begins and when it is taken back: later, both confirmed in one go (SC-1).

A set for later is confirmed as any other, for exactly its list; nothing but its first moment is
another one. What takes it back is a set of its own, for the same numbers, and does nothing to those
that the first one has not changed, or that somebody has changed since.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from account.changes.action import ActionKind
from account.changes.due_schedules import LATEST
from account.changes.parameters import ChangeParameters
from account.changes.schedules import check_ahead
from account.changes.sets.change_set import (
    FOR_LATER,
    PROGRESS_FROM,
    ChangeSet,
    SetCounts,
    SetState,
    TakingBack,
    progress_word,
)
from account.changes.sets.ports import ChangeSetStore
from account.changes.spec import ChangeSpec
from account.effects.effect import Effect
from account.effects.history import HistoryEntry, HistoryEvent, Result
from account.errors import NotSchedulable, PairUnfit
from account.values.clock import Clock
from account.values.wall_times import WallTime

SCHEDULE_MISSED = "SCHEDULE.MISSED"
"""Why a set that could not begin within twelve hours of its time ended."""
SCHEDULE_CANCELLED = "SCHEDULE.CANCELLED"
"""Why one that was to begin later never did: somebody with the right has cancelled it."""
TAKEN_BACK = "SCHEDULE.TAKEN_BACK"
"""Why the rest of a set is not sent: the time up to which it was confirmed is over."""
SOON = timedelta(seconds=1)
ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class SetPlan:
    """When a set is to begin, None for at once, and when it is to be taken back, None for never."""

    begins: WallTime | None = None
    then: WallTime | None = None


AT_ONCE = SetPlan()


class SetScheduling:
    """The rules of later sets, for who confirms them and for the worker."""

    def __init__(
        self, store: ChangeSetStore, clock: Clock, specs: Mapping[ActionKind, ChangeSpec[Any, Any]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._specs = specs

    def schedulable(self, kind: ActionKind) -> bool:
        """Whether such a set may begin later."""
        return self._specs[kind].schedulable

    def taken_back_by(self, kind: ActionKind, parameters: ChangeParameters) -> ActionKind | None:
        """What may be confirmed with it for the end; None where nothing is its opposite."""
        spec = self._specs[kind]
        undone_by = spec.undone_by(parameters)
        if undone_by is None or not spec.schedulable or spec.leaves(parameters) is None:
            return None
        return undone_by[0] if self._specs[undone_by[0]].schedulable else None

    def check(
        self, kind: ActionKind, parameters: ChangeParameters, plan: SetPlan, *, by_code: bool
    ) -> None:
        """Refuse a plan. Raises `NotSchedulable`, `TimeTooSoon`, `TimeTooFar`, `PairUnfit`."""
        now = self._clock.now()
        if plan.begins is not None:
            if not self.schedulable(kind):
                raise NotSchedulable
            check_ahead(plan.begins, now, by_code=by_code)
        if plan.then is not None:
            undone_by = self.taken_back_by(kind, parameters)
            if undone_by is None:
                raise NotSchedulable
            by_code = by_code or self._specs[undone_by].step_up
            check_ahead(plan.then, now, by_code=by_code)
            if plan.begins is not None and plan.then <= plan.begins:
                raise PairUnfit

    def by_code(self, kind: ActionKind, parameters: ChangeParameters, plan: SetPlan) -> bool:
        """Whether what takes it back needs a code, though the set itself may not."""
        undone_by = self.taken_back_by(kind, parameters) if plan.then else None
        return undone_by is not None and self._specs[undone_by].step_up

    def taking_back(self, change_set: ChangeSet, then: WallTime, now: datetime) -> TakingBack:
        """The second set of a pair, as it is when both are confirmed."""
        spec = self._specs[change_set.kind]
        undone_by, shown = spec.undone_by(change_set.parameters), spec.leaves(change_set.parameters)
        assert undone_by is not None
        assert shown is not None
        kind, parameters = undone_by
        second = replace(
            change_set,
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{change_set.id} then")),
            kind=kind,
            parameters=parameters,
            state=SetState.SCHEDULED,
            reference=None,
            repeated=0,
            left_out=(),
            created_at=now,
            begins=then,
            takes_back=change_set.id,
        )
        return TakingBack(second, shown)

    def entry(self, change_set: ChangeSet, counts: SetCounts, result: Result) -> HistoryEntry:
        """The line that it has begun, was kept, cancelled or missed; by who confirmed it."""
        assert change_set.begins is not None
        spec = self._specs[change_set.kind]
        return HistoryEntry(
            at=self._clock.now(),
            what=HistoryEvent.SCHEDULED,
            result=result,
            administrator_id=change_set.administrator_id,
            administrator=change_set.administrator,
            company_id=change_set.company_id,
            parameters={
                **spec.audit_fields(change_set.parameters),
                "what": spec.what,
                "at": change_set.begins.kept,
                "numbers": str(counts.size),
            },
            reference=change_set.reference,
        )

    async def begin_due(self, change_set: ChangeSet) -> timedelta:
        """Let a claimed one run when its time has come; how long until the next look."""
        begins, now = change_set.begins, self._clock.now()
        assert begins is not None
        left = begins.moment - now
        if left > timedelta(0):
            return left
        counts = await self._store.counts(change_set.id)
        if change_set.state is SetState.SUSPENDED or -left > LATEST:
            missed = [self.entry(change_set, counts, "refused")]
            await self._store.move(
                change_set.id, change_set.state, SetState.STOPPED, now, missed, SCHEDULE_MISSED
            )
            return timedelta(0)
        if change_set.takes_back is not None and not await self._first_is_over(change_set, now):
            return SOON
        left_out = await self._not_changed(change_set)
        begun = [self.entry(change_set, counts, "done"), *progress_of(change_set, counts, now)]
        await self._store.start(change_set, now, begun, left_out)
        return timedelta(0)

    async def _not_changed(self, change_set: ChangeSet) -> Sequence[int]:
        """Places of what the set that is taken back has not changed, or others have since."""
        first = None
        if change_set.takes_back is not None:
            first = await self._store.read(change_set.takes_back)
        if first is None:
            return ()
        lock_key = self._specs[first.kind].lock_key_of(first.parameters)
        changed = {one.msisdn for one in await self._store.undoable(first.id, lock_key)}
        numbers = await self._store.numbers(change_set.id, limit=ALL)
        return [one.place for one in numbers if one.msisdn not in changed]

    async def _first_is_over(self, change_set: ChangeSet, now: datetime) -> bool:
        """Whether what is taken back has ended; until then nothing more of it is begun."""
        first = await self._store.read(change_set.takes_back or "")
        if first is None or first.state is SetState.ENDED:
            return True
        for origin in (SetState.RUNNING, SetState.PAUSED, SetState.PROPOSED, *FOR_LATER):
            if first.state is origin:
                await self._store.move(first.id, origin, SetState.STOPPED, now, (), TAKEN_BACK)
        return False


def progress_of(change_set: ChangeSet, counts: SetCounts, now: datetime) -> Sequence[Effect]:
    """What is owed to who confirmed a set that takes a while."""
    if counts.size < PROGRESS_FROM:
        return ()
    return [progress_word(change_set.id, change_set.telegram_id, now)]
