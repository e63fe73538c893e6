"""What a paper that is signed has in a workbook: the head of a form, and the places to sign."""

from __future__ import annotations

import math
from typing import Any, Protocol

from xlsxwriter.format import Format

from documents.layout import style

LETTERS_A_LINE = 1.05
"""Letters to a unit of a column's width, for the height of wrapped paragraphs."""
ROOMY = 22
"""A first column of this width has room for labels; else they take two."""
LARGE, BOLD = 1.45, 1.1
"""How much wider letters of a form's title are, and bold ones."""
BOX = 30
"""Width of the boxes at the right, at least."""


class Drawn(Protocol):
    """The sheet that is drawn, from top to bottom."""

    widths: list[int]

    @property
    def last(self) -> int:
        """The last column."""

    def look(self, *, ink: str = ..., size: int = ..., **look: Any) -> Format:
        """A format of the house."""

    def across(self, cells: list[tuple[int, int, str, Format]], height: float = ...) -> None:
        """A row of texts: first column, last column, text, format."""


def head(
    sheet: Drawn,
    form: list[str],
    hint: str,
    id_name: str,
    sides: list[dict[str, Any]],
    contract: list[str],
    boxes: list[list[str]],
    title: str,
) -> None:
    """The head of a form: who is on the left, numbers in boxes on the right."""
    begin, box = _places(sheet)
    last = sheet.last
    corner = sheet.look(align="right", ink=style.FAINT, size=9, text_wrap=True)
    for line in form:
        sheet.across([(0, last, line, corner)], 15 * _lines(sheet, line, 0, last))
    boxed = sheet.look(border=1, align="center", valign="vcenter", bold=True, num_format="@")
    named = sheet.look(align="center", ink=style.FAINT, size=9, text_wrap=True, valign="bottom")
    strong = sheet.look(bold=True, valign="top", text_wrap=True)
    lined = sheet.look(bottom=1, text_wrap=True, valign="top")
    sheet.across([(box, last, id_name, named)])
    for side in sides:
        told = [side["name"], *side["lines"]]
        tall = sum(_lines(sheet, line, begin, box - 1) for line in told)
        sheet.across(
            [
                (0, begin - 1, side["role"], strong),
                (begin, box - 1, "\n".join(told), lined),
                (box, last, side["id"], boxed),
            ],
            16 * max(tall, _lines(sheet, side["role"], 0, begin - 1, BOLD)),
        )
        sheet.across([(begin, box - 1, hint, named)])
    middle = (box + last) // 2 if box < last else box - 1
    spans = ((min(box, middle), middle), (middle + 1, last))
    sheet.across(
        [(*span, name, named) for span, (name, _) in zip(spans, boxes, strict=True)],
        3
        + 12
        * max(_lines(sheet, name, *span) for span, (name, _) in zip(spans, boxes, strict=True)),
    )
    sheet.across(
        [
            (0, begin - 1, contract[0], strong),
            (begin, spans[0][0] - 1, contract[1], sheet.look(num_format="@")),
            *((*span, value, boxed) for span, (_, value) in zip(spans, boxes, strict=True)),
        ],
        2 + 16 * _lines(sheet, contract[0], 0, begin - 1, BOLD),
    )
    heading = sheet.look(
        size=14, bold=True, ink=style.ACCENT, align="center", valign="vcenter", text_wrap=True
    )
    sheet.across([(0, last, title, heading)], 12 + 18 * _lines(sheet, title, 0, last, LARGE))


def signatures(
    sheet: Drawn,
    signatures: list[list[str]],
    words: list[str],
    places: list[str],
    day: str,
) -> None:
    """Who signs, beside each other; a line for each place, or one with the words below it."""
    half = (sheet.last + 1) // 2
    spans = ((0, half - 1), (half, sheet.last))
    bold, plain = sheet.look(bold=True), sheet.look(text_wrap=True, valign="top")
    line, faint = sheet.look(valign="bottom"), sheet.look(ink=style.FAINT, valign="top")

    def each(texts: list[str], look: Format, height: float) -> None:
        told = zip(spans, texts, strict=False)
        sheet.across([(*span, text, look) for span, text in told], height)

    many = len(signatures)
    each([role for role, _ in signatures], bold, 17)
    each([name for _, name in signatures], plain, 34)
    for place in places or [""]:
        each(["_" * 34] * many, line, 26 if places else 34)
        if place:
            each([place] * many, faint, 15)
    for word in words:
        each([word] * many, faint, 17)
    if day:
        asked = f"{day} {'_' * 16}"
        each([""] * (many - 1) + [asked], plain, 17 * _lines(sheet, asked, *spans[-1]))


def _places(sheet: Drawn) -> tuple[int, int]:
    """Where what stands beside a label begins, and where the boxes at the right do."""
    begin = 1 if sheet.widths[0] >= ROOMY else 2
    box = sheet.last
    while box > begin + 1 and sum(sheet.widths[box:]) < BOX:
        box -= 1
    return begin, box


def _lines(sheet: Drawn, text: str, first: int, last: int, wider: float = 1) -> int:
    """How many lines it takes over these columns; its letters may be wider than the usual ones."""
    return broken(text, sum(sheet.widths[first : last + 1]) * LETTERS_A_LINE / wider)


def broken(text: str, wide: float) -> int:
    """How many lines of so many letters it takes, words being kept whole where they can."""
    lines, room = 1, wide
    for word in text.split():
        if len(word) > room and room < wide:
            lines, room = lines + 1, wide
        lines += max(0, math.ceil(len(word) / wide) - 1)
        room -= len(word) % wide + 1
    return lines
