"""A file with a list of numbers: what was read of its sheets, and what of it is hidden.

Whoever filters a list and sends it means what is seen, so hidden rows, columns and sheets are left
out and counted, and read as well for whom they were not hidden on purpose (B-9).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from account.lists.number_list import NumberList
from account.lists.tables import ColumnsAsked
from account.values.identifiers import Msisdn

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 256
MOST_SHEETS = 20
MOST_INFLATED = 100 * 1024 * 1024
"""Bounds of B-5: bytes, rows and columns of a sheet, sheets, bytes of what is in its archive."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, or the whole of a text, that holds numbers or what could have been one."""

    name: str
    read: NumberList | ColumnsAsked

    @property
    def told(self) -> bool:
        """Whether something in it was not read."""
        return isinstance(self.read, ColumnsAsked) or bool(self.read.left_out)

    @property
    def msisdns(self) -> frozenset[Msisdn]:
        """All its numbers, those of all columns that may be meant."""
        match self.read:
            case NumberList(numbers):
                return frozenset(number.msisdn for number in numbers)
            case ColumnsAsked(columns):
                return frozenset(
                    number.msisdn for column in columns for number in column.numbers.numbers
                )


@dataclass(frozen=True, slots=True)
class Hidden:
    """How many rows, columns and sheets with numbers are hidden."""

    rows: int = 0
    columns: int = 0
    sheets: int = 0

    def __bool__(self) -> bool:
        """Whether anything is."""
        return self != _NOTHING_HIDDEN


_NOTHING_HIDDEN = Hidden()


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file's sheets as they are seen, and with what is hidden. One sheet: it is taken; of
    several the person takes one or all; none: there is no number in the file.
    """

    sheets: tuple[Sheet, ...]
    with_hidden: tuple[Sheet, ...]
    hidden: Hidden = Hidden()

    @classmethod
    def of(cls, seen: Iterable[Sheet], whole: Iterable[Sheet], hidden: Hidden) -> ListFile:
        """The file; a sheet that only repeats an earlier one's numbers is no second list."""
        return cls(_different(seen), _different(whole), hidden)


def _different(sheets: Iterable[Sheet]) -> tuple[Sheet, ...]:
    kept: list[Sheet] = []
    for sheet in sheets:
        own = sheet.msisdns
        if not own or not any(own <= earlier.msisdns for earlier in kept):
            kept.append(sheet)
    with_numbers = [sheet for sheet in kept if sheet.msisdns]
    return tuple(with_numbers or [sheet for sheet in kept if sheet.told][:1])


class ListFiles(Protocol):
    """Reads files that people send."""

    async def read(self, content: bytes) -> ListFile:
        """What the file lists. Nothing of it is kept. Raises `ListFileRefused`."""
