"""What is done with a typed number, password and code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram.enums import ContentType
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Data, DialogManager, ShowMode, StartMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button

from account.access.companies import Companies
from account.access.login import Login
from account.errors import (
    BadCredentials,
    CodeOwnerUnproven,
    LoginRefused,
    NumberInvalid,
    ResetExpired,
)
from account.values.identifiers import Msisdn
from bot.context import states
from bot.context.saved_windows import forget_saved, saved_company
from bot.context.update_context import context_of
from bot.flows.login.getters import phone_of
from bot.flows.login.greeting import offer_contact, remove_contact
from bot.texts.errors import refusal
from bot.widgets.new_password import NewPassword
from bot.widgets.page import notice


async def begin(start_data: Data, manager: DialogManager) -> None:
    """Greet; or take the number of the session that ran out, whose password alone is asked for."""
    ran_out = context_of(manager).ran_out
    if ran_out is None or manager.current_context().state != states.Login.password:
        await offer_contact(start_data, manager)
    else:
        manager.dialog_data["phone"] = ran_out.phone.digits


def number_in(message: Message) -> Msisdn | str:
    """The number a message gives, or the sentence why it gives none.

    A contact counts when it is the sender's own and was not forwarded (safety.md section 2).
    """
    if message.contact is not None:
        own = message.from_user is not None and message.contact.user_id == message.from_user.id
        if not own or message.forward_origin is not None:
            return _("This is somebody else's contact. Share your own number or type it.")
        text = message.contact.phone_number
    elif message.forward_origin is not None:
        return _("A forwarded message is not used here. Type it yourself.")
    else:
        text = message.text or ""
    try:
        return Msisdn.parse(text)
    except NumberInvalid as invalid:
        return refusal(invalid)


def phone_input(go_on: Callable[[DialogManager, Msisdn], Awaitable[None]]) -> MessageInput:
    """What takes a number, and goes on with it; anything else gets a sentence."""

    async def given(message: Message, _input: MessageInput, manager: DialogManager) -> None:
        number = number_in(message)
        if isinstance(number, str):
            notice(manager, number)
            return
        manager.dialog_data["phone"] = number.digits
        # Whether Telegram says that it is the person's own.
        manager.dialog_data["shared"] = message.contact is not None
        await remove_contact(manager)
        await go_on(manager, number)

    return MessageInput(given, content_types=ContentType.ANY)


async def ask_password(manager: DialogManager, _number: Msisdn) -> None:
    """A number to log in with: its password is next."""
    await manager.switch_to(states.Login.password)


async def forgot_password(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Start the reset; with the number when it is known already."""
    if "phone" in manager.dialog_data:
        await send_code(manager, phone_of(manager))
    else:
        await manager.switch_to(states.Login.reset_phone)


async def no_code(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Tell where else the code may have gone."""
    manager.dialog_data["no_code"] = True


async def send_again(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Send another code, if it is time."""
    await send_code(manager, phone_of(manager))


async def send_code(manager: DialogManager, phone: Msisdn) -> None:
    """A number to set a password for: its code is next, sent now."""
    context = context_of(manager)
    try:
        asked = await context.use(Login).ask_code(
            context.telegram_id,
            phone,
            context.language,
            shared=bool(manager.dialog_data.get("shared")),
        )
    except LoginRefused as refused:
        if manager.dialog_data.get("resend_at"):
            # A code is on its way already, and its window is the place to be.
            await manager.switch_to(states.Login.code)
        elif isinstance(refused, CodeOwnerUnproven):
            await offer_contact(None, manager)
            await manager.switch_to(states.Login.reset_phone, show_mode=ShowMode.DELETE_AND_SEND)
        notice(manager, refusal(refused))
        return
    manager.dialog_data["resend_at"] = asked.resend_at.isoformat()
    await manager.switch_to(states.Login.code)


async def password_given(password: str, manager: DialogManager) -> None:
    """Log in, or say the one sentence that tells nothing."""
    context = context_of(manager)
    try:
        await context.use(Login).with_password(
            context.telegram_id, phone_of(manager), password, context.language
        )
    except BadCredentials as refused:
        manager.dialog_data["refused"] = True
        notice(manager, refusal(refused))
        return
    await _logged_in(manager)


async def code_given(code: str, manager: DialogManager) -> None:
    """Check the code of a reset."""
    context = context_of(manager)
    try:
        await context.use(Login).enter_code(context.telegram_id, phone_of(manager), code)
    except LoginRefused as refused:
        notice(manager, refusal(refused))
        return
    await manager.switch_to(states.Login.new_password)


async def _draft(manager: DialogManager, password: str) -> str:
    context = context_of(manager)
    return await context.use(Login).draft_password(context.telegram_id, phone_of(manager), password)


async def _take(manager: DialogManager, draft: str, again: str) -> object:
    context = context_of(manager)
    return await context.use(Login).set_password(
        context.telegram_id, phone_of(manager), draft, again, context.language
    )


async def _logged_in(manager: DialogManager) -> None:
    """To the window that the end of the last session took away, or to the first one."""
    context = context_of(manager)
    await context.session_changed()
    actor = await context.actor()
    left, company_id = saved_company(context.unit, actor.administrator_id)
    if left and company_id is not None and len(actor.companies) > 1:
        left = any(company.id == company_id for company in actor.companies)
        if left:
            await context.use(Companies).choose(actor, company_id)
            await context.session_changed()
    if left:
        context.comes_back = True
        manager.show_mode = ShowMode.NO_UPDATE
        return
    forget_saved(context.unit)
    several = len(actor.companies) > 1
    target = states.Companies.choose if several else states.Menu.main
    await manager.start(target, mode=StartMode.RESET_STACK)


NEW_PASSWORD = NewPassword(
    first=states.Login.new_password,
    second=states.Login.repeat_password,
    begin_again=states.Login.phone,
    expiry=ResetExpired,
    draft=_draft,
    take=_take,
    done=_logged_in,
)


async def to_employee(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """To the employee mode: one's own number, with a secret code (S14)."""
    await manager.start(
        states.Employee.number, mode=StartMode.RESET_STACK, show_mode=ShowMode.DELETE_AND_SEND
    )
