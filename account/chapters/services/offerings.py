"""The services of a number: what it has, what is on offer, and what of it may be done (S11, S12).

Prices, terms and exclusions are the operator's and are read anew for every decision; what a person
was shown travels with the change (`account.chapters.services.changes`) and is compared with them
once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from account.errors import (
    ChangeRefused,
    FundsInsufficient,
    IndividualLimitReached,
    NumberInDebt,
    NumberNotFound,
    NumberStateRefused,
    ServiceAlreadySo,
    ServiceConflict,
    ServiceNotManageable,
)
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.number import Number, NumberReader, NumberState
from account.values.page import Page
from account.values.rights import Right

GROUPS = (
    *("roaming-voice", "roaming-voice-special", "roaming-voice-international"),
    *("roaming-data", "roaming-data-packs"),
    *("voice", "voice-offnet", "voice-landline", "sms", "data"),
)
"""Groups and subgroups of the guide, in its order (S12); the operator may have others besides."""


class VolumeUnit(StrEnum):
    """What the traffic of an offering is counted in; 1 MB is 1 048 576 bytes."""

    MINUTES = "minutes"
    SMS = "SMS"
    MB = "MB"


@dataclass(frozen=True, slots=True)
class Volume:
    """Traffic that a service gives. `amount` None is without end, and then there is no unit."""

    amount: int | None
    unit: VolumeUnit | None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of services; `name` is the operator's own for one that the guide does not know."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Offering:
    """A service on offer (TMF620).

    `names` and `terms` are by language. `price` is with taxes, a month's when `monthly`, and then
    `activation` is charged once beside the first; `by_use`: each use of it is charged as well, by
    what the operator says elsewhere. It lasts
    `days`, or to the end of the month, or until it is switched off. `excludes` are the ids of
    offerings that cannot be had beside it. `sellable` false: the operator alone switches it.
    """

    id: str
    names: Mapping[str, str]
    terms: Mapping[str, str]
    groups: tuple[Group, ...]
    price: Money
    monthly: bool = False
    activation: Money | None = None
    by_use: bool = False
    volume: Volume | None = None
    days: int | None = None
    to_month_end: bool = False
    stackable: bool = False
    sellable: bool = True
    excludes: frozenset[str] = frozenset()

    @property
    def charged_at_once(self) -> Money:
        """What switching it on costs."""
        return self.price if self.activation is None else self.price + self.activation


class Catalogue(dict[str, Offering]):
    """Offerings by their ids; `left_out` of the operator's could not be read."""

    left_out = 0


@dataclass(frozen=True, slots=True)
class Service:
    """An active service of a number (TMF637). Times are aware, UTC; `until` None: no end is set.

    `price` and `since` are None where they are not told, or not so that they can be read.
    """

    id: str
    offering_id: str
    name: str
    price: Money | None
    monthly: bool
    since: datetime | None
    until: datetime | None
    group: str | None
    subgroup: str | None
    manageable: bool


@dataclass(frozen=True, slots=True)
class NumberServices:
    """A number with its active services, oldest first, and every offering by its id.

    `left_out` services of the number could not be read: they may be any.
    """

    number: Number
    active: tuple[Service, ...]
    offerings: Catalogue = field(repr=False)
    left_out: int = 0

    @property
    def manageable(self) -> tuple[Service, ...]:
        """What the administrator may switch off; nothing else is listed (S11, FAQ 4)."""
        return tuple(service for service in self.active if service.manageable)

    @property
    def on_offer(self) -> tuple[Offering, ...]:
        """What may be switched on, by groups in the guide's order, the cheapest first (S12).

        What is active and cannot be had twice is in the other list (S11-2).
        """
        offered = [
            offering
            for offering in self.offerings.values()
            if offering.sellable and (offering.stackable or not self.has(offering.id))
        ]
        return tuple(sorted(offered, key=_place))

    def has(self, offering_id: str) -> bool:
        """Whether a service of that offering is active."""
        return any(service.offering_id == offering_id for service in self.active)

    def names(self, service: Service) -> Mapping[str, str]:
        """The service's name by language; the operator's own where the catalogue has none."""
        offering = self.offerings.get(service.offering_id)
        return {"en": service.name} if offering is None else offering.names

    def hindrance(self, offering: Offering) -> ChangeRefused | None:
        """Why it cannot be switched on at this moment; None when it can (S12-2)."""
        try:
            check_on(self, offering)
        except ChangeRefused as refused:
            return refused
        return None


