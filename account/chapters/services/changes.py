"""Switching a service of a number on and off (S11, S12).

What the person was shown of an offering (price, period, volume, terms) are parameters of the change
and are compared with the operator's catalogue at the offer and again before it is sent: another
price is another question (G-6, G-9).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from typing_extensions import override

from account.changes.action import ActionKind, ChangeRequest
from account.changes.spec import ChangeSpec, number_of
from account.chapters.allowances import Allowance
from account.chapters.services.offerings import (
    NumberServices,
    Offering,
    Service,
    ServiceInventory,
    Volume,
    VolumeUnit,
    check_on,
)
from account.errors import NumberInDebt, OfferingChanged, ServiceAlreadySo, ServiceNotManageable
from account.values.money import Money
from account.values.number import Number, NumberState
from account.values.rights import Right

OFFERING, SERVICE, NAMES, SHOWN, HAD, LEFT = (
    *("offering", "service", "names", "shown", "had", "left"),
)
"""The parameters: ids; names by language; what was shown of price and terms; ids of the services of
that offering that were there already; what is left of the service's allowances. All but the ids are
JSON."""


@dataclass(frozen=True, slots=True)
class ServiceSubject:
    """What a switch rests on. `offering` is None when there is no such one, or none is needed."""

    services: NumberServices
    offering: Offering | None = None


class _Switch(ChangeSpec[ServiceSubject]):
    """What both directions share. One offering of a number is one lock key."""

    right = Right.CHANGE_SERVICES
    lock_key = "service"

    def __init__(self, carrier: ServiceInventory) -> None:
        self._carrier = carrier

    @override
    def number(self, subject: ServiceSubject) -> Number:
        return subject.services.number

    @override
    def fingerprint(self, subject: ServiceSubject, parameters: Mapping[str, str]) -> str:
        """The state; the offering itself is compared in `check`, with a sentence of its own."""
        return subject.services.number.state.value

    @override
    def lock_key_of(self, parameters: Mapping[str, str]) -> str:
        """On and off of one offering exclude each other."""
        return f"{self.lock_key}:{parameters[OFFERING]}"

    @override
    def audit_fields(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Which service it was."""
        return {name: parameters[name] for name in (OFFERING, NAMES)}


class SwitchOn(_Switch):
    """A service is switched on and paid for (S12)."""

    kind = ActionKind.SERVICE_ON
    what = "service.on"

    @override
    async def read(self, plan: ChangeRequest) -> ServiceSubject:
        """The offering is read by itself, never from a list kept before."""
        number, active, offering, offerings = await asyncio.gather(
            number_of(self._carrier, plan),
            self._carrier.services(plan.company_id, plan.msisdn),
            self._carrier.offering(plan.parameters[OFFERING]),
            self._carrier.offerings(),
        )
        return ServiceSubject(NumberServices(number, active, offerings), offering)

    @override
    def check(self, subject: ServiceSubject, parameters: Mapping[str, str]) -> None:
        """Refuse as `check_on` does; then `OfferingChanged` when price or terms are other ones."""
        check_on(subject.services, subject.offering)
        assert subject.offering is not None
        now = described(subject.offering)
        if any(parameters.get(name) != value for name, value in now.items()):
            raise OfferingChanged

    @override
    def is_applied(self, subject: ServiceSubject, parameters: Mapping[str, str]) -> bool | None:
        """It is active (S12-1). What may be had twice tells only that nothing new has come."""
        wanted, active = parameters[OFFERING], subject.services.active
        there = {service.id for service in active if service.offering_id == wanted}
        if not shown_in(parameters).stackable:
            return bool(there)
        return None if there - set(json.loads(parameters[HAD])) else False


class SwitchOff(_Switch):
    """A service is switched off; nothing is given back (S11)."""

    kind = ActionKind.SERVICE_OFF
    what = "service.off"

    @override
    async def read(self, plan: ChangeRequest) -> ServiceSubject:
        number, active = await asyncio.gather(
            number_of(self._carrier, plan), self._carrier.services(plan.company_id, plan.msisdn)
        )
        return ServiceSubject(NumberServices(number, active, {}))

    @override
    def check(self, subject: ServiceSubject, parameters: Mapping[str, str]) -> None:
        """Refuse in debt (S11-4), what is off already (S11-3), what is the operator's (FAQ 4)."""
        number = subject.services.number
        if number.state is NumberState.DEBT:
            raise NumberInDebt(number.state, number.debt)
        service = _found(subject, parameters)
        if service is None:
            raise ServiceAlreadySo(on=False)
        if not service.manageable:
            raise ServiceNotManageable

    @override
    def is_applied(self, subject: ServiceSubject, parameters: Mapping[str, str]) -> bool:
        """It is no longer among the active ones."""
        return _found(subject, parameters) is None


def wished_on(offering: Offering, active: Iterable[Service]) -> dict[str, str]:
    """The parameters of switching an offering on, as it was shown."""
    had = sorted(one.id for one in active if one.offering_id == offering.id)
    return described(offering) | {HAD: json.dumps(had)}


def wished_off(
    service: Service, names: Mapping[str, str], left: Iterable[Allowance] = ()
) -> dict[str, str]:
    """The parameters of switching a service off; `left` is what will be lost with it."""
    lost = [[one.use, one.name, one.measure, one.left] for one in left]
    return {
        SERVICE: service.id,
        OFFERING: service.offering_id,
        NAMES: _json(dict(names)),
        LEFT: _json(lost),
    }


def described(offering: Offering) -> dict[str, str]:
    """All of an offering that the summary rests on."""
    volume = offering.volume
    shown = {
        "price": offering.price.tiyn,
        "monthly": offering.monthly,
        "volume": None if volume is None else [volume.amount, volume.unit],
        "days": offering.days,
        "to_month_end": offering.to_month_end,
        "stackable": offering.stackable,
        "terms": dict(offering.terms),
    }
    return {OFFERING: offering.id, NAMES: _json(dict(offering.names)), SHOWN: _json(shown)}


def shown_in(parameters: Mapping[str, str]) -> Offering:
    """The offering as it was shown, out of the parameters of a change; without its groups."""
    shown = json.loads(parameters[SHOWN])
    volume = shown["volume"]
    if volume is not None:
        amount, unit = volume
        volume = Volume(amount, None if unit is None else VolumeUnit(unit))
    return Offering(
        id=parameters[OFFERING],
        names=names_in(parameters),
        terms=shown["terms"],
        groups=(),
        price=Money(shown["price"]),
        monthly=shown["monthly"],
        volume=volume,
        days=shown["days"],
        to_month_end=shown["to_month_end"],
        stackable=shown["stackable"],
    )


def names_in(parameters: Mapping[str, str]) -> Mapping[str, str]:
    """The service's name by language, out of the parameters of a change or of its history."""
    names: dict[str, str] = json.loads(parameters[NAMES])
    return names


def _found(subject: ServiceSubject, parameters: Mapping[str, str]) -> Service | None:
    wanted = parameters[SERVICE]
    return next((one for one in subject.services.active if one.id == wanted), None)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


CHANGES = (
    SwitchOn,
    SwitchOff,
)
"""The kinds of change of this chapter that need nothing but the operator."""
