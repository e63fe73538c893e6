"""Choosing sender, recipient and amount of a transfer (S37)."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.changes.action import ActionKind
from account.chapters.transfers import TransferParameters, Transfers
from account.errors import ChangeRefused, InputRefused
from account.values.identifiers import Msisdn
from account.values.money import Money
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.confirm.handlers import start_question
from bot.flows.numbers.getters import card_of
from bot.flows.numbers.picking import Take, forget_search, typed_number
from bot.flows.transfers.getters import asking, recipient_of, sender_of
from bot.texts.errors import refusal
from bot.widgets.page import leave, notice, reply


async def open_from_card(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Begin with the number of this card as the sender; say why when it cannot be."""
    context = context_of(manager)
    msisdn = card_of(manager)
    try:
        await context.use(Transfers).sender(await context.actor(), msisdn)
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
        return
    await manager.start(states.Transfers.recipient, data={"msisdn": msisdn.digits})


async def take_sender(manager: DialogManager, msisdn: Msisdn) -> None:
    """Go on with this number as the sender, or say why it cannot be."""
    context = context_of(manager)
    try:
        await context.use(Transfers).sender(await context.actor(), msisdn)
    except ChangeRefused as refused:
        await reply(manager, refusal(refused))
        return
    manager.dialog_data["sender"] = msisdn.digits
    forget_search(manager)
    await manager.switch_to(states.Transfers.recipient)


async def take_recipient(manager: DialogManager, msisdn: Msisdn) -> None:
    """Go on with this number as the recipient, or say why it cannot be."""
    context = context_of(manager)
    try:
        await context.use(Transfers).quote(await context.actor(), sender_of(manager), msisdn)
    except ChangeRefused as refused:
        await reply(manager, refusal(refused))
        return
    manager.dialog_data["recipient"] = msisdn.digits
    forget_search(manager)
    await manager.switch_to(states.Transfers.amount)


async def type_sender(text: str, manager: DialogManager) -> None:
    """A whole number, or a part of one to search for."""
    await _type_number(text, manager, take_sender)


async def type_recipient(text: str, manager: DialogManager) -> None:
    """A whole number, or a part of one to search for."""
    await _type_number(text, manager, take_recipient)


async def _type_number(text: str, manager: DialogManager, take: Take) -> None:
    try:
        await typed_number(text, manager, asking(manager), take)
    except InputRefused as refused:
        notice(manager, refusal(refused))


async def to_sender(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Back to the choice of the sender, or to the card it came from."""
    forget_search(manager)
    if manager.dialog_data.get("sender"):
        await manager.switch_to(states.Transfers.sender)
    else:
        await leave(_event, _button, manager)


async def choose_amount(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, tiyn: str
) -> None:
    """One of the amounts on the buttons; a forged one is parsed and bounded like a typed one."""
    await _ask(manager, Money.parse(f"{tiyn[:-2] or '0'}.{tiyn[-2:]}"))


async def type_amount(text: str, manager: DialogManager) -> None:
    """An amount in tenge."""
    try:
        amount = Money.parse(text)
    except InputRefused as refused:
        notice(manager, refusal(refused))
        return
    await _ask(manager, amount)


async def _ask(manager: DialogManager, amount: Money) -> None:
    parameters = TransferParameters(recipient_of(manager), amount)
    await start_question(manager, ActionKind.TRANSFER, sender_of(manager), parameters)
