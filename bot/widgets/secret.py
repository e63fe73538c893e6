"""An input for what nobody may read later: passwords, one-time codes, IINs.

The typed text goes to its handler and nowhere else: not to the dialog's data, not to a log. The
message is deleted from the chat at once; when Telegram does not take the deletion it is owed, and
the person is asked to do it (G-18, safety.md sections 1 and 3).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from aiogram.enums import ContentType
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import Message
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput

from account.access.step_up import StepUp
from account.effects.effect import Channel, OutboxMessage
from bot.context.update_context import UpdateContext, context_of
from bot.widgets.page import notice

OnSecret = Callable[[str, DialogManager], Awaitable[None]]

STALE_AFTER = timedelta(seconds=120)
"""A code or password older than this was typed for something else (safety.md section 1)."""


def secret_input(on_secret: OnSecret) -> MessageInput:
    """An input that hands the fresh, own text to `on_secret` and removes it from the chat."""

    async def read(message: Message, _input: MessageInput, manager: DialogManager) -> None:
        context = context_of(manager)
        await delete_secret(context, message)
        if message.text is None:
            notice(manager, _("Type it as a text message."))
        elif message.edit_date is not None:
            notice(manager, _("An edited message is not used here. Type a new one."))
        elif message.forward_origin is not None:
            notice(manager, _("A forwarded message is not used here. Type it yourself."))
        elif context.now() - message.date > STALE_AFTER:
            notice(manager, _("Your message came too late to be used. Type it again."))
        else:
            await on_secret(message.text, manager)

    return MessageInput(read, content_types=ContentType.ANY)


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
