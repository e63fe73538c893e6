"""The row that turns pages of a list that stays at the operator (G-11).

The window's getter tells `here` and `last` (from 0), `pages` ("2/4") and `many`; the page is kept
in the dialog's data as `page`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Row
from aiogram_dialog.widgets.text import Format

from account.values.page import Page
from bot.widgets.text import Value

Listed = TypeVar("Listed")

BEYOND = 10**6
"""A page no list has; getters bring it back to the last one."""


def _not_first(data: dict[str, Any], _widget: object, _manager: DialogManager) -> bool:
    return bool(data["here"] > 0)


def _not_last(data: dict[str, Any], _widget: object, _manager: DialogManager) -> bool:
    return bool(data["here"] < data["last"])


async def _turn_page(_event: CallbackQuery, button: Button, manager: DialogManager) -> None:
    here = int(manager.dialog_data.get("page", 0))
    target = {"first": 0, "previous": here - 1, "next": here + 1, "last": BEYOND}
    manager.dialog_data["page"] = min(BEYOND, max(0, target.get(str(button.widget_id), 0)))


def pages_row() -> Row:
    """« ‹ 2/4 › »."""
    return Row(
        Button(Format("«"), id="first", on_click=_turn_page, when=_not_first),
        Button(Format("‹"), id="previous", on_click=_turn_page, when=_not_first),
        Button(Value("pages"), id="same"),
        Button(Format("›"), id="next", on_click=_turn_page, when=_not_last),
        Button(Format("»"), id="last", on_click=_turn_page, when=_not_last),
        when="many",
    )


def page_here(manager: DialogManager) -> int:
    """The page to show, from 0."""
    return max(0, int(manager.dialog_data.get("page", 0)))


async def read_page(
    manager: DialogManager, size: int, read: Callable[[int], Awaitable[Page[Listed]]]
) -> tuple[Page[Listed], dict[str, Any]]:
    """The page to show, by `read` from an offset, and what `pages_row` needs.

    Where the list has become shorter than the page the person was on, its last one is read.
    """
    found = await read(page_here(manager) * size)
    turning = paging(manager, found.total, size)
    if not found.rows and found.total:
        found = await read(turning["here"] * size)
    return found, turning


def paging(manager: DialogManager, total: int, size: int) -> dict[str, Any]:
    """What `pages_row` needs of a list of `total` rows; a page beyond the end becomes the last."""
    last = max(0, -(-total // size) - 1)
    here = min(page_here(manager), last)
    manager.dialog_data["page"] = here
    return {"here": here, "last": last, "pages": f"{here + 1}/{last + 1}", "many": last > 0}
