"""What a reader of cells does not tell of a sheet: what is hidden, and what shows no value."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from account.errors import ListFileFault, ListFileRefused
from account.lists.list_file import MOST_COLUMNS, MOST_ROWS


@dataclass(slots=True)
class Marks:
    """Rows and columns count from 0."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    valueless: set[tuple[int, int]] = field(default_factory=set)
    """Row and column of cells whose formula has no result, or an error for one."""

    def bound(self, row: int, column: int) -> None:
        """Hold a cell with something in it to the bounds, before any reader makes room for it.

        Raises `ListFileRefused`.
        """
        if row >= MOST_ROWS or column >= MOST_COLUMNS:
            raise ListFileRefused(ListFileFault.LARGE)

    def hide_columns(self, first: int, last: int) -> None:
        """From the first to the last; what is beyond the bound holds nothing."""
        self.hidden_columns.update(range(first, min(last, MOST_COLUMNS - 1) + 1))


def parser() -> expat.XMLParserType:
    """A parser of XML with namespaces: names are `address name`."""
    return expat.ParserCreate(namespace_separator=" ")


def parsed(reader: expat.XMLParserType, content: bytes) -> None:
    """Parse a whole file. Raises `ListFileRefused` when it is no XML."""
    try:
        reader.Parse(content, True)
    except expat.ExpatError:
        raise ListFileRefused(ListFileFault.DAMAGED) from None
