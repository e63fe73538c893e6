"""The choice of a company (S04): what is done in its windows."""

from __future__ import annotations

from functools import partial

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Select

from account.access.companies import Companies
from bot.context import states
from bot.context.update_context import context_of
from bot.widgets.named import Named


async def choose(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, company_id: str
) -> None:
    """A company of the list."""
    await _switch(manager, company_id)


async def typed_companies(manager: DialogManager) -> list[Named]:
    """All companies, also those of other pages."""
    actor = await context_of(manager).actor()
    return [Named((one.name,), partial(_switch, company_id=one.id)) for one in actor.companies]


async def _switch(manager: DialogManager, company_id: str) -> None:
    """Switch to it; everything open in the old one is left behind (S04-1)."""
    context = context_of(manager)
    await context.use(Companies).choose(await context.actor(), company_id)
    await context.session_changed()
    await manager.start(states.Menu.main, mode=StartMode.RESET_STACK)
