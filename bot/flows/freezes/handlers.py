"""The press on “It was not me”, and the link that does the same from any Telegram account.

Neither needs a session. The data may be forged: whom it is about, and whether it still counts, the
core knows; whoever presses reads nothing of them.
"""

from __future__ import annotations

from contextlib import suppress

import structlog
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InaccessibleMessage
from aiogram_dialog import DialogManager

from account.changes.freezes import FreezeOutcome, Freezes
from bot.context.update_context import context_of
from bot.flows.freezes.texts import LINKED, PRESSED, outcome_word
from bot.widgets.page import begin_anew

log = structlog.get_logger(__name__)


def linked(text: str | None) -> str | None:
    """The token of a `/start` that came by the link; None for any other."""
    payload = (text or "").partition(" ")[2].strip()
    return payload.removeprefix(LINKED) if payload.startswith(LINKED) else None


async def disown(query: CallbackQuery, dialog_manager: DialogManager) -> None:
    """Freeze, say what came of it, and take the button away."""
    word = await _frozen(dialog_manager, (query.data or "").removeprefix(PRESSED))
    context = context_of(dialog_manager)
    before = context.session
    await context.session_changed()
    await context.tell(word)
    message = query.message
    if message is not None and not isinstance(message, InaccessibleMessage):
        # Too old to be edited does no harm.
        with suppress(TelegramAPIError):
            await message.edit_text(f"{message.html_text}\n\n{word}", parse_mode="HTML")
    if before is not None and context.session is None:
        await _leave(dialog_manager)


async def _leave(manager: DialogManager) -> None:
    """To the login, below the message that was pressed; the window above has lost its session."""
    context = context_of(manager)
    window = manager.current_stack().last_message_id if manager.has_context() else None
    context.below = True
    await begin_anew(manager)
    if window is not None:
        with suppress(TelegramAPIError):
            await context.bot.delete_message(context.unit.chat_id, window)


async def disown_by_link(manager: DialogManager, token: str) -> None:
    """The same for `/start` with a token; the first window comes below."""
    word = await _frozen(manager, token)
    context = context_of(manager)
    await context.session_changed()
    await context.tell(word)


async def _frozen(manager: DialogManager, token: str) -> str:
    context = context_of(manager)
    outcome = await context.use(Freezes).by_token(token, context.language)
    if outcome is FreezeOutcome.FROZEN:
        log.warning("account.frozen")
    return outcome_word(outcome)
