"""The buttons of a list: one for each (label, value) that the window's getter gives."""

from __future__ import annotations

import operator
from typing import Protocol

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Select
from aiogram_dialog.widgets.kbd.select import OnItemClick
from aiogram_dialog.widgets.text import Format

from account.errors import ChangeRefused
from account.identity.permissions import Actor
from bot.context.update_context import context_of
from bot.texts.errors import refusal

OnChoice = OnItemClick[Select[str], str]


def choices(widget_id: str, items: str, on_click: OnChoice) -> Select[str]:
    """A button per pair under the key `items`; its value may be forged (trap 7)."""
    return Select(
        Format("{item[0]}"),
        id=widget_id,
        item_id_getter=operator.itemgetter(1),
        items=items,
        on_click=on_click,
    )


class Reads(Protocol):
    """Use cases whose things are opened one by one."""

    async def read(self, actor: Actor, of_id: str, /) -> object:
        """Raises `ChangeRefused` for what is not this person's to see."""


def opens(use: type[Reads], key: str, state: State) -> OnChoice:
    """Show the one that was picked: its id under `key` in the dialog's data, in that window.

    The id comes from a button and may be forged: whose it is, is asked of the use cases.
    """

    async def open_one(
        _event: CallbackQuery, _select: Select[str], manager: DialogManager, of_id: str
    ) -> None:
        context = context_of(manager)
        try:
            await context.use(use).read(await context.actor(), of_id)
        except ChangeRefused as refused:
            await context.tell(refusal(refused))
            return
        manager.dialog_data[key] = of_id
        await manager.switch_to(state)

    return open_one
