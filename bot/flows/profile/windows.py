"""The administrator's own page, and what can be changed there (S03)."""

from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Column, Row, Start, SwitchTo
from aiogram_dialog.widgets.style import Style

from account.values.rights import Right
from bot.context import states
from bot.flows.profile import getters, handlers
from bot.widgets.choices import choices
from bot.widgets.page import back_to, page, way_back
from bot.widgets.rights import allowed
from bot.widgets.secret import secret_input
from bot.widgets.text import Msgid, Value
from bot.widgets.text_input import text_input

TO_MAIN = way_back(back_to(states.Profile.main))

profile_dialog = Dialog(
    page(
        states.Profile.main,
        Value("text"),
        keyboard=[
            Row(
                SwitchTo(
                    Value("mail"),
                    id="email",
                    state=states.Profile.email,
                    when=allowed(Right.CHANGE_PROFILE),
                ),
                SwitchTo(Msgid("🔑 Change password"), id="password", state=states.Profile.password),
            ),
            Row(
                SwitchTo(Value("sessions"), id="sessions", state=states.Profile.sessions),
                SwitchTo(
                    Msgid("🔔 Notifications"),
                    id="notifications",
                    state=states.Profile.notifications,
                ),
            ),
            SwitchTo(
                Msgid("📲 Known Telegram accounts"), id="accounts", state=states.Profile.accounts
            ),
            Row(
                Start(Msgid("🌐 Language"), id="language", state=states.Language.choose),
                Button(Msgid("🚪 Log out"), id="logout", on_click=handlers.log_out),
            ),
        ],
        getter=getters.get_profile,
    ),
    page(
        states.Profile.email,
        Msgid(
            "\nEnter the new e-mail address, like name@company.kz. You will prove that it is you, "
            "and then that the address is yours. Your current address will be notified."
        ),
        Value("no_code", when="no_code"),
        typing=text_input(handlers.email_given),
        getter=getters.get_email,
        back=TO_MAIN,
    ),
    page(
        states.Profile.password,
        Msgid("\nEnter the present password. Your message is deleted as soon as it is read."),
        typing=secret_input(handlers.password_given),
        getter=getters.get_password,
        back=TO_MAIN,
    ),
    *handlers.NEW_PASSWORD.windows(
        Msgid(
            "\nEnter a new password: at least 10 characters, a few words are best. Your message is "
            "deleted as soon as it is read."
        ),
        Msgid("\nEnter the new password once more to confirm it. Your other sessions will end."),
        getter=getters.get_password,
        back=TO_MAIN,
        back_from_second=TO_MAIN,
    ),
    page(
        states.Profile.sessions,
        Value("text"),
        keyboard=[
            Column(choices("end", "others", handlers.end_session)),
            Button(
                Msgid("🚪 Log out everywhere"),
                id="everywhere",
                on_click=handlers.log_out_everywhere,
                style=Style(ButtonStyle.DANGER),
            ),
        ],
        getter=getters.get_sessions,
        back=TO_MAIN,
    ),
    page(
        states.Profile.accounts,
        Value("text"),
        keyboard=[Column(choices("remove", "others", handlers.account_chosen))],
        getter=getters.get_accounts,
        back=TO_MAIN,
    ),
    page(
        states.Profile.account_password,
        Value("text"),
        typing=secret_input(handlers.account_password_given),
        getter=getters.get_account_password,
        back=way_back(back_to(states.Profile.accounts)),
    ),
    page(
        states.Profile.notifications,
        Msgid(
            "\nFor security you are always told in this chat what other administrators of your "
            "companies do: SIM replacement, unblocking, registration of a device, a new password, "
            "a login from a new Telegram account.\n\n"
            "The result of a request that takes hours always comes, with or without a sound. That "
            "the certificate and the register of a month can be ordered is told once:"
        ),
        keyboard=[
            Column(choices("topic", "topics", handlers.switch_topic)),
            Start(
                Msgid("🔔 Alerts"),
                id="alerts",
                state=states.Alerts.list,
                when=allowed(Right.LIST_NUMBERS),
            ),
        ],
        getter=getters.get_notifications,
        back=TO_MAIN,
    ),
)
