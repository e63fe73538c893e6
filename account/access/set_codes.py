"""The one-time code of a set: once for all its numbers, and bound to exactly this list."""

from __future__ import annotations

from account.access.step_up import StepUp
from account.changes.sets.approvals import SetApprovals
from account.changes.sets.change_set import ChangeSet, SetCounts, SetState
from account.changes.sets.confirmation import ChangeSets
from account.changes.sets.scheduling import AT_ONCE, SetPlan
from account.credentials.one_time_codes import (
    COMPANY_SMS_A_DAY,
    Asker,
    CodeAsked,
    CodeMessage,
    Codes,
    sms_of_day,
)
from account.effects.effect import Channel, Effect
from account.errors import ConfirmExpired
from account.identity.permissions import Actor
from account.values.clock import Clock


class SetCodes:
    """Asks for a fresh one-time code before a set may be confirmed."""

    def __init__(
        self,
        step_up: StepUp,
        sets: ChangeSets,
        approvals: SetApprovals,
        codes: Codes,
        clock: Clock,
        sms_a_day: int = COMPANY_SMS_A_DAY,
    ) -> None:
        self._step_up = step_up
        self._sets = sets
        self._approvals = approvals
        self._codes = codes
        self._clock = clock
        self._sms_a_day = sms_a_day

    async def ask(self, actor: Actor, token: str, language: str) -> CodeAsked:
        """Send a code that names kind, count and reference of the set.

        Raises as `ChangeSets.offered`, and `NumberTakenOver`, `CodeTooEarly`, `CodeSendsExceeded`,
        `CodeAttemptsExceeded`, `CodeSmsExceeded`, `CarrierUnavailable`.
        """
        change_set, counts = await self._sets.offered(actor, token)
        return await self._issue(actor, change_set, counts, _purpose(change_set), language)

    async def ask_to_approve(self, actor: Actor, token: str, language: str) -> CodeAsked:
        """Send the second administrator a code for that set. Raises as `SetApprovals.asked`, `ask`.

        `ConfirmExpired` once it was decided.
        """
        change_set, counts, _company = await self._approvals.asked(actor, token)
        if change_set.state is not SetState.PROPOSED:
            raise ConfirmExpired
        return await self._issue(actor, change_set, counts, _approving(change_set), language)

    async def approve(self, actor: Actor, token: str, typed: str) -> tuple[ChangeSet, bool]:
        """Approve the set by its code: `SetApprovals.approve`, by its right code."""
        change_set, _counts, _company = await self._approvals.asked(actor, token)
        purpose = _approving(change_set)
        proof = self._codes.typed(actor.phone, actor.telegram_id, purpose, typed)
        return await self._approvals.approve(actor, token, proof)

    async def _issue(
        self, actor: Actor, change_set: ChangeSet, counts: SetCounts, purpose: str, language: str
    ) -> CodeAsked:
        address = await self._step_up.address(actor)
        message = None
        counted: list[Effect] = []
        if address is not None:
            about = {
                "action": change_set.kind.value,
                "numbers": str(counts.size),
                "reference": change_set.reference or "",
                "chat": str(actor.telegram_id),
            }
            message = CodeMessage(address, "code.set", language, about)
            if address.channel is Channel.SMS:
                counted.append(
                    sms_of_day(change_set.company_id, self._clock.now(), self._sms_a_day)
                )
        asker = Asker(actor.telegram_id, trusted=True)
        return await self._codes.issue(actor.phone, asker, purpose, message, counted)

    async def enter(
        self, actor: Actor, token: str, typed: str, plan: SetPlan = AT_ONCE
    ) -> tuple[ChangeSet, bool]:
        """Confirm the set by its code (G-6): `ChangeSets.confirm`, by its right code.

        Whatever is typed once it is confirmed changes nothing, and gives its present state. Raises
        as `ChangeSets.confirm`, and `CodeMalformed`, `CodeInvalid`, `CodeExpired`,
        `CodeAttemptsExceeded`.
        """
        change_set = await self._sets.find(actor, token)
        if change_set.accepted_at is not None:
            return await self._sets.confirm(actor, token)
        purpose = _purpose(change_set)
        proof = self._codes.typed(actor.phone, actor.telegram_id, purpose, typed)
        return await self._sets.confirm(actor, token, proof, plan)


def _purpose(change_set: ChangeSet) -> str:
    return f"step-up:{change_set.id}:{change_set.digest}"


def _approving(change_set: ChangeSet) -> str:
    return f"{_purpose(change_set)}:approval"
