"""The windows of the login and of the reset."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, LaunchMode, ShowMode
from aiogram_dialog.widgets.kbd import Button, Start

from bot.context import states
from bot.flows.faq.handlers import ABOUT_LOGIN, open_answer
from bot.flows.login import getters, handlers
from bot.flows.login.greeting import offer_contact
from bot.widgets.page import back_to, page, way_back
from bot.widgets.secret import secret_input
from bot.widgets.text import Msgid, Value


async def to_phone(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Begin again with another number."""
    manager.dialog_data.clear()
    await offer_contact(None, manager)
    await manager.switch_to(states.Login.phone, show_mode=ShowMode.DELETE_AND_SEND)


FORGOT = Button(Msgid("Forgot password?"), id="forgot", on_click=handlers.forgot_password)
OTHER_NUMBER = way_back(to_phone, menu=False)

login_dialog = Dialog(
    page(
        states.Login.phone,
        Msgid(
            "\nEnter the Administrator's phone number.\n"
            "If you log in for the first time, use Forgot password?"
        ),
        keyboard=[
            FORGOT,
            Button(Msgid("👤 I have a secret code"), id="employee", on_click=handlers.to_employee),
            Start(Msgid("🌐 Language"), id="language", state=states.Language.choose),
            Start(Msgid("❓ FAQ"), id="faq", state=states.Faq.list),
        ],
        typing=handlers.phone_input(handlers.ask_password),
        getter=getters.get_phone,
        back=way_back(None, menu=False),
    ),
    page(
        states.Login.password,
        Msgid("\n{phone}\nEnter the password. Your message is deleted as soon as it is read."),
        keyboard=[
            FORGOT,
            Button(
                Msgid("❓ What if I can't log in?"),
                id="faq2",
                on_click=open_answer(ABOUT_LOGIN),
                when="refused",
            ),
        ],
        typing=secret_input(handlers.password_given),
        getter=getters.get_password,
        back=OTHER_NUMBER,
    ),
    page(
        states.Login.reset_phone,
        Msgid(
            "\nEnter the Administrator's phone number. A code will be sent to it by SMS; for a "
            "Tele2/Altel or foreign number it is sent to the registered e-mail."
        ),
        typing=handlers.phone_input(handlers.send_code),
        getter=getters.get_reset_phone,
        back=way_back(back_to(states.Login.phone), menu=False),
    ),
    page(
        states.Login.code,
        Msgid(
            "\n{phone}\nIf this number is registered, a code has been sent by SMS or to the "
            "registered e-mail. Enter the 6 digits within 3 minutes."
        ),
        Value("where_else", when="where_else"),
        keyboard=[
            Button(Value("resend"), id="resend", on_click=handlers.send_again),
            Button(
                Msgid("❓ No code?"), id="no_code", on_click=handlers.no_code, when="may_ask_where"
            ),
        ],
        typing=secret_input(handlers.code_given),
        getter=getters.get_code,
        back=OTHER_NUMBER,
    ),
    *handlers.NEW_PASSWORD.windows(
        Msgid(
            "\nYou need to set a password to activate your account.\n"
            "Enter a new password: at least 10 characters, a few words are best. "
            "Your message is deleted as soon as it is read."
        ),
        Msgid("\nEnter the new password once more to confirm it."),
        getter=getters.get_new_password,
        back=OTHER_NUMBER,
        back_from_second=way_back(back_to(states.Login.new_password), menu=False),
    ),
    on_start=handlers.begin,
    launch_mode=LaunchMode.ROOT,
)
