"""Rows that this program can read; the others are left out, counted and logged.

A newer program beside this one may have written kinds and states that are unknown here. Such a row
is left to it: one of them never hides the others, nor ends this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from storage.errors import RowUnreadable

if TYPE_CHECKING:
    from sqlalchemy import Table

log = structlog.get_logger()

T = TypeVar("T")
REMEMBERED = 1000
"""So many rows of a table are told apart; whatever comes after them is neither counted nor logged.
"""
_left_out: dict[str, set[str]] = {}


def readable(table: Table, rows: Iterable[Any], read: Callable[[Any], T]) -> list[T]:
    """What `read` makes of those rows it can be made of, in their order."""
    found = (readable_one(table, row, read) for row in rows)
    return [one for one in found if one is not None]


def readable_one(table: Table, row: Any, read: Callable[[Any], T]) -> T | None:
    """What `read` makes of the row; None for no row, and for one of which it makes nothing."""
    if row is None:
        return None
    try:
        return read(row)
    except (ValueError, KeyError, RowUnreadable) as fault:
        _leave_out(table.name, row, fault)
        return None


def left_out() -> Mapping[str, int]:
    """How many rows of each table this process has left out so far, each row counted once."""
    return {table: len(rows) for table, rows in _left_out.items()}


def _leave_out(table: str, row: Any, fault: Exception) -> None:
    rows = _left_out.setdefault(table, set())
    which = str(getattr(row, "id", None) or getattr(row, "place", ""))
    if which in rows or len(rows) >= REMEMBERED:
        return
    rows.add(which)
    # Without its text: that could show what the row holds.
    log.warning("row.unreadable", table=table, row=which, error=type(fault).__name__)
