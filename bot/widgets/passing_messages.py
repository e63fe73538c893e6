"""Messages for what nobody may read later: protected, and gone after a while by themselves.

Their removal is owed before anything is in them: a crash leaves nothing behind (safety.md
section 3).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aiogram.types import CallbackQuery, InaccessibleMessage, InlineKeyboardButton
from aiogram.utils.i18n import gettext as _

from account.effects.effect import Channel, OutboxMessage
from bot.context.update_context import context_of
from bot.widgets.deep_links import DELETE_NOW
from bot.widgets.secret_messages import delete_secret

if TYPE_CHECKING:
    from aiogram_dialog import DialogManager

    from bot.context.update_context import UpdateContext

DELETABLE = timedelta(hours=47)
"""Telegram lets a bot delete what is younger than 48 hours."""


async def passing_message(context: UpdateContext, shown_for: timedelta) -> int:
    """An empty one, to be edited: it can be neither forwarded nor copied. Its id in the chat."""
    chat_id = context.telegram_id
    sent = await context.bot.send_message(
        chat_id, _("⏳ One moment…"), protect_content=True, parse_mode=None
    )
    now = context.now()
    removal = OutboxMessage(
        channel=Channel.TELEGRAM,
        to=str(chat_id),
        kind="chat.delete",
        expires_at=now + DELETABLE,
        parameters={"message_id": str(sent.message_id)},
        key=f"delete:{chat_id}:{sent.message_id}",
        not_before=now + shown_for,
    )
    await context.effects.write([removal])
    return sent.message_id


def delete_now() -> InlineKeyboardButton:
    """Delete now."""
    return InlineKeyboardButton(text=_("🗑 Delete now"), callback_data=DELETE_NOW)


async def delete_at_once(query: CallbackQuery, dialog_manager: DialogManager) -> None:
    """Remove the message that was pressed, whoever is logged in; it stays owed as well."""
    message = query.message
    if message is not None and not isinstance(message, InaccessibleMessage):
        await delete_secret(context_of(dialog_manager), message)
