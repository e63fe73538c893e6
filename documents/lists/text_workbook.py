"""A workbook of texts in rows, as they are: no sign in front makes a formula, no digit is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from xlsxwriter import Workbook

WIDTH = 28


def text_workbook(headings: Sequence[str], rows: Iterable[Sequence[str | None]]) -> bytes:
    """An XLSX of one sheet; an empty text or None is an empty cell."""
    content = BytesIO()
    workbook = Workbook(content, {"in_memory": True})
    sheet = workbook.add_worksheet()
    text = workbook.add_format({"num_format": "@"})
    bold = workbook.add_format({"num_format": "@", "bold": True})
    sheet.set_column(0, len(headings) - 1, WIDTH, text)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if value:
                sheet.write_string(at, column, value, text)
    sheet.freeze_panes(1, 0)
    workbook.close()
    return content.getvalue()
