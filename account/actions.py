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
from typing import TYPE_CHECKING, Any

from account.errors import ChangeUnderWay, ConfirmExpired, StepUpRequired
from account.history import Entry, Result
from account.identifiers import Msisdn
from account.permissions import Actor, require
from account.practices import Plan

if TYPE_CHECKING:
    from account.ports import ActionStore, Carrier, Clock
    from account.practices import Practice

OFFER_LIFE = timedelta(minutes=5)
STEP_UP_LIFE = timedelta(minutes=5)


class ActionKind(StrEnum):
    """Every change there is. Values are persisted and are the `category` of the product order."""

    BLOCK = "block"
    UNBLOCK = "unblock"
    BAN = "ban"
    REGISTER_DEVICE = "device.register"
    DEREGISTER_DEVICE = "device.deregister"
    REREGISTER_DEVICE = "device.reregister"
    DUPLICATE_DEVICE = "device.duplicate"


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
    sealed: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the operator must be told and nobody else may read: kept encrypted, erased at the end
    of the change, never part of the history (safety.md section 3)."""
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

    @property
    def plan(self) -> Plan:
        """What is to be changed."""
        return Plan(self.company_id, self.msisdn, self.parameters)

    def entry(self, practice: Practice[Any], result: Result, now: datetime) -> Entry:
        """The line of the actions history that says how far it has come."""
        return Entry(
            at=now,
            what=practice.what,
            result=result,
            administrator_id=self.administrator_id,
            administrator=self.administrator,
            company_id=self.company_id,
            number=self.msisdn.digits,
            parameters=practice.told(self.parameters),
            reference=self.reference,
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """A summary that waits for its confirmation. `token` exists here and on the button only."""

    action: Action
    token: str


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

    def next_check(
        self, checks: int, now: datetime, promise: timedelta = timedelta(0)
    ) -> datetime:
        """When to look again after `checks` looks in vain.

        An order that may take as long as `promise` is looked at less and less often, down to a
        hundred times in all: every five minutes where eight hours are promised.
        """
        slowest = max(self.slowest_check, promise / 100)
        return now + min(self.first_check * (1 << min(checks, 16)), slowest)


def token_hash(token: str) -> str:
    """What the store keeps of a confirmation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Actions:
    """Offers and confirmations. What becomes of a confirmed change: `account.advancing`."""

    def __init__(
        self,
        carrier: Carrier,
        store: ActionStore,
        clock: Clock,
        practices: Mapping[ActionKind, Practice[Any]],
    ) -> None:
        self._carrier = carrier
        self._store = store
        self._clock = clock
        self._practices = practices

    def practice(self, kind: ActionKind) -> Practice[Any]:
        """The rules of a kind."""
        return self._practices[kind]

    async def offer(
        self,
        actor: Actor,
        kind: ActionKind,
        msisdn: Msisdn,
        parameters: Mapping[str, str] | None = None,
        sealed: Mapping[str, str] | None = None,
    ) -> Offer:
        """Check the change and keep an offer of it; earlier offers of the same chat are void.

        Raises the refusals of `require`, `ChangeRefused`, `CarrierUnavailable`, and
        `ChangeUnderWay` while another change of the lane is open on the number.
        """
        practice = self._practices[kind]
        company = require(actor, practice.right)
        told = parameters or {}
        subject = await practice.read(self._carrier, Plan(company.id, msisdn, told))
        require(actor, practice.right, practice.number(subject))
        practice.check(subject, told)
        lane = practice.lane_of(told)
        open_one = await self._store.open_on(company.id, msisdn, lane)
        if open_one is not None:
            raise ChangeUnderWay(open_one.reference)
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
            shown=practice.fingerprint(subject, told),
            offered_at=self._clock.now(),
            parameters=told,
            sealed=sealed or {},
        )
        await self._store.offer(action, token_hash(token), lane)
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
        if practice.needs_code(action.parameters) and (
            action.stepped_up_at is None or now >= action.stepped_up_at + STEP_UP_LIFE
        ):
            raise StepUpRequired
        return await self._store.accept(
            token_hash(token),
            session_id=actor.session_id,
            company_id=company.id,
            now=now,
            deeds=[action.entry(practice, "accepted", now)],
        )

    async def cancel(self, actor: Actor, token: str) -> None:
        """Void an offer; one that was accepted already stays as it is."""
        action = await self.find(actor, token)
        await self._store.void(action.id)
