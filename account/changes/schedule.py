"""One change of one number that was confirmed for later, and where schedules are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol, Self

from account.changes.action import Action, ActionKind
from account.changes.parameters import ChangeParameters
from account.credentials.one_time_codes import CodeTry
from account.effects.effect import Effect
from account.values.identifiers import Msisdn
from account.values.repeats import Repeat
from account.values.wall_times import WallTime

LATEST_RUNS = 3
"""How many of the changes it became are remembered."""


class ScheduleState(StrEnum):
    """Where a schedule stands. Values are persisted.

    One that repeats has a state of its own, which a program that knows no repeats leaves alone.
    """

    SCHEDULED = "scheduled"
    REPEATING = "repeating"
    SUSPENDED = "suspended"
    """Waits for its person to keep it, after a new password and the like."""
    BEGUN = "begun"
    """Also: all dates of one that repeats are over."""
    CANCELLED = "cancelled"
    MISSED = "missed"
    OVERTAKEN = "overtaken"
    """A later one of the same lock key was due as well before it could begin."""
    STOPPED = "stopped"
    """The operator, or a rule, has refused its last three dates."""
    ABANDONED = "abandoned"
    """Cancelled, for its person may not do this any more; somebody else may adopt it."""


WAITING = frozenset({ScheduleState.SCHEDULED, ScheduleState.REPEATING})
OPEN = WAITING | {ScheduleState.SUSPENDED}
ENDABLE = OPEN | {ScheduleState.ABANDONED}


@dataclass(frozen=True, slots=True)
class Schedule:
    """One of them. `reference` (`P-20261129-0003`) is what people read; times are aware, UTC.

    `shown` is the fingerprint of the number that the confirmed summary was made from. `at` is its
    next date, `due` the moment of that by the zone's rules as they were known when it was written.
    `skipped` are dates to come that are passed over, `latest` the changes of its last dates.
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
    repeat: Repeat | None = None
    skipped: frozenset[WallTime] = frozenset()
    latest: tuple[str, ...] = ()
    pair_id: str | None = None
    """The other one, where a change and what takes it back were confirmed in one go."""

    @property
    def open(self) -> bool:
        """Whether it may yet begin."""
        return self.state in OPEN

    @property
    def waiting(self) -> ScheduleState:
        """The state in which it waits for its next date."""
        return ScheduleState.SCHEDULED if self.repeat is None else ScheduleState.REPEATING

    def dates(self) -> Iterator[WallTime]:
        """Its dates from the next one on, skipped ones left out."""
        at: WallTime | None = self.at
        while at is not None:
            if at not in self.skipped:
                yield at
            at = None if self.repeat is None else self.repeat.after(at)

    def moved_past(self, at: WallTime, otherwise: ScheduleState) -> Self:
        """Itself with the date after that one as the next, or in that state after the last one."""
        to = next((one for one in self.dates() if one > at), None)
        if to is None:
            return replace(self, state=otherwise)
        left = frozenset(one for one in self.skipped if one > to)
        return replace(self, at=to, due=to.moment, skipped=left)


class ScheduleStore(Protocol):
    """Rows of schedules. What cannot be read any more is left out, and that is logged."""

    async def accept(
        self,
        planned: Sequence[tuple[Schedule, Sequence[Effect]]],
        token_hash: str,
        most: int,
        proof: CodeTry | None,
    ) -> tuple[Schedule, bool]:
        """Use the offer of that token up, keep the schedules with references, write their effects.

        With `proof` that code is compared and used up first, in the same transaction. The first one
        is given back; what another press has kept, with False. Entries among the effects get the
        reference of their schedule. Raises
        `ConfirmExpired` for an offer that is none any more, `TooManySchedules` where the company
        has `most`, and as `CodeUse.check`.
        """

    async def by_token(self, token_hash: str) -> Schedule | None:
        """The schedule that was made of the offer with that token."""

    async def read(self, schedule_id: str) -> Schedule | None:
        """The schedule with that id."""

    async def open(self, company_id: str) -> Sequence[Schedule]:
        """The open ones of a company, the next first."""

    async def abandoned(self, company_id: str, now: datetime) -> Sequence[Schedule]:
        """The company's abandoned ones that have a date to come, the next first."""

    async def all_open(self) -> Sequence[Schedule]:
        """The open ones of all."""

    async def due(self, now: datetime, limit: int) -> Sequence[Schedule]:
        """The open ones that are due, the longest due first."""

    async def due_beside(self, schedule: Schedule, now: datetime) -> Sequence[Schedule]:
        """The other ones of its number that wait and are due."""

    async def has_begun(self, action_id: str) -> bool:
        """Whether that change is what a schedule became, at its latest date if it repeats."""

    async def refused(self, action_ids: Sequence[str]) -> int:
        """How many of those changes were refused."""

    async def derive(self, schedule_id: str, due: datetime) -> None:
        """It is due then."""

    async def begin(
        self,
        schedule: Schedule,
        begun: Schedule,
        action: Action,
        lock_key: str,
        effects: Sequence[Effect],
    ) -> bool:
        """Write the accepted change and the schedule as it is then, and the effects; all or none.

        False where the row is not as `schedule` any more (`move`), or another change of the lock
        key is open. Entries that have no reference get the change's.
        """

    async def move(self, schedule: Schedule, to: Schedule, effects: Sequence[Effect]) -> bool:
        """Have the row be as `to`, and write the effects: state, next date, skipped ones.

        False, and nothing, where state, dates, their last day or skipped ones are not as in
        `schedule`.
        """

    async def reconfirm(
        self,
        moves: Sequence[tuple[Schedule, Schedule, Sequence[Effect]]],
        now: datetime,
        most: int,
        proof: CodeTry | None,
    ) -> None:
        """Have each row that is as the first be as the second, and write the effects; all or none.

        With `proof` that code is compared and used up first, in the same transaction. Raises
        `ScheduleNotOpen` where one of the rows is not so any more, `TooManySchedules` where the
        company has `most` besides what was abandoned, and as `CodeUse.check`.
        """

    async def end(self, schedule_id: str, state: ScheduleState, effects: Sequence[Effect]) -> bool:
        """End an open or abandoned one and write the effects; False, and nothing, for any other."""
