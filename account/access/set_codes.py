"""The one-time code of a set: once for all its numbers, and bound to exactly this list."""

from __future__ import annotations

from account.access.step_up import StepUp
from account.changes.sets.change_set import ChangeSet
from account.changes.sets.confirmation import ChangeSets
from account.credentials.one_time_codes import (
    COMPANY_SMS_A_DAY,
    Asker,
    CodeAsked,
    CodeMessage,
    Codes,
    sms_of_day,
)
from account.effects.effect import Channel, Effect
from account.identity.permissions import Actor
from account.values.clock import Clock


class SetCodes:
    """Asks for a fresh one-time code before a set may be confirmed."""

    def __init__(
        self,
        step_up: StepUp,
        sets: ChangeSets,
        codes: Codes,
        clock: Clock,
        sms_a_day: int = COMPANY_SMS_A_DAY,
    ) -> None:
        self._step_up = step_up
        self._sets = sets
        self._codes = codes
        self._clock = clock
        self._sms_a_day = sms_a_day

    async def ask(self, actor: Actor, token: str, language: str) -> CodeAsked:
        """Send a code that names kind, count and reference of the set.

        Raises as `ChangeSets.offered`, and `NumberTakenOver`, `CodeTooEarly`, `CodeSendsExceeded`,
        `CodeAttemptsExceeded`, `CodeSmsExceeded`, `CarrierUnavailable`.
        """
        change_set, counts = await self._sets.offered(actor, token)
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
        return await self._codes.issue(actor.phone, asker, _purpose(change_set), message, counted)

    async def enter(self, actor: Actor, token: str, typed: str) -> tuple[ChangeSet, bool]:
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
        return await self._sets.confirm(actor, token, proof)


def _purpose(change_set: ChangeSet) -> str:
    return f"step-up:{change_set.id}:{change_set.digest}"
