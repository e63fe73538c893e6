"""Numbers that stand first in a list: favourites, and those that were opened of late (S05).

Each is looked up in the list itself, so that what is no longer the company's, or no choice of this
list, is not shown, whatever was kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from aiogram_dialog import DialogManager

from account.chapters.numbers import Numbers, NumbersQuery
from account.chapters.shortlist import Shortlist
from account.errors import CarrierUnavailable
from account.values.number import Number
from account.values.page import Page
from bot.context.update_context import context_of

Ask = Callable[[str, int, int], Coroutine[Any, Any, Page[Number]]]
"""Part of a number, offset, limit: a page of numbers to choose from."""
FAVOURITE, LATELY = "★", "↩︎"


def asking(manager: DialogManager) -> Ask:
    """Asks for all numbers of the company that the person may see."""
    context = context_of(manager)

    async def ask(part: str, offset: int, limit: int) -> Page[Number]:
        query = NumbersQuery(search=part, offset=offset, limit=limit)
        return await context.use(Numbers).page(await context.actor(), query)

    return ask


async def first_numbers(
    manager: DialogManager, ask: Ask, there: Iterable[Number]
) -> list[tuple[str, Number]]:
    """Their signs and the numbers as they are now, favourites first.

    `there` are numbers of the same list that were read a moment ago: they are not asked for again.
    """
    context = context_of(manager)
    kept = await context.use(Shortlist).numbers(await context.actor())
    read = {number.msisdn.digits: number for number in there}

    async def found(digits: str) -> Number | None:
        if digits in read:
            return read[digits]
        try:
            page = await ask(digits, 0, 1)
        except CarrierUnavailable:
            return None  # The list below has it.
        return next((row for row in page.rows if row.msisdn.digits == digits), None)

    numbers = await asyncio.gather(*(found(one.value) for one in kept))
    return [
        (FAVOURITE if one.favourite else LATELY, number)
        for one, number in zip(kept, numbers, strict=True)
        if number is not None
    ]
