"""A company's labels as a workbook that can be sent back: unchanged it changes nothing (LB-2)."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from xlsxwriter import Workbook

from account.values.labels import NumberLabel
from documents.lists.template import HEADING, WIDTH

NAME = "labels.xlsx"
HEADINGS = (HEADING, "Label / Метка / Белгі", "Cost centre / Центр затрат / Шығын орталығы")


def label_file(rows: Iterable[tuple[str, NumberLabel]]) -> bytes:
    """Digits, label and cost centre, all of them text: no sign in front makes a formula."""
    content = BytesIO()
    workbook = Workbook(content, {"in_memory": True})
    sheet = workbook.add_worksheet()
    text = workbook.add_format({"num_format": "@"})
    bold = workbook.add_format({"num_format": "@", "bold": True})
    sheet.set_column(0, len(HEADINGS) - 1, WIDTH, text)
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(0, column, heading, bold)
    for at, (digits, own) in enumerate(rows, 1):
        for column, value in enumerate((digits, own.label, own.centre)):
            if value:
                sheet.write_string(at, column, value, text)
    sheet.freeze_panes(1, 0)
    workbook.close()
    return content.getvalue()
