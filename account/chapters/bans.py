"""The bans on what an employee may do with a number (S17, S18, S19; wording T2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from typing_extensions import override

from account.changes.action import Action, ActionKind
from account.changes.spec import NumberChangeSpec
from account.effects.effect import Effect, EndSecretCode, TellEmployee
from account.values.number import Ban, Number
from account.values.rights import Right

BAN, WISH = "ban", "wish"
"""The parameters: which ban, and `ON` or `OFF`."""
ON, OFF = "on", "off"


def _employee_out(action: Action, now: datetime) -> Effect:
    return EndSecretCode(action.company_id, action.msisdn, now)


def _details_gone(action: Action, now: datetime) -> Effect:
    return TellEmployee(action.company_id, action.msisdn, "employee.details_banned", now)


_AT_ONCE: Mapping[Ban, Callable[[Action, datetime], Effect]] = {
    Ban.ACCESS: _employee_out,
    Ban.DETAILS: _details_gone,
}
"""What a ban does besides being there, in the transaction that settles it."""


class ChangeBan(NumberChangeSpec):
    """Switch one ban on or off, in any state of the number (S17-1 to S17-3)."""

    kind = ActionKind.BAN
    right = Right.BAN
    what = "number.ban"
    lock_key = "ban"

    @override
    def lock_key_of(self, parameters: Mapping[str, str]) -> str:
        """Each ban is a lock key of its own."""
        return f"{self.lock_key}:{parameters[BAN]}"

    @override
    def check(self, subject: Number, parameters: Mapping[str, str]) -> None:
        """Nothing forbids it; one that already is so is done (S17-1)."""

    @override
    def fingerprint(self, subject: Number, parameters: Mapping[str, str]) -> str:
        """Nothing: whatever the ban is by then, afterwards it is as was asked."""
        return ""

    @override
    def on_done(self, action: Action, now: datetime) -> Sequence[Effect]:
        """The employee is out at once, or no longer sees details, also in an open window (S18)."""
        at_once = _AT_ONCE.get(Ban(action.parameters[BAN]))
        if at_once is None or action.parameters[WISH] == OFF:
            return ()
        return (at_once(action, now),)

    @override
    def is_applied(self, subject: Number, parameters: Mapping[str, str]) -> bool:
        """The ban is as was asked."""
        return (Ban(parameters[BAN]) in subject.bans) is (parameters[WISH] == ON)


def wished(ban: Ban, *, on: bool) -> dict[str, str]:
    """The parameters of a change of that ban."""
    return {BAN: ban.value, WISH: ON if on else OFF}


CHANGES = (ChangeBan,)
"""The kinds of change of this chapter that need nothing but the operator."""
