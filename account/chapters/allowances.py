"""What is left of a number's allowances: the tariff's (S09) and those of services (S10)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from account.chapters.services.offerings import ServiceInventory
from account.errors import NumberNotFound
from account.identity.permissions import Actor, require
from account.values.capabilities import Capability
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.number import Number
from account.values.page import Page
from account.values.rights import Right


class Measure(StrEnum):
    """What an allowance is counted in."""

    SECONDS = "seconds"
    SMS = "SMS"
    MMS = "MMS"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Allowance:
    """One allowance (TMF677), in whole seconds, SMS or bytes. Times are aware, UTC.

    `use` says what it is for (`onnet`, `offnet`, `sms`, …), `name` is the operator's word for it.
    `left` None is without end; `total` None is not known. `source` is the number for an allowance
    of the tariff, else the id of the service that gives it. `ended`: the operator calls it expired.
    """

    use: str
    name: str
    measure: Measure
    left: int | None
    total: int | None
    source: str
    source_name: str
    begins: datetime | None
    ends: datetime | None
    ended: bool = False

    def over(self, now: datetime) -> bool:
        """Whether it can no longer be used."""
        return self.ended or (self.ends is not None and self.ends <= now)


@dataclass(frozen=True, slots=True)
class NumberAllowances:
    """The allowances of a number that have not expired, and when they were read."""

    number: Number
    of_tariff: tuple[Allowance, ...]
    additional: tuple[Allowance, ...]
    read_at: datetime
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    """Names by language of the services that give the additional ones, by the services' ids."""
    left_out: int = 0
    """How many the operator told of that could not be read."""

    def of_service(self, service_id: str) -> tuple[Allowance, ...]:
        """What that service gives."""
        return tuple(one for one in self.additional if one.source == service_id)


class AllowanceSource(ServiceInventory, Protocol):
    """Allowances of numbers, asked of the operator (TMF677).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def allowances(self, company_id: str, msisdn: Msisdn) -> Page[Allowance]:
        """All the number's allowances, expired ones too (TMF677); none of another company's."""


class Allowances:
    """Reads of a number's allowances, guarded by right and company."""

    def __init__(self, carrier: AllowanceSource, clock: Clock) -> None:
        self._carrier = carrier
        self._clock = clock

    async def of(
        self, actor: Actor, msisdn: Msisdn, *, with_names: bool = False
    ) -> NumberAllowances:
        """The allowances of a number of the chosen company; what has expired is left out (S09).

        `with_names` names the sources of additional ones in every language. Raises
        `NumberNotFound` also for another company's number, `CarrierUnavailable`.
        """
        company = require(actor, Right.READ_ALLOWANCES)
        number, found = await asyncio.gather(
            self._carrier.number(company.id, msisdn),
            self._carrier.allowances(company.id, msisdn),
        )
        if number is None:
            raise NumberNotFound
        require(actor, Right.READ_ALLOWANCES, number)
        now = self._clock.now()
        valid = [one for one in found.rows if not one.over(now)]
        additional = tuple(one for one in valid if one.source != msisdn.digits)
        names = {}
        if with_names and additional and Capability.SERVICES not in company.lacks:
            names = await self._names(company.id, msisdn)
        return NumberAllowances(
            number=number,
            of_tariff=tuple(one for one in valid if one.source == msisdn.digits),
            additional=additional,
            read_at=now,
            names=names,
            left_out=found.left_out,
        )

    async def _names(self, company_id: str, msisdn: Msisdn) -> dict[str, Mapping[str, str]]:
        services, offerings = await asyncio.gather(
            self._carrier.services(company_id, msisdn), self._carrier.offerings()
        )
        return {
            service.id: offerings[service.offering_id].names
            for service in services.rows
            if service.offering_id in offerings
        }
