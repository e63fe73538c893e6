"""The child process that sets pages and draws pictures: `python -m documents.render.worker`.

Reads lines of JSON (`documents.render.pool` says them) and answers each job with a line and the
bytes of
the file. It knows no secret, opens no connection and reads nothing but its fonts. Whatever fails
ends it, with the kind of the failure and no word of what was in the document.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol


class Writer(Protocol):
    """Takes a document's frames as they come and gives the file in the end."""

    def take(self, frame: dict[str, Any]) -> None:
        """The next block, page of rows, or totals."""

    def finish(self) -> tuple[bytes, int, int]:
        """The file's bytes, of how many parts it consists, and how many rows of data it tells."""


def main() -> None:
    """Serve jobs until the parent goes."""
    answers = sys.stdout.buffer
    # A library that prints would break the answers.
    sys.stdout = sys.stderr
    for first in _lines(sys.stdin.buffer):
        if "nice" in first:
            os.nice(first["nice"])
            continue
        if "load" in first:
            for job in first["load"]:
                _load(job)
            continue
        try:
            content, parts, rows = _made(first, _lines(sys.stdin.buffer))
        except Exception as error:  # noqa: BLE001 - its kind is told, and the process ends
            _answer(answers, {"failed": where(error)}, b"")
            sys.exit(1)
        told = {"bytes": len(content), "parts": parts, "rows": rows, "memory": most_memory()}
        _answer(answers, told, content)


def most_memory() -> int:
    """Bytes that this program has had at most; `ru_maxrss` would begin with its parent's."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(peak) * 1024


def _made(first: dict[str, Any], frames: Iterator[dict[str, Any]]) -> tuple[bytes, int, int]:
    if first["job"] == "png":
        from documents.render.charts import drawn

        return drawn(first["chart"], first["language"]), 1, 0
    writer = writer_of(first["job"], first["layout"])
    for frame in frames:
        if "end" in frame:
            return writer.finish()
        if "nice" in frame:
            os.nice(frame["nice"])
            continue
        writer.take(frame)
    raise EOFError


def writer_of(job: str, layout: dict[str, Any]) -> Writer:
    """Each child loads what its jobs need, once."""
    return _load(job)(layout)


def _load(job: str) -> Callable[[dict[str, Any]], Writer]:
    """What writes such a file."""
    if job == "pdf":
        from documents.render.pdf import PdfWriter

        return PdfWriter
    from documents.render.workbook import WorkbookWriter

    return WorkbookWriter


def _lines(source: BinaryIO) -> Iterator[dict[str, Any]]:
    while line := source.readline():
        yield json.loads(line)


def _answer(answers: BinaryIO, said: dict[str, Any], content: bytes) -> None:
    answers.write(json.dumps(said).encode() + b"\n")
    answers.write(content)
    answers.flush()


def where(error: BaseException) -> str:
    """The error's kind and place in our code; its words may hold a row."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return type(error).__name__
    return f"{type(error).__name__} at {place.tb_frame.f_code.co_name}:{place.tb_lineno}"


if __name__ == "__main__":
    main()
