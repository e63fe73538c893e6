"""Actions history on screen (S29): what is done in its windows."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.parameters import days_told
from bot.flows.documents.handlers import order_file
from bot.widgets.months import period_of


async def order_xlsx(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The same period as a file."""
    told = days_told(period_of(manager))
    await order_file(manager, DocumentKind.HISTORY, DocumentFormat.XLSX, told)
