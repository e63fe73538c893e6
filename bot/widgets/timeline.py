"""Rows of a list below the days they happened on: history, payments, usage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Protocol, TypeVar

from account.values.periods import shown_day, today
from bot.widgets.text import Html, said


class Dated(Protocol):
    """What happened at a moment, UTC."""

    @property
    def at(self) -> datetime:
        """When."""


Happened = TypeVar("Happened", bound=Dated)


def by_day(rows: Iterable[Happened], line: Callable[[Happened], Html]) -> Iterator[Html]:
    """Each row's line, in their order; a day in Almaty above the first of its rows."""
    for day, those in groupby(rows, key=lambda row: today(row.at)):
        yield said("\n<u>{day}</u>", day=shown_day(day))
        yield from map(line, those)
