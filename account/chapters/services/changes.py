"""Switching a service of a number on and off (S11, S12).

What the person was shown of an offering (price, period, volume, terms) are parameters of the change
and are compared with the operator's catalogue at the offer and again before it is sent: another
price is another question (G-6, G-9).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from typing_extensions import override

from account.changes.action import ActionKind, ChangeRequest
from account.changes.parameters import ChangeParameters
from account.changes.spec import ChangeSpec, P, number_of
from account.chapters.allowances import Allowance, Measure
from account.chapters.services.offerings import (
    Catalogue,
    NumberServices,
    Offering,
    Service,
    ServiceInventory,
    Volume,
    VolumeUnit,
    check_on,
)
from account.errors import (
    CarrierNotUnderstood,
    NumberInDebt,
    OfferingChanged,
    OneByOne,
    ServiceAlreadySo,
    ServiceNotManageable,
)
from account.values.money import Money
from account.values.number import Number, NumberState
from account.values.rights import Right

OFFERING, SERVICE, NAMES, SHOWN, HAD, LEFT = (
    *("offering", "service", "names", "shown", "had", "left"),
)
"""The names in a row; all but the ids are JSON."""


@dataclass(frozen=True, slots=True)
class ServiceOnParameters(ChangeParameters):
    """The offering as it was shown, and the ids of its services that were there already."""

    offering: Offering
    had: tuple[str, ...] = ()

    @override
    @property
    def part(self) -> str:
        """On and off of one offering exclude each other."""
        return self.offering.id

    @override
    def told(self) -> dict[str, str]:
        return described(self.offering) | {HAD: json.dumps(list(self.had))}

    @override
    @classmethod
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:
        return cls(_shown_in(told), tuple(json.loads(told.get(HAD, "[]"))))


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of an allowance of a service, None without end."""

    use: str
    name: str
    measure: Measure
    left: int | None


@dataclass(frozen=True, slots=True)
class ServiceOffParameters(ChangeParameters):
    """The service, its names by language, and what will be lost with it.

    Without a `service` it is whichever one of the offering the number has (`SwitchOff.settle`).
    """

    service: str
    offering: str
    names: Mapping[str, str]
    left: tuple[Left, ...] = ()

    @override
    @property
    def part(self) -> str:
        """On and off of one offering exclude each other."""
        return self.offering

    @override
    def told(self) -> dict[str, str]:
        lost = [[one.use, one.name, one.measure, one.left] for one in self.left]
        return {
            SERVICE: self.service,
            OFFERING: self.offering,
            NAMES: _json(dict(self.names)),
            LEFT: _json(lost),
        }

    @override
    @classmethod
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:
        left = (
            Left(use, name, Measure(measure), amount)
            for use, name, measure, amount in json.loads(told.get(LEFT, "[]"))
        )
        return cls(told[SERVICE], told[OFFERING], names_in(told), tuple(left))


@dataclass(frozen=True, slots=True)
class ServiceSubject:
    """What a switch rests on. `offering` is None when there is no such one, or none is needed."""

    services: NumberServices
    offering: Offering | None = None


class _Switch(ChangeSpec[ServiceSubject, P]):
    """What both directions share. One offering of a number is one lock key."""

    right = Right.CHANGE_SERVICES
    lock_key = "service"

    def __init__(self, carrier: ServiceInventory) -> None:
        self._carrier = carrier

    @override
    def number(self, subject: ServiceSubject) -> Number:
        return subject.services.number

    @override
    def fingerprint(self, subject: ServiceSubject, parameters: P) -> str:
        """The state; the offering itself is compared in `check`, with a sentence of its own."""
        return subject.services.number.state.value

    @override
    def audit_fields(self, parameters: P) -> dict[str, str]:
        """Which service it was."""
        told = parameters.told()
        return {name: told[name] for name in (OFFERING, NAMES)}


class SwitchOn(_Switch[ServiceOnParameters]):
    """A service is switched on and paid for (S12)."""

    kind = ActionKind.SERVICE_ON
    parameters = ServiceOnParameters
    what = "service.on"
    schedulable = True

    @override
    async def read(self, plan: ChangeRequest[ServiceOnParameters]) -> ServiceSubject:
        """The offering is read by itself, never from a list kept before."""
        number, active, offering, offerings = await asyncio.gather(
            number_of(self._carrier, plan.company_id, plan.msisdn),
            self._carrier.services(plan.company_id, plan.msisdn),
            self._carrier.offering(plan.parameters.offering.id),
            self._carrier.offerings(),
        )
        services = NumberServices(number, active.rows, offerings, active.left_out)
        return ServiceSubject(services, offering)

    @override
    def undone_by(self, parameters: ServiceOnParameters) -> tuple[ActionKind, ChangeParameters]:
        """Its end; what was paid stays paid."""
        return ActionKind.SERVICE_OFF, off_for_many(parameters.offering)

    @override
    def cost(self, parameters: ServiceOnParameters) -> Money:
        """As it was shown."""
        return parameters.offering.charged_at_once

    @override
    def check(self, subject: ServiceSubject, parameters: ServiceOnParameters) -> None:
        """Refuse as `check_on` does; then `OfferingChanged` when price or terms are other ones."""
        check_on(subject.services, subject.offering)
        assert subject.offering is not None
        if described(parameters.offering) != described(subject.offering):
            raise OfferingChanged

    @override
    def is_applied(self, subject: ServiceSubject, parameters: ServiceOnParameters) -> bool | None:
        """It is active (S12-1). What may be had twice tells only that nothing new has come.

        It may be one of those that cannot be read: then nothing is told.
        """
        wanted, active = parameters.offering.id, subject.services.active
        there = {service.id for service in active if service.offering_id == wanted}
        if not parameters.offering.stackable:
            return bool(there) or (None if subject.services.left_out else False)
        return None if there - set(parameters.had) or subject.services.left_out else False


