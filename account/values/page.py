"""One page of what stays at the operator or in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A part of a list that stays at the operator. `total` counts the whole list."""

    rows: tuple[Row, ...]
    offset: int
    total: int
