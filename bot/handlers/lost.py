"""What reaches no window: a person without one, a tap on a message that is none of ours."""

from __future__ import annotations

from contextlib import suppress

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from account.errors import InputRefused
from account.values.identifiers import digits_of
from bot.context.update_context import context_of
from bot.flows.numbers.handlers import search
from bot.handlers.commands import open_first_window
from bot.widgets.secret_messages import delete_spent_code


async def no_window(message: Message, dialog_manager: DialogManager) -> None:
    """A number opens its card also without a window; anything else is as good as `/start`."""
    context = context_of(dialog_manager)
    session, text = context.session, message.text or ""
    if await delete_spent_code(context, message):
        await open_first_window(dialog_manager)
        return
    if digits_of(text) and session is not None and session.company_id is not None:
        with suppress(InputRefused):
            await search(dialog_manager, text)
            return
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
