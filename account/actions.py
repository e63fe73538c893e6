"""The life of a confirmed change: offered → accepted → sent → done | rejected | unknown.

Every change passes here, whatever its chapter. What must never happen: a confirmed change that is
forgotten, one that takes effect twice, one whose outcome is told wrongly. So

* the confirm button carries a random token; the row that knows its hash binds it to one person,
  session, company, number, kind and parameters, and only the first press wins (G-6, G-7);
* "sent" is committed before the operator is called, so that a crash between leaves a trace;
* an unknown outcome is looked up by our reference and by the state of the number, and is sent
  again only when the operator can no longer be working on it and knows nothing of it (G-10);
* the final word is owed in the same transaction that settles the change.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from account.deeds import Channel, Deed, Owed
from account.errors import (
    CarrierNotReached,
    CarrierRefused,
    CarrierUnavailable,
    ChangeUnderWay,
    ConfirmExpired,
    ConfirmStale,
    MyAccountError,
    NumberNotFound,
    OutcomeUnknown,
    StepUpRequired,
)
from account.history import Entry, Result, What
from account.identifiers import Msisdn
from account.permissions import Actor, Right, require

if TYPE_CHECKING:
    from account.numbers import Number
    from account.ports import ActionStore, Carrier, Clock

OFFER_LIFE = timedelta(minutes=5)
STEP_UP_LIFE = timedelta(minutes=5)
FINAL_WORD_LIFE = timedelta(hours=24)


class ActionKind(StrEnum):
    """Every change there is. Values are persisted and are the `category` of the product order."""

    BLOCK = "block"
    UNBLOCK = "unblock"


class ActionState(StrEnum):
    """Where a change stands. VOID is an offer that was cancelled, or replaced by another."""

    OFFERED = "offered"
    VOID = "void"
    ACCEPTED = "accepted"
    SENT = "sent"
    UNKNOWN = "unknown"
    DONE = "done"
    REJECTED = "rejected"


OPEN = frozenset({ActionState.ACCEPTED, ActionState.SENT, ActionState.UNKNOWN})
FINAL = frozenset({ActionState.DONE, ActionState.REJECTED})


class OrderState(StrEnum):
    """The operator's side of a change, in the states that matter to us."""

    UNDER_WAY = "underWay"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Order:
    """The operator's order for one of our changes. `reason_code` tells why a failed one failed."""

    id: str
    state: OrderState
    reason_code: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One change, from the offer on. Times are aware, UTC.

    `id` is a UUID and travels as the order's `externalId`; `reference` is what people read
    (`A-20220124-0007`), given when the change is accepted. `shown` is the fingerprint of the number
    that the summary was made from. `fence` grows with every claim; a write with an old one is void.
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
    offered_at: datetime
    parameters: Mapping[str, str] = field(default_factory=dict)
    state: ActionState = ActionState.OFFERED
    reference: str | None = None
    stepped_up_at: datetime | None = None
    accepted_at: datetime | None = None
    sent_at: datetime | None = None
    settled_at: datetime | None = None
    order_id: str | None = None
    reason_code: str | None = None
    attempts: int = 0
    checks: int = 0
    fence: int = 0

    @property
    def expires_at(self) -> datetime:
        """When the offer ends (G-6)."""
        return self.offered_at + OFFER_LIFE


