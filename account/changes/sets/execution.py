"""What becomes of a confirmed set: its numbers are begun in order, a few at a time.

The set only starts changes; each is carried out as any other (`account.changes.execution`), and a
change that was begun is never begun again: its row is written together with the number's place. So
whoever takes a set over after a crash goes on with the numbers that have no change yet.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from account.changes.action import Action, ActionKind, ActionState
from account.changes.colleague_notices import of_set
from account.changes.execution import SET_STOPPED, ChangeExecution
from account.changes.freezes import Freezes
from account.changes.sensitive_numbers import APPROVAL_EXPIRED
from account.changes.sets.change_set import (
    BRAKE_OF_FIRST,
    INTERIM_AFTER,
    PAUSE_LIFE,
    ChangeSet,
    Outcome,
    SetCounts,
    SetNumber,
    SetState,
    brakes,
    paused_word,
)
from account.changes.sets.confirmation import told
from account.changes.sets.dry_run import ALL, DryRun
from account.changes.sets.ports import Begun, ChangeSetStore
from account.changes.sets.scheduling import SetScheduling
from account.changes.sets.second_opinion import WAITS_FOR, SecondOpinion
from account.changes.spec import ChangeSpec
from account.effects.effect import Channel, Effect, OutboxMessage
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import AccessRefused, CarrierUnavailable
from account.identity.directory import Directory
from account.identity.permissions import check_granted
from account.values.clock import Clock, ElapsedTime

AT_ONCE = 4
"""Numbers of one set that are begun and not yet sent."""
TURNS = 4
"""So often that many are begun, before the whole set is looked at again; each time it is asked
whether it still runs."""
OPEN_AT_MOST = 40
"""Numbers of one set whose outcome is waited for; more are not begun meanwhile."""
LEASE = timedelta(seconds=30)
SLOWLY = timedelta(seconds=5)
AT_ONCE_AGAIN, SOON, LATER = timedelta(0), timedelta(seconds=1), timedelta(seconds=10)
WORD_LIFE = timedelta(hours=24)


class SetExecution:
    """Takes sets a step further: the dry run of one, the next few numbers of another."""

    def __init__(
        self,
        directory: Directory,
        store: ChangeSetStore,
        execution: ChangeExecution,
        dry_run: DryRun,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
        freezes: Freezes,
        clock: Clock,
        elapsed: ElapsedTime,
        owner: str,
        opinion: SecondOpinion,
        scheduling: SetScheduling,
        *,
        turns: int = TURNS,
    ) -> None:
        self._directory = directory
        self._store = store
        self._execution = execution
        self._dry_run = dry_run
        self._specs = specs
        self._freezes = freezes
        self._clock = clock
        self._elapsed = elapsed
        self._owner = owner
        self._opinion = opinion
        self._scheduling = scheduling
        self._turns = turns

    async def advance(self, change_set: ChangeSet) -> None:
        """One step of a claimed set; then it is let go of until the next one is due."""
        due = SOON
        try:
            match change_set.state:
                case SetState.CHECKING:
                    await self._dry_run.make(change_set)
                case SetState.RUNNING:
                    due = await self._run(change_set)
                case SetState.PAUSED:
                    due = await self._wait(change_set)
                case SetState.PROPOSED:
                    due = await self._await_word(change_set)
                case SetState.SCHEDULED | SetState.SUSPENDED:
                    due = await self._begin_later(change_set)
                case _:
                    due = await self._finish(change_set, change_set.reason_code or SET_STOPPED)
        except CarrierUnavailable:
            due = LATER
        effects = await self._interim(change_set) if due == SLOWLY else ()
        await self._store.release(change_set, self._clock.now() + due, effects)

    async def _interim(self, change_set: ChangeSet) -> Sequence[Effect]:
        """The one word meanwhile: what has no outcome yet was sent a good while ago (B-26)."""
        now = self._clock.now()
        numbers = await self._store.numbers(change_set.id, limit=ALL)
        left = [number for number in numbers if number.outcome is Outcome.OPEN]
        if not left or any(
            number.sent_at is None or now - number.sent_at < INTERIM_AFTER for number in left
        ):
            return ()
        return [_word(change_set, "interim", now)]

    async def _run(self, change_set: ChangeSet) -> timedelta:
        counts = await self._store.counts(change_set.id)
        if not counts.of(Outcome.WAITING):
            return await self._end_when_over(change_set, counts)
        if await self._freezes.since(change_set.administrator_id) is not None:
            await self._move(change_set, SetState.PAUSED)
            return SOON
        if (lost := await self._right_lost(change_set)) is not None:
            await self._move(change_set, SetState.STOPPED)
            return await self._finish(change_set, lost)
        if counts.of(Outcome.REFUSED) >= BRAKE_OF_FIRST and await self._braked(change_set):
            return SOON
        # Nobody waits for a person's verdict on some before the others have their turn.
        room = OPEN_AT_MOST - counts.of(Outcome.OPEN) + counts.unconfirmed
        for _ in range(self._turns):
            begun = await self._begin(change_set, min(AT_ONCE, room)) if room > 0 else ()
            await asyncio.gather(*map(self._execution.advance, begun))
            # What could not be sent waits for something that more would wait for as well.
            if not begun or await self._store.unsent(begun):
                return SOON
            room -= len(begun)
        return AT_ONCE_AGAIN

    async def _braked(self, change_set: ChangeSet) -> bool:
        """Pause, and tell who confirmed it, when the operator refuses one after the other."""
        if not brakes(change_set, await self._store.numbers(change_set.id, limit=ALL)):
            return False
        now = self._clock.now()
        word = paused_word(change_set.id, change_set.telegram_id, now)
        await self._store.move(change_set.id, SetState.RUNNING, SetState.PAUSED, now, [word])
        return True

    async def _begin(self, change_set: ChangeSet, room: int) -> Sequence[Action]:
        now = self._clock.now()
        spec = self._specs[change_set.kind]
        return await self._store.begin(
            change_set,
            spec.lock_key_of(change_set.parameters),
            room,
            lambda number: self._made(change_set, number, now),
            owner=self._owner,
            now=now,
            lease=LEASE,
        )

    def _made(self, change_set: ChangeSet, number: SetNumber, now: datetime) -> Begun:
        """The change of one number, as it is when a single one was just confirmed."""
        action = Action(
            id=str(uuid.uuid4()),
            kind=change_set.kind,
            company_id=change_set.company_id,
            msisdn=number.msisdn,
            telegram_id=change_set.telegram_id,
            session_id=change_set.session_id,
            administrator_id=change_set.administrator_id,
            administrator=change_set.administrator,
            shown=number.shown,
            offered_at=change_set.offered_at or now,
            parameters=change_set.parameters,
            state=ActionState.ACCEPTED,
            accepted_at=now,
            set_reference=change_set.reference,
            fence=1,
        )
        return action, self._specs[change_set.kind].on_accepted(action, now)

    async def _right_lost(self, change_set: ChangeSet) -> str | None:
        """Why who confirmed it may not go on; None when they may."""
        companies = await self._execution.of_late.companies(change_set.administrator_id)
        try:
            check_granted(companies, self._specs[change_set.kind].right, change_set.company_id)
        except AccessRefused as refused:
            return refused.code
        return None

    async def _begin_later(self, change_set: ChangeSet) -> timedelta:
        """When its time has come: of who may not do it any more neither this date nor a later."""
        begins, now = change_set.begins, self._clock.now()
        if begins is not None and begins.moment <= now:
            lost = await self._right_lost(change_set)
            if lost is not None:
                await self._store.move(
                    change_set.id, change_set.state, SetState.STOPPED, now, (), lost
                )
                return AT_ONCE_AGAIN
        return await self._scheduling.begin_due(change_set)

    async def _wait(self, change_set: ChangeSet) -> timedelta:
        """A pause that has lasted for a day stops the rest."""
        began = change_set.halted_at or self._clock.now()
        over = self._clock.now() - began >= PAUSE_LIFE
        if over and await self._elapsed.since(began) >= PAUSE_LIFE:
            await self._store.move(
                change_set.id, SetState.PAUSED, SetState.STOPPED, self._clock.now(), ()
            )
            return AT_ONCE_AGAIN
        return LATER

    async def _await_word(self, change_set: ChangeSet) -> timedelta:
        """Nobody has approved it for a day: then nothing of it is sent."""
        proposed, now = change_set.accepted_at or self._clock.now(), self._clock.now()
        left = proposed + WAITS_FOR - now
        if left > timedelta(0) or await self._elapsed.since(proposed) < WAITS_FOR:
            return max(left, LATER)
        companies = await self._directory.companies(change_set.administrator_id)
        names = [company.name for company in companies if company.id == change_set.company_id]
        await self._store.move(
            change_set.id,
            SetState.PROPOSED,
            SetState.STOPPED,
            now,
            await self._opinion.closing(change_set, names[0] if names else "—", now),
            APPROVAL_EXPIRED,
        )
        return AT_ONCE_AGAIN

    async def _move(self, change_set: ChangeSet, to: SetState) -> None:
        await self._store.move(change_set.id, SetState.RUNNING, to, self._clock.now(), ())

    async def _finish(self, change_set: ChangeSet, why: str) -> timedelta:
        """What has not begun is not sent; what has comes to its end."""
        await self._store.forsake(change_set, why)
        return await self._end_when_over(change_set, await self._store.counts(change_set.id))

    async def _end_when_over(self, change_set: ChangeSet, counts: SetCounts) -> timedelta:
        if counts.ended < counts.size:
            begun = counts.began_at or change_set.accepted_at or self._clock.now()
            waits = counts.of(Outcome.WAITING)
            return SLOWLY if not waits and self._clock.now() - begun >= INTERIM_AFTER else SOON
        now = self._clock.now()
        await self._store.end(change_set, now, self._ending(change_set, counts, now))
        return LATER

    def _ending(self, change_set: ChangeSet, counts: SetCounts, now: datetime) -> list[Effect]:
        """The one final word, its trace, and the one notice to colleagues."""
        effects: list[Effect] = [
            _word(change_set, "final", now),
            HistoryEntry(
                at=now,
                what=HistoryEvent.SET,
                result="done" if counts.of(Outcome.DONE) else "refused",
                administrator_id=change_set.administrator_id,
                administrator=change_set.administrator,
                company_id=change_set.company_id,
                parameters=told(self._specs[change_set.kind], change_set, counts),
                reference=change_set.reference,
            ),
        ]
        done = counts.of(Outcome.DONE)
        if done and self._specs[change_set.kind].tells_colleagues:
            effects.append(of_set(change_set, done, now))
        return effects


def _word(change_set: ChangeSet, name: str, now: datetime) -> OutboxMessage:
    """A message to who confirmed the set, once."""
    return OutboxMessage(
        channel=Channel.TELEGRAM,
        to=str(change_set.telegram_id),
        kind=f"set.{name}",
        expires_at=now + WORD_LIFE,
        parameters={"set": change_set.id},
        key=f"{change_set.id}:{name}",
    )
