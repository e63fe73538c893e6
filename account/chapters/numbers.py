"""The company's mobile numbers: the list, the search, and one number's card (S05, S06, S07)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from account.chapters.labels import LabelStore
from account.errors import NumberFault, NumberInvalid, NumberNotFound, TextFault, TextRefused
from account.identity.permissions import Actor, may, require
from account.values.clock import Clock
from account.values.identifiers import Msisdn, clean_text, digits_of
from account.values.labels import NO_LABEL
from account.values.number import Number, NumberReader, NumberState, PaymentMethod
from account.values.page import Page
from account.values.rights import Right

PAGE = 10
"""Rows on a page of the list (G-11)."""
SEARCH_LIMIT = 64
MOST_BY_LABEL, COMPARED = 50, 100
"""So many hits of a search are by labels of ours; so many of the operator's are compared."""
FEWEST_DIGITS = 3
"""Of a number, account or tariff that is looked for by digits alone (S05)."""
_LONGEST_NUMBER = 15
_FEWEST_OF_A_NUMBER = 11
"""Digits without a plus that are a whole number, and no part of an account."""
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
    centre: str | None = None
    """The key of a cost centre; then nothing else counts (`account.chapters.labels`)."""


@dataclass(frozen=True, slots=True)
class Card:
    """A number with the moment its data was read (aware, UTC)."""

    number: Number
    read_at: datetime


class NumberInventory(NumberReader, Protocol):
    """The company's numbers, asked of the operator (TMF637).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def numbers(self, company_id: str, query: NumbersQuery) -> Page[Number]:
        """A page of the company's numbers, in their order, with balances (TMF637, 654, 666)."""

    async def tally(self, company_id: str) -> NumberCounts:
        """How many numbers the company has in each state (TMF637)."""


def search_text(typed: str) -> str:
    """What is looked for: a whole number as `77010542006`, digits of one or an account, or words.

    "Nothing found" is said of the company's numbers only, so what can be nothing but a number and
    is none is refused, and so is more than one number: raises `NumberInvalid`, `TextRefused`.
    """
    anonymous = False
    try:
        return Msisdn.parse(typed).digits
    except NumberInvalid as refused:
        if refused.reason is NumberFault.SEVERAL:
            raise
        anonymous = refused.reason is NumberFault.ANONYMOUS
    digits = digits_of(typed)
    if anonymous and ("+" in typed or len(digits or "") >= _FEWEST_OF_A_NUMBER):
        raise NumberInvalid(NumberFault.ANONYMOUS)
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
    carrier: NumberInventory, company_id: str, query: NumbersQuery
) -> Page[Number]:
    """A page of what is looked for; digits from 87 that are found nowhere are looked for from 77,
    since people write the trunk 8 before a part of a number as well.

    Raises `CarrierUnavailable`.
    """
    page = await carrier.numbers(company_id, query)
    digits = digits_of(query.search) or ""
    if page.total or not digits.startswith("87"):
        return page
    return await carrier.numbers(company_id, replace(query, search="7" + digits[1:]))


class NumberPages:
    """The list by pages, for what goes through all of it (sets, alerts)."""

    def __init__(self, carrier: NumberInventory) -> None:
        self._carrier = carrier

    async def page(self, company_id: str, *, offset: int, limit: int) -> Page[Number]:
        """A page of the whole list. Raises `CarrierUnavailable`."""
        return await self._carrier.numbers(company_id, NumbersQuery(offset=offset, limit=limit))

    async def number(self, company_id: str, msisdn: Msisdn) -> Number | None:
        """One of them; None for any other. Raises `CarrierUnavailable`."""
        return await self._carrier.number(company_id, msisdn)