class Practice(Protocol):
    """How one kind of change is done; each chapter declares its own."""

    kind: ActionKind
    right: Right
    what: What
    lane: str
    """Changes of one lane exclude each other on a number: blocking and unblocking are one lane."""
    step_up: bool
    keep_for: timedelta
    """How long a confirmed change waits for an operator that does not answer, before it is given
    up unsent and the person is told that nothing changed."""

    def check(self, number: Number) -> None:
        """Refuse the change by the rules of its section. Raises `ChangeRefused`."""

    def fingerprint(self, number: Number) -> str:
        """What of the number the summary rests on; another one makes the confirmation stale."""

    def holds(self, number: Number, parameters: Mapping[str, str]) -> bool:
        """Tell whether the number already is as the change wants it: the truth of "done"."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A summary that waits for its confirmation. `token` exists here and on the button only."""

    action: Action
    token: str
    number: Number


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for the operator.

    After `longest_processing` an order that cannot be found was never taken; `first_check` and
    `slowest_check` bound how often an open change is looked at; `sends` bounds how often one change
    is handed to the operator at all.
    """

    longest_processing: timedelta = timedelta(seconds=60)
    first_check: timedelta = timedelta(milliseconds=300)
    slowest_check: timedelta = timedelta(seconds=15)
    sends: int = 3
    say_after: int = 2
    """After so many looks in vain the person is told that the operator is slow."""

    def next_check(self, checks: int, now: datetime) -> datetime:
        """When to look again after `checks` looks in vain."""
        return now + min(self.first_check * (1 << min(checks, 16)), self.slowest_check)


def token_hash(token: str) -> str:
    """What the store keeps of a confirmation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Actions:
    """Offers, confirmations, and the worker's side of every change."""

    def __init__(
        self,
        carrier: Carrier,
        store: ActionStore,
        clock: Clock,
        practices: Mapping[ActionKind, Practice],
        patience: Patience,
    ) -> None:
        self._carrier = carrier
        self._store = store
        self._clock = clock
        self._practices = practices
        self._patience = patience

    def practice(self, kind: ActionKind) -> Practice:
        """The rules of a kind."""
        return self._practices[kind]

    # --- the person's side ---

    async def offer(
        self,
        actor: Actor,
        kind: ActionKind,
        number: Number,
        parameters: Mapping[str, str] | None = None,
    ) -> Offer:
        """Check the change and keep an offer of it; earlier offers of the same chat are void.

        Raises the refusals of `require`, `ChangeRefused`, and `ChangeUnderWay` while another change
        of the lane is open on the number.
        """
        practice = self._practices[kind]
        company = require(actor, practice.right, number)
        practice.check(number)
        open_one = await self._store.open_on(company.id, number.msisdn, practice.lane)
        if open_one is not None:
            raise ChangeUnderWay(open_one.reference)
        token = secrets.token_urlsafe(16)
        action = Action(
            id=self._store.new_id(),
            kind=kind,
            company_id=company.id,
            msisdn=number.msisdn,
            telegram_id=actor.telegram_id,
            session_id=actor.session_id,
            administrator_id=actor.administrator_id,
            administrator=actor.name,
            shown=practice.fingerprint(number),
            offered_at=self._clock.now(),
            parameters=parameters or {},
        )
        await self._store.offer(action, token_hash(token), practice.lane)
        return Offer(action=action, token=token, number=number)

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

    async def confirm(self, actor: Actor, token: str) -> tuple[Action, bool]:
        """Accept the change; (action, True) for the first press, (present state, False) after it.

        Raises `ConfirmExpired`, `StepUpRequired`, `ChangeUnderWay` and the refusals of `require`.
        Nothing has changed when it raises.
        """
        action = await self.find(actor, token)
        practice = self._practices[action.kind]
        company = require(actor, practice.right)
        if action.state is not ActionState.OFFERED:
            if action.state is ActionState.VOID:
                raise ConfirmExpired
            return action, False
        now = self._clock.now()
        if now >= action.expires_at or action.session_id != actor.session_id:
            raise ConfirmExpired
        if practice.step_up and (
            action.stepped_up_at is None or now >= action.stepped_up_at + STEP_UP_LIFE
        ):
            raise StepUpRequired
        return await self._store.accept(
            token_hash(token),
            session_id=actor.session_id,
            company_id=company.id,
            now=now,
            deeds=[self._entry(action, "accepted", now)],
        )

    async def cancel(self, actor: Actor, token: str) -> None:
        """Void an offer; one that was accepted already stays as it is."""
        action = await self.find(actor, token)
        await self._store.void(action.id)

    # --- the worker's side ---

    async def advance(self, action: Action) -> None:
        """Take one claimed change as far as it goes now, and write where it stands.

        Faults of the operator are part of the life of a change and do not come out of here.
        """
        step = self._look
        try:
            if action.state is ActionState.ACCEPTED:
                sent = await self._prepare(action)
                if sent is None:
                    return
                action, step = sent, self._place
            await step(action)
        except CarrierUnavailable:
            unsent = action.state is ActionState.ACCEPTED
            await self._wait(action, ActionState.ACCEPTED if unsent else ActionState.UNKNOWN)

    async def _prepare(self, action: Action) -> Action | None:
        """Re-read and re-check (G-9), then commit that the change is being sent; None if it is not.

        From the moment this returns an action, the operator may know of the change.
        """
        practice = self._practices[action.kind]
        now = self._clock.now()
        if now - (action.accepted_at or now) > practice.keep_for:
            await self._settle(action, ActionState.REJECTED, CarrierUnavailable.code)
            return None
        number = await self._number(action)
        if number is None:
            await self._settle(action, ActionState.REJECTED, NumberNotFound.code)
        elif practice.holds(number, action.parameters):
            await self._settle(action, ActionState.DONE, None)
        elif (refusal := self._refusal(practice, action, number)) is not None:
            await self._settle(action, ActionState.REJECTED, refusal)
        else:
            return await self._store.mark_sent(action, now)
        return None

    def _refusal(self, practice: Practice, action: Action, number: Number) -> str | None:
        if practice.fingerprint(number) != action.shown:
            return ConfirmStale.code
        try:
            practice.check(number)
        except MyAccountError as refused:
            return refused.code
        return None

    async def _place(self, action: Action) -> None:
        try:
            order = await self._carrier.place(action)
        except CarrierNotReached:
            await self._store.unsend(action, self._next(action), counts=False)
            await self._wait(action, ActionState.ACCEPTED)
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
        order = await self._carrier.order(action.id)
        if order is not None:
            await self._follow(action, order)
            return
        now = self._clock.now()
        if now - (action.sent_at or now) < self._patience.longest_processing:
            await self._wait(action, ActionState.UNKNOWN)
            return
        number = await self._number(action)
        practice = self._practices[action.kind]
        if number is not None and practice.holds(number, action.parameters):
            await self._settle(action, ActionState.DONE, None)
        elif action.attempts < self._patience.sends:
            await self._store.unsend(action, now, counts=True)
        else:
            await self._settle(action, ActionState.REJECTED, CarrierUnavailable.code)

    async def _follow(self, action: Action, order: Order) -> None:
        if order.state is OrderState.UNDER_WAY:
            await self._wait(action, ActionState.SENT, order.id)
            return
        if order.state is OrderState.FAILED:
            reason = order.reason_code or "UPSTREAM.REFUSED"
            await self._settle(action, ActionState.REJECTED, reason, order.id)
            return
        number = await self._number(action)
        practice = self._practices[action.kind]
        now = self._clock.now()
        if number is not None and practice.holds(number, action.parameters):
            await self._settle(action, ActionState.DONE, None, order.id)
        elif now - (action.sent_at or now) < self._patience.longest_processing:
            await self._wait(action, ActionState.UNKNOWN, order.id)
        else:
            # Carried out, and changed again by somebody since: the final word names the state.
            await self._settle(action, ActionState.DONE, ConfirmStale.code, order.id)

    async def _wait(self, action: Action, state: ActionState, order_id: str | None = None) -> None:
        """Look again later; say once that the operator is slow and nothing else is needed.

        The word is owed at every look from there on: its key lets it be kept only once.
        """
        slow = action.checks >= self._patience.say_after
        deeds = [self._word(action, "waiting")] if slow else []
        await self._store.park(action, state, self._next(action), order_id, deeds)

    async def _number(self, action: Action) -> Number | None:
        return await self._carrier.number(action.company_id, action.msisdn)

    def _next(self, action: Action) -> datetime:
        return self._patience.next_check(action.checks, self._clock.now())

    async def _settle(
        self,
        action: Action,
        state: ActionState,
        reason_code: str | None,
        order_id: str | None = None,
    ) -> None:
        now = self._clock.now()
        deeds: list[Deed] = [
            self._entry(action, "done" if state is ActionState.DONE else "refused", now),
            self._word(action, "final"),
        ]
        await self._store.settle(action, state, reason_code, order_id, now, deeds)

    def _word(self, action: Action, which: str) -> Owed:
        """The message about an action that is owed to its person, the only one of its kind."""
        return Owed(
            channel=Channel.TELEGRAM,
            to=str(action.telegram_id),
            kind=f"action.{which}",
            expires_at=self._clock.now() + FINAL_WORD_LIFE,
            parameters={"action": action.id},
            key=f"{action.id}:{which}",
        )

    def _entry(self, action: Action, result: Result, now: datetime) -> Entry:
        return Entry(
            at=now,
            what=self._practices[action.kind].what,
            result=result,
            administrator_id=action.administrator_id,
            administrator=action.administrator,
            company_id=action.company_id,
            number=action.msisdn.digits,
            parameters=dict(action.parameters),
            reference=action.reference,
        )
