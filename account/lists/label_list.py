"""A list of labels: rows of a number, its label and its cost centre (LB-2, LB-3).

Columns are known by their headings, or stand in that order. What is in a cell is text: an empty one
leaves what is there, a lone `-` takes it away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from account.lists.list_file import Hidden
from account.lists.records import NO_RESULT, NOTHING
from account.lists.tables import SAYS_NUMBER, Row, headed
from account.values.identifiers import Msisdn
from account.values.labels import LabelField

MOST_ROWS = 10_000
LONGEST_CELL = 200
"""Signs of a cell that are kept to be refused: no label is so long."""

_SAYS = {
    LabelField.CENTRE: re.compile("(?i)центр|отдел|орталы|бөлім|centre|center|department"),
    LabelField.LABEL: re.compile("(?i)метк|белгі|label|сотрудник|қызметкер|employee|фио|имя|name"),
}
_SEPARATORS = ("\t", ";", "|")
_DAMAGED = re.compile(r"[^\W\d_]\?+[^\W\d_]|\?{2,}")


class Unlabelled(StrEnum):
    """Why a row is not taken. Values are persisted."""

    NUMBER = "number"
    """Not one number stands in it."""
    TWICE = "twice"
    """Its number stands elsewhere with other values."""
    DAMAGED = "damaged"
    """Letters were lost: `?` where there was one."""
    TEXT = "text"
    """Too long, or with signs that are not kept."""
    NO_RESULT = "no_result"
    """A formula whose result is not in the file."""
    ABSENT = "absent"
    """Not a number of the company's."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A number and what its cells say, as they came; None: leave it as it is."""

    msisdn: Msisdn
    line: int
    label: str | None = None
    centre: str | None = None

    @property
    def said(self) -> Mapping[LabelField, str]:
        """What is to be changed."""
        cells = {LabelField.LABEL: self.label, LabelField.CENTRE: self.centre}
        return {field: text for field, text in cells.items() if text is not None}


@dataclass(frozen=True, slots=True)
class RowLeftOut:
    """A line (from 1) that is not taken, and why."""

    line: int
    reason: Unlabelled


@dataclass(frozen=True, slots=True)
class LabelList:
    """Rows to be taken, each number once, lines that are not, and what of a sheet is hidden."""

    rows: tuple[LabelRow, ...] = ()
    left_out: tuple[RowLeftOut, ...] = ()
    hidden: Hidden = field(default_factory=Hidden)


def labels_of_text(text: str) -> LabelList:
    """What pasted lines say: number; label; cost centre, parted by `;`, `|` or tabs."""
    lines = text.replace("\r\n", "\n").split("\n")
    separator = max(_SEPARATORS, key=lambda one: sum(one in line for line in lines))
    return labels_of_table(
        [Row.of_cells(at, line.split(separator)) for at, line in enumerate(lines, 1)]
    )


def labels_of_table(rows: Sequence[Row]) -> LabelList:
    """What the rows of a table say."""
    heading, body = headed(rows)
    columns = _columns(heading, body)
    if columns is None:
        return LabelList()
    number_at, places = columns
    read: list[LabelRow] = []
    told: list[RowLeftOut] = []
    for row in body:
        record = row.records[number_at] if number_at < len(row.records) else NOTHING
        if len(record.numbers) == 1 and not record.told:
            cells = {field: _cell(row, at) for field, at in places.items()}
            fault = _fault(row, places, cells)
            if fault is None:
                label, centre = cells.get(LabelField.LABEL), cells.get(LabelField.CENTRE)
                read.append(LabelRow(record.numbers[0], row.line, label, centre))
            else:
                told.append(RowLeftOut(row.line, fault))
        elif any(cell.strip() for cell in row.cells) and not _repeats(heading, row, number_at):
            told.append(RowLeftOut(row.line, Unlabelled.NUMBER))
    return _once(read, told)


def _repeats(heading: Row | None, row: Row, number_at: int) -> bool:
    """Headings once more: of a further page, or of a cell that is merged downwards."""
    if heading is None or max(len(heading.cells), len(row.cells)) <= number_at:
        return False
    above, here = (
        one.cells[number_at].strip() if number_at < len(one.cells) else "" for one in (heading, row)
    )
    return above == here != ""


def _columns(
    heading: Row | None, body: Sequence[Row]
) -> tuple[int, Mapping[LabelField, int]] | None:
    """Where numbers, labels and cost centres stand; None where no column has a number."""
    width = max((len(row.cells) for row in body), default=0)
    with_numbers = [
        at
        for at in range(width)
        if any(at < len(row.records) and row.records[at].numbers for row in body)
    ]
    if not with_numbers:
        return None
    titles = () if heading is None else heading.cells
    named = [at for at in with_numbers if at < len(titles) and SAYS_NUMBER.search(titles[at])]
    number_at = (named or with_numbers)[0]
    places: dict[LabelField, int] = {}
    for words, says in _SAYS.items():
        for at, title in enumerate(titles):
            if at != number_at and at not in places.values() and says.search(title):
                places[words] = at
                break
    if not places:
        others = [at for at in range(width) if at > number_at]
        places = dict(zip(LabelField, others, strict=False))
    return number_at, places


def _cell(row: Row, at: int) -> str | None:
    text = row.cells[at].strip() if at < len(row.cells) else ""
    return text[:LONGEST_CELL] or None


def _fault(
    row: Row, places: Mapping[LabelField, int], cells: Mapping[LabelField, str | None]
) -> Unlabelled | None:
    if any(at < len(row.records) and row.records[at] == NO_RESULT for at in places.values()):
        return Unlabelled.NO_RESULT
    if any(text is not None and _DAMAGED.search(text) for text in cells.values()):
        return Unlabelled.DAMAGED
    return None


def _once(read: Sequence[LabelRow], told: Sequence[RowLeftOut]) -> LabelList:
    """Each number once; of one with different values no row."""
    values: dict[Msisdn, set[tuple[str | None, str | None]]] = {}
    for row in read:
        values.setdefault(row.msisdn, set()).add((row.label, row.centre))
    first: dict[Msisdn, LabelRow] = {}
    twice: list[RowLeftOut] = []
    for row in read:
        if len(values[row.msisdn]) > 1:
            twice.append(RowLeftOut(row.line, Unlabelled.TWICE))
        else:
            first.setdefault(row.msisdn, row)
    left_out = sorted([*told, *twice], key=lambda one: one.line)
    return LabelList(tuple(first.values()), tuple(left_out))
