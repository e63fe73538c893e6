"""A company's labels as a workbook that can be sent back: unchanged it changes nothing (LB-2)."""

from __future__ import annotations

from collections.abc import Iterable

from account.values.labels import NumberLabel
from documents.lists.template import HEADING
from documents.lists.text_workbook import text_workbook

NAME = "labels.xlsx"
HEADINGS = (HEADING, "Label / Метка / Белгі", "Cost centre / Центр затрат / Шығын орталығы")


def label_file(rows: Iterable[tuple[str, NumberLabel]]) -> bytes:
    """Digits, label and cost centre."""
    return text_workbook(HEADINGS, ((digits, own.label, own.centre) for digits, own in rows))
