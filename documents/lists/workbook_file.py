"""Workbooks: every cell as it is, sheet by sheet, twice: as it is seen, and with what is hidden."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import Any

import olefile
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from account.errors import ListFileFault, ListFileRefused
from account.lists.list_file import MOST_SHEETS, Hidden, ListFile, Sheet
from account.lists.tables import Row, numbers_of_table
from documents.lists.file_kind import FileKind
from documents.lists.marks import Marks
from documents.lists.ods_marks import ods_marks
from documents.lists.xls_marks import xls_marks
from documents.lists.xlsx_marks import xlsx_marks

_EXACT = 10**15
"""Whole numbers below are exact in a cell; a spreadsheet keeps no more than 15 digits."""


def read_workbook(content: bytes, kind: FileKind) -> ListFile:
    """What the workbook lists. Raises `ListFileRefused`."""
    return _listed(_sheets(content, kind))


def rows_of_workbook(content: bytes, kind: FileKind) -> tuple[list[Row], Hidden]:
    """The rows that are seen of its first sheet with numbers, with what stands in a cell merged
    downwards in each of its rows; and what of that sheet is hidden, and how many sheets are. Raises
    `ListFileRefused`.
    """
    sheets = _sheets(content, kind, spread=True)
    for sheet in sheets:
        rows = sheet.seen_rows if sheet.visible else []
        if any(record.numbers for row in rows for record in row.records):
            here, away = sheet.hidden(), sum(one.hidden().sheets for one in sheets)
            return rows, replace(here, sheets=away)
    return [], Hidden()


def _sheets(content: bytes, kind: FileKind, *, spread: bool = False) -> list[_SheetRead]:
    marks = _marks(content, kind)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [sheet for sheet in workbook.sheets_metadata if _holds_cells(sheet)]
        if len(sheets) > MOST_SHEETS:
            raise ListFileRefused(ListFileFault.LARGE)
        return [
            _SheetRead(
                sheet.name,
                sheet.visible is SheetVisibleEnum.Visible,
                _cells(workbook.get_sheet_by_name(sheet.name), spread=spread),
                marks(place, sheet.name),
            )
            for place, sheet in enumerate(sheets)
        ]
    except CalamineError:
        raise ListFileRefused(ListFileFault.DAMAGED) from None


def _cells(sheet: CalamineSheet, *, spread: bool) -> Sequence[Sequence[Any]]:
    cells: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or () if spread else ():
        for row in cells[top + 1 : bottom + 1]:
            if left < len(row):
                row[left] = cells[top][left]
    return cells


def _holds_cells(sheet: SheetMetadata) -> bool:
    return sheet.typ is SheetTypeEnum.WorkSheet


def _marks(content: bytes, kind: FileKind) -> Callable[[int, str], Marks]:
    """The marks of a sheet by its place and name."""
    if kind is FileKind.XLS:
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            name = "Workbook" if container.exists("Workbook") else "Book"
            in_order = xls_marks(container.openstream(name).read())
        return lambda place, _: in_order[place] if place < len(in_order) else Marks()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        by_name = xlsx_marks(archive) if kind is FileKind.XLSX else ods_marks(archive)
    return lambda _, name: by_name.get(name, Marks())


class _SheetRead:
    def __init__(
        self, name: str, visible: bool, cells: Sequence[Sequence[Any]], marks: Marks
    ) -> None:
        self.name = name
        self.visible = visible
        self._marks = marks
        self._rows = [
            Row.of_cells(at + 1, [self._text(at, column, cell) for column, cell in enumerate(row)])
            for at, row in enumerate(_as_high_as(cells, marks))
        ]

    def _text(self, row: int, column: int, cell: Any) -> str | None:
        return None if (row, column) in self._marks.valueless else _text(cell)

    @cached_property
    def whole(self) -> Sheet:
        """All of it."""
        return Sheet(self.name, numbers_of_table(self._rows, last_line=len(self._rows)))

    @property
    def seen(self) -> Sheet:
        """Without hidden rows and columns."""
        if not self._marks.hidden_columns and not self._marks.hidden_rows:
            return self.whole
        return Sheet(self.name, numbers_of_table(self.seen_rows, last_line=len(self._rows)))

    @property
    def seen_rows(self) -> list[Row]:
        """Rows that are seen, without hidden columns."""
        hidden = self._marks.hidden_columns
        return [
            Row(
                row.line,
                tuple(cell for at, cell in enumerate(row.cells) if at not in hidden),
                tuple(record for at, record in enumerate(row.records) if at not in hidden),
            )
            for row in self._rows
            if row.line - 1 not in self._marks.hidden_rows
        ]

    def hidden(self) -> Hidden:
        """What of it is hidden and holds numbers."""
        with_numbers = [
            (row.line - 1, column)
            for row in self._rows
            for column, record in enumerate(row.records)
            if record.numbers
        ]
        if not self.visible:
            return Hidden(sheets=1 if with_numbers else 0)
        rows = {row for row, _ in with_numbers} & self._marks.hidden_rows
        columns = {column for _, column in with_numbers} & self._marks.hidden_columns
        return Hidden(len(rows), len(columns))


def _as_high_as(cells: Sequence[Sequence[Any]], marks: Marks) -> Iterable[Sequence[Any]]:
    """The rows, with those at the edge that hold nothing but formulas without a result.

    The reader of cells passes over such cells, and so over rows and columns of them at the edge.
    """
    height = max((row for row, _ in marks.valueless), default=-1) + 1
    width = max((column for _, column in marks.valueless), default=-1) + 1
    beyond = [("",) * width] * max(height - len(cells), 0)
    return (
        (*row, *("",) * (width - len(row))) if len(row) < width else row
        for row in chain(cells, beyond)
    )


def _text(cell: Any) -> str:
    """A cell as text; a day, a time and a truth value hold no number."""
    match cell:
        case bool():
            return ""
        case str():
            return cell
        case int():
            return str(cell)
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
        case _:
            return ""


def _listed(sheets: Sequence[_SheetRead]) -> ListFile:
    hidden = [sheet.hidden() for sheet in sheets]
    return ListFile.of(
        (sheet.seen for sheet in sheets if sheet.visible),
        (sheet.whole for sheet in sheets),
        Hidden(
            sum(one.rows for one in hidden),
            sum(one.columns for one in hidden),
            sum(one.sheets for one in hidden),
        ),
    )
