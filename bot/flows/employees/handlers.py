"""From a number and its secret code to the employee's own card."""

from __future__ import annotations

from datetime import datetime

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager, ShowMode, StartMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button

from account.access.employees import Employees
from account.errors import BadSecretCode
from account.values.identifiers import Msisdn
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.login.greeting import offer_contact, remove_contact
from bot.flows.login.handlers import number_in
from bot.texts.errors import refusal
from bot.widgets.page import OnClick, notice


async def number_given(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """The number whose user this is; a shared contact proves it at once."""
    number = number_in(message)
    if isinstance(number, str):
        notice(manager, number)
        return
    manager.dialog_data.update(phone=number.digits, own=message.contact is not None)
    await remove_contact(manager)
    await manager.switch_to(states.Employee.code)


async def code_given(typed: str, manager: DialogManager) -> None:
    """Check the secret code; a typed number is proven by the contact next.

    No code begins with a slash: who types a command there loses none of their tries.
    """
    if typed.lstrip().startswith("/"):
        notice(manager, _("There is no such command. Use the buttons below."))
        return
    context, data = context_of(manager), manager.dialog_data
    phone = Msisdn(data["phone"])
    try:
        code = await context.use(Employees).check(context.telegram_id, phone, typed)
    except BadSecretCode as refused:
        notice(manager, refusal(refused))
        return
    data.update(code=code.id, since=context.now().isoformat())
    if data["own"] or code.telegram_id == context.telegram_id:
        await _let_in(manager, phone)
        return
    await offer_contact(None, manager)
    await manager.switch_to(states.Employee.prove, show_mode=ShowMode.DELETE_AND_SEND)


async def contact_given(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """The contact that proves whose number it is."""
    if message.contact is None:
        notice(manager, _("Press the button below the chat: a typed number proves nothing."))
        return
    number = number_in(message)
    if isinstance(number, str):
        notice(manager, number)
        return
    await remove_contact(manager)
    await _let_in(manager, number)


async def _let_in(manager: DialogManager, own: Msisdn) -> None:
    context, data = context_of(manager), manager.dialog_data
    since = datetime.fromisoformat(data["since"])
    try:
        await context.use(Employees).bind(context.telegram_id, data["code"], own, since)
    except BadSecretCode as refused:
        data.clear()
        await manager.switch_to(states.Employee.number)
        notice(manager, refusal(refused))
        return
    await manager.start(states.Employee.card, mode=StartMode.RESET_STACK)


async def to_number(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Begin again with another number."""
    manager.dialog_data.clear()
    await offer_contact(None, manager)
    await manager.switch_to(states.Employee.number, show_mode=ShowMode.DELETE_AND_SEND)


async def to_login(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """To the administrators' login."""
    await manager.start(
        states.Login.phone, mode=StartMode.RESET_STACK, show_mode=ShowMode.DELETE_AND_SEND
    )


def opens(state: State) -> OnClick:
    """A button that opens a chapter of one's own number."""

    async def open_chapter(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        actor = await context_of(manager).actor()
        await manager.start(state, data={"msisdn": actor.phone.digits})

    return open_chapter


async def greet(_start_data: object, manager: DialogManager) -> None:
    """Offer the contact's button where the number is asked for first."""
    if manager.current_context().state == states.Employee.number:
        await offer_contact(None, manager)
