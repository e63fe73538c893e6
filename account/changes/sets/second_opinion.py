"""When a set needs a second administrator, and who is asked (B-19).

One word for the whole set, bound to exactly the list that was confirmed. What a person confirmed of
one kind within a day is added up, so that ten lists are no way around.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from account.changes.action import ActionKind
from account.changes.approval_messages import OF_SETS, Approver
from account.changes.sensitive_numbers import SensitiveNumbers
from account.changes.sets.change_set import A_DAY, MOST, ChangeSet, SetCounts
from account.changes.sets.ports import Before, ChangeSetStore
from account.changes.spec import ChangeSpec
from account.credentials.one_time_codes import CodeTry
from account.effects.effect import Effect, SetApproval
from account.errors import LoginNumbersInSet, NobodyToApprove, SetTooCostly, SetTooLarge
from account.identity.directory import Company
from account.values.clock import Clock
from account.values.money import Money
from account.values.rights import Role

MOST_APPROVED: Mapping[Role, int] = {Role.ADMINISTRATOR: 10_000}
"""Numbers, in one set and in those of a day, that a second administrator may approve."""
MOST_COST = Money(50_000_000)
WAITS_FOR = timedelta(hours=24)


class Reason(StrEnum):
    """Why a second administrator has to approve."""

    NUMBERS = "numbers"
    COST = "cost"
    LOGIN_NUMBERS = "login_numbers"


@dataclass(frozen=True, slots=True)
class SetRules:
    """From where on a second administrator has to approve: more numbers, or a higher sum."""

    numbers: int = MOST[Role.ADMINISTRATOR]
    cost: Money = MOST_COST


SET_RULES = SetRules()


class SetApprovalStore(Protocol):
    """Second administrators of sets: what they were asked, and what they said."""

    async def by_token(self, token_hash: str) -> SetApproval | None:
        """What the button with that token decides about."""

    async def of_set(self, set_id: str) -> Sequence[SetApproval]:
        """Whoever was asked about that set."""

    async def decide(
        self,
        change_set: ChangeSet,
        reason_code: str | None,
        now: datetime,
        effects: Sequence[Effect],
        proof: CodeTry | None = None,
    ) -> tuple[ChangeSet, bool]:
        """Let a proposed set run, if its day is not over, or with a `reason_code` end it.

        Only as `change_set` has it: its digest is compared. (the set, True), or (its present state,
        False) when it was decided before. With `proof` only if that is the right code, which is
        used up in the same transaction. Raises as `CodeUse.check`.
        """


class SecondOpinion:
    """Asks the company's other administrators about a set."""

    def __init__(
        self,
        store: ChangeSetStore,
        asked: SetApprovalStore,
        sensitive_numbers: SensitiveNumbers,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
        clock: Clock,
        rules: SetRules = SET_RULES,
    ) -> None:
        self._store = store
        self._asked = asked
        self._sensitive_numbers = sensitive_numbers
        self._specs = specs
        self._clock = clock
        self.rules = rules

    async def before(self, change_set: ChangeSet) -> Before:
        """What its person has confirmed of its kind within a day."""
        since = self._clock.now() - A_DAY
        sets = await self._store.confirmed_since(
            change_set.administrator_id, change_set.kind.value, since
        )
        return Before(since, sets)

    async def needed(
        self, change_set: ChangeSet, counts: SetCounts, role: Role, before: Before | None = None
    ) -> frozenset[Reason]:
        """Why it is; empty where it is not.

        Raises `SetTooLarge` for what nobody may approve.
        """
        spec = self._specs[change_set.kind]
        confirmed = (before or await self.before(change_set)).sets
        size = counts.size + sum(count for _parameters, count in confirmed)
        told = [*confirmed, (change_set.parameters, counts.size)]
        cost = sum(spec.cost(parameters).tiyn * count for parameters, count in told)
        alone = min(MOST.get(role, 0), self.rules.numbers)
        if size > (most := MOST_APPROVED.get(role, MOST.get(role, 0))):
            raise SetTooLarge(most)
        found = {
            Reason.NUMBERS: size > alone,
            Reason.COST: cost > self.rules.cost.tiyn,
            Reason.LOGIN_NUMBERS: counts.logins > 0,
        }
        return frozenset(reason for reason, so in found.items() if so)

    async def approvers(
        self, change_set: ChangeSet, company: Company, why: frozenset[Reason]
    ) -> tuple[Approver, ...]:
        """Who can be asked.

        Raises `LoginNumbersInSet`, `SetTooLarge` or `SetTooCostly` where nobody can,
        `CarrierUnavailable`.
        """
        try:
            return await self._sensitive_numbers.approvers(
                company.id, change_set.administrator_id, change_set.telegram_id
            )
        except NobodyToApprove as nobody:
            raise self._nobody(why) from nobody

    async def proposing(
        self, change_set: ChangeSet, company: Company, why: frozenset[Reason], now: datetime
    ) -> list[Effect]:
        """What asks the others: each a message with a token of their own.

        Raises as `approvers`.
        """
        approvers = await self.approvers(change_set, company, why)
        effects: list[Effect] = []
        until = now + WAITS_FOR
        for one in approvers:
            token = secrets.token_urlsafe(16)
            effects += [
                SetApproval(
                    token_hash=OF_SETS.token_hash(token),
                    set_id=change_set.id,
                    digest=change_set.digest,
                    company_id=company.id,
                    administrator_id=one.administrator_id,
                    telegram_id=one.telegram_id,
                    expires_at=until,
                ),
                OF_SETS.asked(change_set.id, company.name, one, token, until),
            ]
        return effects

    async def closing(
        self, change_set: ChangeSet, company: str, now: datetime, *, but: int | None = None
    ) -> list[Effect]:
        """What takes the buttons away from the chats that were asked, except one (`but`)."""
        return [
            OF_SETS.closed(change_set.id, company, asked, now)
            for asked in await self._asked.of_set(change_set.id)
            if asked.telegram_id != but
        ]

    def _nobody(self, why: frozenset[Reason]) -> Exception:
        """What can be done instead: take numbers out, or make it smaller."""
        if Reason.LOGIN_NUMBERS in why:
            return LoginNumbersInSet()
        if Reason.NUMBERS in why:
            return SetTooLarge(self.rules.numbers)
        return SetTooCostly(self.rules.cost)
