"""Documents as their readers open them: openpyxl for workbooks, pypdf for print."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from pypdf import PdfReader

from account.documents.orders import MadeFile

BARE = re.compile(r"Data( \d+)?$")


def workbook(made: MadeFile | None) -> Workbook:
    """Its sheets for people."""
    book = opened(made)
    for sheet in book.worksheets:
        if BARE.search(sheet.title):
            book.remove(sheet)
    return book


def opened(made: MadeFile | None) -> Workbook:
    """All of its sheets."""
    assert made is not None
    return load_workbook(BytesIO(whole(made)))


def bare(made: MadeFile | None) -> list[dict[str, Cell]]:
    """The rows of the sheet for machines, by their headings, which stand in its first row."""
    [sheet] = [one for one in opened(made).worksheets if BARE.search(one.title)]
    first, *found = [[cell for cell in row if isinstance(cell, Cell)] for row in sheet.iter_rows()]
    names = [str(cell.value) for cell in first]
    return [dict(zip(names, row, strict=True)) for row in found]


def block(sheet: Worksheet) -> dict[str, str]:
    """Labels and values above the table."""
    found = {}
    for row in sheet.iter_rows(min_row=2, max_row=16, max_col=3, values_only=True):
        if row[0] is None:
            break
        found[str(row[0])] = str(next((value for value in row[1:] if value is not None), ""))
    return found


def rows(sheet: Worksheet, heading: str) -> list[dict[str, Cell]]:
    """The rows under the heading that begins the table, to the first empty row."""
    all_rows = [[cell for cell in row if isinstance(cell, Cell)] for row in sheet.iter_rows()]
    at = next(n for n, row in enumerate(all_rows) if row and row[0].value == heading)
    names = [str(cell.value) for cell in all_rows[at]]
    found = []
    for row in all_rows[at + 1 :]:
        if len(row) < len(names) or all(cell.value is None for cell in row):
            break
        found.append(dict(zip(names, row, strict=True)))
    return found


def column(found: list[dict[str, Cell]], name: str) -> list[object]:
    return [row[name].value for row in found]


def tenge(cell: Cell) -> Decimal:
    return Decimal(str(cell.value))


def day_in(cell: Cell) -> date:
    assert isinstance(cell.value, datetime)
    return cell.value.date()


def print_pages(made: MadeFile | None) -> list[str]:
    """The text of each page."""
    assert made is not None
    return [page.extract_text() for page in PdfReader(BytesIO(whole(made))).pages]


def whole(made: MadeFile) -> bytes:
    """All bytes of the file."""
    return made.content[0 : len(made.content)]
