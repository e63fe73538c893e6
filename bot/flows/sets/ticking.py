"""Numbers ticked in the company's list, page by page, or all that a filter or a search finds.

The ticks are the list itself (`NumberSelection`): they stay over pages, and beside what was pasted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.changes.sets.selection import NumberSelection
from account.chapters.labels import Labels
from account.chapters.numbers import PAGE, Numbers, NumbersQuery, search_text
from account.errors import CarrierUnavailable, ChangeRefused, InputRefused
from account.values.identifiers import Msisdn
from account.values.number import Number, NumberState
from account.values.page import Page
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.numbers.getters import query_of, row_label
from bot.texts.errors import refusal
from bot.texts.facts import left_out_line, state_shown
from bot.widgets.page import notice, reply
from bot.widgets.paging import read_page
from bot.widgets.text import Html, said


async def begin(start_data: object, manager: DialogManager) -> None:
    """Look at the list as the person looked at it before: the values may be forged."""
    if isinstance(start_data, dict):
        state = str(start_data.get("state") or "")
        manager.dialog_data.update(
            search=str(start_data.get("search") or ""),
            state=state if state in set(NumberState) else None,
            centre=start_data.get("centre"),
            page=0,
        )
        if "set" in start_data:
            manager.dialog_data["set"] = str(start_data["set"])


async def get_ticks(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A page of the list, each number with its tick."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    query = query_of(dialog_manager)
    page, turning = await read_page(
        dialog_manager,
        PAGE,
        lambda offset: context.use(Numbers).page(actor, replace(query, offset=offset)),
    )
    gathered = await context.use(NumberSelection).gathered(actor)
    there = {one.msisdn for one in gathered.numbers.numbers}
    shown = await _narrowed(dialog_manager, query)
    found = ngettext("{n} number", "{n} numbers", page.total).format(n=page.total)
    lines = [
        said("\n{found}", found=" · ".join([found, *shown])),
        said("<b>{line}</b>", line=_("Chosen: {n}").format(n=len(there))),
        *map(Html, left_out_line(page.left_out)),
        Html(_("Tap numbers to choose them. Type any part of a number to search.")),
    ]
    return {
        "where": [actor.company.name, _("Many numbers")],
        "text": Html("\n".join(lines)),
        "rows": [
            (
                f"{'☑' if number.msisdn in there else '☐'} {row_label(number, query.search)}",
                number.msisdn.digits,
            )
            for number in page.rows
        ],
        "some": bool(there),
        "found": page.total > 0,
        "all": _("☑ All of these: {n}").format(n=page.total),
        "narrowed": bool(shown),
        **turning,
    }


async def _narrowed(manager: DialogManager, query: NumbersQuery) -> list[str]:
    """What the list is narrowed to, in words."""
    words = [state_shown(query.state)] if query.state else []
    if query.centre is not None:
        context = context_of(manager)
        every = await context.use(Labels).centres(await context.actor())
        words += [one.name for one in every if one.key == query.centre] or ["—"]
    return [*words, *([f"“{query.search}”"] if query.search else [])]


async def tick(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, digits: str
) -> None:
    """Choose a number, or take it out again. The digits come from a button and may be forged."""
    context = context_of(manager)
    try:
        msisdn = Msisdn.parse(digits)
        await context.use(NumberSelection).tick(await context.actor(), msisdn)
    except (ChangeRefused, InputRefused) as refused:
        await reply(manager, refusal(refused))


async def tick_page(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Choose every number of this page."""
    query = query_of(manager)

    async def this_page(offset: int, _limit: int) -> Page[Number]:
        context = context_of(manager)
        page = await context.use(Numbers).page(await context.actor(), query)
        return replace(page, offset=offset, total=len(page.rows))

    await _tick_all(manager, this_page)


async def tick_found(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Choose every number that the list has now as it is narrowed."""
    query = query_of(manager)

    async def turn(offset: int, limit: int) -> Page[Number]:
        context = context_of(manager)
        part = replace(query, offset=offset, limit=limit)
        return await context.use(Numbers).page(await context.actor(), part)

    await _tick_all(manager, turn)


async def _tick_all(manager: DialogManager, turn: Any) -> None:
    context = context_of(manager)
    try:
        _gathered, left_out = await context.use(NumberSelection).tick_all(
            await context.actor(), turn
        )
    except (ChangeRefused, CarrierUnavailable) as refused:
        await reply(manager, refusal(refused))
        return
    for line in left_out_line(left_out):
        notice(manager, line)


async def search(text: str, manager: DialogManager) -> None:
    """Narrow the list to what was typed."""
    try:
        manager.dialog_data.update(search=search_text(text), state=None, centre=None, page=0)
    except InputRefused as refused:
        notice(manager, refusal(refused))


async def widen(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The whole list again."""
    manager.dialog_data.update(search="", state=None, centre=None, page=0)


async def start(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """From the first page on."""
    manager.dialog_data["page"] = 0
    await manager.switch_to(states.Sets.tick)
