"""The process that reads and writes files of usage details: `python -m bot.app.usage_child`.

Pages of a thousand records are decoded, cleaned and written here, beside the conversations and not
in between them. It asks the operator by way of the bot's process (`carrier.relay`), which also
tells it the words of the language; it knows no secret and opens no connection. Whatever fails ends
it, with the kind of the failure and no word of what was in the file.

Lines of JSON come and go, each with the bytes that it announces. `bot.app.usage_process` is the
other side.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import threading
from collections.abc import Mapping, MutableMapping
from concurrent.futures import Future
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import structlog

from account.chapters.usage import UsageRecords
from account.documents.document import LARGE, Document, DocumentOrder, DocumentState
from account.documents.kinds import DocumentFormat, DocumentKind
from account.errors import CarrierNotUnderstood, CarrierUnavailable, FiguresIncomplete
from carrier.apis import Api
from carrier.relay import RelayedHttp
from carrier.tmf.adapter import TmfAdapter
from carrier.transport import Answer
from documents.render.in_place import InPlace
from documents.render.pool import GENTLE
from documents.render.worker import most_memory, where
from documents.reports.usage_print import UsageFiles

_PIECE = 1 << 20
_LAST_RANK = 19
_TURN = 0.05
"""Seconds that a thread may compute while another one would like to."""


class _Line:
    """To the bot's process; one question at a time is asked by the job's thread."""

    def __init__(self) -> None:
        self._out = sys.stdout.buffer
        # A library that prints would break the lines.
        sys.stdout = sys.stderr
        self._lock = threading.Lock()
        self._turn = asyncio.Lock()
        self._asked: Future[tuple[dict[str, Any], bytes]] = Future()
        self.rank = _Rank(0)

    def tell(self, told: Mapping[str, Any]) -> None:
        """One line."""
        with self._lock:
            self._out.write(json.dumps(told).encode() + b"\n")
            self._out.flush()

    def hand(self, content: Any) -> None:
        """Bytes that were announced."""
        with self._lock:
            for begin in range(0, len(content), _PIECE):
                self._out.write(content[begin : begin + _PIECE])
            self._out.flush()

    def answered(self, told: dict[str, Any], body: bytes) -> None:
        """What was asked for has come; said by the thread that reads."""
        self._asked.set_result((told, body))

    async def read(self, question: Mapping[str, Any]) -> Answer:
        """See `carrier.relay.Line`."""
        async with self._turn:
            self._asked = Future()
            self.tell({"question": dict(question)})
            told, body = await asyncio.wrap_future(self._asked)
        if "fault" in told:
            raise _Elsewhere(told["fault"])
        total = told["headers"]["X-Total-Count"]
        if question["api"] == Api.USAGE and total.isdecimal():
            self.rank.reached(int(total))
        return Answer(told["status"], told["headers"], body)

    def left_out(self, api: str, field: str) -> None:
        """See `carrier.relay.Line`."""
        self.tell({"left_out": [api, field]})

    def not_understood(self, api: str, field: str) -> None:
        """See `carrier.relay.Line`."""
        self.tell({"not_understood": [api, field]})

    def log(self, _logger: object, level: str, event: MutableMapping[str, Any]) -> str:
        """A processor of structlog's: the log is the other process's."""
        told = {name: value for name, value in event.items() if isinstance(value, str | int)}
        self.tell({"log": level, "event": told.pop("event", ""), "told": told})
        raise structlog.DropEvent


class _Rank:
    """Lets others have the cores before the threads of a large file, from so many rows on."""

    def __init__(self, large: int) -> None:
        self._large = large
        self.given_way = False

    def reached(self, rows: int) -> None:
        """So many are written, or to come."""
        if rows < self._large or self.given_way:
            return
        self.given_way = True
        # No less than before: to take the cores back needs a right that nobody may have.
        gentle = min(os.getpriority(os.PRIO_PROCESS, 0) + GENTLE, _LAST_RANK)
        for task in Path("/proc/self/task").iterdir():
            if (thread := int(task.name)) != os.getpid():
                os.setpriority(os.PRIO_PROCESS, thread, gentle)


class _Elsewhere(CarrierUnavailable):
    """The other process knows what happened, under that number."""

    def __init__(self, number: int) -> None:
        super().__init__("no answer")
        self.number = number


class _Clock:
    """Goes on from the moment that the other process told."""

    def __init__(self, told: str) -> None:
        self._told = datetime.fromisoformat(told)
        self._began = monotonic()

    def now(self) -> datetime:
        """UTC, aware."""
        return self._told + timedelta(seconds=monotonic() - self._began)


def main() -> None:
    """Serve one order after the other until the other process goes."""
    line, source = _Line(), sys.stdin.buffer
    # What is there stays, and rows go by without circles; nobody here waits for a turn.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    sys.setswitchinterval(_TURN)
    structlog.configure(
        processors=[line.log],
        wrapper_class=structlog.make_filtering_bound_logger("warning"),
    )
    while told := source.readline():
        frame = json.loads(told)
        if "order" in frame:
            # Those of the order before have said all they had to say.
            for thread in threading.enumerate():
                if thread is not threading.main_thread():
                    thread.join()
            threading.Thread(target=_serve, args=(line, frame), daemon=True).start()
        else:
            line.answered(frame, source.read(frame.get("bytes", 0)))
    # What is being made nobody wants any more.
    os._exit(0)


def _serve(line: _Line, frame: dict[str, Any]) -> None:
    """One order, in a thread of its own: how it is ranked ends with it."""
    try:
        asyncio.run(_made(line, frame))
    except _Elsewhere as fault:
        line.tell({"raised": fault.number})
    except CarrierNotUnderstood as fault:
        line.tell({"raised": "CarrierNotUnderstood", "why": str(fault), "api": fault.api})
    except (CarrierUnavailable, FiguresIncomplete) as fault:
        line.tell({"raised": type(fault).__name__, "why": str(fault)})
    except BaseException as error:  # noqa: BLE001 - its kind is told, and the process ends
        line.tell({"failed": where(error)})
        os._exit(1)


async def _made(line: _Line, frame: dict[str, Any]) -> None:
    words: Mapping[str, Mapping[str, str]] = frame["words"]
    clock = _Clock(frame["now"])
    document = _document(frame["order"])
    form = document.order.format
    line.rank = rank = _Rank(LARGE[form])

    async def progress(done: int, total: int) -> None:
        rank.reached(done)
        line.tell({"progress": [done, total]})

    carrier = TmfAdapter(RelayedHttp(line, frame["operator"]), clock)
    renderer = InPlace(lambda language, text: words[language].get(text, text), clock)
    files = UsageFiles(UsageRecords(carrier), clock, renderer, threads=1)
    try:
        made = await files.make(document, progress)
    finally:
        files.close()
    told: dict[str, Any] = {"made": None, "memory": most_memory()}
    # Typst's own threads keep the rank that they were born with.
    told["worn"] = rank.given_way and form is DocumentFormat.PDF
    if made is not None:
        told["made"] = {"name": made.name, "rows": made.rows, "bytes": len(made.content)}
    line.tell(told)
    if made is not None:
        line.hand(made.content)


def _document(told: Mapping[str, Any]) -> Document:
    order = DocumentOrder(
        kind=DocumentKind.USAGE,
        format=DocumentFormat(told["format"]),
        telegram_id=0,
        administrator_id="",
        administrator=told["administrator"],
        company_id=told["company_id"],
        company_name=told["company_name"],
        company_bin=told["company_bin"],
        language=told["language"],
        parameters=told["parameters"],
    )
    return Document(
        id=told["id"],
        reference=told["reference"],
        order=order,
        state=DocumentState.MAKING,
        ordered_at=datetime.fromisoformat(told["ordered_at"]),
    )


if __name__ == "__main__":
    main()
