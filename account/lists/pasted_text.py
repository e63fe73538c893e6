"""Pasted text: lines, records, and tables that have lost their tabs on the way.

Telegram turns tabs into blanks. So three lines with two numbers each may be a table whose second
column is something else, and nobody but the person knows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from account.lists.number_list import NumberList, Unread
from account.lists.records import NOTHING, Record, read_record
from account.lists.tables import Column, ColumnsAsked, Line, Row, list_of, numbers_of_table
from account.values.identifiers.plain_text import fold

_LINE_ENDS = re.compile(r"[\n\v\f]")
_SEPARATORS = re.compile(r"[;,\t|]")
_DECIMAL_COMMA = re.compile(r"(?<![0-9.,])([0-9]),([0-9]+[Ee]\+?[0-9]{1,2})(?![0-9])")
_A_TABLE = 3
"""Lines of one shape."""


def read_text(text: str, first_line: int = 1) -> NumberList | ColumnsAsked:
    """The numbers of a text whose first line has that number.

    Where its lines may be rows of a table with numbers in more than one column, the columns.
    """
    plain = _DECIMAL_COMMA.sub(r"\1.\2", fold(text.replace("\r\n", "\n")))
    texts = _LINE_ENDS.split(plain)
    lines = [Line(number, _record_of(line)) for number, line in enumerate(texts, first_line)]
    several = sum(len(line.record.numbers) > 1 for line in lines)
    last_line = first_line + len(texts) - 1
    for separator in ";\t|," if several >= _A_TABLE else ";\t|":
        rows, others = _rows_of(texts, lines, separator)
        if _columns_with_numbers(rows) > 1:
            return numbers_of_table(rows, others, last_line)
    if several >= _A_TABLE:
        return ColumnsAsked(_places(lines, last_line))
    return list_of(lines, last_line)


def _record_of(line: str) -> Record:
    return sum(map(read_record, _SEPARATORS.split(line)), NOTHING)


def _rows_of(
    texts: Sequence[str], lines: Sequence[Line], separator: str
) -> tuple[Sequence[Row], Sequence[Line]]:
    """The lines with one and the same count of the separator, at least three, and the others."""
    counts = Counter(text.count(separator) for text in texts if separator in text)
    count, times = counts.most_common(1)[0] if counts else (0, 0)
    if times < _A_TABLE:
        return (), lines
    rows: list[Row] = []
    others: list[Line] = []
    for text, line in zip(texts, lines, strict=True):
        if text.count(separator) == count:
            rows.append(Row.of(line.line, text.split(separator)))
        else:
            others.append(line)
    return rows, others


def _columns_with_numbers(rows: Sequence[Row]) -> int:
    return len(
        {index for row in rows for index, record in enumerate(row.records) if record.numbers}
    )


def _places(lines: Sequence[Line], last_line: int) -> tuple[Column, ...]:
    """The first numbers of all lines, the second ones, and so on.

    A line that has none at that place and one at another is told.
    """
    most = max(len(line.record.numbers) for line in lines)
    return tuple(
        Column(None, list_of([_at(line, place) for line in lines], last_line))
        for place in range(most)
    )


def _at(line: Line, place: int) -> Line:
    record = line.record
    if place < len(record.numbers):
        record = replace(record, numbers=(record.numbers[place],), aside=())
    elif record.numbers:
        told = (*record.told, Unread.MALFORMED)
        record = Record(told=told)
    return replace(line, record=record)
