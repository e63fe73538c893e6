"""The choice of one, three or twelve months back from today, for lists that need no calendar."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import ngettext
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Group, Select

from account.periods import Period, add_months
from bot.widgets.calendar import today_of
from bot.widgets.choices import choices

MONTHS = {"1": 1, "3": 3, "12": 12}


def months_row() -> Group:
    """The buttons; the window's getter gives `months_words` as `periods`."""
    return Group(choices("period", "periods", _choose), width=3)


def months_back(manager: DialogManager) -> Period:
    """The period that was chosen; a month until something else is."""
    day = today_of(manager)
    return Period(add_months(day, -_chosen(manager)), day)


def months_words(manager: DialogManager) -> list[tuple[str, str]]:
    """The labels with their values, the chosen one marked."""
    words = {key: ngettext("{n} month", "{n} months", n).format(n=n) for key, n in MONTHS.items()}
    chosen = _chosen(manager)
    return [(f"{word} ✓" if MONTHS[key] == chosen else word, key) for key, word in words.items()]


def _chosen(manager: DialogManager) -> int:
    return MONTHS.get(manager.dialog_data.get("months", "1"), 1)


async def _choose(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """Another period; an unknown one is the last month."""
    manager.dialog_data.update(months=chosen if chosen in MONTHS else "1", page=0)
