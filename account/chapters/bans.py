"""The three bans on what an employee may do with a number (S17, S18, S19; wording T2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from account.changes.action import Action, ActionKind
from account.changes.spec import NumberChangeSpec
from account.effects.effect import Effect, EndSecretCode, TellEmployee
from account.effects.history import What
from account.values.number import Number
from account.values.rights import Right

BAN, WISH = "ban", "wish"
"""The parameters: which ban, and `ON` or `OFF`."""
ON, OFF = "on", "off"


class Ban(StrEnum):
    """What is forbidden to the employee. Values are persisted."""

    ACCESS = "access"
    """MyKcell and My Account altogether (S18)."""
    DETAILS = "details"
    """Usage details (S17)."""
    SMS_USSD = "sms_ussd"
    """Managing services by SMS and USSD (S19)."""


class ChangeBan(NumberChangeSpec):
    """Switch one ban on or off, in any state of the number (S17-1 to S17-3)."""

    kind = ActionKind.BAN
    right = Right.BAN
    what = What.BAN
    lock_key = "ban"

    def lock_key_of(self, parameters: Mapping[str, str]) -> str:
        """Each ban is a lock key of its own."""
        return f"{self.lock_key}:{parameters[BAN]}"

    def check(self, subject: Number, parameters: Mapping[str, str]) -> None:
        """Nothing forbids it; one that already is so is done (S17-1)."""

    def fingerprint(self, subject: Number, parameters: Mapping[str, str]) -> str:  # noqa: ARG002
        """Nothing: whatever the ban is by then, afterwards it is as was asked."""
        return ""

    def on_done(self, action: Action, now: datetime) -> Sequence[Effect]:
        """The employee is out at once, or no longer sees details, also in an open window (S18)."""
        if action.parameters[WISH] == ON:
            if action.parameters[BAN] == Ban.ACCESS:
                return [EndSecretCode(action.company_id, action.msisdn, now)]
            if action.parameters[BAN] == Ban.DETAILS:
                return [
                    TellEmployee(action.company_id, action.msisdn, "employee.details_banned", now)
                ]
        return []

    def is_applied(self, subject: Number, parameters: Mapping[str, str]) -> bool:
        """The ban is as was asked."""
        return is_on(subject, Ban(parameters[BAN])) is (parameters[WISH] == ON)


def wished(ban: Ban, *, on: bool) -> dict[str, str]:
    """The parameters of a change of that ban."""
    return {BAN: ban.value, WISH: ON if on else OFF}


def is_on(number: Number, ban: Ban) -> bool:
    """Whether the employee is not allowed."""
    return {
        Ban.ACCESS: number.bans.access,
        Ban.DETAILS: number.bans.details,
        Ban.SMS_USSD: number.bans.sms_ussd_control,
    }[ban]
