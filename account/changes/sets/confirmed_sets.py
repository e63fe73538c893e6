"""What people do with sets that were confirmed: pause, stop, cancel, skip and keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from account.changes.action import ActionKind
from account.changes.freezes import Freezes
from account.changes.sets.change_set import FOR_LATER, ChangeSet, SetCounts, SetState
from account.changes.sets.confirmation import ChangeSets
from account.changes.sets.ports import ChangeSetStore
from account.changes.sets.scheduling import SCHEDULE_CANCELLED, SCHEDULE_SKIPPED, SetScheduling
from account.changes.spec import ChangeSpec
from account.effects.history import HistoryEntry
from account.errors import ScheduleNotOpen, SetOfAnother, StepUpRequired
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.rights import Right


class ConfirmedSets:
    """Every method raises the refusals of `require`, and as `ChangeSets.read`."""

    def __init__(
        self,
        sets: ChangeSets,
        store: ChangeSetStore,
        clock: Clock,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
        freezes: Freezes,
        scheduling: SetScheduling,
    ) -> None:
        self._sets = sets
        self._store = store
        self._clock = clock
        self._specs = specs
        self._freezes = freezes
        self._scheduling = scheduling

    async def pause(self, actor: Actor, set_id: str) -> bool:
        """Send nothing more for now; False when it does not run. Anyone with the right may."""
        change_set = await self._right_to(actor, set_id)
        return await self._move(change_set, SetState.RUNNING, SetState.PAUSED)

    async def go_on(self, actor: Actor, set_id: str) -> bool:
        """Let it run again; only who confirmed it may. Raises `SetOfAnother`, `AccountFrozen`."""
        change_set = await self._right_to(actor, set_id)
        await self._freezes.check(actor)
        if (change_set.telegram_id, change_set.administrator_id) != (
            actor.telegram_id,
            actor.administrator_id,
        ):
            raise SetOfAnother
        return await self._move(change_set, SetState.PAUSED, SetState.RUNNING)

    async def stop(self, actor: Actor, set_id: str) -> bool:
        """Send nothing more at all; what was sent gets its true outcome.

        One that was to begin later never does.
        """
        change_set = await self._right_to(actor, set_id)
        if change_set.state in FOR_LATER:
            cancelled = await self._cancel_later(actor, change_set)
            # Of what never begins there is nothing to take back.
            for one, _size in await self._store.for_later(change_set.company_id):
                if cancelled and one.takes_back == set_id:
                    await self._cancel_later(actor, one)
            return cancelled
        for origin in (SetState.RUNNING, SetState.PAUSED):
            if await self._move(change_set, origin, SetState.STOPPED):
                return True
        return False

    async def _cancel_later(self, actor: Actor, change_set: ChangeSet) -> bool:
        entry = await self._passed_over(actor, change_set)
        now = self._clock.now()
        return await self._store.move(
            change_set.id, change_set.state, SetState.STOPPED, now, [entry], SCHEDULE_CANCELLED
        )

    async def _passed_over(self, actor: Actor, change_set: ChangeSet) -> HistoryEntry:
        """The line of the history that says who has cancelled or skipped it."""
        counts = await self._store.counts(change_set.id)
        return replace(
            self._scheduling.entry(change_set, counts, "refused"),
            administrator_id=actor.administrator_id,
            administrator=actor.name,
        )

    async def skip(self, actor: Actor, set_id: str) -> bool:
        """Pass over the next date of one that repeats; behind the last one it ends."""
        change_set = await self._right_to(actor, set_id)
        if change_set.state not in FOR_LATER or change_set.repeat is None:
            return False
        return await self._store.move(
            set_id,
            change_set.state,
            SetState.STOPPED,
            self._clock.now(),
            [await self._passed_over(actor, change_set)],
            SCHEDULE_SKIPPED,
            self._scheduling.after_this(change_set),
        )

    async def may_keep(self, actor: Actor, change_set: ChangeSet) -> bool:
        """Whether a suspended one may be kept: by its own person, where no code confirmed it."""
        return (
            change_set.state is SetState.SUSPENDED
            and change_set.administrator_id == actor.administrator_id
            and not self._kept_by_code(await self._halves(actor, change_set))
        )

    async def keep(self, actor: Actor, set_id: str) -> ChangeSet:
        """Let a suspended one of one's own begin after all, and what belongs to it, in this chat.

        Raises `ScheduleNotOpen`; `StepUpRequired` where a code confirmed either; `AccountFrozen`.
        """
        change_set = await self._right_to(actor, set_id)
        await self._freezes.check(actor)
        if change_set.administrator_id != actor.administrator_id:
            raise SetOfAnother
        halves, now = await self._halves(actor, change_set), self._clock.now()
        if self._kept_by_code(halves):
            raise StepUpRequired
        begins = change_set.begins
        if change_set.state is not SetState.SUSPENDED or begins is None or begins.moment <= now:
            raise ScheduleNotOpen
        entries = []
        for one, counts in halves:
            require(actor, self._specs[one.kind].right)
            entries.append(self._scheduling.entry(one, counts, "accepted"))
        # What becomes of it is told where it was kept: the chat of before may be a thief's.
        kept = [
            replace(one, telegram_id=actor.telegram_id, session_id=actor.session_id)
            for one, _counts in halves
        ]
        await self._store.keep(kept, now, entries)
        return replace(kept[0], state=SetState.SCHEDULED)

    async def _halves(
        self, actor: Actor, change_set: ChangeSet
    ) -> Sequence[tuple[ChangeSet, SetCounts]]:
        """It, and the other one of its pair where that is suspended too and still to come."""
        halves = [(change_set, await self._store.counts(change_set.id))]
        for one, _size in await self.for_later(actor):
            of_pair = one.takes_back == change_set.id or one.id == change_set.takes_back
            to_come = one.begins is not None and one.begins.moment > self._clock.now()
            if of_pair and to_come and one.state is SetState.SUSPENDED:
                halves.append((one, await self._store.counts(one.id)))
        return halves

    def _kept_by_code(self, halves: Sequence[tuple[ChangeSet, SetCounts]]) -> bool:
        return any(self._sets.needs_code(one, counts.size) for one, counts in halves)

    async def for_later(self, actor: Actor) -> Sequence[tuple[ChangeSet, int]]:
        """The company's sets that begin later, the next first, with how many numbers each has."""
        return await self._store.for_later(require(actor, Right.LIST_NUMBERS).id)

    async def _move(self, change_set: ChangeSet, origin: SetState, to: SetState) -> bool:
        return await self._store.move(change_set.id, origin, to, self._clock.now(), ())

    async def _right_to(self, actor: Actor, set_id: str) -> ChangeSet:
        change_set, _counts = await self._sets.read(actor, set_id)
        require(actor, self._specs[change_set.kind].right)
        return change_set
