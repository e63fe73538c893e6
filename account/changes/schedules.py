"""One change of one number, confirmed now and begun at a later minute of Almaty's clock (SC-1).

A schedule decides who confirmed which ordinary change, and when it starts. At its minute it becomes
that change, accepted, in one transaction, and has no part in what follows: the change lives its own
life (`account.changes.execution`), which reads rights, state and price again before anything is
sent, and refuses what is not as it was confirmed.

* One press confirms, and uses the offer up that its window showed; a code is compared in the same
  transaction. Only that press may name the time.
* It begins once, whatever dies or whichever clock is set: its row leaves `scheduled` as the change
  is written.
* Late by up to twelve hours it begins all the same; later it is missed, and its person is told.
* A new password, ended sessions and “It was not me” suspend all of a person's: a thief's schedule
  must not outlive the theft. What needs a code is confirmed anew, all else may be kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from account.changes.action import Action, ActionKind, ActionState, token_hash
from account.changes.confirmation import ChangeConfirmation
from account.changes.parameters import ChangeParameters
from account.changes.spec import ChangeSpec
from account.credentials.one_time_codes import CodeTry
from account.effects.effect import Channel, Effect, OutboxMessage
from account.effects.history import HistoryEntry, HistoryEvent, Result
from account.errors import (
    ConfirmExpired,
    NotSchedulable,
    ScheduleNotOpen,
    StepUpRequired,
    TimeTooFar,
    TimeTooSoon,
)
from account.identity.permissions import Actor, may, require
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.rights import Right
from account.values.wall_times import WallTime

SOONEST_MINUTES = 5
FURTHEST_DAYS, FURTHEST_DAYS_WITH_CODE = 365, 30
LATEST = timedelta(hours=12)
"""So late it still begins; after that it is missed."""
MOST = 100
"""Open ones of a company."""
AT_ONCE = 50
WORD_LIFE = timedelta(hours=24)


class ScheduleState(StrEnum):
    """Where a schedule stands. Values are persisted."""

    SCHEDULED = "scheduled"
    SUSPENDED = "suspended"
    """Waits for its person to keep it, after a new password and the like."""
    BEGUN = "begun"
    CANCELLED = "cancelled"
    MISSED = "missed"


OPEN = frozenset({ScheduleState.SCHEDULED, ScheduleState.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Schedule:
    """One of them. `reference` (`P-20261129-0003`) is what people read; times are aware, UTC.

    `shown` is the fingerprint of the number that the confirmed summary was made from. `due` is the
    moment of `at` by the zone's rules as they were known when it was written.
    """

    id: str
    kind: ActionKind
    company_id: str
    msisdn: Msisdn
    telegram_id: int
    session_id: str
    administrator_id: str
    administrator: str
    shown: str
    parameters: ChangeParameters
    at: WallTime
    due: datetime
    offered_at: datetime
    accepted_at: datetime
    state: ScheduleState = ScheduleState.SCHEDULED
    reference: str = ""
    action_id: str | None = None

    @property
    def open(self) -> bool:
        """Whether it may yet begin."""
        return self.state in OPEN


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

    def check_time(self, kind: ActionKind, at: WallTime) -> None:
        """Refuse a time. Raises `NotSchedulable`, `TimeTooSoon`, `TimeTooFar`."""
        spec = self._specs[kind]
        if not spec.schedulable:
            raise NotSchedulable
        ahead = at.moment - self._clock.now()
        if ahead < timedelta(minutes=SOONEST_MINUTES):
            raise TimeTooSoon(SOONEST_MINUTES)
        days = FURTHEST_DAYS_WITH_CODE if spec.step_up else FURTHEST_DAYS
        if ahead > timedelta(days=days):
            raise TimeTooFar(days)

    async def confirm(
        self, actor: Actor, token: str, at: WallTime, proof: CodeTry | None = None
    ) -> tuple[Schedule, bool]:
        """Schedule the offered change; (schedule, True) for the first press, else what is there.

        Raises as `check_time`, `TooManySchedules`, and as `ChangeConfirmation.confirm`. Nothing has
        changed when it raises, but for the count of wrong codes.
        """
        action = await self._actions.find(actor, token)
        before = await self._store.by_token(token_hash(token))
        if before is not None:
            return before, False
        self.check_time(action.kind, at)
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
            at=at,
            due=at.moment,
            offered_at=action.offered_at,
            accepted_at=now,
        )
        # Its word is owed with it: an alert in the window would go with the process, or be closed.
        entry, word = self._entry(schedule, "accepted", now), _owed_word(schedule, "accepted", now)
        return await self._store.accept(schedule, token_hash(token), MOST, [entry, word], proof)

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

    def may_cancel(self, actor: Actor, schedule: Schedule) -> bool:
        """Everybody with the right to the change may."""
        return may(actor, self._specs[schedule.kind].right, schedule.company_id)

    def may_keep(self, actor: Actor, schedule: Schedule) -> bool:
        """Its own person, where no code confirmed it."""
        return (
            schedule.state is ScheduleState.SUSPENDED
            and schedule.administrator_id == actor.administrator_id
            and not self._specs[schedule.kind].needs_code(schedule.parameters)
        )

    async def cancel(self, actor: Actor, schedule_id: str) -> Schedule:
        """End one that has not begun. Raises `ScheduleNotOpen` where it has, or has ended."""
        schedule = await self.read(actor, schedule_id)
        require(actor, self._specs[schedule.kind].right)
        now = self._clock.now()
        entry = HistoryEntry.by(
            actor,
            HistoryEvent.SCHEDULED,
            at=now,
            result="refused",
            number=schedule.msisdn,
            parameters=self._told(schedule),
            reference=schedule.reference,
        )
        if not await self._store.end(schedule.id, ScheduleState.CANCELLED, [entry]):
            raise ScheduleNotOpen
        return schedule

    async def keep(self, actor: Actor, schedule_id: str) -> Schedule:
        """Let a suspended one of one's own begin after all.

        Raises `ScheduleNotOpen`; `StepUpRequired` where a code confirmed it; `AccountFrozen`.
        """
        schedule = await self.read(actor, schedule_id)
        require(actor, self._specs[schedule.kind].right)
        await self._actions.freezes.check(actor)
        if schedule.administrator_id != actor.administrator_id:
            raise ConfirmExpired
        if self._specs[schedule.kind].needs_code(schedule.parameters):
            raise StepUpRequired
        entry = self._entry(schedule, "accepted", self._clock.now())
        if not await self._store.keep(schedule.id, self._clock.now(), [entry]):
            raise ScheduleNotOpen
        return schedule

    # --- the worker's side ---

    async def begin_due(self) -> int:
        """Begin what is due; how many changes that were. The next look goes on from there."""
        now = self._clock.now()
        begun, seen = 0, set[str]()
        # Those that have to wait stay due, and must not stand before the others.
        while due := [
            one for one in await self._store.due(now, AT_ONCE + len(seen)) if one.id not in seen
        ]:
            for schedule in due:
                seen.add(schedule.id)
                begun += await self._begin_or_miss(schedule, now)
        return begun

    async def _begin_or_miss(self, schedule: Schedule, now: datetime) -> int:
        due = schedule.at.moment
        if due > now:
            # The zone's rules have changed since it was written.
            await self._store.derive(schedule.id, due)
        elif schedule.state is ScheduleState.SUSPENDED or now - due > LATEST:
            await self._miss(schedule, now)
        else:
            return int(await self._begin(schedule, now))
        return 0

    async def derive_anew(self) -> None:
        """Have all be due by the zone's rules as this process knows them."""
        for schedule in await self._store.all_open():
            if schedule.due != schedule.at.moment:
                await self._store.derive(schedule.id, schedule.at.moment)

    async def _begin(self, schedule: Schedule, now: datetime) -> bool:
        """Write the change; False where another one of the number is in its way, for now."""
        spec = self._specs[schedule.kind]
        action: Action[Any] = Action(
            # The same whoever begins it, so that the operator has one order of it at most.
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{schedule.id} {schedule.at.kept}")),
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
        effects = [
            *spec.on_accepted(action, now),
            spec.entry(action, "accepted", now),
            self._entry(schedule, "done", now),
        ]
        lock_key = spec.lock_key_of(schedule.parameters)
        return await self._store.begin(schedule, action, lock_key, effects)

    async def _miss(self, schedule: Schedule, now: datetime) -> None:
        entry, word = self._entry(schedule, "refused", now), _owed_word(schedule, "missed", now)
        await self._store.end(schedule.id, ScheduleState.MISSED, [entry, word])

    def _entry(self, schedule: Schedule, result: Result, now: datetime) -> HistoryEntry:
        return HistoryEntry(
            at=now,
            what=HistoryEvent.SCHEDULED,
            result=result,
            administrator_id=schedule.administrator_id,
            administrator=schedule.administrator,
            company_id=schedule.company_id,
            number=schedule.msisdn.digits,
            parameters=self._told(schedule),
            reference=schedule.reference or None,
        )

    def _told(self, schedule: Schedule) -> dict[str, str]:
        spec = self._specs[schedule.kind]
        told = spec.audit_fields(schedule.parameters)
        return {**told, "what": spec.what, "at": schedule.at.kept}


class ScheduleStore(Protocol):
    """Rows of schedules."""

    async def accept(
        self,
        schedule: Schedule,
        token_hash: str,
        most: int,
        effects: Sequence[Effect],
        proof: CodeTry | None,
    ) -> tuple[Schedule, bool]:
        """Use the offer of that token up, keep the schedule with a reference, write the effects.

        With `proof` that code is compared and used up first, in the same transaction. What another
        press has kept is given back with False. Entries among `effects` get the reference. Raises
        `ConfirmExpired` for an offer that is none any more, `TooManySchedules` where the company
        has `most`, and as `CodeUse.check`.
        """

    async def by_token(self, token_hash: str) -> Schedule | None:
        """The schedule that was made of the offer with that token."""

    async def read(self, schedule_id: str) -> Schedule | None:
        """The schedule with that id."""

    async def open(self, company_id: str) -> Sequence[Schedule]:
        """The open ones of a company, the next first."""

    async def all_open(self) -> Sequence[Schedule]:
        """The open ones of all."""

    async def due(self, now: datetime, limit: int) -> Sequence[Schedule]:
        """The open ones that are due, the longest due first."""

    async def derive(self, schedule_id: str, due: datetime) -> None:
        """It is due then."""

    async def begin(
        self, schedule: Schedule, action: Action, lock_key: str, effects: Sequence[Effect]
    ) -> bool:
        """Write the accepted change and that the schedule has begun, and the effects; all or none.

        False where it is scheduled no more, or another change of the lock key is open. Entries that
        have no reference get the change's.
        """

    async def end(self, schedule_id: str, state: ScheduleState, effects: Sequence[Effect]) -> bool:
        """End an open one and write the effects; False, and nothing, where it is not open."""

    async def keep(self, schedule_id: str, now: datetime, effects: Sequence[Effect]) -> bool:
        """Make a suspended one that is not due yet scheduled again; else False."""


def _owed_word(schedule: Schedule, which: str, now: datetime) -> OutboxMessage:
    return OutboxMessage(
        channel=Channel.TELEGRAM,
        to=str(schedule.telegram_id),
        kind=f"schedule.{which}",
        expires_at=now + WORD_LIFE,
        parameters={"schedule": schedule.id},
        key=f"schedule:{schedule.id}:{which}",
    )