class SwitchOff(_Switch[ServiceOffParameters]):
    """A service is switched off; nothing is given back (S11)."""

    kind = ActionKind.SERVICE_OFF
    parameters = ServiceOffParameters
    what = "service.off"
    schedulable = True
    undone_at_new_terms = True

    @override
    async def read(self, plan: ChangeRequest[ServiceOffParameters]) -> ServiceSubject:
        number, active = await asyncio.gather(
            number_of(self._carrier, plan.company_id, plan.msisdn),
            self._carrier.services(plan.company_id, plan.msisdn),
        )
        services = NumberServices(number, active.rows, Catalogue(), active.left_out)
        return ServiceSubject(services)

    @override
    async def undone_now(
        self, parameters: ServiceOffParameters
    ) -> tuple[ActionKind, ChangeParameters]:
        """The offering bought anew at today's price. Raises `ServiceNotManageable` for none."""
        offering = await self._carrier.offering(parameters.offering)
        if offering is None or not offering.sellable:
            raise ServiceNotManageable
        return ActionKind.SERVICE_ON, on_parameters(offering, ())

    @override
    def check(self, subject: ServiceSubject, parameters: ServiceOffParameters) -> None:
        """Refuse in debt (S11-4), what is off already (S11-3), what is the operator's (FAQ 4)."""
        number = subject.services.number
        if number.state is NumberState.DEBT:
            raise NumberInDebt(number.state, number.debt)
        service = _found(subject, parameters)
        if service is None and subject.services.left_out:
            raise CarrierNotUnderstood("product: it may be the service", "TMF637")
        if service is None:
            raise ServiceAlreadySo(on=False)
        if not service.manageable:
            raise ServiceNotManageable
        if len(_all_of(subject, parameters)) > 1:
            raise OneByOne

    @override
    def settle(
        self, subject: ServiceSubject, parameters: ServiceOffParameters
    ) -> ServiceOffParameters:
        """The very service of the number, where only its offering was named."""
        found = _found(subject, parameters)
        return parameters if found is None else replace(parameters, service=found.id)

    @override
    def is_applied(self, subject: ServiceSubject, parameters: ServiceOffParameters) -> bool | None:
        """It is no longer among the active ones, and all of these could be read."""
        gone = _found(subject, parameters) is None
        return None if gone and subject.services.left_out else gone


def on_parameters(offering: Offering, active: Iterable[Service]) -> ServiceOnParameters:
    """Switching an offering on, as it was shown."""
    had = sorted(one.id for one in active if one.offering_id == offering.id)
    return ServiceOnParameters(offering, tuple(had))


def off_parameters(
    service: Service, names: Mapping[str, str], left: Iterable[Allowance] = ()
) -> ServiceOffParameters:
    """Switching a service off; `left` is what will be lost with it."""
    lost = (Left(one.use, one.name, one.measure, one.left) for one in left)
    return ServiceOffParameters(service.id, service.offering_id, names, tuple(lost))


def off_for_many(offering: Offering) -> ServiceOffParameters:
    """Switching off whichever service of that offering a number has."""
    return ServiceOffParameters("", offering.id, offering.names)


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
        **({} if offering.activation is None else {"activation": offering.activation.tiyn}),
        **({"by_use": True} if offering.by_use else {}),
    }
    return {OFFERING: offering.id, NAMES: _json(dict(offering.names)), SHOWN: _json(shown)}


def _shown_in(told: Mapping[str, str]) -> Offering:
    """The offering as it was shown; without its groups."""
    shown = json.loads(told[SHOWN])
    volume = shown["volume"]
    if volume is not None:
        amount, unit = volume
        volume = Volume(amount, None if unit is None else VolumeUnit(unit))
    return Offering(
        id=told[OFFERING],
        names=names_in(told),
        terms=shown["terms"],
        groups=(),
        price=Money(shown["price"]),
        monthly=shown["monthly"],
        activation=Money(shown["activation"]) if "activation" in shown else None,
        by_use=shown.get("by_use", False),
        volume=volume,
        days=shown["days"],
        to_month_end=shown["to_month_end"],
        stackable=shown["stackable"],
    )


def names_in(told: Mapping[str, str]) -> Mapping[str, str]:
    """The service's name by language, out of the texts of a row or of the history."""
    names: dict[str, str] = json.loads(told[NAMES])
    return names


def _found(subject: ServiceSubject, parameters: ServiceOffParameters) -> Service | None:
    return next(iter(_all_of(subject, parameters)), None)


def _all_of(subject: ServiceSubject, parameters: ServiceOffParameters) -> list[Service]:
    """The active service that is meant; of an offering all there are."""
    if parameters.service:
        return [one for one in subject.services.active if one.id == parameters.service]
    return [one for one in subject.services.active if one.offering_id == parameters.offering]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


CHANGES = (
    SwitchOn,
    SwitchOff,
)
"""The kinds of change of this chapter that need nothing but the operator."""
