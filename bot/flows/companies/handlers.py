"""The choice of a company (S04): what is done in its windows."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Select

from account.access.companies import Companies
from bot.context import states
from bot.context.update_context import context_of


async def choose(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, company_id: str
) -> None:
    """Switch to a company; everything open in the old one is left behind (S04-1)."""
    context = context_of(manager)
    await context.use(Companies).choose(await context.actor(), company_id)
    await context.session_changed()
    await manager.start(states.Menu.main, mode=StartMode.RESET_STACK)
