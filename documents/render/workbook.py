"""The house style as a workbook (G-15): written in the child process, row by row as rows come.

No formula is ever written, not even a sum: a telephone's preview and a protected window show what
is in the file and calculate nothing, and what other people's systems send stays text. A table that
outgrows a sheet goes on in another workbook, and the last one says what all of them add up to.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from documents.layout import cells, style
from documents.render import workbook_form
from documents.render.bare_table import BareTable
from documents.render.workbook_form import BOLD, LETTERS_A_LINE, ROOMY, broken
from documents.text.number_format import shown

LONGEST = 500_000
"""Rows of one workbook."""
HEAVIEST = 45_000_000
"""Bytes of all parts together; a Telegram document ends at 50 MB."""
NARROWEST = 4
INDENT = 2
"""Letters that a heading's distance from its border takes."""
A_PAGE = 60
"""Rows of a sheet with places to sign that are printed on one page: none of them stands alone."""

FORMATS = {
    "text": cells.TEXT,
    "phone": cells.TEXT,
    "moment": cells.MOMENT,
    "day": cells.DAY,
    "money": cells.MONEY,
    "pieces": cells.PIECES,
    "megabytes": cells.MEGABYTES,
    "duration": cells.DURATION,
}
LEFT = {"text", "phone", "moment", "day"}


class WorkbookWriter:
    """The writer of workbooks; `take` frames of `documents.render.pool`, then `finish`."""

    def __init__(self, layout: dict[str, Any]) -> None:
        self._layout = layout
        self._before: list[dict[str, Any]] = []
        self._whole = io.BytesIO()
        self._packed: zipfile.ZipFile | None = None
        self._parts = 0
        self._heaviest = 0
        self._rows = 0
        self._wrapped = False
        self._cut = False
        self._book = _Book(layout)

    def take(self, frame: dict[str, Any]) -> None:
        """The next block, page of rows, or totals."""
        rows = frame.get("rows")
        if rows is None:
            self._wrapped = frame.get("wrapped", self._wrapped)
            # What stands above the rows stands above them in every part.
            if not self._parts:
                self._before.append(frame)
            self._book.take(frame)
            return
        while rows and not self._cut:
            room = LONGEST - self._book.rows
            self._book.take({"rows": rows[:room]})
            self._rows += 0 if self._wrapped else len(rows[:room])
            rows = rows[room:]
            if rows:
                self._next_part()

    def finish(self) -> tuple[bytes, int, int]:
        """The workbook, or a ZIP of several."""
        last = self._book.finish()
        if self._packed is None:
            return last, 1, self._rows
        self._pack(self._packed, last)
        self._packed.close()
        return self._whole.getvalue(), self._parts, self._rows

    def _next_part(self) -> None:
        words = self._layout["words"]
        self._book.take({"prose": [words["continued"]], "strong": True})
        # The parts are compressed already; each is forgotten once it is packed.
        packed = self._packed or zipfile.ZipFile(self._whole, "w", zipfile.ZIP_STORED)
        self._packed = packed
        self._pack(packed, self._book.finish())
        self._book = _Book(self._layout)
        for frame in self._before:
            self._book.take(frame)
        if self._whole.tell() + self._heaviest > HEAVIEST:
            self._cut = True
            self._book.take({"prose": [words["rest"]], "strong": True})

    def _pack(self, packed: zipfile.ZipFile, part: bytes) -> None:
        self._parts += 1
        self._heaviest = max(self._heaviest, len(part))
        name = f"{self._layout['foot']}_{self._parts}.xlsx"
        packed.writestr(zipfile.ZipInfo(name), part)


