"""The one-time code of a set: once for all its numbers, and bound to exactly this list."""

from __future__ import annotations

from account.access.step_up import StepUp
from account.changes.sets.change_set import ChangeSet
from account.changes.sets.confirmation import ChangeSets
from account.changes.sets.ports import ChangeSetStore
from account.credentials.one_time_codes import (
    COMPANY_SMS_A_DAY,
    Asker,
    CodeAsked,
    CodeMessage,
    Codes,
    sms_of_day,
)
from account.effects.effect import Channel, Effect
from account.errors import CodeExpired
from account.identity.permissions import Actor
from account.values.clock import Clock


class SetCodes:
    """Asks for a fresh one-time code before a set may be confirmed."""

    def __init__(
        self,
        step_up: StepUp,
        sets: ChangeSets,
        store: ChangeSetStore,
        codes: Codes,
        clock: Clock,
        sms_a_day: int = COMPANY_SMS_A_DAY,
    ) -> None:
        self._step_up = step_up
        self._sets = sets
        self._store = store
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

    async def enter(self, actor: Actor, token: str, typed: str) -> None:
        """Check the code; a right one lets the set be confirmed for five minutes.

        One that comes again after it was found right changes nothing. Raises as
        `ChangeSets.offered`, and `CodeMalformed`, `CodeInvalid`, `CodeExpired`,
        `CodeAttemptsExceeded`.
        """
        change_set, _counts = await self._sets.offered(actor, token)
        if change_set.stepped_up_at is not None:
            return
        await self._codes.check(actor.phone, actor.telegram_id, _purpose(change_set), typed)
        now = self._clock.now()
        if change_set.expires_at is None or now >= change_set.expires_at:
            raise CodeExpired
        await self._store.step_up(change_set.id, now)


def _purpose(change_set: ChangeSet) -> str:
    return f"step-up:{change_set.id}:{change_set.digest}"
