"""The life of a confirmed change: offered → accepted → sent → done | rejected | unknown.

What takes over an administrator's login number is proposed first, and accepted when a second one
has approved it (`account.changes.approvals`). What is done by the press itself is used up: offered
→ done.

Every change passes here, whatever its chapter. What must never happen: a confirmed change that is
forgotten, one that takes effect twice, one whose outcome is told wrongly. So

* the confirm button carries a random token; the row that knows its hash binds it to one person,
  session, company, number, kind and parameters, and only the first press wins (G-6, G-7);
* where a one-time code is asked for, the right one is that press: it is compared, used up and
  accepts the change in one transaction, so that no code is used without its change, nor a change
  made without its code;
* "sent" is committed before the operator is called, so that a crash between leaves a trace;
* an unknown outcome is looked up by our reference and by the state of the number, and is sent
  again only when the operator can no longer be working on it and knows nothing of it (G-10);
* the final word is owed in the same transaction that settles the change.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from account.changes.action import (
    APPROVAL_LIFE,
    Action,
    ActionKind,
    ActionState,
    ChangeRequest,
    token_hash,
)
from account.changes.freezes import Freezes
from account.changes.parameters import NOTHING, ChangeParameters
from account.changes.ports import ActionStore
from account.changes.sensitive_numbers import SensitiveNumbers
from account.changes.spec import ChangeSpec
from account.credentials.one_time_codes import CodeTry
from account.effects.effect import Effect
from account.effects.history import Result
from account.errors import ChangeUnderWay, ConfirmExpired, NumberNotFound, StepUpRequired
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Msisdn


@dataclass(frozen=True, slots=True)
class Offer:
    """A summary that waits for its confirmation. `token` exists here and on the button only."""

    action: Action
    token: str


A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class PollingPolicy:
    """How long to wait for the operator.

    A call leaves within `dispatch_within` of "sent" or not at all, and is over `call_timeout`
    later; `longest_processing` after that an order that cannot be found was never taken.
    `first_check` and `slowest_check` bound how often an open change is looked at; `sends` bounds
    how often one change is handed to the operator at all.
    """

    longest_processing: timedelta = timedelta(seconds=60)
    dispatch_within: timedelta = timedelta(seconds=2)
    call_timeout: timedelta = timedelta(seconds=8)
    first_check: timedelta = timedelta(milliseconds=300)
    first_check_in_set: timedelta = timedelta(milliseconds=600)
    """Nobody looks on a single number of many: it is asked after less often."""
    slowest_check: timedelta = timedelta(seconds=15)
    sends: int = 3
    say_after: int = 2
    """After so many looks in vain the person is told that the operator is slow."""
    say_taken_after: timedelta = timedelta(seconds=30)
    """After "sent": that the operator has taken it and not carried it out yet."""
    say_held_after: timedelta = timedelta(seconds=5)
    """After "sent": that somebody at the operator has to let it go on."""

    @property
    def proof_of_absence(self) -> timedelta:
        """How long after "sent" an order that cannot be found was never taken (G-10)."""
        return self.dispatch_within + self.call_timeout + self.longest_processing

    def next_check(
        self,
        checks: int,
        now: datetime,
        promise: timedelta = timedelta(0),
        *,
        of_set: bool = False,
    ) -> datetime:
        """When to look again after `checks` looks in vain.

        An order that may take as long as `promise` is looked at less and less often, down to a
        hundred times in all: every five minutes where eight hours are promised.
        """
        slowest = max(self.slowest_check, promise / 100)
        first = self.first_check_in_set if of_set else self.first_check
        due = now + min(first * (1 << min(checks, 16)), slowest)
        # By the whole second: many numbers of a set are looked at together.
        return due.replace(microsecond=0) + A_SECOND if of_set else due


class ChangeConfirmation:
    """Offers and confirmations. What becomes of a confirmed change: `account.changes.execution`."""

    def __init__(
        self,
        store: ActionStore,
        clock: Clock,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
        sensitive_numbers: SensitiveNumbers,
        freezes: Freezes,
    ) -> None:
        self._store = store
        self._clock = clock
        self._specs = specs
        self._sensitive_numbers = sensitive_numbers
        self.freezes = freezes

    def spec(self, kind: ActionKind) -> ChangeSpec[Any, Any]:
        """The rules of a kind."""
        return self._specs[kind]

    async def offer(
        self,
        actor: Actor,
        kind: ActionKind,
        msisdn: Msisdn,
        parameters: ChangeParameters = NOTHING,
    ) -> Offer:
        """Check the change and keep an offer of it; earlier offers of the same chat are void.

        Raises the refusals of `require`, `ChangeRefused`, `AccountFrozen`, `CarrierUnavailable`,
        `NobodyToApprove` where a second administrator is needed and there is none, and
        `ChangeUnderWay` while another change of the lock key is open on the number.
        """
        spec = self._specs[kind]
        company = require(actor, spec.right)
        await self.freezes.check(actor)
        if spec.own and msisdn != actor.phone:
            raise NumberNotFound
        if parameters is NOTHING:
            parameters = spec.parameters()
        elif type(parameters) is not spec.parameters:
            raise TypeError(f"{kind} is asked for with {spec.parameters.__name__}")
        subject = await spec.read(ChangeRequest(company.id, msisdn, parameters))
        require(actor, spec.right, spec.number(subject))
        spec.check(subject, parameters)
        if await self._sensitive_numbers.needs_second(kind, msisdn):
            await self._sensitive_numbers.approvers(
                company.id, actor.administrator_id, actor.telegram_id
            )
        lock_key = spec.lock_key_of(parameters)
        open_one = await self._store.open_on(company.id, msisdn, lock_key)
        if open_one is not None:
            raise ChangeUnderWay(open_one.reference)
        parameters = spec.with_facts(subject, parameters)
        token = secrets.token_urlsafe(16)
        action = Action(
            id=self._store.new_id(),
            kind=kind,
            company_id=company.id,
            msisdn=msisdn,
            telegram_id=actor.telegram_id,
            session_id=actor.session_id,
            administrator_id=actor.administrator_id,
            administrator=actor.name,
            shown=spec.fingerprint(subject, parameters),
            offered_at=self._clock.now(),
            parameters=parameters,
        )
        await self._store.offer(action, token_hash(token), lock_key)
        return Offer(action=action, token=token)

    async def find(self, actor: Actor, token: str) -> Action:
        """The change a button stands for, if it is this person's in this session and company.

        Raises `ConfirmExpired` when there is none: forged, foreign, or of an ended session.
        """
        action = await self._store.by_token(token_hash(token))
        if (
            action is None
            or action.telegram_id != actor.telegram_id
            or action.administrator_id != actor.administrator_id
            or action.company_id != actor.company_id
        ):
            raise ConfirmExpired
        return action

    async def read(self, actor: Actor, action_id: str) -> Action:
        """A change of the actor's company by its id. Raises `ConfirmExpired` when there is none."""
        action = await self._store.read(action_id)
        if action is None or action.company_id != actor.company.id:
            raise ConfirmExpired
        return action

    async def confirm(
        self, actor: Actor, token: str, proof: CodeTry | None = None
    ) -> tuple[Action, bool]:
        """Accept the change; (action, True) for the first press, (present state, False) after it.

        It is proposed instead where a second administrator has to approve. What takes over a number
        is announced to the company's other administrators in the same transaction. `proof` is the
        code that was typed for this very change (`account.access.step_up`).

        Raises `ConfirmExpired`, `StepUpRequired`, `ChangeUnderWay`, `NobodyToApprove`,
        `CarrierUnavailable`, the refusals of `require`, and for a `proof` those of `CodeUse.check`.
        Nothing has changed when it raises, but for the count of wrong codes.
        """
        action = await self.find(actor, token)
        spec = self._specs[action.kind]
        company = require(actor, spec.right)
        if action.state is not ActionState.OFFERED:
            if action.state is ActionState.VOID:
                raise ConfirmExpired
            return action, False
        if spec.at_once:
            # Its press is `use_up`: accepted here, it would wait for a worker for ever.
            raise ConfirmExpired
        now = self._clock.now()
        if proof is not None:
            # What is written rests on it: unless it turns out right, none of it becomes true.
            action = replace(action, stepped_up_at=now)
        self._check_fresh(actor, action, now)
        await self.freezes.check(actor)
        result: Result = "accepted"
        until: datetime | None = None
        effects: list[Effect] = []
        if await self._sensitive_numbers.needs_second(action.kind, action.msisdn):
            result, until = "proposed", now + APPROVAL_LIFE
            effects += await self._sensitive_numbers.proposing(action, company, until)
        elif spec.takes_over:
            effects += await self._sensitive_numbers.announcing(action, company, now)
        if spec.takes_over:
            effects += await self._sensitive_numbers.warnings.before(action, actor.phone, now)
        return await self._store.accept(
            token_hash(token),
            session_id=actor.session_id,
            company_id=company.id,
            now=now,
            effects=[
                *spec.on_accepted(action, now),
                spec.entry(action, result, now),
                *effects,
            ],
            until=until,
            proof=proof,
        )

    async def offered(self, actor: Actor, token: str, proof: CodeTry | None = None) -> Action:
        """An offer that may be confirmed now, fresh and proven, or with `proof` it may be.

        Raises `ConfirmExpired`, `StepUpRequired`, `AccountFrozen` and the refusals of `require`.
        """
        return await self._open(actor, token, proof, at_once=False)

    async def usable(self, actor: Actor, token: str, proof: CodeTry | None = None) -> Action:
        """An offer of what is done by the press itself (`at_once`), fresh and proven.

        With `proof` it may be: `use_up` tells. Raises as `offered`.
        """
        return await self._open(actor, token, proof, at_once=True)

    async def _open(
        self, actor: Actor, token: str, proof: CodeTry | None, *, at_once: bool
    ) -> Action:
        action = await self.find(actor, token)
        spec = self._specs[action.kind]
        require(actor, spec.right)
        if spec.at_once is not at_once or action.state is not ActionState.OFFERED:
            raise ConfirmExpired
        now = self._clock.now()
        proven = action if proof is None else replace(action, stepped_up_at=now)
        self._check_fresh(actor, proven, now)
        await self.freezes.check(actor)
        return action

    async def use_up(self, actor: Actor, token: str, proof: CodeTry | None = None) -> Action:
        """Use such an offer up, exactly once, and write its trace.

        Raises as `usable`, and for a `proof` as `CodeUse.check`.
        """
        action = await self.usable(actor, token, proof)
        now = self._clock.now()
        done = self._specs[action.kind].entry(action, "done", now)
        if not await self._store.use_up(action.id, now, [done], proof):
            raise ConfirmExpired
        return action

    def _check_fresh(self, actor: Actor, action: Action, now: datetime) -> None:
        """Refuse an offer that is too old, of another session, or not proven (G-6, G-8)."""
        if now >= action.expires_at or action.session_id != actor.session_id:
            raise ConfirmExpired
        spec = self._specs[action.kind]
        if spec.needs_code(action.parameters) and not action.proven(now):
            raise StepUpRequired
        if spec.identifies and not action.identified(now):
            raise StepUpRequired

    async def cancel(self, actor: Actor, token: str) -> None:
        """Void an offer; one that was accepted already stays as it is."""
        action = await self.find(actor, token)
        await self._store.void(action.id)
