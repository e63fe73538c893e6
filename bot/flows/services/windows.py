"""Activated and available services of one number, each with its terms and its switch."""

from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Column, Group
from aiogram_dialog.widgets.style import Style

from account.values.rights import Right
from bot.context import states
from bot.flows.faq.handlers import ABOUT_LISTED_SERVICES, open_answer
from bot.flows.faq.windows import why_blocked
from bot.flows.services import getters
from bot.flows.services.handlers import (
    disable,
    enable,
    goes,
    open_offering,
    opens,
    to_groups,
    typed_names,
)
from bot.widgets.choices import OnChoice, choices
from bot.widgets.named import named
from bot.widgets.page import page, way_back
from bot.widgets.paging import pages_row
from bot.widgets.rights import allowed
from bot.widgets.text import Msgid, Value


def _numbered(widget_id: str, on_click: OnChoice) -> Group:
    """The numbers of a page's rows: two rows of buttons, whatever the names are."""
    return Group(choices(widget_id, "rows", on_click), width=5)


services_dialog = Dialog(
    page(
        states.Services.active,
        Value("text"),
        keyboard=[
            _numbered("svc", opens("service", states.Services.service)),
            pages_row(),
            Group(choices("group", "groups", opens("group", states.Services.offers)), width=2),
            Button(
                Msgid("🧩 Available services"),
                id="available",
                on_click=goes(states.Services.groups),
                when="on_offer",
            ),
            why_blocked(),
            Button(
                Msgid("❓ Why are not all services listed?"),
                id="faq4",
                on_click=open_answer(ABOUT_LISTED_SERVICES),
            ),
        ],
        typing=named(typed_names),
        getter=getters.get_active,
    ),
    page(
        states.Services.service,
        Value("text"),
        keyboard=[
            Button(
                Value("disable"),
                id="disable",
                on_click=disable,
                when=allowed(Right.CHANGE_SERVICES, "can_disable"),
                style=Style(ButtonStyle.DANGER),
            ),
            why_blocked(),
        ],
        getter=getters.get_service,
        back=way_back(goes(states.Services.active)),
    ),
    page(
        states.Services.groups,
        Value("text"),
        keyboard=[
            Column(choices("group", "rows", opens("group", states.Services.offers))),
            pages_row(),
        ],
        typing=named(typed_names),
        getter=getters.get_groups,
        back=way_back(goes(states.Services.active)),
    ),
    page(
        states.Services.offers,
        Value("text"),
        keyboard=[_numbered("offer", open_offering), pages_row()],
        typing=named(typed_names),
        getter=getters.get_offers,
        back=way_back(to_groups),
    ),
    page(
        states.Services.offering,
        Value("text"),
        keyboard=[
            Button(
                Value("enable"),
                id="enable",
                on_click=enable,
                when=allowed(Right.CHANGE_SERVICES, "can_enable"),
            ),
            why_blocked(),
        ],
        getter=getters.get_offering,
        back=way_back(goes(states.Services.offers)),
    ),
)