class ServiceInventory(NumberReader, Protocol):
    """Services of numbers and those on offer, asked of the operator (TMF637, TMF620).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def services(self, company_id: str, msisdn: Msisdn) -> Page[Service]:
        """The number's active services, oldest first (TMF637); none of another company's."""

    async def offerings(self) -> Catalogue:
        """Every offering by its id (TMF620), as it was at most a minute ago."""

    async def offering(self, offering_id: str) -> Offering | None:
        """One offering as it is now, None when it is not there (TMF620)."""


class Services:
    """Reads of a number's services, guarded by right and company."""

    def __init__(self, carrier: ServiceInventory, clock: Clock) -> None:
        self._carrier = carrier
        self._clock = clock

    async def of(self, actor: Actor, msisdn: Msisdn) -> NumberServices:
        """The services of a number of the chosen company.

        Raises `NumberNotFound` also for another company's, `CarrierUnavailable`.
        """
        company = require(actor, Right.READ_SERVICES)
        number, active, offerings = await asyncio.gather(
            self._carrier.number(company.id, msisdn),
            self._carrier.services(company.id, msisdn),
            self._carrier.offerings(),
        )
        if number is None:
            raise NumberNotFound
        require(actor, Right.READ_SERVICES, number)
        now = self._clock.now()
        in_force = tuple(one for one in active.rows if one.until is None or one.until > now)
        return NumberServices(number, in_force, offerings, active.left_out)

    async def on_offer(self, actor: Actor) -> tuple[Offering, ...]:
        """What may be switched on at all, whatever the number. Raises `CarrierUnavailable`."""
        require(actor, Right.CHANGE_SERVICES)
        offered = (one for one in (await self._carrier.offerings()).values() if one.sellable)
        return tuple(sorted(offered, key=_place))


def check_on(of: NumberServices, offering: Offering | None) -> None:
    """Refuse what cannot be switched on (S12-2); the state first, the money last.

    Raises `NumberInDebt`, `NumberStateRefused`, `ServiceNotManageable` (also for what is no longer
    on offer), `ServiceAlreadySo`, `ServiceConflict`, `FundsInsufficient`, `IndividualLimitReached`.
    """
    number = of.number
    if number.state is NumberState.DEBT:
        raise NumberInDebt(number.state, number.debt)
    if number.state is not NumberState.ACTIVE:
        raise NumberStateRefused(number.state)
    if offering is None or not offering.sellable:
        raise ServiceNotManageable
    if of.has(offering.id) and not offering.stackable:
        raise ServiceAlreadySo(on=True)
    against = [of.names(one) for one in of.active if one.offering_id in offering.excludes]
    if against:
        raise ServiceConflict(against)
    check_funds(number, offering.charged_at_once)


def check_funds(number: Number, price: Money) -> None:
    """Refuse a price above the balance, the remaining credit limit or the individual limit.

    A sum that the operator did not tell is for the operator to judge. Raises `FundsInsufficient`,
    `IndividualLimitReached`, each with what is missing (S12-3).
    """
    if number.funds is not None and number.funds < price:
        raise FundsInsufficient(price - number.funds)
    if number.individual_limit is not None and number.individual_limit < price:
        raise IndividualLimitReached(price - number.individual_limit)


def place_of(group_id: str) -> tuple[int, str]:
    """Where a group stands: the guide's order, then all others by their ids."""
    return (GROUPS.index(group_id) if group_id in GROUPS else len(GROUPS), group_id)


def _place(offering: Offering) -> tuple[object, ...]:
    groups = [place_of(group.id) for group in offering.groups[:2]]
    return (groups, offering.price, offering.id)
