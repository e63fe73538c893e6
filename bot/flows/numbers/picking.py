"""Choosing one of the company's numbers inside of another chapter: pages, search, typing.

The window keeps `search` and `page` in its dialog's data.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Group, Keyboard, Select

from account.chapters.numbers import PAGE, search_text
from account.errors import InputRefused
from account.values.identifiers import Msisdn
from bot.flows.numbers.first import Ask, first_numbers
from bot.flows.numbers.getters import row_label
from bot.flows.numbers.handlers import clear_search
from bot.widgets.choices import choices
from bot.widgets.paging import pages_row, read_page
from bot.widgets.text import Msgid

Take = Callable[[DialogManager, Msisdn], Coroutine[Any, Any, None]]


def picking_rows(take: Take) -> list[Keyboard]:
    """The rows of numbers, their pages, and the way back from a search."""

    async def choose(
        _event: CallbackQuery, _select: Select[str], manager: DialogManager, digits: str
    ) -> None:
        # The digits come from a button and may be forged.
        await take(manager, Msisdn.parse(digits))

    return [
        Group(
            choices("number", "rows", choose),
            width=1,
        ),
        pages_row(),
        Button(Msgid("✕ Show all numbers"), id="clear", on_click=clear_search, when="searching"),
    ]


async def picked_page(
    manager: DialogManager, ask: Ask, but: Msisdn | None = None
) -> dict[str, Any]:
    """What `picking_rows` needs; `but` is the number that is no choice."""
    search = manager.dialog_data.get("search", "")
    found, turning = await read_page(manager, PAGE, lambda offset: ask(search, offset, PAGE))
    numbers = [one for one in found.rows if one.msisdn != but]
    first = []
    if turning["many"] and not (turning["here"] or search):
        shown = await first_numbers(manager, ask, found.rows)
        first = [row for row in shown if row[1].msisdn != but]
    return {
        **turning,
        "rows": [
            *((f"{mark} {one.msisdn.short}", one.msisdn.digits) for mark, one in first),
            *((row_label(one, search), one.msisdn.digits) for one in numbers),
        ],
        "searching": bool(search),
        "total": found.total,
    }


async def typed_number(text: str, manager: DialogManager, ask: Ask, take: Take) -> bool:
    """A whole number is taken; a part of one that fits a single number takes that, else searches.

    False where a part fits none: the window says so, unless its caller knows better. Raises
    `InputRefused` for what can be neither.
    """
    try:
        number = Msisdn.parse(text)
    except InputRefused:
        part = search_text(text)
    else:
        await take(manager, number)
        return True
    found = await ask(part, 0, 2)
    if found.total == 1:
        await take(manager, found.rows[0].msisdn)
    else:
        manager.dialog_data.update(search=part, page=0)
    return found.total > 0


def forget_search(manager: DialogManager) -> None:
    """Begin the next choice with the whole list."""
    manager.dialog_data.update(search="", page=0)
