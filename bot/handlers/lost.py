"""What reaches no window: a person without one, a tap on a message that is none of ours."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from bot.handlers.commands import open_first_window


async def no_window(_message: Message, dialog_manager: DialogManager) -> None:
    """Whatever is typed first is as good as `/start`."""
    await open_first_window(dialog_manager)


async def no_button(_query: CallbackQuery, dialog_manager: DialogManager) -> None:
    """A button that leads nowhere leads to a fresh window."""
    await open_first_window(dialog_manager)


def lost_router() -> Router:
    """Handlers that stand behind every window."""
    router = Router(name="lost")
    router.message.register(no_window)
    router.callback_query.register(no_button)
    return router
