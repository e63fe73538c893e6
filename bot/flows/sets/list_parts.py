"""What is sent for a list that is no text: a file, a contact.

A file goes from Telegram to the child that reads it and nowhere else; a forwarded one is as good as
one's own, for lists come from others and nothing is changed by reading one.
"""

from __future__ import annotations

from contextlib import aclosing
from functools import partial

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import Document, Message
from aiogram_dialog import DialogManager
from aiohttp import ClientError

from account.changes.sets.gathering import Gathering
from account.changes.sets.selection import NumberSelection
from account.errors import ChangeRefused, InputRefused, ListFileFault, ListFileRefused
from account.lists.list_file import MOST_BYTES
from bot.context import states
from bot.context.update_context import context_of
from bot.texts.errors import refusal
from bot.widgets.page import notice

SECONDS_FOR_A_FILE = 30


async def take(message: Message, manager: DialogManager) -> bool:
    """Add what a message without text holds; False for one that can hold no number."""
    context = context_of(manager)
    selection = context.use(NumberSelection)
    try:
        if message.document is not None:
            fetch = partial(fetched, context.bot, message.document)
            size = message.document.file_size
            gathered = await selection.add_file(await context.actor(), size, fetch)
        elif message.contact is not None:
            actor = await context.actor()
            gathered = await selection.add_text(actor, message.contact.phone_number)
        elif message.photo:
            raise ListFileRefused(ListFileFault.KIND)
        else:
            return False
    except (ChangeRefused, InputRefused) as refused:
        notice(manager, refusal(refused))
        return True
    await follow(manager, gathered)
    return True


async def follow(manager: DialogManager, gathered: Gathering) -> None:
    """Go where the next question is, or to the list."""
    target = states.Sets.list
    if gathered.sheets:
        target = states.Sets.sheet
    elif gathered.columns:
        target = states.Sets.column
    await manager.switch_to(target)


async def fetched(bot: Bot, document: Document) -> bytes:
    """The file's content. Raises `ListFileRefused`; the address of a file has the bot's token."""
    content = bytearray()
    try:
        file = await bot.get_file(document.file_id)
        if file.file_path is None:
            raise ListFileRefused(ListFileFault.UNFETCHED)
        url = bot.session.api.file_url(bot.token, file.file_path)
        stream = bot.session.stream_content(url, timeout=SECONDS_FOR_A_FILE)
        async with aclosing(stream) as parts:
            async for part in parts:
                content += part
                if len(content) > MOST_BYTES:
                    raise ListFileRefused(ListFileFault.LARGE)
    except (TelegramAPIError, ClientError, TimeoutError, OSError):
        raise ListFileRefused(ListFileFault.UNFETCHED) from None
    return bytes(content)
