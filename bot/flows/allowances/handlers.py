"""What is left (S09, S10): what is done in its windows."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from bot.context import states


async def to_additional(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """From the tariff to what comes besides."""
    manager.dialog_data["page"] = 0
    await manager.switch_to(states.Allowances.additional)


async def to_tariff(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """And back."""
    manager.dialog_data["page"] = 0
    await manager.switch_to(states.Allowances.tariff)
