"""The bans on what an employee may do with a number (S17, S18, S19; wording T2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from typing_extensions import override

from account.changes.action import Action, ActionKind
from account.changes.parameters import ChangeParameters
from account.changes.spec import NumberChangeSpec
from account.effects.effect import Effect, EndSecretCode, TellEmployee
from account.values.number import Ban, Number
from account.values.rights import Right

BAN, SWITCH = "ban", "wish"
"""In a row: which ban, and `ON` or `OFF`."""
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


@dataclass(frozen=True, slots=True)
class BanParameters(ChangeParameters):
    """Which ban, and whether it is to be on."""

    ban: Ban
    on: bool

    @override
    @property
    def part(self) -> str:
        """Each ban has a lock key of its own."""
        return self.ban.value

    @override
    def told(self) -> dict[str, str]:
        return {BAN: self.ban.value, SWITCH: ON if self.on else OFF}

    @override
    @classmethod
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:
        return cls(Ban(told[BAN]), on=told[SWITCH] == ON)


class ChangeBan(NumberChangeSpec[BanParameters]):
    """Switch one ban on or off, in any state of the number (S17-1 to S17-3)."""

    kind = ActionKind.BAN
    parameters = BanParameters
    right = Right.BAN
    what = "number.ban"
    schedulable = True
    lock_key = "ban"
    listed = True

    @override
    def check(self, subject: Number, parameters: BanParameters) -> None:
        """Nothing forbids it; one that already is so is done (S17-1)."""

    @override
    def fingerprint(self, subject: Number, parameters: BanParameters) -> str:
        """Nothing: whatever the ban is by then, afterwards it is as was asked."""
        return ""

    @override
    def on_done(self, action: Action[BanParameters], now: datetime) -> Sequence[Effect]:
        """The employee is out at once, or no longer sees details, also in an open window (S18)."""
        at_once = _AT_ONCE.get(action.parameters.ban)
        if at_once is None or not action.parameters.on:
            return ()
        return (at_once(action, now),)

    @override
    def undone_by(self, parameters: BanParameters) -> tuple[ActionKind, ChangeParameters]:
        return ActionKind.BAN, BanParameters(parameters.ban, on=not parameters.on)

    @override
    def is_applied(self, subject: Number, parameters: BanParameters) -> bool:
        """The ban is as was asked."""
        return (parameters.ban in subject.bans) is parameters.on


CHANGES = (ChangeBan,)
"""The kinds of change of this chapter that need nothing but the operator."""
