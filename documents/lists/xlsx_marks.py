"""Marks of an Office Open XML workbook, from the XML of its sheets."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache

from documents.lists.marks import Marks, parsed, parser

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_HIDDEN = frozenset({"1", "true"})


def xlsx_marks(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """The marks of each sheet by its name. Raises `ListFileRefused`."""
    return {name: _of_sheet(archive.read(path)) for name, path in _sheets(archive)}


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and member of each sheet; sheets of charts are none."""
    targets: dict[str, str] = {}
    found: list[tuple[str, str]] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            targets[attributes["Id"]] = posixpath.normpath(
                posixpath.join("/xl", attributes["Target"])
            ).lstrip("/")

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet":
            reference = next((v for k, v in attributes.items() if k.endswith(" id")), "")
            found.append((attributes.get("name", ""), reference))

    for member, handler in (
        ("xl/_rels/workbook.xml.rels", relation),
        ("xl/workbook.xml", sheet),
    ):
        reader = parser()
        reader.StartElementHandler = handler
        parsed(reader, archive.read(member))
    members = set(archive.namelist())
    for name, reference in found:
        path = targets.get(reference)
        if path in members:
            yield name, path


def _of_sheet(content: bytes) -> Marks:
    walk = _SheetWalk()
    reader = parser()
    reader.StartElementHandler = walk.start
    reader.EndElementHandler = walk.end
    reader.CharacterDataHandler = walk.text
    parsed(reader, content)
    return walk.marks


class _SheetWalk:
    """Rows and cells as they come; a row or cell without a place stands behind the last one."""

    def __init__(self) -> None:
        self.marks = Marks()
        self._row = self._column = -1
        self._formula = self._value = self._error = self._in_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "c":
                self._place(attributes.get("r"))
                self._formula = self._value = self._in_value = False
                self._error = attributes.get("t") == "e"
            case "f":
                self._formula = True
            case "v" | "is":
                self._in_value = True
            case "row":
                self._row = int(attributes.get("r", self._row + 2)) - 1
                self._column = -1
                if attributes.get("hidden") in _HIDDEN:
                    self.marks.hidden_rows.add(self._row)
            case "col" if attributes.get("hidden") in _HIDDEN:
                self.marks.hide_columns(int(attributes["min"]) - 1, int(attributes["max"]) - 1)

    def text(self, text: str) -> None:
        if self._in_value and text:
            self._value, self._in_value = True, False
            self.marks.bound(self._row, self._column)

    def end(self, name: str) -> None:
        if _local(name) == "c" and (self._error or (self._formula and not self._value)):
            self.marks.bound(self._row, self._column)
            self.marks.valueless.add((self._row, self._column))

    def _place(self, reference: str | None) -> None:
        found = _CELL.fullmatch(reference or "")
        if found is None:
            self._column += 1
            return
        self._column = _index(found[1])
        self._row = int(found[2]) - 1


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


@lru_cache(maxsize=256)
def _local(name: str) -> str:
    return name.rpartition(" ")[2]
