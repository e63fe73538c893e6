"""Said where something begins that ends with a one-time code: that none can be sent now.

Who has gone through a number, a target and a second question should not read it only there.
"""

from __future__ import annotations

from aiogram_dialog import DialogManager

from account.access.step_up import StepUp
from account.errors import LoginRefused
from bot.context.update_context import context_of
from bot.texts.errors import refusal
from bot.widgets.text import Html, said


async def no_code_lines(manager: DialogManager) -> list[Html]:
    """Why no code can be sent, as the last line of a window; nothing when one can."""
    context = context_of(manager)
    try:
        await context.use(StepUp).check_budget(await context.actor())
    except LoginRefused as refused:
        return [said("\n⚠️ {why}", why=refusal(refused))]
    return []
