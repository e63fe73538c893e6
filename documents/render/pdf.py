"""The house style in print (G-15): blocks become a PDF in the child process, by typst.

Typst sets the whole paper at once, so a table of many thousand rows is cut, says so, and names the
workbook; its totals are those of all rows. Fonts come with the program; none of the system's are
looked at, and nothing is fetched.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, TypeAlias

import typst

from documents.layout import style
from documents.render.workbook import LEFT
from documents.text.number_format import bound, breakable, count, shown

Standard: TypeAlias = Literal["a-2a", "a-2b"]
TAGGED = 500
"""Rows of a print that has tags, for who reads it by ear (PDF/A-2a); longer ones are PDF/A-2b."""

TEMPLATE = Path(__file__).resolve().parent.parent / "print" / "house.typ"

_FONTS = typst.Fonts(include_system_fonts=False, font_paths=[str(style.FONTS)])


_TAKEN = ("language", "title", "foot", "words", "landscape", "author")


class PdfWriter:
    """The writer of PDF; `take` frames of `documents.render.pool`, then `finish`."""

    def __init__(self, layout: dict[str, Any]) -> None:
        self._layout = layout
        self._blocks: list[dict[str, Any]] = []
        self._table: dict[str, Any] = {}
        self._kinds: list[str] = []
        self._rows = 0
        self._in_all = 0
        self._wrapped = False
        self._asked: list[str] = []

    def take(self, frame: dict[str, Any]) -> None:
        """The next block, page of rows, or totals."""
        if "table" in frame:
            self._kinds = [kind for _, kind, _ in frame["table"]]
            self._rows = 0
            self._wrapped = frame["wrapped"]
            self._table = {
                "columns": [
                    {"heading": bound(heading), "left": kind in LEFT, "width": width}
                    for heading, kind, width in frame["table"]
                ],
                "caption": frame["caption"],
                "rows": [],
                "totals": None,
                "cut": "",
            }
            self._blocks.append(self._table)
        elif "rows" in frame:
            self._rows += len(frame["rows"])
            self._in_all += 0 if self._wrapped else len(frame["rows"])
            self._table["rows"] += map(self._shown, frame["rows"])
        elif "beyond" in frame:
            self._rows += frame["beyond"]
            self._in_all += 0 if self._wrapped else frame["beyond"]
        elif "totals" in frame:
            totals, printed = frame["totals"], len(self._table["rows"])
            if self._rows > printed:
                words, language = self._layout["words"], self._layout["language"]
                rows = count(self._rows, language)
                cut = words["cut"].format(shown=count(printed, language), rows=rows)
                self._table["cut"] = cut
                if totals is not None:
                    totals = [words["cut_total"].format(rows=rows), *totals[1:]]
            if totals is not None:
                self._table["totals"] = self._shown(totals)
        elif "paper" in frame:
            self._blocks.append(frame)
        elif "foot" in frame:
            if frame["foot"] not in self._asked:
                self._asked.append(frame["foot"])
        else:
            self._blocks.append(_broken(frame))

    def finish(self) -> tuple[bytes, int, int]:
        """The PDF; rows that are not printed are told above and below their table, and count."""
        paper = {
            **{name: self._layout[name] for name in _TAKEN},
            "day": [int(part) for part in self._layout["day"].split("-")],
            "blocks": self._blocks,
            "asked": self._asked,
            "style": {
                "face": style.FACE,
                "accent": style.ACCENT,
                "tint": style.TINT,
                "line": style.LINE,
                "ink": style.INK,
                "faint": style.FAINT,
            },
        }
        told = json.dumps(paper)
        tagged = self._in_all <= TAGGED
        try:
            # Tags make the file of a long table three times as large.
            content = _set(told, tags=tagged, standard="a-2a" if tagged else "a-2b")
        except typst.TypstError:
            # The standard for archives has no room for a letter that our face does not have.
            content = _set(told, tags=False, standard=None)
        return content, 1, self._in_all

    def _shown(self, row: list[Any]) -> list[Any]:
        language = self._layout["language"]
        return [
            # The word of a totals row may stand in a column of figures.
            breakable(value)
            if isinstance(value, str) and kind not in _WRITTEN
            else shown(kind, value, language)
            for kind, value in zip(self._kinds, row, strict=True)
        ]


def _set(paper: str, *, tags: bool, standard: Standard | None) -> bytes:
    content = typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=_FONTS,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"paper": paper},
        pdf_tags=tags,
        pdf_standards=standard,
    )
    assert isinstance(content, bytes)
    return content


_WRITTEN = {"moment", "day", "phone"}
"""Texts on their way here that are written otherwise on paper."""


def _broken(said: Any) -> Any:
    """The same block with all its texts broken where they may be, and nowhere else."""
    if isinstance(said, str):
        return breakable(bound(said))
    if isinstance(said, list):
        return [_broken(part) for part in said]
    return {name: _broken(part) for name, part in said.items()} if isinstance(said, dict) else said
