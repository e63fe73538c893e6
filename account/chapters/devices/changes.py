"""How each change of a device's registration is done (S21 to S25).

The registry takes hours; whether the previous owner is as told, and whether a device may be
registered at all, it alone knows. What we can tell beforehand is refused before it is asked.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from typing_extensions import override

from account.changes.action import Action, ActionKind, ActionState, ChangeRequest
from account.changes.spec import ChangeSpec, number_of
from account.chapters.devices.registrations import (
    IMEI,
    LOCK_KEY,
    PROMISE,
    TRIES_A_DAY,
    DeviceParameters,
    DeviceRegister,
    OwnerTries,
    Registration,
    RegistrationKind,
    fits,
    held_on,
    tries_of,
)
from account.effects.effect import Effect, OutboxMessage
from account.errors import OwnerTriesExceeded, TermsNotAccepted
from account.values.clock import Clock
from account.values.number import Number
from account.values.rights import Right

RESULT_LIFE = timedelta(hours=48)
"""How long the message with the result is worth sending."""


@dataclass(frozen=True, slots=True)
class DeviceSubject:
    """The number, its registration of the device, and how often others' data did not match."""

    number: Number
    held: Registration | None
    tries: int = 0


class ChangeDevice(ChangeSpec[DeviceSubject, DeviceParameters]):
    """One change of a device's registration, in any state of the number (section 5)."""

    parameters = DeviceParameters
    right = Right.CHANGE_DEVICES
    lock_key = LOCK_KEY
    promise = PROMISE

    def __init__(self, carrier: DeviceRegister) -> None:
        self._carrier = carrier

    @override
    async def read(self, plan: ChangeRequest[DeviceParameters]) -> DeviceSubject:
        """The number and its registration of the device."""
        number, held = await asyncio.gather(
            number_of(self._carrier, plan.company_id, plan.msisdn),
            held_on(self._carrier, plan.company_id, plan.msisdn, plan.parameters.imei),
        )
        return DeviceSubject(number, held)

    @override
    def number(self, subject: DeviceSubject) -> Number:
        return subject.number

    @override
    def check(self, subject: DeviceSubject, parameters: DeviceParameters) -> None:
        """Refuse what is so already: `DeviceAlreadyRegistered`, `DeviceNotRegistered`."""
        fits(subject.held, self.kind)

    @override
    def fingerprint(self, subject: DeviceSubject, parameters: DeviceParameters) -> str:
        """Nothing: whoever has the device by then, afterwards it is as was asked or refused."""
        return ""

    @override
    @abstractmethod
    def is_applied(self, subject: DeviceSubject, parameters: DeviceParameters) -> bool:
        """The register always tells: never None."""

    @override
    def audit_fields(self, parameters: DeviceParameters) -> dict[str, str]:
        """The IMEI, masked (3.2)."""
        return {IMEI: parameters.imei.masked}

    @override
    def on_settled(self, action: Action[DeviceParameters], now: datetime) -> Sequence[Effect]:
        """The result by SMS, or by e-mail where codes go by e-mail (S25-1)."""
        result = action.parameters.result
        if result is None:
            return ()
        done = action.state is ActionState.DONE
        return (
            OutboxMessage(
                channel=result.address.channel,
                to=result.address.to,
                kind="device.result",
                expires_at=now + RESULT_LIFE,
                parameters={
                    "action": action.kind.value,
                    "imei": action.parameters.imei.key,
                    "last4": action.msisdn.last4,
                    "reference": action.reference or "",
                    "done": "yes" if done else "no",
                    "reason": action.reason_code or "",
                },
                language=result.language,
                key=f"{action.id}:result",
            ),
        )


class RegisterDevice(ChangeDevice):
    """A free IMEI becomes this number's (S21)."""

    tells_colleagues = True
    kind = ActionKind.REGISTER_DEVICE
    what = "device.registered"

    @override
    def is_applied(self, subject: DeviceSubject, parameters: DeviceParameters) -> bool:
        """It is registered with the number, as original or duplicate (S21-2)."""
        return subject.held is not None


class DeregisterDevice(ChangeDevice):
    """The number's registration of the IMEI ends (S22, T13)."""

    kind = ActionKind.DEREGISTER_DEVICE
    what = "device.deregistered"
    step_up = True

    @override
    def is_applied(self, subject: DeviceSubject, parameters: DeviceParameters) -> bool:
        """No registration with the number is left."""
        return subject.held is None


class ReregisterDevice(ChangeDevice):
    """The IMEI leaves its owner and becomes this number's (S23)."""

    tells_colleagues = True
    kind = ActionKind.REREGISTER_DEVICE
    what = "device.reregistered"
    step_up = True

    def __init__(self, carrier: DeviceRegister, store: OwnerTries, clock: Clock) -> None:
        super().__init__(carrier)
        self._store = store
        self._clock = clock

    @override
    async def read(self, plan: ChangeRequest[DeviceParameters]) -> DeviceSubject:
        """What the others rest on, and how many requests with wrong data there were today."""
        subject = await super().read(plan)
        tries = await tries_of(self._store, self._clock, plan)
        return DeviceSubject(subject.number, subject.held, tries)

    @override
    def check(self, subject: DeviceSubject, parameters: DeviceParameters) -> None:
        """Refuse without the terms and after three failures: `TermsNotAccepted` and
        `OwnerTriesExceeded`; what is so already as the others do.
        """
        super().check(subject, parameters)
        _need_terms(parameters)
        if subject.tries >= TRIES_A_DAY:
            raise OwnerTriesExceeded

    @override
    def is_applied(self, subject: DeviceSubject, parameters: DeviceParameters) -> bool:
        """It is the number's own, not a duplicate."""
        return subject.held is not None and subject.held.kind is RegistrationKind.ORIGINAL


class DuplicateDevice(ChangeDevice):
    """The IMEI is registered with the number beside whoever has it (S24, S25)."""

    tells_colleagues = True
    kind = ActionKind.DUPLICATE_DEVICE
    what = "device.duplicated"

    @override
    def check(self, subject: DeviceSubject, parameters: DeviceParameters) -> None:
        """Refuse without the terms: `TermsNotAccepted`; what is so already as the others do."""
        super().check(subject, parameters)
        _need_terms(parameters)

    @override
    def is_applied(self, subject: DeviceSubject, parameters: DeviceParameters) -> bool:
        """It is registered with the number; one that was free has become its original."""
        return subject.held is not None


def _need_terms(parameters: DeviceParameters) -> None:
    if not parameters.terms:
        raise TermsNotAccepted


CHANGES = (
    RegisterDevice,
    DeregisterDevice,
    DuplicateDevice,
)
"""The kinds of change of this chapter that need nothing but the operator."""
