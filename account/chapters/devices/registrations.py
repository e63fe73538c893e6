"""Devices of a number and their registration by IMEI (S21 to S25).

A registration ties an IMEI to an owner (BIN or IIN) and a number. Whose a device is outside of the
company is the registry's knowledge alone: it shows only in how a request ends. What is told of a
previous owner travels sealed, is erased at the end, and no history ever has it (S23-3).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, Self

from typing_extensions import override

from account.changes.action import ActionKind, ChangeRequest
from account.changes.parameters import ChangeParameters, lock_key_of_part
from account.credentials.one_time_codes import Address, code_address
from account.effects.effect import Channel
from account.errors import (
    DeviceAlreadyRegistered,
    DeviceNotRegistered,
    NumberNotFound,
    OwnerTriesExceeded,
)
from account.identity.directory import Directory
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Bin, Iin, Imei, Msisdn, parse_iin_or_bin
from account.values.number import Number, NumberReader
from account.values.page import Page
from account.values.periods import Period, today
from account.values.rights import Right

PAGE = 4
"""Registrations on a page of a number's device window."""
LOCK_KEY = "device"

PROMISE = timedelta(hours=8)
"""From acceptance to the result (T11)."""
TRIES_A_DAY = 3
"""Requests with a wrong previous owner for one IMEI and day of Almaty (S23-2)."""

IMEI, TERMS = "imei", "terms"
ACCEPTED = "accepted"
"""The names in a row: the first 14 digits, and `ACCEPTED` where the terms must be."""
OWNER_NUMBER, OWNER_ID = "previousOwnerNumber", "previousOwnerId"
RESULT_BY, RESULT_TO, RESULT_IN = "resultBy", "resultTo", "resultIn"
"""The names of what is sealed."""
OTHER_OWNER, OTHER_OPERATOR = "IMEI.OTHER_OWNER", "IMEI.OTHER_OPERATOR"
OWNER_MISMATCH = "IMEI.OWNER_MISMATCH"
LISTED, GREY_LISTED = "IMEI.BLACKLISTED", "IMEI.GREYLISTED"
"""The registry's refusals; the last is our own name for the grey list, which it tells in words."""


class RegistrationKind(StrEnum):
    """How a device is registered: as the owner's, or beside the owner's registration (S24)."""

    ORIGINAL = "original"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Registration:
    """One registration of the company's. Moments are aware, UTC; `removed_at` None: it holds."""

    imei: Imei
    msisdn: Msisdn
    kind: RegistrationKind
    since: datetime
    bin: Bin
    model: str | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DevicesQuery:
    """Which registrations of the company are wanted: of a number, of an IMEI, or all.

    They come by number, oldest first; those that were removed only when `removed` says so.
    """

    msisdn: Msisdn | None = None
    imei: Imei | None = None
    removed: bool = False
    offset: int = 0
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class Devices:
    """A number's devices: the one last seen with it, its registration, and a page of all."""

    number: Number
    last: Imei | None
    last_held: Registration | None
    held: Page[Registration]


@dataclass(frozen=True, slots=True)
class Device:
    """One device as a number sees it, and for each change of it whether it makes sense now."""

    number: Number
    imei: Imei
    held: Registration | None

    def may(self, kind: ActionKind) -> bool:
        """Whether the change would change anything."""
        try:
            fits(self.held, kind)
        except (DeviceAlreadyRegistered, DeviceNotRegistered):
            return False
        return True


@dataclass(frozen=True, slots=True)
class PreviousOwner:
    """Who had the device registered: the number, and the IIN or BIN (S23)."""

    msisdn: Msisdn
    id: Iin | Bin


@dataclass(frozen=True, slots=True, repr=False)
class ResultAddress:
    """Where, and in which language, the result is told."""

    address: Address
    language: str


@dataclass(frozen=True, slots=True)
class DeviceParameters(ChangeParameters):
    """The device, and whether the terms were accepted where they must be.

    Sealed, and gone at the end: where the result is told, and the previous owner.
    """

    imei: Imei
    terms: bool = False
    result: ResultAddress | None = field(default=None, repr=False)
    owner: PreviousOwner | None = field(default=None, repr=False)

    @override
    @property
    def part(self) -> str:
        """Each device of a number has a lock key of its own."""
        return self.imei.key

    @override
    def told(self) -> dict[str, str]:
        return {IMEI: self.imei.key} | ({TERMS: ACCEPTED} if self.terms else {})

    @override
    def sealed(self) -> dict[str, str]:
        told: dict[str, str] = {}
        if self.result is not None:
            to = self.result.address
            told = {RESULT_BY: to.channel.value, RESULT_TO: to.to, RESULT_IN: self.result.language}
        if self.owner is not None:
            told |= {OWNER_NUMBER: self.owner.msisdn.digits, OWNER_ID: self.owner.id.digits}
        return told

    @override
    @classmethod
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:
        result = owner = None
        if RESULT_TO in sealed:
            address = Address(Channel(sealed[RESULT_BY]), sealed[RESULT_TO])
            result = ResultAddress(address, sealed[RESULT_IN])
        if OWNER_NUMBER in sealed:
            owner = PreviousOwner(Msisdn(sealed[OWNER_NUMBER]), parse_iin_or_bin(sealed[OWNER_ID]))
        return cls(Imei(told[IMEI]), told.get(TERMS) == ACCEPTED, result, owner)


