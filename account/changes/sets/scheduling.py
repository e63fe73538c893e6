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
from account.changes.schedule import LATEST_RUNS
from account.changes.schedules import check_ahead, check_end, taken_back_by
from account.changes.sets.change_set import (
    FOR_LATER,
    PROGRESS_FROM,
    ChangeSet,
    Outcome,
    SetCounts,
    SetState,
    TakingBack,
    progress_word,
)
from account.changes.sets.dry_run import ALL
from account.changes.sets.ports import ChangeSetStore
from account.changes.spec import ChangeSpec
from account.effects.effect import Effect
from account.effects.history import HistoryEntry, HistoryEvent, Result
from account.errors import NotSchedulable, PairUnfit, RepeatEndless
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.repeats import Repeat
from account.values.wall_times import WallTime

SCHEDULE_MISSED = "SCHEDULE.MISSED"
"""Why a set that could not begin within twelve hours of its time ended."""
SCHEDULE_STOPPED = "SCHEDULE.STOPPED"
"""Why one that repeats ended: on its last three dates nothing could be done."""
SCHEDULE_SKIPPED = "SCHEDULE.SKIPPED"
"""Why one of the dates did not begin: somebody with the right has passed over it."""
SCHEDULE_CANCELLED = "SCHEDULE.CANCELLED"
"""Why one that was to begin later never did: somebody with the right has cancelled it."""
TAKEN_BACK = "SCHEDULE.TAKEN_BACK"
"""Why the rest of a set is not sent: the time up to which it was confirmed is over."""
SOON = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class SetPlan:
    """When a set is to begin, None for at once, and when it is to be taken back, None for never.

    With `repeat` it begins again on those days, at that time of the day.
    """

    begins: WallTime | None = None
    then: WallTime | None = None
    repeat: Repeat | None = None

    @property
    def first(self) -> WallTime | None:
        """The first of its dates; None for at once."""
        if self.begins is None or self.repeat is None:
            return self.begins
        return self.repeat.first(self.begins)


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
        return taken_back_by(self._specs, kind, parameters)

    def check(
        self, kind: ActionKind, parameters: ChangeParameters, plan: SetPlan, *, by_code: bool
    ) -> None:
        """Refuse a plan. Raises `NotSchedulable`, `RepeatEndless`, and of the time.

        What repeats cannot be taken back (`PairUnfit`): no one could tell by which date.
        """
        now = self._clock.now()
        if plan.begins is not None:
            if not self.schedulable(kind):
                raise NotSchedulable
            if plan.repeat is not None:
                check_end(plan.repeat, now, by_code=by_code)
                if plan.then is not None:
                    raise PairUnfit
            if plan.first is None:
                raise RepeatEndless
            check_ahead(plan.first, now, by_code=by_code)
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
                **({} if change_set.repeat is None else {"repeats": change_set.repeat.kept}),
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
        # Of several dates that have passed the last one alone is looked at.
        begins = _latest_due(change_set, begins, now)
        change_set, left = replace(change_set, begins=begins), begins.moment - now
        following = self._following(change_set, begins, now)
        counts = await self._store.counts(change_set.id)
        if change_set.state is SetState.SUSPENDED or -left > LATEST:
            missed = [self.entry(change_set, counts, "refused")]
            await self._store.move(
                change_set.id,
                change_set.state,
                SetState.STOPPED,
                now,
                missed,
                SCHEDULE_MISSED,
                following,
            )
            return timedelta(0)
        if await self._is_over(change_set, now):
            over = [self.entry(change_set, counts, "refused")]
            await self._store.move(
                change_set.id, change_set.state, SetState.STOPPED, now, over, TAKEN_BACK
            )
            return timedelta(0)
        if await self._refused_again(change_set):
            stopped = [self.entry(change_set, counts, "refused")]
            await self._store.move(
                change_set.id, change_set.state, SetState.STOPPED, now, stopped, SCHEDULE_STOPPED
            )
            return timedelta(0)
        if change_set.takes_back is not None and not await self._first_is_over(change_set, now):
            return SOON
        left_out = await self._not_changed(change_set)
        begun = [self.entry(change_set, counts, "done"), *progress_of(change_set, counts, now)]
        await self._store.start(change_set, now, begun, left_out, following)
        return timedelta(0)

    def _following(
        self, change_set: ChangeSet, begins: WallTime, now: datetime
    ) -> ChangeSet | None:
        """The set of the next date of one that repeats; None behind the last one."""
        to = None if change_set.repeat is None else change_set.repeat.after(begins)
        if to is None:
            return None
        chain = change_set.chain or change_set.id
        return replace(
            change_set,
            # The same whoever writes it.
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{chain} {to.kept}")),
            reference=None,
            repeated=0,
            left_out=(),
            created_at=now,
            begins=to,
            chain=chain,
        )

    def after_this(self, change_set: ChangeSet) -> ChangeSet | None:
        """What begins in its stead when its date is passed over."""
        assert change_set.begins is not None
        return self._following(change_set, change_set.begins, self._clock.now())

    async def _refused_again(self, change_set: ChangeSet) -> bool:
        """Whether nothing was done on the last three dates: it would not be on this one either."""
        if change_set.chain is None:
            return False
        latest = await self._store.of_chain(change_set.chain, LATEST_RUNS)
        counts = [await self._store.counts(one) for one in latest]
        return len(counts) == LATEST_RUNS and not any(
            one.of(Outcome.DONE) or one.of(Outcome.ALREADY) for one in counts
        )

    async def _not_changed(self, change_set: ChangeSet) -> Sequence[int]:
        """Places of what the set that is taken back has not changed, or others have since."""
        if change_set.takes_back is None:
            return ()
        changed: set[Msisdn] = set()
        first = await self._store.read(change_set.takes_back)
        # Of a set that is not there any more nobody knows what it has changed.
        if first is not None:
            lock_key = self._specs[first.kind].lock_key_of(first.parameters)
            changed = {one.msisdn for one in await self._store.undoable(first.id, lock_key)}
        numbers = await self._store.numbers(change_set.id, limit=ALL)
        return [one.place for one in numbers if one.msisdn not in changed]

    async def _is_over(self, change_set: ChangeSet, now: datetime) -> bool:
        """Whether what takes it back is due as well: then it does not begin any more (SC-9)."""
        later = await self._store.for_later(change_set.company_id)
        return any(
            one.takes_back == change_set.id and one.begins is not None and one.begins.moment <= now
            for one, _size in later
        )

    async def _first_is_over(self, change_set: ChangeSet, now: datetime) -> bool:
        """Whether what is taken back has ended; until then nothing more of it is begun."""
        first = await self._store.read(change_set.takes_back or "")
        if first is None or first.state is SetState.ENDED:
            return True
        for origin in (SetState.RUNNING, SetState.PAUSED, SetState.PROPOSED, *FOR_LATER):
            if first.state is origin:
                await self._store.move(first.id, origin, SetState.STOPPED, now, (), TAKEN_BACK)
        return False


def _latest_due(change_set: ChangeSet, begins: WallTime, now: datetime) -> WallTime:
    """The latest of its dates that has come."""
    repeat = change_set.repeat
    while repeat is not None:
        after = repeat.after(begins)
        if after is None or after.moment > now:
            break
        begins = after
    return begins


def progress_of(change_set: ChangeSet, counts: SetCounts, now: datetime) -> Sequence[Effect]:
    """What is owed to who confirmed a set that takes a while."""
    if counts.size < PROGRESS_FROM:
        return ()
    return [progress_word(change_set.id, change_set.telegram_id, now)]
