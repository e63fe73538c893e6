"""The same rows for machines: a sheet with headings in its first row and nothing but rows below.

Numbers of telephones are digits, days and moments are written as ISO 8601 has them, and a cell of
figures holds a figure or nothing: what is not told is an empty cell here, and a word for people.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xlsxwriter import Workbook

from documents.layout import cells

FORMATS = {
    "text": cells.TEXT,
    "phone": cells.TEXT,
    "moment": "yyyy-mm-dd hh:mm:ss",
    "day": "yyyy-mm-dd",
    "money": "0.00",
    "pieces": "0",
    "megabytes": "0.000",
    "duration": cells.DURATION,
}
_TEXTS = {"text", "phone"}


class BareTable:
    """A sheet of its own; rows are those of the document's table, as they go by."""

    def __init__(self, book: Workbook, name: str, columns: list[list[Any]]) -> None:
        self._sheet = book.add_worksheet(name)
        self._kinds = [kind for _, kind, _ in columns]
        self._looks = [book.add_format({"num_format": FORMATS[kind]}) for kind in self._kinds]
        self._row = 0
        for place, (heading, _, width) in enumerate(columns):
            self._sheet.set_column(place, place, width)
            self._sheet.write_string(0, place, heading)
        self._sheet.freeze_panes(1, 0)
        # Numbers of telephones and accounts are text on purpose: no green corners.
        self._sheet.ignore_errors({"number_stored_as_text": "A1:Z1048576"})

    def add(self, row: list[Any]) -> None:
        """One more row."""
        self._row += 1
        for place, value in enumerate(row):
            kind, look = self._kinds[place], self._looks[place]
            if value is None or (isinstance(value, str) and kind in _FIGURES):
                continue
            if kind in _TEXTS:
                self._sheet.write_string(self._row, place, value, look)
            elif kind == "moment":
                self._sheet.write_datetime(self._row, place, datetime.fromisoformat(value), look)
            elif kind == "day":
                if (day := cells.day(value)) is not None:
                    self._sheet.write_datetime(self._row, place, day, look)
            else:
                self._sheet.write_number(self._row, place, _FIGURES[kind](value), look)


_FIGURES = {
    "money": lambda tiyn: tiyn / 100,
    "pieces": float,
    "megabytes": cells.megabytes,
    "duration": cells.duration,
}
