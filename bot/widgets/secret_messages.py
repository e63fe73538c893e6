"""Messages that held a secret, and how they leave the chat."""

from __future__ import annotations

from datetime import timedelta

from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import Message
from aiogram.utils.i18n import gettext as _
from aiogram_dialog.widgets.input import MessageInput

from account.access.step_up import StepUp
from account.effects.effect import Channel, OutboxMessage
from bot.context.update_context import UpdateContext


class SecretInput(MessageInput):
    """An input of a secret, told from the others by its class."""


async def delete_typed_again(context: UpdateContext, message: Message) -> bool:
    """Delete a password that is typed once more outside of its prompt; False for any other text."""
    text = message.text
    if text is None or not context.secrets.again(context.telegram_id, text, context.now()):
        return False
    await delete_secret(context, message)
    return True


async def delete_spent_code(context: UpdateContext, message: Message) -> bool:
    """Delete a code that is typed once more outside of its prompt; False for any other text.

    Taken for a text it would be looked for, and kept with the window.
    """
    if context.session is None or message.text is None:
        return False
    if not await context.use(StepUp).spent(context.session, message.text):
        return False
    await delete_secret(context, message)
    return True


async def delete_secret(context: UpdateContext, message: Message) -> None:
    """Delete a message that held a secret, now or as soon as Telegram takes it."""
    try:
        await context.bot.delete_message(message.chat.id, message.message_id)
    except TelegramBadRequest as refused:
        if "not found" not in refused.message:
            await context.tell(_("Please delete your last message: I cannot do it."))
    except TelegramAPIError:
        await context.effects.write(
            [
                OutboxMessage(
                    channel=Channel.TELEGRAM,
                    to=str(message.chat.id),
                    kind="chat.delete",
                    expires_at=context.now() + timedelta(hours=47),
                    parameters={"message_id": str(message.message_id)},
                    key=f"delete:{message.chat.id}:{message.message_id}",
                )
            ]
        )
