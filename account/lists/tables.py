"""Rows of cells: in which column the numbers stand.

Columns are never put together: the second one with numbers is often where calls are forwarded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from account.lists.number_list import LeftOut, ListedNumber, NumberList, Unread
from account.lists.records import NO_RESULT, NOTHING, Record, read_cell, read_record
from account.values.identifiers import Msisdn

SAYS_NUMBER = re.compile(r"номер|телефон|абонент|нөмір|number|phone|msisdn", re.IGNORECASE)
_SUM = re.compile(r"(?:итого?|всего|барлығы|жиыны|жалпы|total|sum)\b", re.IGNORECASE)
_MOSTLY = (3, 5)
"""Of the cells that hold anything, so many hold numbers: 60 %."""
_A_ROW, _A_COUNT = 2, 2
"""Filled cells; digits of a column's own number."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table with its number as people see it, from 1. The cells are folded to plain
    signs (`account.values.identifiers.plain_text.fold`).
    """

    line: int
    cells: tuple[str, ...]
    records: tuple[Record, ...]
    """What each cell was read as."""

    @classmethod
    def of(cls, line: int, cells: Sequence[str]) -> Row:
        """The row with its cells read."""
        return cls(line, tuple(cells), tuple(map(read_record, cells)))

    @classmethod
    def of_cells(cls, line: int, cells: Sequence[str | None]) -> Row:
        """The row of cells as a file has them, not folded; None shows what the file lacks."""
        return cls(
            line,
            tuple("=" if cell is None else cell for cell in cells),
            tuple(NO_RESULT if cell is None else read_cell(cell) for cell in cells),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """What one line, or a line's cell, was read as."""

    line: int
    record: Record


@dataclass(frozen=True, slots=True)
class Column:
    """A column that holds numbers: what stands above it, and what it comes to if it is taken."""

    heading: str | None
    numbers: NumberList

    @property
    def first(self) -> Msisdn:
        """Its first number, to know it by."""
        return self.numbers.numbers[0].msisdn


@dataclass(frozen=True, slots=True)
class ColumnsAsked:
    """More than one column may be meant, and nobody but the person knows which."""

    columns: tuple[Column, ...]


def list_of(lines: Sequence[Line], last_line: int = 0) -> NumberList:
    """The list that lines make, of a text up to its last line."""
    with_number = {line.line for line in lines if line.record.numbers}
    return NumberList.of(
        (ListedNumber(number, line.line) for line in lines for number in line.record.numbers),
        (
            LeftOut(line.line, reason)
            for line in lines
            for reason in (*line.record.told, *_alone(line, with_number))
        ),
        last_line,
    )


def _alone(line: Line, with_number: set[int]) -> Sequence[Unread]:
    return () if line.line in with_number else line.record.aside


def numbers_of_table(
    rows: Sequence[Row], others: Sequence[Line] = (), last_line: int = 0
) -> NumberList | ColumnsAsked:
    """What stands in the column of numbers, or the columns to choose from.

    It is the only one that holds numbers in nearly all its cells, or of several the only one whose
    heading says so. `others` are lines that belong to no column: they are in any list.
    """
    heading, body = headed(rows)
    width = max((len(row.cells) for row in body), default=0)
    columns = [_read_column(heading, body, index) for index in range(width)]
    with_numbers = [column for column in columns if column.has_numbers]
    if not with_numbers:
        rest = [Line(row.line, record) for row in body for record in row.records]
        return list_of([*rest, *others], last_line)
    sure = [column for column in with_numbers if column.is_of_numbers] or with_numbers
    for taken in (sure, [column for column in sure if column.says_number]):
        if len(taken) == 1:
            return list_of([*taken[0].lines, *_without(taken[0], body), *others], last_line)
    return ColumnsAsked(
        tuple(
            Column(
                column.heading,
                list_of([*column.lines, *_without(column, body), *others], last_line),
            )
            for column in sure
        )
    )


def _without(column: _ColumnRead, body: Sequence[Row]) -> Sequence[Line]:
    """Rows that say something, but nothing where the number is to stand: an employee who has none
    yet, or whom a look-up did not find.

    Sums, notes below the table, and what stands above the first number where no heading of the
    column says that numbers begin there, are none of these.
    """
    told = {line.line for line in column.lines if line.record != NOTHING}
    numbered = [line.line for line in column.lines if line.record.numbers]
    without = []
    for row in body:
        filled = any(cell.strip() for cell in row.cells)
        summed = any(_SUM.match(cell.strip()) for cell in row.cells)
        if row.line > numbered[-1] and (summed or not filled):
            break
        begun = row.line > numbered[0] or (column.says_number and not _counts_columns(row))
        if begun and row.line not in told and filled and not summed:
            without.append(Line(row.line, Record(told=(Unread.MISSING,))))
    return without


def _counts_columns(row: Row) -> bool:
    """`1 2 3` below the headings, as forms have it, or a second line of them."""
    filled = [cell.strip() for cell in row.cells if cell.strip()]
    return len(filled) < _A_ROW or all(len(cell) <= _A_COUNT for cell in filled)


@dataclass(frozen=True, slots=True)
class _ColumnRead:
    heading: str | None
    lines: Sequence[Line]
    filled: int
    """Cells with anything in them."""

    @property
    def has_numbers(self) -> bool:
        return any(line.record.numbers for line in self.lines)

    @property
    def is_of_numbers(self) -> bool:
        sure = sum(bool(line.record.numbers) and not line.record.told for line in self.lines)
        part, of = _MOSTLY
        return sure * of >= self.filled * part

    @property
    def says_number(self) -> bool:
        return self.heading is not None and SAYS_NUMBER.search(self.heading) is not None


def headed(rows: Sequence[Row]) -> tuple[Row | None, Sequence[Row]]:
    """The row of headings and what is below it: above all that may be a number the first row that
    names a column of numbers beside others, else the first row that holds anything.

    A list has a title over its headings, a day, a company, or a separator (`sep=;`).
    """
    above: list[int] = []
    for at, row in enumerate(rows):
        if any(record.numbers or record.told for record in row.records):
            break
        if any(cell.strip() for cell in row.cells):
            above.append(at)
    at = next((at for at in above if _names_columns(rows[at])), above[0] if above else -1)
    if at < 0 or any(record != NOTHING for record in rows[at].records):
        return None, rows
    return rows[at], rows[at + 1 :]


def _names_columns(row: Row) -> bool:
    filled = [cell for cell in row.cells if cell.strip()]
    return len(filled) > 1 and any(map(SAYS_NUMBER.search, filled))


def _read_column(heading: Row | None, body: Sequence[Row], index: int) -> _ColumnRead:
    title = heading.cells[index].strip() if heading and index < len(heading.cells) else ""
    rows = [row for row in body if index < len(row.cells)]
    return _ColumnRead(
        title or None,
        [Line(row.line, row.records[index]) for row in rows],
        sum(bool(row.cells[index].strip()) for row in rows),
    )
