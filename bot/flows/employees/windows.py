"""The way in of an employee, and the one number there is to see."""

from __future__ import annotations

from aiogram.enums import ContentType
from aiogram_dialog import Dialog, LaunchMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, Start

from account.values.rights import Right
from bot.context import states
from bot.flows.employees import handlers
from bot.flows.employees.getters import get_card, get_door
from bot.flows.faq.windows import about_secret_codes
from bot.widgets.page import page, way_back
from bot.widgets.rights import allowed
from bot.widgets.secret import secret_input
from bot.widgets.text import Msgid, Value

employee_dialog = Dialog(
    page(
        states.Employee.number,
        Msgid(
            "\nDo you use a company's number and have a secret code from an SMS? Share your number "
            "with the button below the chat, or type it.\n"
            "The code is sent by your company's administrator."
        ),
        keyboard=[
            about_secret_codes(),
        ],
        typing=MessageInput(handlers.number_given, content_types=ContentType.ANY),
        getter=get_door,
        back=way_back(handlers.to_login, menu=False),
    ),
    page(
        states.Employee.code,
        Msgid(
            "\n{phone}\nEnter the secret code from the SMS: 10 letters and digits. Your message is "
            "deleted as soon as it is read."
        ),
        typing=secret_input(handlers.code_given),
        getter=get_door,
        back=way_back(handlers.to_number, menu=False),
    ),
    page(
        states.Employee.prove,
        Msgid(
            "\n{phone}\nThe code is right. It opens the number only in the Telegram account of the "
            "number itself: share your number with the button below the chat."
        ),
        typing=MessageInput(handlers.contact_given, content_types=ContentType.ANY),
        getter=get_door,
        back=way_back(handlers.to_number, menu=False),
    ),
    page(
        states.Employee.card,
        Value("text"),
        keyboard=[
            Row(
                Button(
                    Msgid("📊 Usage details"),
                    id="usage",
                    on_click=handlers.opens(states.Usage.order),
                    when=allowed(Right.READ_USAGE, "details"),
                ),
                Button(
                    Msgid("📦 Allowances"),
                    id="allowances",
                    on_click=handlers.opens(states.Allowances.tariff),
                    when=allowed(Right.READ_ALLOWANCES),
                ),
            ),
            Row(
                Start(Msgid("❓ FAQ"), id="faq", state=states.Faq.list),
                Start(Msgid("🌐 Language"), id="language", state=states.Language.choose),
            ),
            Button(Msgid("🔑 I am an administrator"), id="login", on_click=handlers.to_login),
        ],
        getter=get_card,
        back=way_back(None, menu=False, before=[Button(Msgid("⟳ Refresh"), id="refresh")]),
    ),
    on_start=handlers.greet,
    launch_mode=LaunchMode.ROOT,
)
