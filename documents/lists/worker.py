"""The child process that reads one file: `python -m documents.lists.worker`.

The file comes on standard input, the answer is one line of JSON. It knows no secret, opens no file
and no connection; what it may take of memory and time is bound before the file is there.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from account.errors import ListFileFault, ListFileRefused
from account.lists.label_list import LabelList, labels_of_table
from account.lists.list_file import Hidden, ListFile, Sheet
from documents.lists.answer import LABELS, encoded, encoded_labels
from documents.lists.file_kind import FileKind, kind_of
from documents.lists.text_file import read_text_file, rows_of_text
from documents.lists.workbook_file import read_workbook, rows_of_workbook

Read = TypeVar("Read")

ADDRESS_SPACE = 512 * 1024 * 1024
PROCESSOR_SECONDS = 10
GENTLE = 10
"""By so much it lets others go first (nice(2))."""


def main() -> None:
    """Read the file that comes and answer."""
    os.nice(GENTLE)
    for limit, bound in (
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (bound, bound))
    answering = answer_labels if LABELS in sys.argv[1:] else answer
    sys.stdout.buffer.write(answering(sys.stdin.buffer.read()))


def answer(content: bytes) -> bytes:
    """The answer for a file: what it lists, or why it is not read."""
    return encoded(_or_fault(read, content))


def answer_labels(content: bytes) -> bytes:
    """The same of a file with labels."""
    return encoded_labels(_or_fault(read_labels, content))


def _or_fault(reading: Callable[[bytes], Read], content: bytes) -> Read | ListFileFault:
    try:
        return reading(content)
    except ListFileRefused as refused:
        return refused.fault
    except MemoryError:
        return ListFileFault.LARGE
    except BaseException:  # noqa: BLE001 - a panic of the reader of cells is no Exception
        return ListFileFault.DAMAGED


def read(content: bytes) -> ListFile:
    """What the file lists. Raises `ListFileRefused`."""
    kind = kind_of(content)
    if kind is not FileKind.TEXT:
        return read_workbook(content, kind)
    sheets = (Sheet("", read_text_file(content)),)
    return ListFile.of(sheets, sheets, Hidden())


def read_labels(content: bytes) -> LabelList:
    """What the file says of labels. Raises `ListFileRefused`."""
    kind = kind_of(content)
    if kind is FileKind.TEXT:
        return labels_of_table(rows_of_text(content))
    rows, hidden = rows_of_workbook(content, kind)
    return replace(labels_of_table(rows), hidden=hidden)


if __name__ == "__main__":
    main()
