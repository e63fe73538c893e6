"""How a window reaches Telegram, whatever Telegram answers.

aiogram_dialog keeps a window's state only when showing it worked; left alone, a passing fault of
Telegram makes the visible buttons unknown for ever (trap 5). So a fault while showing is not an
error of the conversation: the state is kept and the window is shown again a little later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message
from aiogram_dialog.api.entities import NewMessage, OldMessage, ShowMode
from aiogram_dialog.api.protocols import MessageNotModified
from aiogram_dialog.manager.message_manager import MessageManager
from typing_extensions import override

from bot.framework.unvalidated import construct
from bot.telegram.client import bad_html, plain
from bot.texts.line_breaks import kept_together

if TYPE_CHECKING:
    from bot.context.update_context import UpdateContext


class WindowMessages(MessageManager):
    """Shows windows; one window per conversation, moved to the bottom when the person typed."""

    def __init__(self, context: Callable[[], UpdateContext]) -> None:
        self._context = context

    @override
    async def answer_callback(self, bot: Bot, callback_query: CallbackQuery) -> None:
        """Answer the tap, unless it was answered while the work was going on."""
        tap = self._context().tap
        if tap is not None:
            await tap.answer()

    async def show_message(
        self, bot: Bot, new_message: NewMessage, old_message: OldMessage | None
    ) -> OldMessage:
        """Show it; raises `MessageNotModified` when it has to be shown again later."""
        context = self._context()
        if context.below:
            old_message, context.below = None, False
        if new_message.show_mode is ShowMode.SEND and old_message is not None:
            new_message.show_mode = ShowMode.DELETE_AND_SEND
        try:
            return await self._show(bot, new_message, old_message)
        except TelegramRetryAfter as flood:
            context.redraw_after_fault(flood.retry_after)
        except (TelegramNetworkError, TelegramServerError):
            context.redraw_after_fault(1)
        except TelegramForbiddenError:
            context.unit.set_blocked(context.now(), blocked=True)
        raise MessageNotModified("not shown now")

    @override
    async def edit_text(
        self, bot: Bot, new_message: NewMessage, old_message: OldMessage
    ) -> Message:
        """See aiogram_dialog; what our own windows say needs no validation."""
        fields = {
            "chat_id": old_message.chat.id,
            "message_id": old_message.message_id,
            "business_connection_id": new_message.business_connection_id,
            "text": kept_together(new_message.text or ""),
            "reply_markup": new_message.reply_markup,
            "parse_mode": new_message.parse_mode,
            "link_preview_options": new_message.link_preview_options,
        }
        shown = await bot(construct(EditMessageText, None, fields))
        assert isinstance(shown, Message)
        return shown

    @override
    async def send_text(self, bot: Bot, new_message: NewMessage) -> Message:
        """See aiogram_dialog, and `edit_text`."""
        fields = {
            "chat_id": new_message.chat.id,
            "text": kept_together(new_message.text or ""),
            "message_thread_id": new_message.thread_id,
            "business_connection_id": new_message.business_connection_id,
            "reply_markup": new_message.reply_markup,
            "parse_mode": new_message.parse_mode,
            "protect_content": new_message.protect_content,
            "link_preview_options": new_message.link_preview_options,
        }
        return await bot(construct(SendMessage, None, fields))

    async def _show(
        self, bot: Bot, new_message: NewMessage, old_message: OldMessage | None
    ) -> OldMessage:
        try:
            return await super().show_message(bot, new_message, old_message)
        except TelegramBadRequest as refused:
            if not bad_html(refused):
                raise
            # The person gets the words in any case, if need be without their looks.
            new_message.text = plain(new_message.text or "")
            new_message.parse_mode = None
            return await super().show_message(bot, new_message, old_message)