class _Book:
    """One workbook being written from top to bottom."""

    def __init__(self, layout: dict[str, Any]) -> None:
        self._file = io.BytesIO()
        self._layout = layout
        self._book = Workbook(
            self._file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.set_properties({"title": layout["title"], "author": layout["author"]})
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._sheet: Worksheet | None = None
        self._name = layout["sheet"]
        self._row = 0
        self._first = 0
        self.widths: list[int] = []
        self._kinds: list[str] = []
        self._looks: list[Format] = []
        self._waiting: list[Callable[[], None]] = []
        self._filter = False
        self._bare: BareTable | None = None
        self.rows = 0

    def take(self, frame: dict[str, Any]) -> None:
        """A block is drawn when the first table has told how wide the columns are."""
        if "table" in frame:
            self._begin_table(frame)
        elif "rows" in frame:
            self._write_rows(frame["rows"])
        elif "totals" in frame:
            self._end_table(frame["totals"])
        elif "next" in frame:
            self._draw_waiting()
            self._name, self._sheet, self._row, self.widths = frame["next"], None, 0, []
        else:
            self._waiting.append(lambda: self._draw(frame))
            if self.widths:
                self._draw_waiting()

    def finish(self) -> bytes:
        """The bytes of the file."""
        self._draw_waiting()
        self._book.close()
        return self._file.getvalue()

    def _draw_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for draw in waiting:
            draw()

    def _draw(self, frame: dict[str, Any]) -> None:
        if "title" in frame:
            self._line(frame["title"], 30, size=18, bold=True, ink=style.ACCENT)
            if frame["note"]:
                self._line(frame["note"], 18, ink=style.FAINT)
        elif "facts" in frame:
            self._facts(frame["facts"])
        elif "prose" in frame:
            self._row += self._row > 0
            for line in frame["prose"]:
                self._line(line, self._height(line), wrap=True, bold=frame["strong"])
        elif "foot" in frame:
            self._row += 1
            self._line(frame["foot"], self._height(frame["foot"]), wrap=True, ink=style.FAINT)
        elif "head" in frame:
            workbook_form.head(self, **frame["head"])
        elif "enclosed" in frame:
            self._line(frame["enclosed"]["sheet"], 18)
        elif "signatures" in frame:
            self._row += 1
            workbook_form.signatures(self, **frame)
            if self._row <= A_PAGE:
                self._on_sheet().fit_to_pages(1, 1)

    # --- the blocks ---

    def _facts(self, lines: list[list[str]]) -> None:
        label = self.look(ink=style.FAINT, valign="top")
        value = self.look(num_format=cells.TEXT, text_wrap=True, valign="top")
        label_ends = 0 if self.widths[0] >= ROOMY else 1
        at = label_ends + 1
        wide = sum(self.widths[at:])
        for name, said in lines:
            sheet = self._on_sheet()
            sheet.set_row(self._row, 16 * max(1, math.ceil(len(said) / (wide * LETTERS_A_LINE))))
            if label_ends:
                sheet.merge_range(self._row, 0, self._row, label_ends, "", label)
            sheet.write_string(self._row, 0, name, label)
            sheet.merge_range(self._row, at, self._row, self.last, "", value)
            sheet.write_string(self._row, at, said, value)
            self._row += 1

    def across(self, cells: list[tuple[int, int, str, Format]], height: float = 15) -> None:
        """A row of texts over several columns each."""
        sheet = self._on_sheet()
        sheet.set_row(self._row, height)
        for first, last, text, look in cells:
            if first < last:
                sheet.merge_range(self._row, first, self._row, last, "", look)
            if first <= last:
                sheet.write_string(self._row, first, text, look)
        self._row += 1

    def _line(self, text: str, height: float, *, wrap: bool = False, **look: Any) -> None:
        made = self.look(text_wrap=wrap, valign="vcenter", num_format=cells.TEXT, **look)
        self._on_sheet().set_row(self._row, height)
        self._on_sheet().merge_range(self._row, 0, self._row, self.last, "", made)
        self._on_sheet().write_string(self._row, 0, text, made)
        self._row += 1

    def _height(self, text: str) -> int:
        return 16 * max(1, math.ceil(len(text) / (sum(self.widths) * LETTERS_A_LINE)))

    # --- tables ---

    def _begin_table(self, frame: dict[str, Any]) -> None:
        if not self.widths:
            self.widths = [width for _, _, width in frame["table"]]
            self.widths += [10] * (NARROWEST - len(self.widths))
        self._draw_waiting()
        sheet = self._on_sheet()
        self._row += 1
        if frame["caption"]:
            self._line(frame["caption"], 22, bold=True, size=12, ink=style.ACCENT)
        self._kinds = [kind for _, kind, _ in frame["table"]]
        self._looks = [self._cell(kind, wrap=frame["wrapped"]) for kind in self._kinds]
        longest = max(
            broken(heading, (width - INDENT) / BOLD)
            for (heading, _, _), width in zip(frame["table"], self.widths, strict=False)
        )
        sheet.set_row(self._row, 18 + 14 * min(10, longest))
        for place, (heading, kind, _) in enumerate(frame["table"]):
            look = self.look(
                bold=True,
                ink="#FFFFFF",
                bg_color=style.ACCENT,
                text_wrap=True,
                valign="vcenter",
                align="left" if kind in LEFT else "right",
                num_format=cells.TEXT,
                indent=1,
            )
            sheet.write_string(self._row, place, heading, look)
        self._filter = not frame["wrapped"]
        self._bare = None
        if self._filter:
            name = self._free_name(self._layout["words"]["bare"])
            self._bare = BareTable(self._book, name, frame["table"])
            sheet.freeze_panes(self._row + 1, 0)
            sheet.repeat_rows(self._row)
        self._first = self._row
        self._row += 1

    def _write_rows(self, rows: list[list[Any]]) -> None:
        sheet = self._on_sheet()
        for row in rows:
            if not self._filter:
                sheet.set_row(self._row, 15 * self._lines(row))
            for place, value in enumerate(row):
                self._write(sheet, place, self._kinds[place], value, self._looks[place])
            self._row += 1
            if self._bare is not None:
                self._bare.add(row)
        self.rows += len(rows)

    def _lines(self, row: list[Any]) -> int:
        """How many lines the longest text of a summary's row takes."""
        texts = [
            (value, width)
            for value, kind, width in zip(row, self._kinds, self.widths, strict=False)
            if kind == "text" and isinstance(value, str)
        ]
        return max((math.ceil(len(text) * 1.1 / width) for text, width in texts), default=1) or 1

    def _end_table(self, totals: list[Any] | None) -> None:
        sheet = self._on_sheet()
        if self._filter and self._row > self._first + 1:
            sheet.autofilter(self._first, 0, self._row - 1, len(self._kinds) - 1)
            # Numbers of telephones and accounts are text on purpose: no green corners.
            last = f"{_letter(len(self._kinds) - 1)}{self._row + 1}"
            sheet.ignore_errors({"number_stored_as_text": f"A{self._first + 2}:{last}"})
        if totals is None:
            return
        sheet.set_row(self._row, 20)
        for place, value in enumerate(totals):
            kind = "text" if isinstance(value, str) else self._kinds[place]
            self._write(sheet, place, kind, value, self._cell(kind, total=True))
        self._row += 1

    def _write(self, sheet: Worksheet, place: int, kind: str, value: Any, look: Format) -> None:
        match kind, value:
            case _, None:
                sheet.write_blank(self._row, place, None, look)
            case "phone", _:
                sheet.write_string(self._row, place, shown("phone", value, ""), look)
            case "text", _:
                sheet.write_string(self._row, place, value, look)
            case (("money" | "pieces" | "megabytes" | "duration"), str()):
                sheet.write_string(self._row, place, value, look)
            case "moment", _:
                sheet.write_datetime(self._row, place, datetime.fromisoformat(value), look)
            case "day", _ if (day := cells.day(value)) is not None:
                sheet.write_datetime(self._row, place, day, look)
            case "day", _:
                sheet.write_string(self._row, place, value, look)
            case "money", _:
                sheet.write_number(self._row, place, value / 100, look)
            case "megabytes", _:
                sheet.write_number(self._row, place, cells.megabytes(value), look)
            case "duration", _:
                sheet.write_number(self._row, place, cells.duration(value), look)
            case _:
                sheet.write_number(self._row, place, value, look)

    # --- looks ---

    def _cell(self, kind: str, *, total: bool = False, wrap: bool = False) -> Format:
        look: dict[str, Any] = {"num_format": FORMATS[kind], "valign": "vcenter"}
        look |= {"align": "left" if kind in LEFT else "right", "indent": 1}
        if wrap and kind == "text":
            look["text_wrap"] = True
        if total:
            look |= {"bold": True, "bg_color": style.TINT, "top": 1, "top_color": style.ACCENT}
        else:
            look |= {"bottom": 1, "bottom_color": style.LINE}
        return self.look(**look)

    def look(self, *, ink: str = style.INK, size: int = 11, **look: Any) -> Format:
        """A format of the house; each is made once."""
        look |= {"font_name": style.SHEET_FACE, "font_size": size, "font_color": ink}
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(look)
        return self._made[key]

    @property
    def last(self) -> int:
        """The last column."""
        return len(self.widths) - 1

    def _on_sheet(self) -> Worksheet:
        """The present sheet, with its print set-up: A4, its page of how many at the foot."""
        if self._sheet is not None:
            return self._sheet
        if not self.widths:
            self.widths = [14, 14, 30, 30]
        sheet = self._book.add_worksheet(self._free_name(self._name))
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        if self._layout["landscape"]:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.7)
        words = self._layout["words"]
        foot = self._layout["foot"].replace("&", "&&")
        page = words["page"].replace("&", "&&").format(page="&P", pages="&N")
        sheet.set_footer(f"&L&8{foot}&R&8 {page}")
        for place, width in enumerate(self.widths):
            sheet.set_column(place, place, width)
        self._sheet = sheet
        return sheet

    def _free_name(self, wanted: str) -> str:
        """A sheet's name as Excel takes it: 31 letters, none of its own signs, no two the same."""
        name = "".join(" " if sign in "[]:*?/\\" else sign for sign in wanted)
        name = name.strip(" '")[:31] or "1"
        taken = {sheet.get_name().casefold() for sheet in self._book.worksheets()}
        return name if name.casefold() not in taken else f"{name[:27]} {len(taken) + 1}"


def _letter(place: int) -> str:
    """`A` for 0; no table has more than 26 columns."""
    return chr(ord("A") + place)
