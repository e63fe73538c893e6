"""The way in of an employee, and the one number there is to see."""

from __future__ import annotations

from typing import Any

from aiogram.enums import ContentType
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Dialog, DialogManager, LaunchMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, Start

from account.errors import EmployeeAccessEnded
from account.values.identifiers import Msisdn
from account.values.number import Ban
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.employees import handlers
from bot.flows.faq.windows import ABOUT_SECRET_CODE, open_answer
from bot.flows.numbers.getters import card_facts
from bot.widgets.page import page, way_back
from bot.widgets.secret import secret_input
from bot.widgets.text import Html, Said, Shown


async def get_door(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The number once it is given."""
    phone = dialog_manager.dialog_data.get("phone")
    return {
        "where": ["My Account", _("My own number")],
        "phone": Msisdn(phone).shown if phone else "",
    }


async def get_card(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The employee's number. Raises `EmployeeAccessEnded` when the code no longer lets in."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    if actor.only is None:
        raise EmployeeAccessEnded
    card = await context.use_cases.numbers.card(actor, actor.only)
    lines = card_facts(card)
    if Ban.DETAILS in card.number.bans:
        lines.append(Html(_("Your company has switched usage details off for this number.")))
    return {
        "where": [actor.company.name, card.number.msisdn.shown],
        "text": Html("\n".join(lines)),
        "details": Ban.DETAILS not in card.number.bans,
    }


employee_dialog = Dialog(
    page(
        states.Employee.number,
        Said(
            "\nDo you use a company's number and have a secret code from an SMS? Share your number "
            "with the button below the chat, or type it.\n"
            "The code is sent by your company's administrator."
        ),
        keyboard=[
            Button(
                Said("❓ What is a secret code?"),
                id="faq6",
                on_click=open_answer(ABOUT_SECRET_CODE),
            ),
        ],
        typing=MessageInput(handlers.number_given, content_types=ContentType.ANY),
        getter=get_door,
        back=way_back(handlers.to_login, menu=False),
    ),
    page(
        states.Employee.code,
        Said(
            "\n{phone}\nEnter the secret code from the SMS: 10 letters and digits. Your message is "
            "deleted as soon as it is read."
        ),
        typing=secret_input(handlers.code_given),
        getter=get_door,
        back=way_back(handlers.to_number, menu=False),
    ),
    page(
        states.Employee.prove,
        Said(
            "\n{phone}\nThe code is right. It opens the number only in the Telegram account of the "
            "number itself: share your number with the button below the chat."
        ),
        typing=MessageInput(handlers.contact_given, content_types=ContentType.ANY),
        getter=get_door,
        back=way_back(handlers.to_number, menu=False),
    ),
    page(
        states.Employee.card,
        Shown("text"),
        keyboard=[
            Row(
                Button(
                    Said("📊 Usage details"),
                    id="usage",
                    on_click=handlers.opens(states.Usage.order),
                    when="details",
                ),
                Button(
                    Said("📦 Allowances"),
                    id="allowances",
                    on_click=handlers.opens(states.Allowances.tariff),
                ),
            ),
            Row(
                Start(Said("❓ FAQ"), id="faq", state=states.Faq.list),
                Start(Said("🌐 Language"), id="language", state=states.Language.choose),
            ),
            Button(Said("🔑 I am an administrator"), id="login", on_click=handlers.to_login),
        ],
        getter=get_card,
        back=way_back(None, menu=False, before=[Button(Said("⟳ Refresh"), id="refresh")]),
    ),
    on_start=handlers.greet,
    launch_mode=LaunchMode.ROOT,
)
