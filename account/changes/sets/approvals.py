"""The second administrator's word on a set: approving or rejecting it, and withdrawing it.

The button's token is bound to one person and company, and to the digest of the list. Only the first
word counts. Nobody approves what they proposed, nor does a Telegram account that has ever logged in
as who proposed it. Where the set needed a code, so does the approval. Once approved it runs as any
other: each number is read again before it is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from account.changes.action import ActionKind
from account.changes.approval_messages import OF_SETS
from account.changes.freezes import Freezes
from account.changes.sensitive_numbers import (
    APPROVAL_REJECTED,
    APPROVAL_WITHDRAWN,
    SensitiveNumbers,
)
from account.changes.sets.change_set import ChangeSet, SetCounts, SetState
from account.changes.sets.confirmation import ChangeSets, told
from account.changes.sets.ports import ChangeSetStore
from account.changes.sets.second_opinion import SecondOpinion, SetApprovalStore
from account.changes.spec import ChangeSpec
from account.credentials.one_time_codes import CodeTry
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import (
    AccessRefused,
    AccountFrozen,
    ApproverNotSecond,
    CompanyNotAccessible,
    ConfirmExpired,
    RightMissing,
    StepUpRequired,
)
from account.identity.directory import Company, Directory
from account.identity.permissions import Actor, check_granted, may
from account.values.clock import Clock
from account.values.rights import Right


class SetApprovals:
    """What a second administrator may do with a proposed set."""

    def __init__(
        self,
        carrier: Directory,
        sets: ChangeSets,
        store: ChangeSetStore,
        asked: SetApprovalStore,
        opinion: SecondOpinion,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
        sensitive_numbers: SensitiveNumbers,
        freezes: Freezes,
        clock: Clock,
    ) -> None:
        self._carrier = carrier
        self._sets = sets
        self._store = store
        self._asked = asked
        self._opinion = opinion
        self._specs = specs
        self._sensitive_numbers = sensitive_numbers
        self._freezes = freezes
        self._clock = clock

    async def asked(self, actor: Actor, token: str) -> tuple[ChangeSet, SetCounts, Company]:
        """What this person is asked about.

        Raises `ConfirmExpired`, `ApproverNotSecond`, `AccountFrozen`, `CompanyNotAccessible`,
        `RightMissing`, `CarrierUnavailable`.
        """
        approval = await self._asked.by_token(OF_SETS.token_hash(token))
        if approval is None or (actor.telegram_id, actor.administrator_id) != (
            approval.telegram_id,
            approval.administrator_id,
        ):
            raise ConfirmExpired
        company = next((one for one in actor.companies if one.id == approval.company_id), None)
        if company is None:
            raise CompanyNotAccessible
        if not may(actor, Right.APPROVE, company.id):
            raise RightMissing(Right.APPROVE)
        await self._freezes.check(actor)
        change_set = await self._store.read(approval.set_id)
        if change_set is None or change_set.digest != approval.digest:
            raise ConfirmExpired
        # An account may have logged in as the other administrator since it was asked.
        if await self._sensitive_numbers.one_person(
            (change_set.administrator_id, change_set.telegram_id),
            (actor.administrator_id, actor.telegram_id),
        ):
            raise ApproverNotSecond
        return change_set, await self._store.counts(change_set.id), company

    def needs_code(self, change_set: ChangeSet, counts: SetCounts) -> bool:
        """Whether approving it needs a code: where confirming it did."""
        return self._sets.needs_code(change_set, counts.size)

    async def approve(
        self, actor: Actor, token: str, proof: CodeTry | None = None
    ) -> tuple[ChangeSet, bool]:
        """Let the set run; (set, True) for the first word, (present state, False) after it.

        A proposer who may no longer do it, or is frozen, ends it. Raises as `asked`,
        `StepUpRequired`, and for a `proof` as `CodeUse.check`; then nothing has changed.
        """
        change_set, counts, company = await self.asked(actor, token)
        if change_set.state is not SetState.PROPOSED:
            return change_set, False
        if await self._freezes.since(change_set.administrator_id) is not None:
            return await self._end(change_set, counts, actor, company, AccountFrozen.code)
        companies = await self._carrier.companies(change_set.administrator_id)
        try:
            check_granted(companies, self._specs[change_set.kind].right, company.id)
        except AccessRefused as refused:
            return await self._end(change_set, counts, actor, company, refused.code)
        if self.needs_code(change_set, counts) and proof is None:
            raise StepUpRequired
        now = self._clock.now()
        effects = [
            self._entry(change_set, counts, actor, HistoryEvent.APPROVED, now),
            *await self._opinion.closing(change_set, company.name, now, but=actor.telegram_id),
        ]
        return self._decided(await self._asked.decide(change_set, None, now, effects, proof))

    async def reject(self, actor: Actor, token: str) -> tuple[ChangeSet, bool]:
        """End the set; its proposer is told. Answers and raises as `approve`."""
        change_set, counts, company = await self.asked(actor, token)
        if change_set.state is not SetState.PROPOSED:
            return change_set, False
        return await self._end(change_set, counts, actor, company, APPROVAL_REJECTED)

    async def withdraw(self, actor: Actor, set_id: str) -> tuple[ChangeSet, bool]:
        """End one's own proposal before anybody approved it; who was asked is told.

        Answers as `approve`. Raises `ConfirmExpired` for what the person did not propose in the
        chosen company, and as `ChangeSets.read`.
        """
        change_set, counts = await self._sets.read(actor, set_id)
        if (change_set.telegram_id, change_set.administrator_id) != (
            actor.telegram_id,
            actor.administrator_id,
        ):
            raise ConfirmExpired
        if change_set.state is not SetState.PROPOSED:
            return change_set, False
        now = self._clock.now()
        effects = [
            self._entry(change_set, counts, actor, HistoryEvent.APPROVAL_WITHDRAWN, now),
            *await self._opinion.closing(change_set, actor.company.name, now),
        ]
        return await self._asked.decide(change_set, APPROVAL_WITHDRAWN, now, effects)

    async def _end(
        self,
        change_set: ChangeSet,
        counts: SetCounts,
        actor: Actor,
        company: Company,
        reason_code: str,
    ) -> tuple[ChangeSet, bool]:
        now = self._clock.now()
        effects = [
            self._entry(change_set, counts, actor, HistoryEvent.APPROVAL_REFUSED, now),
            *await self._opinion.closing(change_set, company.name, now, but=actor.telegram_id),
        ]
        return await self._asked.decide(change_set, reason_code, now, effects)

    def _entry(
        self,
        change_set: ChangeSet,
        counts: SetCounts,
        actor: Actor,
        what: HistoryEvent,
        now: datetime,
    ) -> HistoryEntry:
        """The approver's own line of the history, in the company of the set."""
        return HistoryEntry(
            at=now,
            what=what,
            result="done",
            administrator_id=actor.administrator_id,
            administrator=actor.name,
            company_id=change_set.company_id,
            parameters=told(self._specs[change_set.kind], change_set, counts),
            reference=change_set.reference,
        )

    def _decided(self, outcome: tuple[ChangeSet, bool]) -> tuple[ChangeSet, bool]:
        """The outcome, unless the time was over and a worker is about to end it."""
        change_set, first = outcome
        if not first and change_set.state is SetState.PROPOSED:
            raise ConfirmExpired
        return change_set, first
