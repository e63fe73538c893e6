"""Marks of an OpenDocument workbook, from its content."""

from __future__ import annotations

import zipfile

from documents.lists.marks import Marks, parsed, parser

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_UNSEEN = frozenset({"collapse", "filter"})


def ods_marks(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """The marks of each sheet by its name. Raises `ListFileRefused`."""
    walk = _Walk()
    reader = parser()
    reader.StartElementHandler = walk.start
    reader.EndElementHandler = walk.end
    reader.CharacterDataHandler = walk.text
    parsed(reader, archive.read("content.xml"))
    return walk.sheets


class _Walk:
    """Rows and cells as they come; what is repeated stands once, with how often."""

    def __init__(self) -> None:
        self.sheets: dict[str, Marks] = {}
        self._marks = Marks()
        self._column_style = self._row = self._column = 0
        self._rows = self._cells = 1
        self._unseen = self._filled = self._valueless = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name.removeprefix(_TABLE):
            case "table":
                self._marks = self.sheets.setdefault(attributes.get(_TABLE + "name", ""), Marks())
                self._column_style = self._row = 0
            case "table-column":
                count = _repeated(attributes, "number-columns-repeated")
                if attributes.get(_TABLE + "visibility") in _UNSEEN:
                    self._marks.hide_columns(self._column_style, self._column_style + count - 1)
                self._column_style += count
            case "table-row":
                self._column, self._filled = 0, False
                self._rows = _repeated(attributes, "number-rows-repeated")
                self._unseen = attributes.get(_TABLE + "visibility") in _UNSEEN
            case "table-cell" | "covered-table-cell":
                self._cells = _repeated(attributes, "number-columns-repeated")
                value = any(key.startswith(_OFFICE) and key.endswith("value") for key in attributes)
                self._valueless = _TABLE + "formula" in attributes and not value
                if value or self._valueless:
                    self._fill()

    def text(self, text: str) -> None:
        if text.strip():
            self._fill()
            self._valueless = False

    def end(self, name: str) -> None:
        match name.removeprefix(_TABLE):
            case "table-cell" | "covered-table-cell":
                if self._valueless:
                    self._marks.valueless.add((self._row, self._column))
                self._column += self._cells
            case "table-row":
                if self._filled and self._unseen:
                    self._marks.hidden_rows.update(range(self._row, self._row + self._rows))
                self._row += self._rows

    def _fill(self) -> None:
        self._filled = True
        self._marks.bound(self._row + self._rows - 1, self._column + self._cells - 1)


def _repeated(attributes: dict[str, str], name: str) -> int:
    return int(attributes.get(_TABLE + name, "1"))
