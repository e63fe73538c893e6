"""The child process that reads one file: `python -m documents.lists.worker`.

The file comes on standard input, the answer is one line of JSON. It knows no secret, opens no file
and no connection; what it may take of memory and time is bound before the file is there.
"""

from __future__ import annotations

import os
import resource
import sys

from account.errors import ListFileFault, ListFileRefused
from account.lists.list_file import Hidden, ListFile, Sheet
from documents.lists.answer import encoded
from documents.lists.file_kind import FileKind, kind_of
from documents.lists.text_file import read_text_file
from documents.lists.workbook_file import read_workbook

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
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))


def answer(content: bytes) -> bytes:
    """The answer for a file: what it lists, or why it is not read."""
    try:
        return encoded(read(content))
    except ListFileRefused as refused:
        return encoded(refused.fault)
    except MemoryError:
        return encoded(ListFileFault.LARGE)
    except BaseException:  # noqa: BLE001 - a panic of the reader of cells is no Exception
        return encoded(ListFileFault.DAMAGED)


def read(content: bytes) -> ListFile:
    """What the file lists. Raises `ListFileRefused`."""
    kind = kind_of(content)
    if kind is not FileKind.TEXT:
        return read_workbook(content, kind)
    sheets = (Sheet("", read_text_file(content)),)
    return ListFile.of(sheets, sheets, Hidden())


if __name__ == "__main__":
    main()
