"""The press on Approve or Reject, below a message that stands in the chat for a day.

The data of the button holds a token and may be forged; whose it is and what it decides about, the
core knows. Who has no session logs in first, and presses the same button again.
"""

from __future__ import annotations

from contextlib import suppress

from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InaccessibleMessage
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.changes.approvals import Approvals
from account.changes.holds import Holds
from account.errors import ChangeRefused, SessionExpired
from bot.context.update_context import context_of
from bot.flows.approvals.texts import APPROVE, REJECT, word_of
from bot.texts.errors import refusal


async def decide(query: CallbackQuery, dialog_manager: DialogManager) -> None:
    """Say the word, tell what came of it, and take the buttons away."""
    context = context_of(dialog_manager)
    if context.session is None:
        raise SessionExpired
    data = query.data or ""
    actor = await context.actor()
    try:
        if data.startswith(APPROVE):
            action, first = await context.use(Approvals).approve(actor, data.removeprefix(APPROVE))
        else:
            action, first = await context.use(Approvals).reject(actor, data.removeprefix(REJECT))
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
        return
    held = await context.use(Holds).cover(action.kind, action.company_id)
    word = word_of(action, held=held)
    await context.tell(word if first else _("This was decided before. {word}").format(word=word))
    await _close(query, word)


async def _close(query: CallbackQuery, word: str) -> None:
    """Have the message say how it ended; it may be too old for that, which does no harm."""
    message = query.message
    if message is None or isinstance(message, InaccessibleMessage):
        return
    with suppress(TelegramAPIError):
        await message.edit_text(f"{message.html_text}\n\n{word}", parse_mode="HTML")
