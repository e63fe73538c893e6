"""An input for what is typed in answer to a window: an amount, a number, a part of one.

Only a fresh text of one's own counts: what lay in Telegram for hours, or was forwarded, was meant
for something else (safety.md section 1).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from aiogram.enums import ContentType
from aiogram.types import Message
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput

from account.values.identifiers.plain_text import fold
from bot.context.update_context import context_of
from bot.widgets.page import notice, typed_anything
from bot.widgets.search_offer import offer_search
from bot.widgets.secret import STALE_AFTER
from bot.widgets.secret_messages import delete_spent_code

OnText = Callable[[str, DialogManager], Awaitable[None]]
Pick = Callable[[int, DialogManager], Awaitable[bool]]
"""Opens the line of that number; False where there is none."""
_LINE = re.compile(r"(?:№ ?)?([1-9][0-9]?)[.)]?")
OnOther = Callable[[Message, DialogManager], Awaitable[bool]]
"""Takes a message that is no text, a file; False for one that it has no use for."""
Reads = Callable[[str, DialogManager], Awaitable[bool]]
"""Takes what the window can use of a text; False for anything else."""


def text_input(on_text: OnText, on_other: OnOther | None = None) -> MessageInput:
    """An input that hands the text to `on_text`, and what is none to `on_other` if it takes it.

    Anything else gets a sentence in the window.
    """

    async def read(message: Message, _input: MessageInput, manager: DialogManager) -> None:
        if message.text is None and on_other is not None and not is_late(message, manager):
            if await on_other(message, manager):
                return
        elif message.text is None and on_other is not None:
            notice(manager, _("Your message came too late to be used. Type it again."))
            return
        no_text = _("Type it as a text message.")
        text = await own_text(message, manager, no_text=no_text, fresh=True)
        if text is not None:
            await on_text(text, manager)

    return MessageInput(read, content_types=ContentType.ANY)


def is_late(message: Message, manager: DialogManager) -> bool:
    """Whether it lay in Telegram for too long to be meant for the window."""
    return context_of(manager).now() - message.date > STALE_AFTER


async def own_text(
    message: Message,
    manager: DialogManager,
    *,
    no_text: str,
    fresh: bool = False,
) -> str | None:
    """What the person typed, or the number of a contact that they picked instead of typing it; None
    for any other message, and the window says why.

    `no_text` is said of a message without one; `fresh` wants one of the last two minutes. A code
    that has done its work is no text: it is deleted.
    """
    contact = message.contact
    text = contact.phone_number if contact is not None else message.text
    if text is None:
        notice(manager, no_text)
    elif message.forward_origin is not None:
        notice(manager, _("A forwarded message is not used here. Type it yourself."))
    elif text.startswith("/"):
        notice(manager, _("There is no such command. Use the buttons below."))
    elif fresh and is_late(message, manager):
        notice(manager, _("Your message came too late to be used. Type it again."))
    elif await delete_spent_code(context_of(manager), message):
        notice(manager, _("This was confirmed already."))
    else:
        return text
    return None


def numbered(pick: Pick) -> MessageInput:
    """For a window of numbered lines: a line's number, typed, is as good as its button.

    Whatever else is typed is looked for, as in a window that asks nothing.
    """

    async def read(message: Message, _input: MessageInput, manager: DialogManager) -> None:
        own = message.text is not None and message.forward_origin is None
        line = line_typed(fold(message.text or "").strip()) if own else None
        if line is None or not await pick(line, manager):
            await typed_anything(message, None, manager)

    return MessageInput(read, content_types=ContentType.ANY)


def line_typed(text: str) -> int | None:
    """The number of a line; None for any other text."""
    line = _LINE.fullmatch(text)
    return None if line is None else int(line[1])


def reading(reads: Reads) -> MessageInput:
    """For a window of buttons in which something is being made: what it can read it takes.

    Of anything else it stays where it is and says so; looking for it is a button.
    """

    async def read(text: str, manager: DialogManager) -> None:
        if not await reads(text, manager):
            stay(manager, text)

    return text_input(read)


def stay(manager: DialogManager, typed: str) -> None:
    """Say that what was chosen stays, and offer to look for what was typed."""
    if offer_search(manager, typed):
        notice(
            manager, _("What is chosen here stays. To leave it and search, use the button below.")
        )
    else:
        notice(manager, _("Please use the buttons below."))


async def nothing(_text: str, _manager: DialogManager) -> bool:
    """The window can use nothing that is typed."""
    return False
