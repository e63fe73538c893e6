"""The second administrator: approving or rejecting what another one proposed (safety.md section 2).

The button's token is bound to one person and company; what it decides about is a row, and only the
first word on it counts. Nobody approves what they proposed, nor does a Telegram account that has
ever logged in as who proposed it. The one who proposed must still be allowed to do it when it is
approved. Until somebody has decided, who proposed it may withdraw it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from account.changes.action import Action, ActionKind, ActionState
from account.changes.approval_messages import OF_CHANGES, Approver
from account.changes.endings import owed_word
from account.changes.freezes import Freezes
from account.changes.parameters import ChangeParameters
from account.changes.ports import ActionStore, ApprovalStore
from account.changes.sensitive_numbers import (
    APPROVAL_REJECTED,
    APPROVAL_WITHDRAWN,
    SensitiveNumbers,
)
from account.changes.spec import ChangeSpec
from account.effects.effect import Approval, Effect
from account.effects.history import HistoryEntry, HistoryEvent, Result
from account.errors import (
    AccountFrozen,
    ApproverNotSecond,
    CompanyNotAccessible,
    ConfirmExpired,
    RightMissing,
)
from account.identity.directory import Company, Directory
from account.identity.permissions import GRANTED, Actor, may
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.rights import Right


class Approvals:
    """What a second administrator may do with a proposed change."""

    def __init__(
        self,
        carrier: Directory,
        actions: ActionStore,
        approvals: ApprovalStore,
        clock: Clock,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
        sensitive_numbers: SensitiveNumbers,
        freezes: Freezes,
    ) -> None:
        self._carrier = carrier
        self._actions = actions
        self._approvals = approvals
        self._clock = clock
        self._specs = specs
        self._sensitive_numbers = sensitive_numbers
        self._freezes = freezes

    async def approve(self, actor: Actor, token: str) -> tuple[Action, bool]:
        """Let the change go on; (action, True) for the first word, (present state, False) after it.

        A proposer who may no longer do it, or is frozen, ends it: it is rejected. The state of the
        number is checked once more by the worker (G-9). Raises `ConfirmExpired`,
        `ApproverNotSecond`, `AccountFrozen`, `CompanyNotAccessible`, `RightMissing`,
        `CarrierUnavailable`; then nothing has changed.
        """
        action, company, now = await self._asked(actor, token)
        if action.state is not ActionState.PROPOSED:
            return action, False
        if await self._freezes.stops(action):
            return await self._reject(action, actor, company, AccountFrozen.code, now)
        if not await self._still_allowed(action):
            return await self._reject(action, actor, company, RightMissing.code, now)
        by = Approver(actor.administrator_id, actor.telegram_id)
        announced = await self._sensitive_numbers.announcing(action, company, now, approver=by)
        effects = [
            _entry(action, actor, HistoryEvent.APPROVED, "done", now),
            *announced,
            *await self._sensitive_numbers.closing(action, company, now, but=actor.telegram_id),
        ]
        return self._decided(
            await self._approvals.decide(action.id, ActionState.ACCEPTED, None, now, effects)
        )

    async def reject(self, actor: Actor, token: str) -> tuple[Action, bool]:
        """End the change; its proposer is told. Answers and raises as `approve`."""
        action, company, now = await self._asked(actor, token)
        if action.state is not ActionState.PROPOSED:
            return action, False
        return await self._reject(action, actor, company, APPROVAL_REJECTED, now)

    async def withdraw(self, actor: Actor, action_id: str) -> tuple[Action, bool]:
        """End one's own proposal before anybody approved it; who was asked is told.

        Answers as `approve`: an approval that came first stays. Raises `ConfirmExpired` for what
        the person did not propose in the chosen company, and the refusals of `Actor.company`.
        """
        company, now = actor.company, self._clock.now()
        action = await self._actions.read(action_id)
        if action is None or not _proposed_by(actor, action):
            raise ConfirmExpired
        if action.state is not ActionState.PROPOSED:
            return action, False
        effects = [
            *self._ending(action, actor, HistoryEvent.APPROVAL_WITHDRAWN, now),
            *await self._sensitive_numbers.closing(action, company, now),
        ]
        return self._decided(
            await self._approvals.decide(
                action.id, ActionState.REJECTED, APPROVAL_WITHDRAWN, now, effects
            )
        )

    async def own(
        self, actor: Actor, kind: ActionKind, msisdn: Msisdn, parameters: ChangeParameters
    ) -> Action | None:
        """The person's own proposal that keeps another such change from being asked for."""
        lock_key = self._specs[kind].lock_key_of(parameters)
        action = await self._actions.open_on(actor.company.id, msisdn, lock_key)
        if action is None or action.state is not ActionState.PROPOSED:
            return None
        return action if _proposed_by(actor, action) else None

    async def _asked(self, actor: Actor, token: str) -> tuple[Action, Company, datetime]:
        """What this person is asked about. Raises as `approve`."""
        approval = await self._approvals.by_token(OF_CHANGES.token_hash(token))
        if approval is None or not _is(actor, approval):
            raise ConfirmExpired
        company = next((one for one in actor.companies if one.id == approval.company_id), None)
        if company is None:
            raise CompanyNotAccessible
        if not may(actor, Right.APPROVE, company.id):
            raise RightMissing(Right.APPROVE)
        await self._freezes.check(actor)
        action = await self._actions.read(approval.action_id)
        if action is None:
            raise ConfirmExpired
        # An account may have logged in as the other administrator since it was asked.
        if await self._sensitive_numbers.one_person(
            (action.administrator_id, action.telegram_id),
            (actor.administrator_id, actor.telegram_id),
        ):
            raise ApproverNotSecond
        return action, company, self._clock.now()

    async def _still_allowed(self, action: Action) -> bool:
        """Whether who proposed it may still do it, by the operator's word of now."""
        right = self._specs[action.kind].right
        companies = await self._carrier.companies(action.administrator_id)
        return any(
            company.id == action.company_id and right in GRANTED.get(company.role, frozenset())
            for company in companies
        )

    async def _reject(
        self, action: Action, actor: Actor, company: Company, reason_code: str, now: datetime
    ) -> tuple[Action, bool]:
        effects = [
            *self._ending(action, actor, HistoryEvent.APPROVAL_REFUSED, now),
            *await self._sensitive_numbers.closing(action, company, now, but=actor.telegram_id),
        ]
        return self._decided(
            await self._approvals.decide(action.id, ActionState.REJECTED, reason_code, now, effects)
        )

    def _ending(
        self, action: Action, actor: Actor, what: HistoryEvent, now: datetime
    ) -> list[Effect]:
        """What becomes true when somebody's word ends a proposal."""
        spec = self._specs[action.kind]
        return [
            *spec.on_rejected(action, now),
            _entry(action, actor, what, "done", now),
            spec.entry(action, "refused", now),
            owed_word(action, "final", now),
        ]

    def _decided(self, outcome: tuple[Action, bool]) -> tuple[Action, bool]:
        """The outcome, unless the time was over and a worker is about to end it."""
        action, first = outcome
        if not first and action.state is ActionState.PROPOSED:
            raise ConfirmExpired
        return action, first


def _is(actor: Actor, approval: Approval) -> bool:
    return (actor.telegram_id, actor.administrator_id) == (
        approval.telegram_id,
        approval.administrator_id,
    )


def _proposed_by(actor: Actor, action: Action) -> bool:
    """Whether this person proposed it, in this chat and for the company they have chosen."""
    return (actor.telegram_id, actor.administrator_id, actor.company.id) == (
        action.telegram_id,
        action.administrator_id,
        action.company_id,
    )


def _entry(
    action: Action, actor: Actor, what: HistoryEvent, result: Result, now: datetime
) -> HistoryEntry:
    """The approver's own line of the history."""
    return HistoryEntry(
        at=now,
        what=what,
        result=result,
        administrator_id=actor.administrator_id,
        administrator=actor.name,
        company_id=action.company_id,
        number=action.msisdn.digits,
        parameters={"kind": action.kind.value},
        reference=action.reference,
    )
