"""An input for what nobody may read later: passwords, one-time codes, IINs.

The typed text goes to its handler and nowhere else: not to the dialog's data, not to a log. The
message is deleted from the chat at once; when Telegram does not take the deletion it is owed, and
the person is asked to do it (G-18, safety.md sections 1 and 3).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from aiogram.enums import ContentType
from aiogram.types import Message
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput

from bot.context.update_context import context_of
from bot.widgets.page import notice
from bot.widgets.secret_messages import SecretInput, delete_secret

OnSecret = Callable[[str, DialogManager], Awaitable[None]]

STALE_AFTER = timedelta(seconds=120)
"""A code or password older than this was typed for something else (safety.md section 1)."""


def secret_input(on_secret: OnSecret) -> SecretInput:
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
            context.secrets.remember(context.telegram_id, message.text, context.now())
            await on_secret(message.text, manager)

    return SecretInput(read, content_types=ContentType.ANY)
