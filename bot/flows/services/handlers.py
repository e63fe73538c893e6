"""Services of a number (S11, S12): what is done in its windows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.changes.action import ActionKind
from account.chapters.allowances import Allowances
from account.chapters.services.changes import off_parameters, on_parameters
from account.errors import OfferingChanged, ServiceAlreadySo
from account.identity.permissions import may
from account.values.rights import Right
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.confirm.handlers import start_question
from bot.flows.numbers.getters import card_of
from bot.flows.services import getters
from bot.texts.errors import refusal
from bot.texts.service_errors import in_language
from bot.widgets.choices import OnChoice
from bot.widgets.named import Named
from bot.widgets.short_ids import key

OnClick = Callable[[CallbackQuery, Button, DialogManager], Awaitable[None]]


def opens(what: str, window: State) -> OnChoice:
    """A row that opens its window; the key comes from a button and is looked for there."""

    async def open_row(
        _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
    ) -> None:
        await _open(manager, what, chosen, window)

    return open_row


async def _open(manager: DialogManager, what: str, chosen: str, window: State) -> None:
    manager.dialog_data.update({what: chosen, f"{what}_in": _here(manager)})
    _keep_page(manager)
    await manager.switch_to(window)


def _keep_page(manager: DialogManager) -> None:
    """Each list begins at its first page, and is found again at the page it was left at."""
    data = manager.dialog_data
    data.setdefault("pages", {})[_here(manager)] = data.pop("page", 0)


def _here(manager: DialogManager) -> str:
    return str(manager.current_context().state.state)


async def to_groups(event: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Back to the groups: below the activated services, or in a list of their own."""
    of_their_own = manager.dialog_data.get("group_in") == states.Services.groups.state
    window = states.Services.groups if of_their_own else states.Services.active
    await goes(window)(event, button, manager)


def goes(window: State) -> OnClick:
    """To another list, at the page it was left at."""

    async def go(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        _keep_page(manager)
        manager.dialog_data["page"] = manager.dialog_data["pages"].get(window.state, 0)
        await manager.switch_to(window)

    return go


async def disable(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Ask whether to switch the service off, with what would be lost (S11-1)."""
    context = context_of(manager)
    of = await getters.services_of(manager)
    service = getters.chosen_service(manager, of)
    if service is None:
        await context.tell(refusal(ServiceAlreadySo(on=False)))
        return
    left = await context.use(Allowances).of(await context.actor(), of.number.msisdn)
    parameters = off_parameters(service, of.names(service), left.of_service(service.id))
    await start_question(manager, ActionKind.SERVICE_OFF, of.number.msisdn, parameters)


async def open_offering(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """A row of what is on offer."""
    await _ask_offering(manager, chosen)


async def _ask_offering(manager: DialogManager, chosen: str) -> None:
    """The question whether to switch it on, which has its terms; they alone where it cannot be."""
    of = await getters.services_of(manager)
    offering = getters.found_offering(of, chosen)
    actor = await context_of(manager).actor()
    if (
        offering is None
        or of.hindrance(offering) is not None
        or not may(actor, Right.CHANGE_SERVICES, actor.company.id, of.number)
    ):
        await _open(manager, "offering", chosen, states.Services.offering)
        return
    parameters = on_parameters(offering, of.active)
    await start_question(manager, ActionKind.SERVICE_ON, card_of(manager), parameters)


async def typed_names(manager: DialogManager) -> list[Named]:
    """Whatever of the number can be opened by its name: what is active, what is on offer."""
    of = await getters.services_of(manager)
    active = [
        Named(_named(of.names(one)), partial(_open_service, key=key(one.id)))
        for one in of.manageable
    ]
    offers = [
        Named(_named(one.names), partial(_ask_offering, chosen=key(one.id))) for one in of.on_offer
    ]
    of_active = _here(manager) == states.Services.active.state
    return [*active, *offers] if of_active else [*offers, *active]


def _named(names: Mapping[str, str]) -> tuple[str, ...]:
    return in_language(names), *names.values()


async def _open_service(manager: DialogManager, key: str) -> None:
    await _open(manager, "service", key, states.Services.service)


async def enable(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Ask whether to switch the offering on, as it was shown (S12-2)."""
    of = await getters.services_of(manager)
    offering = getters.chosen_offering(manager, of)
    if offering is None:
        await context_of(manager).tell(refusal(OfferingChanged()))
        return
    parameters = on_parameters(offering, of.active)
    await start_question(manager, ActionKind.SERVICE_ON, card_of(manager), parameters)
