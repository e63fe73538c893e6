"""One list as every kind of file has it, made by the libraries that people's programs use."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl
import xlwt
from odf.namespaces import TABLENS
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties
from odf.table import Table, TableCell, TableColumn, TableRow
from odf.text import P

type_of_cell = str | float | None
HEAD = ("Сотрудник", "Номер", "Переадресация")
ROWS: tuple[tuple[type_of_cell, ...], ...] = (
    ("Айгуль", 77010542006.0, 77010542099.0),
    ("Берик", "87010542007", None),
    ("Вера", "'+7 701 211 55 26", None),
    ("Двое", "87010542011\n87010542012", None),
    ("Формула", "=A1", None),
    ("Айгуль ещё раз", 77010542006.0, None),
    ("Спрятан", 77010542013.0, None),
    ("Итого", 5.0, None),
)
"""Below an empty row and the heading, so that the first of them is row 3."""
HIDDEN_ROW = 9
FORMULA_ROW = 7
HIDDEN_SHEET_NUMBER = 77010542014.0


def xlsx() -> bytes:
    """With a formula that was never computed, a hidden row and a hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for at, row in enumerate((HEAD, *ROWS), 2):
        for column, cell in enumerate(row, 1):
            sheet.cell(at, column, cell)
    sheet.row_dimensions[HIDDEN_ROW].hidden = True
    other = book.create_sheet("Прочее")
    other["A1"] = HIDDEN_SHEET_NUMBER
    other.sheet_state = "hidden"
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The workbook as a file."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def two_sheets() -> bytes:
    """One with a column of numbers, one with two; two numbers stand on both."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Склад"
    for row, number in enumerate(("77010542008", "77010542013"), 1):
        book.active.cell(row, 1, number)
    other = book.create_sheet("Офис")
    for row in range(1, 5):
        other.cell(row, 1, f"7701054201{row}")
        other.cell(row, 2, f"7701054203{row}")
    return saved(book)


def xls() -> bytes:
    """The same by xlwt; its formula has an error for a result."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Лист1")
    for at, row in enumerate((HEAD, *ROWS), 1):
        for column, cell in enumerate(row):
            if at + 1 == FORMULA_ROW and column == 1:
                sheet.row(at).set_cell_error(column, 42)
            elif cell is not None:
                sheet.write(at, column, cell)
    sheet.row(HIDDEN_ROW - 1).hidden = True
    other = book.add_sheet("Прочее")
    other.write(0, 0, HIDDEN_SHEET_NUMBER)
    other.visibility = 1
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods() -> bytes:
    """The same by odfpy; the filtered row is hidden as LibreOffice hides it."""
    document = OpenDocumentSpreadsheet()
    unseen = Style(name="unseen", family="table")
    unseen.addElement(TableProperties(display="false"))
    document.automaticstyles.addElement(unseen)
    table = Table(name="Лист1")
    table.addElement(TableColumn(numbercolumnsrepeated=3))
    table.addElement(TableRow())
    for at, row in enumerate((HEAD, *ROWS), 2):
        hidden = {"visibility": "filter"} if at == HIDDEN_ROW else {}
        table.addElement(_ods_row(row, hidden))
    document.spreadsheet.addElement(table)
    other = Table(name="Прочее", stylename=unseen)
    other.addElement(_ods_row((HIDDEN_SHEET_NUMBER,), {}))
    document.spreadsheet.addElement(other)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _ods_row(row: Sequence[type_of_cell], attributes: dict[str, str]) -> TableRow:
    made = TableRow(**attributes)
    for cell in row:
        made.addElement(_ods_cell(cell))
    return made


def _ods_cell(cell: type_of_cell) -> TableCell:
    if cell is None:
        return TableCell()
    if isinstance(cell, float):
        return TableCell(valuetype="float", value=str(cell))
    made = TableCell()
    if cell.startswith("="):
        made.setAttrNS(TABLENS, "formula", "of:=[.A1]")
        return made
    made = TableCell(valuetype="string")
    for line in cell.split("\n"):
        made.addElement(P(text=line))
    return made


def text(separator: str, encoding: str) -> bytes:
    """The same without what a text cannot hide or compute: row 7 and what is hidden are gone."""
    rows = [
        [] if at == FORMULA_ROW else [_shown(cell) for cell in row]
        for at, row in enumerate((HEAD, *ROWS), 2)
        if at != HIDDEN_ROW
    ]
    return "\r\n".join(["", *(separator.join(row) for row in rows), ""]).encode(encoding)


def _shown(cell: type_of_cell) -> str:
    if isinstance(cell, float):
        return str(int(cell))
    shown = cell or ""
    return f'"{shown}"' if "\n" in shown else shown
