"""What becomes of schedules at their minute: the worker's side (SC-6 to SC-9).

* A date begins once, whatever dies or whichever clock is set: the row moves on to the next date, or
  ends, in the transaction that writes the change, and the change's id is made of that date.
* Late by up to twelve hours it begins all the same; later it is missed, and its person is told. The
  dates of one that repeats are a day apart at least: half of that is never less. Of several dates
  that are due the last one alone is looked at.
* Of several schedules of one lock key and number that are due the last one alone begins: a block
  and an unblock of a night that nobody was there for are not made up for one after the other.
* Of who may not do this any more all such schedules are cancelled, and the company's other
  administrators are told, who may adopt them (`account.changes.reconfirmation`). An operator that
  does not say who may is no reason to cancel.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from account.changes.action import Action, ActionKind, ActionState
from account.changes.colleague_notices import of_schedules
from account.changes.schedule import LATEST_RUNS, Schedule, ScheduleState, ScheduleStore
from account.changes.schedule_traces import abandoned_word, entry_of, owed_word
from account.changes.spec import ChangeSpec
from account.effects.effect import Effect
from account.errors import (
    CapabilityMissing,
    CarrierUnavailable,
    CompanyNotAccessible,
    RightMissing,
)
from account.identity.directory import Company, Directory
from account.identity.permissions import check_granted
from account.values.clock import Clock
from account.values.rights import Right
from account.values.wall_times import WallTime

LATEST = timedelta(hours=12)
"""So late it still begins; after that it is missed."""
LATE = timedelta(minutes=5)
"""From here on it is said that it begins late."""
AT_ONCE = 50


class DueSchedules:
    """Begins what is due, once, and says what was not begun."""

    def __init__(
        self,
        store: ScheduleStore,
        clock: Clock,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
        directory: Directory,
    ) -> None:
        self._directory = directory
        self._store = store
        self._clock = clock
        self._specs = specs

    async def begin(self) -> int:
        """Begin what is due; how many changes that were. The next look goes on from there."""
        now = self._clock.now()
        begun, seen, owners = 0, set[str](), Owners(self._directory)
        # Those that have to wait stay due, and must not stand before the others.
        while due := [
            one for one in await self._store.due(now, AT_ONCE + len(seen)) if one.id not in seen
        ]:
            for schedule in due:
                seen.add(schedule.id)
                begun += await self._look(schedule, now, owners)
        return begun

    async def look_after_owners(self) -> None:
        """Cancel what nobody may do any more, before its minute comes."""
        now, owners = self._clock.now(), Owners(self._directory)
        for schedule in await self._store.all_open():
            if await owners.lost(schedule, self._specs[schedule.kind].right):
                await self._abandon(schedule, now)

    async def derive_anew(self) -> None:
        """Have all be due by the zone's rules as this process knows them."""
        for schedule in await self._store.all_open():
            if schedule.due != schedule.at.moment:
                await self._store.derive(schedule.id, schedule.at.moment)

    async def _look(self, schedule: Schedule, now: datetime, owners: Owners) -> int:
        at = _due_of(schedule, now)
        if at is None:
            # The zone's rules have changed since it was written.
            await self._store.derive(schedule.id, schedule.at.moment)
        elif schedule.state is ScheduleState.SUSPENDED or now - at.moment > LATEST:
            await self._pass_over(schedule, at, ScheduleState.MISSED, now)
        elif await self._overtaken(schedule, at, now):
            await self._pass_over(schedule, at, ScheduleState.OVERTAKEN, now)
        elif await owners.lost(schedule, self._specs[schedule.kind].right):
            await self._abandon_all(schedule, now, owners)
        elif await self._refused_again(schedule):
            await self._stop(schedule, at, now)
        else:
            return int(await self._begin(schedule, at, now))
        return 0

    async def _overtaken(self, schedule: Schedule, at: WallTime, now: datetime) -> bool:
        lock_key = self._specs[schedule.kind].lock_key_of(schedule.parameters)
        for other in await self._store.due_beside(schedule, now):
            their = _due_of(other, now)
            same = self._specs[other.kind].lock_key_of(other.parameters) == lock_key
            if same and their is not None and (their, other.id) > (at, schedule.id):
                return True
        return False

    async def _refused_again(self, schedule: Schedule) -> bool:
        if len(schedule.latest) < LATEST_RUNS:
            return False
        return await self._store.refused(schedule.latest) == LATEST_RUNS

    async def _begin(self, schedule: Schedule, at: WallTime, now: datetime) -> bool:
        """Write the change; False where another one of the number is in its way, for now."""
        spec = self._specs[schedule.kind]
        action: Action[Any] = Action(
            # The same whoever begins it, so that the operator has one order of it at most.
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{schedule.id} {at.kept}")),
            kind=schedule.kind,
            company_id=schedule.company_id,
            msisdn=schedule.msisdn,
            telegram_id=schedule.telegram_id,
            session_id=schedule.session_id,
            administrator_id=schedule.administrator_id,
            administrator=schedule.administrator,
            shown=schedule.shown,
            # Whoever is frozen since it was confirmed is frozen for it, too.
            offered_at=schedule.offered_at,
            parameters=schedule.parameters,
            state=ActionState.ACCEPTED,
            accepted_at=now,
        )
        effects: list[Effect] = [
            *spec.on_accepted(action, now),
            spec.entry(action, "accepted", now),
            entry_of(spec, replace(schedule, at=at), "done", now),
        ]
        if now - at.moment > LATE:
            effects.append(owed_word(replace(schedule, at=at), "late", now))
        begun = replace(
            schedule.moved_past(at, ScheduleState.BEGUN),
            action_id=action.id,
            latest=(*schedule.latest, action.id)[-LATEST_RUNS:],
        )
        lock_key = spec.lock_key_of(schedule.parameters)
        return await self._store.begin(schedule, begun, action, lock_key, effects)

    async def _pass_over(
        self, schedule: Schedule, at: WallTime, why: ScheduleState, now: datetime
    ) -> None:
        """Go on without that date and say so; its end where it was the last one."""
        gone = replace(schedule, at=at)
        effects: list[Effect] = [
            entry_of(self._specs[schedule.kind], gone, "refused", now),
            owed_word(gone, why.value, now),
        ]
        await self._store.move(schedule, schedule.moved_past(at, why), effects)

    async def _abandon_all(self, schedule: Schedule, now: datetime, owners: Owners) -> None:
        """Theirs of that company which they may not do any more, the due one at the latest now."""
        for one in await self._store.open(schedule.company_id):
            if one.administrator_id == schedule.administrator_id and await owners.lost(
                one, self._specs[one.kind].right
            ):
                await self._abandon(one, now)

    async def _abandon(self, schedule: Schedule, now: datetime) -> None:
        at = _due_of(schedule, now)
        gone = schedule if at is None else schedule.moved_past(at, ScheduleState.ABANDONED)
        gone = replace(gone, state=ScheduleState.ABANDONED)
        effects: list[Effect] = [
            entry_of(
                self._specs[schedule.kind], replace(schedule, at=at or schedule.at), "refused", now
            ),
            abandoned_word(schedule, now),
            of_schedules(schedule, now),
        ]
        await self._store.move(schedule, gone, effects)

    async def _stop(self, schedule: Schedule, at: WallTime, now: datetime) -> None:
        gone = replace(schedule, at=at, state=ScheduleState.STOPPED)
        effects: list[Effect] = [
            entry_of(self._specs[schedule.kind], gone, "refused", now),
            owed_word(gone, "stopped", now),
        ]
        await self._store.move(schedule, gone, effects)


class Owners:
    """Who of those that have confirmed may still do so: the operator is asked once for each."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._known: dict[str, tuple[Company, ...] | None] = {}

    async def lost(self, schedule: Schedule, right: Right) -> bool:
        """Whether the right is gone; False where the operator does not say, or lacks the thing."""
        whose = schedule.administrator_id
        if whose not in self._known:
            try:
                self._known[whose] = await self._directory.companies(whose)
            except CarrierUnavailable:
                self._known[whose] = None
        companies = self._known[whose]
        if companies is None:
            return False
        try:
            check_granted(companies, right, schedule.company_id)
        except (CompanyNotAccessible, RightMissing):
            return True
        except CapabilityMissing:
            return False
        return False


def _due_of(schedule: Schedule, now: datetime) -> WallTime | None:
    """The latest of its dates that is due; None where none is."""
    due = None
    for at in schedule.dates():
        if at.moment > now:
            break
        due = at
    return due
