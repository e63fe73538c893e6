"""CSV and plain text: the encoding, the separator and the rows (B-8)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from account.errors import ListFileFault, ListFileRefused
from account.lists.list_file import MOST_ROWS
from account.lists.number_list import NumberList
from account.lists.pasted_text import read_text
from account.lists.tables import ColumnsAsked, Row, numbers_of_table

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SEPARATORS = ";\t,"
_A_TABLE = 3
"""Lines with the same count of separators."""


def read_text_file(content: bytes) -> NumberList | ColumnsAsked:
    """The numbers of a file of text. Raises `ListFileRefused`."""
    text = decoded(content)
    if text.count("\n") > MOST_ROWS:
        raise ListFileRefused(ListFileFault.LARGE)
    separator = _separator(text)
    if separator is None:
        return read_text(text)
    rows = [Row.of_cells(line, cells) for line, cells in _rows(text, separator)]
    return numbers_of_table(rows, last_line=rows[-1].line)


def rows_of_text(content: bytes) -> list[Row]:
    """The rows of a file of text; what has no separator is one cell. Raises `ListFileRefused`."""
    text = decoded(content)
    if text.count("\n") > MOST_ROWS:
        raise ListFileRefused(ListFileFault.LARGE)
    counts = {one: sum(one in line for line in text.splitlines()) for one in _SEPARATORS}
    separator = max(counts, key=lambda one: counts[one])
    return [Row.of_cells(line, cells) for line, cells in _rows(text, separator)]


def decoded(content: bytes) -> str:
    """The text. Raises `ListFileRefused` when it is in no encoding that people have here."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _decoded(content[len(bom) :], encoding)
    for encoding in ("utf-8", *_by_nuls(content), "cp1251"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ListFileRefused(ListFileFault.KIND)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise ListFileRefused(ListFileFault.DAMAGED) from None


def _by_nuls(content: bytes) -> tuple[str, ...]:
    """UTF-16, where digits and signs have a NUL in every second byte."""
    even, odd = content[::2].count(0), content[1::2].count(0)
    if max(even, odd) * 4 < len(content) // 2:
        return ()
    return ("utf-16-le",) if odd > even else ("utf-16-be",)


def _separator(text: str) -> str | None:
    """The separator that parts most lines in the same way, if that makes a table."""
    lines = text.splitlines()
    best, most = None, _A_TABLE - 1
    for separator in _SEPARATORS:
        counts = Counter(line.count(separator) for line in lines if separator in line)
        alike = max(counts.values(), default=0)
        if alike > most:
            best, most = separator, alike
    return best


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins in."""
    csv.field_size_limit(len(text) + 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise ListFileRefused(ListFileFault.DAMAGED) from None
