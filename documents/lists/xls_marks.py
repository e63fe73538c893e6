"""Marks of a BIFF workbook (.xls), from the records of its stream ([MS-XLS] 2.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from account.errors import ListFileFault, ListFileRefused
from documents.lists.marks import Marks

_BOF, _EOF, _FILE_PASS, _BOUND_SHEET = 0x0809, 0x000A, 0x002F, 0x0085
_ROW, _COLUMN, _TRUTH_OR_ERROR, _FORMULA = 0x0208, 0x007D, 0x0205, 0x0006
_WORKSHEET = 0
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x0020, 0x0001


def xls_marks(stream: bytes) -> list[Marks]:
    """The marks of each worksheet in their order. Raises `ListFileRefused`."""
    try:
        return [_of_sheet(stream, offset) for offset in list(_offsets(stream))]
    except struct.error:
        raise ListFileRefused(ListFileFault.DAMAGED) from None


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from there to the end of their part; parts within are passed over."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + length]
        at += 4 + length
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 1:
            yield kind, body
        if depth == 0:
            return


def _offsets(stream: bytes) -> Iterator[int]:
    for kind, body in _records(stream, 0):
        if kind == _FILE_PASS:
            raise ListFileRefused(ListFileFault.LOCKED)
        if kind == _BOUND_SHEET and body[5] == _WORKSHEET:
            yield struct.unpack_from("<I", body)[0]


def _of_sheet(stream: bytes, offset: int) -> Marks:
    marks = Marks()
    for kind, body in _records(stream, offset):
        if kind == _ROW:
            row, flags = struct.unpack_from("<H10xH", body)
            if flags & _ROW_HIDDEN:
                marks.hidden_rows.add(row)
        elif kind == _COLUMN:
            first, last, flags = struct.unpack_from("<HH4xH", body)
            if flags & _COLUMN_HIDDEN:
                marks.hide_columns(first, last)
        elif _is_error(kind, body):
            marks.valueless.add(struct.unpack_from("<HH", body))
    return marks


def _is_error(kind: int, body: bytes) -> bool:
    if kind == _TRUTH_OR_ERROR:
        return body[7:8] == b"\1"
    return kind == _FORMULA and body[6:7] == b"\2" and body[12:14] == b"\xff\xff"
