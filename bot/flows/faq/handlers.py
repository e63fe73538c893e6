"""The frequent questions: choosing one, and the way to an answer from other windows (S38)."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from bot.context import states
from bot.context.update_context import context_of
from bot.flows.faq.actions import actions_of, shown_question
from bot.flows.faq.texts import asked_here
from bot.widgets.page import OnClick, back_to

ABOUT_COMPANIES, ABOUT_LOGIN, ABOUT_LISTED_SERVICES = 1, 2, 4
ABOUT_SECRET_CODE, ABOUT_DEBT, ABOUT_SIM = 6, 7, 8
"""The questions that other windows lead to, by the guide's numbers."""


def open_answer(number: int) -> OnClick:
    """A button's way to the answer with that number of the guide."""

    async def go(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        await manager.start(states.Faq.answer, data={"question": number - 1})

    return go


async def choose(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """Open an answer."""
    manager.dialog_data["question"] = int(chosen) if chosen in set("012345678") else 0
    await manager.switch_to(states.Faq.answer)


async def pick(number: int, manager: DialogManager) -> bool:
    """A typed number opens its answer."""
    if number not in asked_here(context_of(manager).lacks):
        return False
    manager.dialog_data["question"] = number - 1
    await manager.switch_to(states.Faq.answer)
    return True


async def act(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """Go where the answer leads; every right is asked for there. A forged name leads nowhere."""
    actions = await actions_of(manager, shown_question(manager))
    action = next((one for one in actions if one.id == chosen), None)
    if action is not None:
        await manager.start(action.window, data=action.data)


async def back(event: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """To the questions, or to the window whose refusal led here."""
    if isinstance(manager.start_data, dict):
        await manager.done()
    else:
        await back_to(states.Faq.list)(event, button, manager)
