"""The greeting that bears the button for sharing the own number.

Telegram puts such a button below the chat with a message of its own, never with a window's buttons.
There is one greeting at most: its id outlives the login's windows, whichever way they are left.
"""

from __future__ import annotations

from contextlib import suppress

from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.storage.base import BaseStorage, StorageKey
from aiogram.types import KeyboardButton, ReplyKeyboardMarkup, ReplyKeyboardRemove
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Data, DialogManager

from bot.context.stack_reader import GREETING
from bot.context.update_context import context_of


async def offer_contact(_start_data: Data, manager: DialogManager) -> None:
    """Put the button that shares the own number below the chat."""
    context = context_of(manager)
    await _forget(manager)
    keyboard = ReplyKeyboardMarkup(
        keyboard=[[KeyboardButton(text=_("📱 Share my number"), request_contact=True)]],
        resize_keyboard=True,
        one_time_keyboard=True,
    )
    greeting = _("Welcome to My Account. Share your number with the button below, or type it.")
    sent = await context.bot.send_message(context.telegram_id, greeting, reply_markup=keyboard)
    storage, key = _kept(manager)
    await storage.set_data(key, {"message": sent.message_id})


async def remove_contact(manager: DialogManager) -> None:
    """Take the button away again: the number is known."""
    context = context_of(manager)
    if not await _forget(manager):
        return
    sent = await context.bot.send_message(
        context.telegram_id, _("Thank you."), reply_markup=ReplyKeyboardRemove()
    )
    with suppress(TelegramAPIError):
        await context.bot.delete_message(context.telegram_id, sent.message_id)


async def _forget(manager: DialogManager) -> bool:
    """Delete the greeting; False when there is none."""
    context = context_of(manager)
    storage, key = _kept(manager)
    message_id = (await storage.get_data(key)).get("message")
    if message_id is None:
        return False
    await storage.set_data(key, {})
    with suppress(TelegramAPIError):
        await context.bot.delete_message(context.telegram_id, int(message_id))
    return True


def _kept(manager: DialogManager) -> tuple[BaseStorage, StorageKey]:
    context = context_of(manager)
    storage = manager.middleware_data["fsm_storage"]
    assert isinstance(storage, BaseStorage)
    key = StorageKey(
        bot_id=context.bot.id,
        chat_id=context.telegram_id,
        user_id=context.telegram_id,
        destiny=GREETING,
    )
    return storage, key
