"""What the child answers, as JSON: what a file lists, or why it was not read.

The child has handled what a stranger sent, so its answer is read as strictly as theirs: numbers are
made by their own constructor.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from account.errors import ListFileFault
from account.lists.label_list import LabelList
from account.lists.list_file import Hidden, ListFile, Sheet
from account.lists.number_list import NumberList
from account.lists.tables import Column, ColumnsAsked

LABELS = "labels"
"""What the child is told for a file with labels."""


class _Sheet(msgspec.Struct):
    """One of both: the list, or the columns to choose from."""

    name: str
    numbers: NumberList | None = None
    columns: tuple[Column, ...] = ()


class _Answer(msgspec.Struct):
    fault: ListFileFault | None = None
    sheets: tuple[_Sheet, ...] = ()
    with_hidden: tuple[_Sheet, ...] | None = None
    """None: as without."""
    hidden: Hidden = Hidden()


def encoded(read: ListFile | ListFileFault) -> bytes:
    """The answer as JSON."""
    return msgspec.json.encode(_answer(read))


def decoded(answer: bytes) -> ListFile | ListFileFault:
    """What the answer says. Raises `msgspec.ValidationError` and `msgspec.DecodeError`."""
    said = msgspec.json.decode(answer, type=_Answer)
    if said.fault is not None:
        return said.fault
    seen = _read(said.sheets)
    whole = seen if said.with_hidden is None else _read(said.with_hidden)
    return ListFile(seen, whole, said.hidden)


def _answer(read: ListFile | ListFileFault) -> _Answer:
    if isinstance(read, ListFileFault):
        return _Answer(fault=read)
    same = read.with_hidden == read.sheets
    return _Answer(
        sheets=_told(read.sheets),
        with_hidden=None if same else _told(read.with_hidden),
        hidden=read.hidden,
    )


def _told(sheets: Sequence[Sheet]) -> tuple[_Sheet, ...]:
    return tuple(
        _Sheet(sheet.name, columns=sheet.read.columns)
        if isinstance(sheet.read, ColumnsAsked)
        else _Sheet(sheet.name, sheet.read)
        for sheet in sheets
    )


def _read(sheets: Sequence[_Sheet]) -> tuple[Sheet, ...]:
    return tuple(
        Sheet(sheet.name, ColumnsAsked(sheet.columns) if sheet.numbers is None else sheet.numbers)
        for sheet in sheets
    )


class _Labels(msgspec.Struct):
    fault: ListFileFault | None = None
    read: LabelList = LabelList()


def encoded_labels(read: LabelList | ListFileFault) -> bytes:
    """The answer as JSON, of a file with labels."""
    answer = _Labels(fault=read) if isinstance(read, ListFileFault) else _Labels(read=read)
    return msgspec.json.encode(answer)


def decoded_labels(answer: bytes) -> LabelList | ListFileFault:
    """What the answer says. Raises as `decoded`."""
    said = msgspec.json.decode(answer, type=_Labels)
    return said.read if said.fault is None else said.fault
