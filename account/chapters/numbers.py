"""The company's mobile numbers: the list, the search, and one number's card (S05, S06, S07)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from account.errors import NumberNotFound
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.number import Number, NumberReader, NumberState, PaymentMethod
from account.values.page import Page
from account.values.rights import Right

PAGE = 10
"""Rows on a page of the list (G-11)."""


@dataclass(frozen=True, slots=True)
class NumberCounts:
    """How many numbers a company has, by state."""

    total: int
    active: int
    blocked: int
    debt: int


@dataclass(frozen=True, slots=True)
class NumbersQuery:
    """What part of the list is wanted. `search` is matched as a part of the number, the account
    number, the tariff or the employee's label, without regard to case.
    """

    search: str = ""
    state: NumberState | None = None
    offset: int = 0
    limit: int = PAGE
    payment: PaymentMethod | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A number with the moment its data was read (aware, UTC)."""

    number: Number
    read_at: datetime


class NumberInventory(NumberReader, Protocol):
    """The company's numbers, asked of the operator (TMF637).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def numbers(self, company_id: str, wish: NumbersQuery) -> Page[Number]:
        """A page of the company's numbers, in their order, with balances (TMF637, 654, 666)."""

    async def tally(self, company_id: str) -> NumberCounts:
        """How many numbers the company has in each state (TMF637)."""


class Numbers:
    """Reads of the company's numbers, each guarded by right and company."""

    def __init__(self, carrier: NumberInventory, clock: Clock) -> None:
        self._carrier = carrier
        self._clock = clock

    async def page(self, actor: Actor, wish: NumbersQuery) -> Page[Number]:
        """Rows of the chosen company's list, in the order of the numbers (G-11).

        Raises the refusals of `require` and `CarrierUnavailable`.
        """
        company = require(actor, Right.LIST_NUMBERS)
        return await self._carrier.numbers(company.id, wish)

    async def tally(self, actor: Actor) -> NumberCounts:
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

    async def overview(self, actor: Actor, wish: NumbersQuery) -> tuple[Page[Number], NumberCounts]:
        """The list's page and the tally, read side by side."""
        page, tally = await asyncio.gather(self.page(actor, wish), self.tally(actor))
        return page, tally
