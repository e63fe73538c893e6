"""An empty list to fill in: one column of text, its heading in the three languages."""

from __future__ import annotations

from io import BytesIO

from xlsxwriter import Workbook

NAME = "numbers.xlsx"
HEADING = "Number / Номер / Нөмір"
WIDTH = 28


def template() -> bytes:
    """An XLSX in whose only column Excel keeps every digit, however they are written."""
    content = BytesIO()
    workbook = Workbook(content, {"in_memory": True})
    sheet = workbook.add_worksheet()
    sheet.set_column(0, 0, WIDTH, workbook.add_format({"num_format": "@"}))
    sheet.write_string(0, 0, HEADING, workbook.add_format({"num_format": "@", "bold": True}))
    sheet.freeze_panes(1, 0)
    workbook.close()
    return content.getvalue()
