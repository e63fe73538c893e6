"""The one-time code by which a schedule is confirmed anew; the code is of exactly that."""

from __future__ import annotations

from account.access.step_up import StepUp
from account.changes.reconfirmation import Anew, Reconfirmable, Reconfirmation
from account.changes.schedule import Schedule
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


class ScheduleCodes:
    """Asks for a fresh one-time code before what is scheduled may be confirmed anew."""

    def __init__(
        self,
        step_up: StepUp,
        reconfirmation: Reconfirmation,
        codes: Codes,
        clock: Clock,
        sms_a_day: int = COMPANY_SMS_A_DAY,
    ) -> None:
        self._step_up = step_up
        self._reconfirmation = reconfirmation
        self._codes = codes
        self._clock = clock
        self._sms_a_day = sms_a_day

    async def ask(self, actor: Actor, schedule_id: str, what: Anew, language: str) -> CodeAsked:
        """Send a code that names the change, its next date and the schedule.

        Raises as `Reconfirmation.offered`, and `NumberTakenOver`, `CodeTooEarly`,
        `CodeSendsExceeded`, `CodeAttemptsExceeded`, `CodeSmsExceeded`, `CarrierUnavailable`.
        """
        found = await self._reconfirmation.offered(actor, schedule_id, what)
        address = await self._step_up.address(actor)
        message = None
        counted: list[Effect] = []
        if address is not None:
            schedule = found.then[0]
            about = {
                "action": schedule.kind.value,
                "last4": schedule.msisdn.last4,
                "at": schedule.at.kept,
                "reference": schedule.reference,
                "chat": str(actor.telegram_id),
            }
            if found.until is not None:
                about["until"] = found.until.isoformat()
            message = CodeMessage(address, "code.schedule", language, about)
            if address.channel is Channel.SMS:
                counted.append(sms_of_day(schedule.company_id, self._clock.now(), self._sms_a_day))
        asker = Asker(actor.telegram_id, trusted=True)
        return await self._codes.issue(actor.phone, asker, _purpose(found), message, counted)

    async def enter(self, actor: Actor, schedule_id: str, what: Anew, typed: str) -> Schedule:
        """Do it by its code (G-6): `Reconfirmation.confirm`, by its right code.

        Raises as that, and `CodeMalformed`, `CodeInvalid`, `CodeExpired`, `CodeAttemptsExceeded`.
        """
        found = await self._reconfirmation.offered(actor, schedule_id, what)
        purpose = _purpose(found)
        proof = self._codes.typed(actor.phone, actor.telegram_id, purpose, typed)
        return await self._reconfirmation.confirm(actor, schedule_id, what, proof)


def _purpose(found: Reconfirmable) -> str:
    """Of these schedules, and as they would be: a date that is over or skipped makes another."""
    ids = ",".join(sorted(one.id for one in found.then))
    return f"schedule-{found.what.value}:{ids}:{found.until or found.then[0].at.kept}"