class LabelledNumbers:
    """The company's list with its own labels and cost centres, and what is found by them (LB-4)."""

    def __init__(self, carrier: NumberInventory, labels: LabelStore, clock: Clock) -> None:
        self._carrier = carrier
        self._labels = labels
        self._clock = clock

    async def page(self, company_id: str, query: NumbersQuery) -> Page[Number]:
        """A page of what is looked for; numbers found by their own labels alone stand first.

        Raises `CarrierUnavailable`.
        """
        if query.centre is not None:
            return await self._of_centre(company_id, query, query.centre)
        own: Sequence[Msisdn] = ()
        if query.search.strip():
            own = await self._labels.found(company_id, query.search, MOST_BY_LABEL)
        if own:
            return await self._found(company_id, query, own)
        page = await find_numbers(self._carrier, company_id, query)
        return replace(page, rows=tuple(await self.with_own(company_id, page.rows)))

    async def with_own(self, company_id: str, numbers: Sequence[Number]) -> list[Number]:
        """The same numbers, which the operator has just named as the company's, with their words.

        Those that had left it have returned.
        """
        found = await self._labels.of(company_id, [one.msisdn for one in numbers])
        back = [one.msisdn for one in numbers if found.get(one.msisdn.digits, NO_LABEL).gone]
        await self._labels.returned(company_id, back)
        return [
            replace(one, own=replace(found.get(one.msisdn.digits, NO_LABEL), gone=False))
            for one in numbers
        ]

    async def _found(
        self, company_id: str, query: NumbersQuery, own: Sequence[Msisdn]
    ) -> Page[Number]:
        """What is found by labels of ours, and then what the operator finds.

        Where it finds more than a page of `COMPARED`, a number that both find is counted twice, and
        shown once.
        """
        whole = replace(query, offset=0, limit=COMPARED)
        theirs = await find_numbers(self._carrier, company_id, whole)
        compared = theirs.total <= COMPARED
        known = {one.msisdn for one in theirs.rows} if compared else set()
        more = [msisdn for msisdn in own if msisdn not in known]
        first: list[Number] = []
        if query.state is None and query.payment is None:
            count = len(more)
            part = more[query.offset : query.offset + query.limit]
            first = await self._read(company_id, part)
            lost, rest = len(part) - len(first), query.limit - len(part)
        else:
            fitting = [one for one in await self._read(company_id, more) if _fits(one, query)]
            count, lost = len(fitting), 0
            first = fitting[query.offset : query.offset + query.limit]
            rest = query.limit - len(first)
        start, left_out = max(0, query.offset - count), 0
        if rest <= 0:
            others: Sequence[Number] = ()
        elif compared:
            others = theirs.rows[start : start + rest]
            # Where those would stand nobody knows: they are told once, with the last page.
            left_out = theirs.left_out if start <= len(theirs.rows) <= start + rest else 0
        else:
            page = await find_numbers(
                self._carrier, company_id, replace(query, offset=start, limit=rest)
            )
            others = [one for one in page.rows if one.msisdn not in own]
            left_out = page.left_out
        rows = await self.with_own(company_id, [*first, *others])
        total = count - lost + theirs.total
        end = total if compared and left_out else None
        return Page(tuple(rows), query.offset, total, left_out, end)

    async def _of_centre(self, company_id: str, query: NumbersQuery, key: str) -> Page[Number]:
        part, total = await self._labels.of_centre(
            company_id, key, offset=query.offset, limit=query.limit
        )
        there = await self._read(company_id, part)
        rows = await self.with_own(company_id, there)
        return Page(tuple(rows), query.offset, total - len(part) + len(there))

    async def _read(self, company_id: str, msisdns: Sequence[Msisdn]) -> list[Number]:
        """These numbers as they are now, without those that are not the company's any more."""
        read = await asyncio.gather(*(self._carrier.number(company_id, one) for one in msisdns))
        gone = [msisdn for msisdn, one in zip(msisdns, read, strict=True) if one is None]
        await self._labels.left(company_id, gone, self._clock.now())
        return [one for one in read if one is not None]


def _fits(number: Number, query: NumbersQuery) -> bool:
    return (query.state is None or number.state is query.state) and (
        query.payment is None or number.payment is query.payment
    )


class Numbers:
    """Reads of the company's numbers, each guarded by right and company."""

    def __init__(self, carrier: NumberInventory, clock: Clock, labels: LabelStore) -> None:
        self._carrier = carrier
        self._clock = clock
        self._labels = LabelledNumbers(carrier, labels, clock)

    async def page(self, actor: Actor, query: NumbersQuery) -> Page[Number]:
        """Rows of the chosen company's list, in the order of the numbers (G-11).

        With their own labels for who may read them; those found by these alone stand first.
        Raises the refusals of `require` and `CarrierUnavailable`.
        """
        company = require(actor, Right.LIST_NUMBERS)
        if not may(actor, Right.READ_LABELS, company.id):
            return await find_numbers(self._carrier, company.id, query)
        return await self._labels.page(company.id, query)

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
        if may(actor, Right.READ_LABELS, company.id, number):
            (number,) = await self._labels.with_own(company.id, [number])
        return Card(number=number, read_at=self._clock.now())

    async def overview(
        self, actor: Actor, query: NumbersQuery
    ) -> tuple[Page[Number], NumberCounts]:
        """The list's page and the tally, read side by side."""
        page, tally = await asyncio.gather(self.page(actor, query), self.tally(actor))
        return page, tally
