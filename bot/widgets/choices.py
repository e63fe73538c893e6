"""The buttons of a list: one for each (label, value) that the window's getter gives."""

from __future__ import annotations

import operator

from aiogram_dialog.widgets.kbd import Select
from aiogram_dialog.widgets.kbd.select import OnItemClick
from aiogram_dialog.widgets.text import Format

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
