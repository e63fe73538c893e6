"""One page of what stays at the operator or in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A part of a list that stays at the operator. `total` counts the whole list.

    `left_out` of its rows could not be read: a sum of the others says so, and a paper that has
    weight in law is not made of them. `read_to` is where the next page begins where that is not
    behind the rows that are here, since some were left out or were another company's.
    """

    rows: tuple[Row, ...]
    offset: int
    total: int
    left_out: int = 0
    read_to: int | None = None

    @property
    def end(self) -> int:
        """Where the next page begins."""
        return self.offset + len(self.rows) if self.read_to is None else self.read_to


@dataclass(slots=True)
class Unreadable:
    """How many rows of the pages that went by could not be read."""

    rows: int = 0

    def note(self, page: Page[Any]) -> None:
        """Count those of one more page."""
        self.rows += page.left_out
