"""An input for what is typed in answer to a window: an amount, a number, a part of one.

Only a fresh text of one's own counts: what lay in Telegram for hours, or was forwarded, was meant
for something else (safety.md section 1).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram.enums import ContentType
from aiogram.types import Message
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput

from bot.context.update_context import context_of
from bot.widgets.page import notice
from bot.widgets.secret import STALE_AFTER

OnText = Callable[[str, DialogManager], Awaitable[None]]


def text_input(on_text: OnText) -> MessageInput:
    """An input that hands the text to `on_text`; anything else gets a sentence in the window."""

    async def read(message: Message, _input: MessageInput, manager: DialogManager) -> None:
        if message.text is None:
            notice(manager, _("Type it as a text message."))
        elif message.forward_origin is not None:
            notice(manager, _("A forwarded message is not used here. Type it yourself."))
        elif message.text.startswith("/"):
            notice(manager, _("There is no such command. Use the buttons below."))
        elif context_of(manager).now() - message.date > STALE_AFTER:
            notice(manager, _("Your message came too late to be used. Type it again."))
        else:
            await on_text(message.text, manager)

    return MessageInput(read, content_types=ContentType.ANY)
