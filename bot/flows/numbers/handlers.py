"""Paging, filtering, searching, and opening a card."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Button, Select

from account.chapters.labels import Labels
from account.chapters.numbers import Numbers, NumbersQuery, search_text
from account.chapters.shortlist import FAVOURITES, Shortlist
from account.values.identifiers import Msisdn
from account.values.number import NumberState
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.numbers import getters
from bot.widgets.short_ids import found


async def open_number(manager: DialogManager, msisdn: Msisdn) -> None:
    """Open the card of a number: above the list when the person comes from there."""
    from_list = manager.has_context() and manager.current_context().state == states.Numbers.list
    mode = StartMode.NORMAL if from_list else StartMode.RESET_STACK
    await manager.start(states.Card.main, data={"msisdn": msisdn.digits}, mode=mode)


async def note_opened(start_data: object, manager: DialogManager) -> None:
    """A card that is opened stands first in the lists (S05). The number may be forged: no list
    shows what it would not show by itself.
    """
    if isinstance(start_data, dict):
        context = context_of(manager)
        await context.use(Shortlist).opened(
            await context.actor(), Msisdn.parse(str(start_data["msisdn"]))
        )


async def turn_favourite(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Make the number a favourite, or none any more."""
    context = context_of(manager)
    now = await context.use(Shortlist).turn(await context.actor(), getters.card_of(manager))
    manager.dialog_data.pop("favourite", None)
    if now is None:
        await context.tell(
            _("You have {most} favourites already. Remove one of them first.").format(
                most=FAVOURITES
            )
        )
        return
    await context.toast(
        _("It is first in the lists of numbers now.") if now else _("It is no favourite any more.")
    )


async def search(manager: DialogManager, typed: str) -> None:
    """Search the chosen company's numbers; a single hit opens its card (S05).

    Raises `InputRefused` for what cannot be looked for.
    """
    context = context_of(manager)
    actor = await context.actor()
    text = search_text(typed)
    page = await context.use(Numbers).page(actor, NumbersQuery(search=text, limit=2))
    if page.total == 1:
        await open_number(manager, page.rows[0].msisdn)
        return
    if manager.has_context() and manager.current_context().state == states.Numbers.list:
        manager.dialog_data.update(search=text, page=0, state=None, centre=None)
        return
    await manager.start(states.Numbers.list, data={"search": text}, mode=StartMode.RESET_STACK)


async def take_search(start_data: object, manager: DialogManager) -> None:
    """Begin the list with a search that was typed elsewhere, or with one state."""
    if isinstance(start_data, dict):
        manager.dialog_data["search"] = str(start_data.get("search", ""))
        state = str(start_data.get("state", ""))
        manager.dialog_data["state"] = state if state in set(NumberState) else None


async def open_row(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, digits: str
) -> None:
    """Open the card of a row. The digits come from a button and may be forged."""
    await open_number(manager, Msisdn.parse(digits))


async def choose_state(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """Show one state only, or all."""
    known = {state.value for state in NumberState}
    manager.dialog_data.update(state=chosen if chosen in known else None, page=0, centre=None)
    await manager.switch_to(states.Numbers.list)


async def open_centres(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Show the cost centres from the first page on."""
    manager.dialog_data["page"] = 0
    await manager.switch_to(states.Numbers.centres)


async def choose_centre(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """Show one cost centre only. The value comes from a button and may be forged."""
    context = context_of(manager)
    every = await context.use(Labels).centres(await context.actor())
    one = found(every, lambda centre: centre.key, chosen)
    if one is not None:
        manager.dialog_data.update(centre=one.key, search="", state=None, page=0)
        await manager.switch_to(states.Numbers.list)


async def open_labels(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Go to the company's labels and cost centres."""
    await manager.start(states.CostCentres.list)


async def choose_many(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Go on with many numbers; what the list is narrowed to can be chosen there."""
    data = manager.dialog_data
    narrowed = {name: data.get(name) for name in ("search", "state", "centre")}
    await manager.start(states.Sets.list, data=narrowed)


async def clear_search(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Show the whole list again."""
    manager.dialog_data.update(search="", page=0, centre=None)