class DeviceRegister(NumberReader, Directory, Protocol):
    """The devices of numbers, asked of the operator (TMF639).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def last_imei(self, company_id: str, msisdn: Msisdn) -> Imei | None:
        """The device last seen with the company's number, if any (TMF639)."""

    async def devices(self, company_id: str, query: DevicesQuery) -> Page[Registration]:
        """A page of the company's registered devices, by number, oldest first (TMF639)."""


class OwnerTries(Protocol):
    """How often the data of a previous owner did not match, by our own rows of changes."""

    async def owner_tries(
        self, imei: Imei, since: datetime, but: ChangeRequest[DeviceParameters]
    ) -> int:
        """Re-registrations of the IMEI by anybody, confirmed since then, whose previous owner was
        another, or that are still open; of the number in `but` the open ones do not count.
        """


class DeviceRegistrations:
    """Reads of a number's devices, and the requests about them."""

    def __init__(self, carrier: DeviceRegister, store: OwnerTries, clock: Clock) -> None:
        self._carrier = carrier
        self._store = store
        self._clock = clock

    async def of_number(self, actor: Actor, msisdn: Msisdn, offset: int = 0) -> Devices:
        """The devices of a number of the chosen company.

        Raises the refusals of `require`, `NumberNotFound`, `CarrierUnavailable`.
        """
        company = require(actor, Right.READ_DEVICES)
        number, last, held = await asyncio.gather(
            self._number(actor, msisdn),
            self._carrier.last_imei(company.id, msisdn),
            self._carrier.devices(company.id, DevicesQuery(msisdn, offset=offset)),
        )
        last_held = next((one for one in held.rows if one.imei == last), None)
        if last is not None and last_held is None and held.total > len(held.rows):
            last_held = await held_on(self._carrier, company.id, msisdn, last)
        return Devices(number, last, last_held, held)

    async def device(self, actor: Actor, msisdn: Msisdn, imei: Imei) -> Device:
        """One device at a number of the chosen company. Raises as `of_number`."""
        company = require(actor, Right.READ_DEVICES)
        number, held = await asyncio.gather(
            self._number(actor, msisdn),
            held_on(self._carrier, company.id, msisdn, imei),
        )
        return Device(number, imei, held)

    async def change(
        self,
        actor: Actor,
        imei: Imei,
        language: str,
        *,
        terms: bool = False,
        owner: PreviousOwner | None = None,
    ) -> DeviceParameters:
        """What to offer for a change of a device; the result is sent where the actor's codes go.

        Raises the refusals of `require`, `CarrierUnavailable`.
        """
        require(actor, Right.CHANGE_DEVICES)
        administrator = await self._carrier.administrator(actor.phone)
        address = None if administrator is None else code_address(administrator)
        address = address or Address(Channel.SMS, actor.phone.digits)
        return DeviceParameters(imei, terms, ResultAddress(address, language), owner)

    async def check_tries(self, actor: Actor, msisdn: Msisdn, imei: Imei) -> None:
        """Refuse before anything is typed what would be refused afterwards (S23-2).

        Raises `OwnerTriesExceeded` and the refusals of `require`.
        """
        company = require(actor, Right.CHANGE_DEVICES)
        plan = ChangeRequest(company.id, msisdn, DeviceParameters(imei))
        if await tries_of(self._store, self._clock, plan) >= TRIES_A_DAY:
            raise OwnerTriesExceeded

    async def _number(self, actor: Actor, msisdn: Msisdn) -> Number:
        number = await self._carrier.number(actor.company.id, msisdn)
        if number is None:
            raise NumberNotFound
        require(actor, Right.READ_DEVICES, number)
        return number


def lock_key_of(imei: Imei) -> str:
    """The lock key of every change of that device: one at a time on a number."""
    return lock_key_of_part(LOCK_KEY, imei.key)


def fits(held: Registration | None, kind: ActionKind) -> None:
    """Refuse what is so already: `DeviceAlreadyRegistered`, `DeviceNotRegistered`."""
    if kind is ActionKind.DEREGISTER_DEVICE:
        if held is None:
            raise DeviceNotRegistered
        return
    moves = kind is ActionKind.REREGISTER_DEVICE
    if held is not None and not (moves and held.kind is RegistrationKind.DUPLICATE):
        raise DeviceAlreadyRegistered


async def held_on(
    carrier: DeviceRegister, company_id: str, msisdn: Msisdn, imei: Imei
) -> Registration | None:
    """The registration of the IMEI with the number, that holds. Raises as every read."""
    held = await carrier.devices(company_id, DevicesQuery(msisdn, imei))
    return next(iter(held.rows), None)


async def tries_of(store: OwnerTries, clock: Clock, plan: ChangeRequest[DeviceParameters]) -> int:
    """How many requests with another previous owner than the true one the IMEI met today.

    Those that are not decided yet count as well, but for the plan's own.
    """
    day = today(clock.now())
    return await store.owner_tries(plan.parameters.imei, Period(day, day).start_utc, plan)
