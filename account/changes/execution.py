"""What becomes of a confirmed change: the worker's side of its life.

accepted → sent → done | rejected, with unknown in between while nobody can tell (G-9, G-10), and
unconfirmed where an order that cannot be found proves nothing: money, and one more of a service.

What decides about a call is looked at right before the call (`DispatchGuard`), and how long ago
something was is told by `ElapsedTime`, never by a wall clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from account.changes.action import Action, ActionKind, ActionState, Order, OrderState
from account.changes.confirmation import PollingPolicy
from account.changes.endings import ending, owed_words
from account.changes.freezes import Freezes
from account.changes.holds import AT_LEAST, LOOK_AGAIN, ON_HOLD, HoldStore
from account.changes.parameters import ChangeParameters
from account.changes.ports import (
    ActionStore,
    ChangeExecutor,
    DispatchGuard,
    Halt,
    NoSets,
    SetHalts,
)
from account.changes.sensitive_numbers import ANNOUNCED_WITHIN, APPROVAL_EXPIRED
from account.changes.spec import ChangeSpec
from account.changes.waits import WORDS, WaitReason, wait_for
from account.effects.effect import Effect, OutboxMessage
from account.errors import (
    AccessRefused,
    AccountFrozen,
    CarrierNotReached,
    CarrierRefused,
    CarrierUnavailable,
    CarrierWithheld,
    ConfirmStale,
    MyAccountError,
    NumberInDebt,
    NumberNotFound,
    OutcomeUnknown,
)
from account.identity.companies_of_late import CompaniesOfLate
from account.identity.directory import Directory
from account.identity.permissions import check_granted
from account.values.clock import Clock, ElapsedTime
from account.values.durations import boottime

NO_PROMISE = timedelta(0)


AN_HOUR = timedelta(hours=1)
LOOKS_AT_UNCONFIRMED = (timedelta(minutes=10), AN_HOUR, timedelta(hours=6))
"""After "sent"; then a day after it, with an alarm, and daily until a person has settled it."""
A_DAY = timedelta(hours=24)
NOT_NOW = timedelta(minutes=1)
"""When an operator that did not answer is asked again about what is unconfirmed."""


SET_STOPPED = "SET.STOPPED"


class ChangeExecution:
    """Takes confirmed changes to their end, and owes their people the truth.

    `undecided` is told of an unconfirmed change that only a person can settle by now.
    """

    def __init__(
        self,
        directory: Directory,
        operator: ChangeExecutor,
        store: ActionStore,
        clock: Clock,
        elapsed: ElapsedTime,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
        polling_policy: PollingPolicy,
        holds: HoldStore,
        freezes: Freezes,
        *,
        boottime: Callable[[], float] = boottime,
        undecided: Callable[[Action], None] = lambda _action: None,
        sets: SetHalts | None = None,
    ) -> None:
        self._directory = directory
        self._operator = operator
        self._store = store
        self._clock = clock
        self._elapsed = elapsed
        self._specs = specs
        self._polling_policy = polling_policy
        self._freezes = freezes
        self._boottime = boottime
        self._undecided = undecided
        self._holds_placed = holds
        self._sets = sets or NoSets()
        self.of_late = CompaniesOfLate(directory, boottime)
        """The rights that the numbers of sets rest on."""

    async def advance(self, action: Action) -> None:
        """Take one claimed change as far as it goes now, and write where it stands.

        Faults of the operator are part of the life of a change and do not come out of here.
        """
        try:
            match action.state:
                case ActionState.PROPOSED:
                    await self._end_proposal(action)
                case ActionState.ACCEPTED:
                    await self._send(action)
                case ActionState.UNCONFIRMED:
                    await self._look_at_unconfirmed(action)
                case _:
                    await self._look(action)
        except CarrierUnavailable as fault:
            if action.state in (ActionState.PROPOSED, ActionState.UNCONFIRMED):
                await self._look_not_now(action)
                return
            unsent = action.state is ActionState.ACCEPTED
            state = ActionState.ACCEPTED if unsent else ActionState.UNKNOWN
            await self._wait(action, state, fault=fault)

    async def _end_proposal(self, action: Action) -> None:
        """Its day is over, or it is stopped; then the questions lose their buttons at once."""
        if not await self._freezes.stops(action):
            await self._end_unsent(action, APPROVAL_EXPIRED)
            return
        closing: Sequence[Effect] = ()
        with suppress(CarrierUnavailable):
            closing = await self._freezes.closing(action, self._clock.now())
        await self._end_unsent(action, AccountFrozen.code, also=closing)

    async def _send(self, action: Action) -> None:
        """Re-read and re-check (G-9), commit that it is being sent, and send it.

        From that commit on the operator may know of the change.
        """
        settled = await self._ready(action)
        if settled is None:
            return
        began = self._boottime()
        sent = await self._store.mark_sent(action, self._clock.now())
        if sent is None:
            return
        try:
            await self._place(replace(sent, parameters=settled), self._guard(sent, began))
        except CarrierUnavailable as fault:
            await self._wait(sent, ActionState.UNKNOWN, fault=fault)

    def _guard(self, action: Action, began: float) -> DispatchGuard:
        """A process that slept, or lost its claim, orders nothing: others may have told the end.

        Nor does one whose person has said “It was not me” in between.
        """
        latest = began + self._polling_policy.dispatch_within.total_seconds()

        async def check() -> None:
            held = await self._store.holds(action)
            stopped = await self._freezes.stops(action)
            # The time last: reading the claim may have taken some.
            if not held or stopped or self._boottime() > latest:
                raise CarrierWithheld("too late to be sent")

        return check

    async def _ready(self, action: Action) -> ChangeParameters | None:
        """What is to be sent now; None when it was settled, followed or put off instead."""
        spec = self._specs[action.kind]
        now = self._clock.now()
        if await self._halted(action, now):
            return None
        over = await self._over(action.accepted_at or now, spec.keep_for)
        on_hold = await self._holds_placed.cover(action.kind, action.company_id)
        if on_hold and not over:
            left = spec.keep_for - (now - (action.accepted_at or now))
            again = now + max(AT_LEAST, min(LOOK_AGAIN, left))
            await self._store.postpone(action, again, self._words(action, "held"))
            return None
        if over:
            await self._end_unsent(action, ON_HOLD if on_hold else CarrierUnavailable.code)
            return None
        try:
            subject = await spec.read_again(action.plan)
            # Once before it is sent, and not while the operator does not answer anyway.
            asked = self._directory if action.set_reference is None else self.of_late
            companies = await asked.companies(action.administrator_id)
            check_granted(companies, spec.right, action.company_id)
        except (NumberNotFound, AccessRefused) as refused:
            await self._end_unsent(action, refused.code)
            return None
        if await self._sent_before(action):
            return None
        if spec.is_applied(subject, action.parameters):
            await self._settle(action, ActionState.DONE, None)
        elif (refusal := _refusal(spec, action, subject)) is not None:
            await self._settle(action, ActionState.REJECTED, refusal)
        elif await self._freezes.stops(action):
            await self._settle(action, ActionState.REJECTED, AccountFrozen.code)
        elif await self._announcing(spec, action):
            await self._store.postpone(action, now + self._polling_policy.first_check)
        else:
            settled: ChangeParameters = spec.settle(subject, action.parameters)
            return settled
        return None

    async def _halted(self, action: Action, now: datetime) -> bool:
        """Whether its set is paused, or was stopped; then it has come to its end with it."""
        reference = action.set_reference
        halt = None if reference is None else await self._sets.halt(reference)
        if halt is Halt.STOPPED:
            await self._end_unsent(action, SET_STOPPED)
        elif halt is Halt.PAUSED:
            await self._store.postpone(action, now + LOOK_AGAIN)
        return halt is not None

    async def _end_unsent(self, action: Action, code: str, *, also: Sequence[Effect] = ()) -> None:
        """End what this database has never sent, unless it was sent in the time that is lost."""
        if not (action.restored and await self._sent_before(action)):
            await self._settle(action, ActionState.REJECTED, code, also=also)

    async def _sent_before(self, action: Action) -> bool:
        """Whether an order of it is there already, or may yet turn up: then that one is followed.

        Asked only where somebody may have sent it: it was claimed before, or a backup of the
        database was put back after it was accepted.
        """
        if not (action.restored or action.fence > 1):
            return False
        order = await self._office(action).order(action)
        if order is not None:
            await self._follow(action, order)
            return True
        if not action.restored or await self._is_absent(action):
            return False
        await self._store.postpone(action, self._next(action))
        return True

    async def _is_absent(self, action: Action) -> bool:
        """Whether an order that cannot be found was never taken."""
        moments = (action.sent_at or action.accepted_at, action.restored_at)
        begun = max(filter(None, moments), default=self._clock.now())
        return await self._over(begun, self._polling_policy.proof_of_absence)

    async def _over(self, begun: datetime, time: timedelta) -> bool:
        """Whether that much time has surely passed; mostly a look at the clock says no."""
        return self._clock.now() - begun >= time and await self._elapsed.since(begun) >= time

    async def _announcing(self, spec: ChangeSpec[Any, Any], action: Action) -> bool:
        """Whether others are still to be told first; not for ever: the post may be down."""
        if not spec.takes_over or not await self._store.announcing(action.id):
            return False
        return not await self._over(action.accepted_at or self._clock.now(), ANNOUNCED_WITHIN)

    async def _place(self, action: Action, guard: DispatchGuard) -> None:
        try:
            order = await self._office(action).place(action, guard)
        except CarrierNotReached as fault:
            await self._store.unsend(action, self._next(action), counts=False)
            await self._wait(action, ActionState.ACCEPTED, fault=fault)
        except OutcomeUnknown:
            await self._wait(action, ActionState.UNKNOWN)
        except CarrierRefused as refused:
            if action.attempts > 1:
                # A refusal of a second try proves nothing about the first one.
                await self._wait(action, ActionState.UNKNOWN)
            else:
                await self._settle(action, ActionState.REJECTED, refused.reason_code)
        else:
            await self._follow(action, order)

    async def _look(self, action: Action) -> None:
        """Find out what became of a change that was sent."""
        order = await self._office(action).order(action)
        if order is not None:
            await self._follow(action, order)
            return
        if not await self._is_absent(action):
            await self._wait(action, ActionState.UNKNOWN)
            return
        spec = self._specs[action.kind]
        holds = await self._holds(action)
        if holds:
            await self._settle(action, ActionState.DONE, None)
        elif holds is None and spec.executor is None:
            await self._leave_unconfirmed(action)
        elif spec.sends_again and action.attempts < self._polling_policy.sends:
            await self._store.unsend(action, self._clock.now(), counts=True)
        else:
            await self._settle(action, ActionState.REJECTED, CarrierUnavailable.code)

    async def _leave_unconfirmed(self, action: Action) -> None:
        """Say what is known, free the lock key, and go on looking; what was counted stays
        counted.
        """
        now = self._clock.now()
        entry = self._specs[action.kind].entry(action, "unknown", now)
        due = _next_look(action, now)
        effects: list[Effect] = [entry, *self._words(action, "unconfirmed")]
        await self._store.park(action, ActionState.UNCONFIRMED, due, None, effects)

    async def _look_at_unconfirmed(self, action: Action) -> None:
        """Look once more; what is found is told, and what is not found is not told as undone."""
        order = await self._office(action).order(action)
        if order is not None and order.state is not OrderState.UNDER_WAY:
            await self._follow(action, order)
            return
        now = self._clock.now()
        due = _next_look(action, now)
        if now - (action.sent_at or now) >= A_DAY:
            self._undecided(action)
        elif order is not None:
            due = min(due, self._next(action))
        await self._store.park(action, action.state, due, None if order is None else order.id)

    async def _look_not_now(self, action: Action) -> None:
        """The operator did not answer; who has waited a day for it may be settled by a person."""
        now, pause = self._clock.now(), NOT_NOW
        if action.state is ActionState.UNCONFIRMED and now - (action.sent_at or now) >= A_DAY:
            self._undecided(action)
            pause = AN_HOUR
        await self._store.park(action, action.state, now + pause)

    async def _follow(self, action: Action, order: Order) -> None:
        if order.state is OrderState.UNDER_WAY:
            await self._wait(action, ActionState.SENT, order)
            return
        if order.state is OrderState.FAILED:
            reason = order.reason_code or "UPSTREAM.REFUSED"
            await self._settle(action, ActionState.REJECTED, reason, order.id)
            return
        if await self._holds(action) is not False:
            await self._settle(action, ActionState.DONE, None, order.id, order.receipt)
        elif not await self._is_absent(action):
            await self._wait(action, ActionState.UNKNOWN, order)
        else:
            # Carried out, and changed again by somebody since: the final word names the state.
            await self._settle(action, ActionState.DONE, ConfirmStale.code, order.id)

    async def _wait(
        self,
        action: Action,
        state: ActionState,
        order: Order | None = None,
        *,
        fault: CarrierUnavailable | None = None,
    ) -> None:
        """Look again later; say once why it takes long, and whether anything else is needed.

        The word is owed at every look from there on: its key lets it be kept only once. That the
        operator does not answer is said where it does not; of an order that it has taken, that; and
        of what has not gone out, what it waits for.
        """
        promise = self._specs[action.kind].promise
        wait = None if fault is None else wait_for(fault)
        now = self._clock.now()
        promised = (action.accepted_at or now) + promise
        as_promised = state is ActionState.SENT and bool(promise)
        effects: Sequence[Effect] = ()
        say_at: datetime | None = None
        if promise and now >= promised:
            effects = self._words(action, "overdue")
        elif state is ActionState.SENT:
            held = order is not None and order.held
            say_at = self._say_at(action, held=held, as_promised=as_promised)
            if say_at is not None and now >= say_at:
                effects = self._words(action, "order_held" if held else "taken")
        elif action.checks >= self._polling_policy.say_after:
            effects = self._words(action, WORDS[wait.reason if wait else WaitReason.NO_ANSWER])
        due = self._polling_policy.next_check(
            action.checks,
            now,
            promise if as_promised else NO_PROMISE,
            of_set=action.set_reference is not None,
        )
        for moment in filter(None, (promised, say_at)):
            if now < moment < due:
                due = moment
        if action.sent_at is not None:
            # The look that can decide comes when it can.
            proven = action.sent_at + self._polling_policy.proof_of_absence
            if now < proven < due:
                due = proven
        order_id = None if order is None else order.id
        await self._store.park(action, state, due, order_id, effects, wait=wait)

    def _say_at(self, action: Action, *, held: bool, as_promised: bool) -> datetime | None:
        """When something is said of an order that is open; of one within its promise nothing is."""
        if action.sent_at is None or (as_promised and not held):
            return None
        policy = self._polling_policy
        return action.sent_at + (policy.say_held_after if held else policy.say_taken_after)

    async def _holds(self, action: Action) -> bool | None:
        """The truth of the state, None where the state cannot tell."""
        spec = self._specs[action.kind]
        if not spec.state_tells:
            return None
        try:
            subject = await spec.read_again(action.plan)
        except NumberNotFound:
            return False
        return spec.is_applied(subject, action.parameters)

    def _office(self, action: Action) -> ChangeExecutor:
        return self._specs[action.kind].executor or self._operator

    def _next(self, action: Action) -> datetime:
        of_set = action.set_reference is not None
        return self._polling_policy.next_check(action.checks, self._clock.now(), of_set=of_set)

    async def _settle(
        self,
        action: Action,
        state: ActionState,
        reason_code: str | None,
        order_id: str | None = None,
        receipt: Mapping[str, str] | None = None,
        *,
        also: Sequence[Effect] = (),
    ) -> None:
        now = self._clock.now()
        spec = self._specs[action.kind]
        effects = [*ending(action, spec, state, reason_code, now, receipt), *also]
        await self._store.settle(action, state, reason_code, order_id, now, effects)

    def _words(self, action: Action, which: str) -> Sequence[OutboxMessage]:
        return owed_words(action, which, self._clock.now())


def _next_look(action: Action, now: datetime) -> datetime:
    """When what is unconfirmed is looked at next."""
    sent = action.sent_at or now
    looks = (sent + after for after in (*LOOKS_AT_UNCONFIRMED, A_DAY))
    return next((look for look in looks if look > now), now + A_DAY)


def _refusal(spec: ChangeSpec[Any, Any], action: Action, subject: Any) -> str | None:
    refusal = None
    try:
        spec.check(subject, action.parameters)
    except MyAccountError as refused:
        refusal = refused.code
        if isinstance(refused, NumberInDebt) and action.set_reference is None:
            # Told as what it is: a debt can be paid. Of a set the look before it is what counts.
            return refusal
    stale = spec.fingerprint(subject, action.parameters) != action.shown
    return ConfirmStale.code if stale else refusal
