"""The company's mobile numbers: the list, the search, and one number's card (S05, S06, S07)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from account.errors import NumberFault, NumberInvalid, NumberNotFound, TextFault, TextRefused
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Msisdn, clean_text, digits_of
from account.values.number import Number, NumberReader, NumberState, PaymentMethod
from account.values.page import Page
from account.values.rights import Right

PAGE = 10
"""Rows on a page of the list (G-11)."""
SEARCH_LIMIT = 64
FEWEST_DIGITS = 3
"""Of a number, account or tariff that is looked for by digits alone (S05)."""
_LONGEST_NUMBER = 15
_DIGITS_OF_NUMBER, _LETTERS_OF_SLIP = 7, 3
"""So many digits with so few letters are a number with a slip, and no words."""


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


def search_text(typed: str) -> str:
    """What is looked for: a whole number as `77010542006`, digits of one or an account, or words.

    "Nothing found" is said of the company's numbers only, so what can be nothing but a number and
    is none is refused, and so is more than one number: raises `NumberInvalid`, `TextRefused`.
    """
    try:
        return Msisdn.parse(typed).digits
    except NumberInvalid as refused:
        if refused.reason is NumberFault.SEVERAL:
            raise
    digits = digits_of(typed)
    if digits is not None and len(digits) <= _LONGEST_NUMBER:
        # A tariff may be called so: what finds digits in a number finds the text in a name.
        return clean_text(typed, SEARCH_LIMIT) if re.search(r"[0-9][./][0-9]", typed) else digits
    text = clean_text(typed, SEARCH_LIMIT)
    letters, figures = sum(map(str.isalpha, text)), sum(map(str.isnumeric, text))
    if not letters and not figures:
        raise TextRefused(TextFault.EMPTY)
    if letters > _LETTERS_OF_SLIP or (letters and figures < _DIGITS_OF_NUMBER):
        return text
    if not letters and figures < FEWEST_DIGITS:
        raise TextRefused(TextFault.TOO_SHORT, FEWEST_DIGITS)
    raise NumberInvalid(NumberFault.MALFORMED)


async def find_numbers(
    carrier: NumberInventory, company_id: str, wish: NumbersQuery
) -> Page[Number]:
    """A page of what is looked for; digits from 87 that are found nowhere are looked for from 77,
    since people write the trunk 8 before a part of a number as well.

    Raises `CarrierUnavailable`.
    """
    page = await carrier.numbers(company_id, wish)
    digits = digits_of(wish.search) or ""
    if page.total or not digits.startswith("87"):
        return page
    return await carrier.numbers(company_id, replace(wish, search="7" + digits[1:]))


class NumberPages:
    """The list by pages, for what goes through all of it (`account.changes.sets`)."""

    def __init__(self, carrier: NumberInventory) -> None:
        self._carrier = carrier

    async def page(self, company_id: str, *, offset: int, limit: int) -> Page[Number]:
        """A page of the whole list. Raises `CarrierUnavailable`."""
        return await self._carrier.numbers(company_id, NumbersQuery(offset=offset, limit=limit))


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
        return await find_numbers(self._carrier, company.id, wish)

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
