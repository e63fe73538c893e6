"""The choice of one, three or twelve months back from today, or of days of one's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import ngettext
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Group, Select

from account.values.periods import Period, add_months
from bot.widgets.calendar import today_of
from bot.widgets.choices import choices

MONTHS = {"1": 1, "3": 3, "12": 12}
FIRST, LAST = "first", "last"
"""What the window keeps of days of one's own; months back are kept as months, whatever day it is
when they are looked at."""

Take = Callable[[DialogManager, Period], None]


def months_row(take: Take | None = None) -> Group:
    """The buttons; the window's getter gives `months_words` as `periods`.

    What is chosen is kept for `period_of`, or handed to `take`.
    """

    async def choose(
        _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
    ) -> None:
        chosen = value if value in MONTHS else "1"
        if take is not None:
            take(manager, _back(manager, MONTHS[chosen]))
        else:
            manager.dialog_data.update({"months": chosen, FIRST: None, LAST: None, "page": 0})

    return Group(choices("period", "periods", choose), width=3)


def period_of(manager: DialogManager) -> Period:
    """The period that was chosen; a month until something else is."""
    data = manager.dialog_data
    if data.get(FIRST) and data.get(LAST):
        return Period(date.fromisoformat(data[FIRST]), date.fromisoformat(data[LAST]))
    return _back(manager, MONTHS.get(data.get("months", "1"), 1))


def keep_days(manager: DialogManager, period: Period) -> None:
    """Have `period_of` say these days."""
    days = {FIRST: period.first.isoformat(), LAST: period.last.isoformat()}
    manager.dialog_data.update({**days, "page": 0})


def months_words(manager: DialogManager, period: Period) -> list[tuple[str, str]]:
    """The labels with their values, marked where they are the present period."""
    words = {key: ngettext("{n} month", "{n} months", n).format(n=n) for key, n in MONTHS.items()}
    return [
        (f"{word} ✓" if _back(manager, MONTHS[key]) == period else word, key)
        for key, word in words.items()
    ]


def is_own(manager: DialogManager, period: Period) -> bool:
    """Whether the present period is none of those."""
    return all(_back(manager, months) != period for months in MONTHS.values())


def _back(manager: DialogManager, months: int) -> Period:
    day = today_of(manager)
    return Period(add_months(day, -months), day)
