"""The company's mobile numbers: the list, the search, and one number's card (S05, S06, S07)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from account.access.permissions import Actor, Right, require
from account.errors import NumberNotFound

if TYPE_CHECKING:
    from account.ports import Carrier, Clock
    from account.values.identifiers import Msisdn
    from account.values.money import Money

Row = TypeVar("Row")

PAGE = 10
"""Rows on a page of the list (G-11)."""


class NumberState(StrEnum):
    """State of a number (my-account.md section 5). Debt wins over a voluntary block."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    DEBT = "debt"


class PaymentMethod(StrEnum):
    """Credit is postpaid, Advance prepaid (S07)."""

    CREDIT = "Credit"
    ADVANCE = "Advance"


@dataclass(frozen=True, slots=True)
class Bans:
    """The three bans of a number; True means the employee is not allowed (T2, S17 to S19)."""

    sms_ussd_control: bool = False
    details: bool = False
    access: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """One number of one company, as the operator told it just now.

    `funds` is the remaining credit limit of a Credit number and the balance of an Advance one.
    `individual_limit` None means that there is none. `debt` is what the account owes.
    """

    msisdn: Msisdn
    company_id: str
    state: NumberState
    state_since: datetime | None
    account: str
    tariff: str
    payment: PaymentMethod
    funds: Money | None
    individual_limit: Money | None = None
    debt: Money | None = None
    label: str | None = None
    registration_form: str | None = None
    bans: Bans = Bans()
    blocked_by_company: bool = False
    """A voluntary block lies on it; it may coincide with debt and outlives its payment."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many numbers a company has, by state."""

    total: int
    active: int
    blocked: int
    debt: int


@dataclass(frozen=True, slots=True)
class NumbersWish:
    """What part of the list is wanted. `search` is matched as a part of the number, the account
    number, the tariff or the employee's label, without regard to case.
    """

    search: str = ""
    state: NumberState | None = None
    offset: int = 0
    limit: int = PAGE
    payment: PaymentMethod | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A part of a list that stays at the operator. `total` counts the whole list."""

    rows: tuple[Row, ...]
    offset: int
    total: int


@dataclass(frozen=True, slots=True)
class Card:
    """A number with the moment its data was read (aware, UTC)."""

    number: Number
    read_at: datetime


class Numbers:
    """Reads of the company's numbers, each guarded by right and company."""

    def __init__(self, carrier: Carrier, clock: Clock) -> None:
        self._carrier = carrier
        self._clock = clock

    async def page(self, actor: Actor, wish: NumbersWish) -> Page[Number]:
        """Rows of the chosen company's list, in the order of the numbers (G-11).

        Raises the refusals of `require` and `CarrierUnavailable`.
        """
        company = require(actor, Right.LIST_NUMBERS)
        return await self._carrier.numbers(company.id, wish)

    async def tally(self, actor: Actor) -> Tally:
        """Count the chosen company's numbers by state. Raises as `page`."""
        company = require(actor, Right.LIST_NUMBERS)
        return await self._carrier.tally(company.id)

    async def card(self, actor: Actor, msisdn: Msisdn) -> Card:
        """One number of the chosen company. Raises `NumberNotFound` also for another company's."""
        company = require(actor, Right.READ_NUMBERS)
        number = await self._carrier.number(company.id, msisdn)
        if number is None:
            raise NumberNotFound
        require(actor, Right.READ_NUMBERS, number)
        return Card(number=number, read_at=self._clock.now())

    async def overview(self, actor: Actor, wish: NumbersWish) -> tuple[Page[Number], Tally]:
        """The list's page and the tally, read side by side."""
        page, tally = await asyncio.gather(self.page(actor, wish), self.tally(actor))
        return page, tally
