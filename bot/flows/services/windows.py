"""Activated and available services of one number, each with its terms and its switch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram.enums import ButtonStyle
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Button, Column, Group, Select
from aiogram_dialog.widgets.style import Style

from account.changes.action import ActionKind
from account.chapters.services.changes import wished_off, wished_on
from account.errors import OfferingChanged, ServiceAlreadySo
from account.values.rights import Right
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.confirm.handlers import start_question
from bot.flows.faq.windows import ABOUT_DEBT, ABOUT_LISTED_SERVICES, open_answer
from bot.flows.numbers.getters import card_of
from bot.flows.services import getters
from bot.texts.errors import refusal
from bot.widgets.choices import OnChoice, choices
from bot.widgets.page import page, way_back
from bot.widgets.paging import pages_row
from bot.widgets.rights import allowed
from bot.widgets.text import Said, Shown

"""Answers of the FAQ."""

OnClick = Callable[[CallbackQuery, Button, DialogManager], Awaitable[None]]


def opens(what: str, window: State) -> OnChoice:
    """A row that opens its window; the key comes from a button and is looked for there."""

    async def open_row(
        _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
    ) -> None:
        manager.dialog_data[what] = chosen
        _keep_page(manager)
        await manager.switch_to(window)

    return open_row


def _keep_page(manager: DialogManager) -> None:
    """Each list begins at its first page, and is found again at the page it was left at."""
    data = manager.dialog_data
    data.setdefault("pages", {})[manager.current_context().state.state] = data.pop("page", 0)


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
    left = await context.use_cases.allowances.of(await context.actor(), of.number.msisdn)
    wish = wished_off(service, of.names(service), left.of_service(service.id))
    await start_question(manager, ActionKind.SERVICE_OFF, of.number.msisdn, wish)


async def enable(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Ask whether to switch the offering on, as it was shown (S12-2)."""
    of = await getters.services_of(manager)
    offering = getters.chosen_offering(manager, of)
    if offering is None:
        await context_of(manager).tell(refusal(OfferingChanged()))
        return
    wish = wished_on(offering, of.active)
    await start_question(manager, ActionKind.SERVICE_ON, card_of(manager), wish)


def _numbered(widget_id: str, on_click: OnChoice) -> Group:
    """The numbers of a page's rows: two rows of buttons, whatever the names are."""
    return Group(choices(widget_id, "rows", on_click), width=5)


services_dialog = Dialog(
    page(
        states.Services.active,
        Shown("text"),
        keyboard=[
            _numbered("svc", opens("service", states.Services.service)),
            pages_row(),
            Button(
                Said("🧩 Available services"),
                id="available",
                on_click=goes(states.Services.groups),
            ),
            Button(
                Said("❓ Why are not all services listed?"),
                id="faq4",
                on_click=open_answer(ABOUT_LISTED_SERVICES),
            ),
        ],
        getter=getters.get_active,
    ),
    page(
        states.Services.service,
        Shown("text"),
        keyboard=[
            Button(
                Shown("disable"),
                id="disable",
                on_click=disable,
                when=allowed(Right.CHANGE_SERVICES, "can_disable"),
                style=Style(ButtonStyle.DANGER),
            ),
            Button(
                Said("❓ Why can it not be unblocked?"),
                id="faq7",
                on_click=open_answer(ABOUT_DEBT),
                when="in_debt",
            ),
        ],
        getter=getters.get_service,
        back=way_back(goes(states.Services.active)),
    ),
    page(
        states.Services.groups,
        Shown("text"),
        keyboard=[
            Column(choices("group", "rows", opens("group", states.Services.offers))),
            pages_row(),
        ],
        getter=getters.get_groups,
        back=way_back(goes(states.Services.active)),
    ),
    page(
        states.Services.offers,
        Shown("text"),
        keyboard=[_numbered("offer", opens("offering", states.Services.offering)), pages_row()],
        getter=getters.get_offers,
        back=way_back(goes(states.Services.groups)),
    ),
    page(
        states.Services.offering,
        Shown("text"),
        keyboard=[
            Button(
                Shown("enable"),
                id="enable",
                on_click=enable,
                when=allowed(Right.CHANGE_SERVICES, "can_enable"),
            ),
            Button(
                Said("❓ Why can it not be unblocked?"),
                id="faq7",
                on_click=open_answer(ABOUT_DEBT),
                when="in_debt",
            ),
        ],
        getter=getters.get_offering,
        back=way_back(goes(states.Services.offers)),
    ),
)
