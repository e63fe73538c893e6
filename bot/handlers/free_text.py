"""What is typed where nothing was asked for: never answered by silence."""

from __future__ import annotations

from aiogram.types import Message
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.errors import (
    CompanyNotAccessible,
    CompanyNotChosen,
    InputRefused,
    TextFault,
    TextRefused,
)
from bot.context.update_context import context_of
from bot.flows.numbers.handlers import search
from bot.flows.typed_commands.handlers import follow
from bot.handlers.commands import go, place_said
from bot.texts.errors import refusal
from bot.widgets.page import notice
from bot.widgets.secret_messages import delete_secret
from bot.widgets.text_input import own_text


async def answer_typing(message: Message, manager: DialogManager) -> None:
    """A command leads to its window; digits and words search; anything else gets one sentence."""
    context = context_of(manager)
    if context.session is None:
        notice(manager, _("Please use the buttons below."))
        return
    no_text = _("I read text only. Type a number, or use the buttons below.")
    text = await own_text(message, manager, no_text=no_text)
    if text is None:
        return
    try:
        if (place := place_said(text)) is not None:
            await go(message, manager, place)
        elif not await follow(manager, text):
            await search(manager, text)
    except CompanyNotChosen:
        # Who has just logged in may have typed the password once too often.
        await delete_secret(context, message)
        notice(manager, _("Choose a company first. Your message was deleted."))
    except (InputRefused, CompanyNotAccessible) as refused:
        unreadable = isinstance(refused, TextRefused) and refused.reason is not TextFault.TOO_SHORT
        notice(
            manager,
            _("This cannot be searched for. Type a part of a number, account or tariff.")
            if unreadable
            else refusal(refused),
        )
