"""Logs an operator can keep: named fields from a list, nothing a person wrote or was sent.

Libraries leak: httpx logs whole addresses, aiogram's exceptions carry outgoing texts, a failed
download carries the bot's token. Their loggers are held at WARNING, and whatever passes goes
through a redactor that knows the shapes of tokens, codes and numbers (safety.md section 3).
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import socket
import sys
from collections import Counter
from collections.abc import MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Any, TextIO, cast

import structlog

from account.errors import MyAccountError

_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,}")
_DIGITS = re.compile(r"(?<![0-9A-Za-z-])\+?[0-9]{5,}(?![0-9A-Za-z-])")
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Whatever ends a line, moves a cursor or turns the reading direction, on any screen."""
_BEARER = re.compile(r"(?i)bearer\s+\S+")

FIELDS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "error",
        "where",
        "code",
        "kind",
        "why",
        "alarm",
        "seconds",
        "crew",
        "count",
        "address",
        "signal",
        "database",
        "api",
        "field",
        "id",
        "status",
        "reason_code",
        "reference",
        "request_id",
        "version",
        "mode",
        "profile",
        "telegram",
        "operator",
        "webhook",
        "host",
        "process",
    }
)

_ADDRESSES = frozenset({"address", "telegram", "operator", "webhook", "host"})
"""Of servers: made by ourselves, without user and password, and a port keeps its digits."""

_HOST = socket.gethostname()


def _installed() -> str:
    try:
        return version("myaccount")
    except PackageNotFoundError:
        return "unknown"


VERSION = _installed()
"""Of this build."""

ALARMS: Counter[str] = Counter()
"""How often this process has logged each event that has a field `alarm`."""


def redacted(text: str) -> str:
    """A text without tokens, and with numbers cut to their last four digits."""
    text = _BEARER.sub("Bearer …", _TOKEN.sub("…", text))
    return _DIGITS.sub(lambda found: "…" + found.group()[-4:], text)


def one_line(text: str) -> str:
    """A text that cannot begin a line of its own: a forged entry stays inside of its entry."""
    return _BREAKS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _only_named_fields(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {
        name: redacted(value) if isinstance(value, str) and name not in _ADDRESSES else value
        for name, value in event.items()
        if name in FIELDS
    }


def _count_alarm(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if "alarm" in event:
        ALARMS[str(event.get("event"))] += 1
    return event


def _where(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The place of an exception, without its text: texts may hold what a person typed."""
    if event.pop("exc_info", None):
        event["where"] = _places(sys.exc_info()[2])
    return event


def _places(trace: TracebackType | None) -> str:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " ".join(places[-6:])


def last_words(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """What ends the process is logged like anything else: its kind and its place, not its text."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    structlog.get_logger(__name__).critical(
        "process.failed", error=kind.__name__, where=_places(trace)
    )


def of_loop(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody awaited; asyncio itself would print the error's text."""
    error = context.get("exception")
    structlog.get_logger(__name__).error(
        "task.failed",
        error=type(error).__name__,
        where=_places(error.__traceback__ if error is not None else None),
    )


def _json(value: Any, **options: Any) -> str:
    """JSON leaves some breaks of lines as they are; escaped the same way they are JSON still."""
    return one_line(json.dumps(value, ensure_ascii=False, **options))


def _whence(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Machine, process and build of the line: logs of many processes are read as one."""
    return {**event, "host": _HOST, "process": os.getpid(), "version": VERSION}


class _OfLibraries(logging.Formatter):
    """Lines of libraries in the form of our own: no exception, no secrets, moments of UTC."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "event": "library",
            "logger": record.name,
            "level": record.levelname.lower(),
            "text": redacted(record.getMessage()),
            "timestamp": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        }
        return _json(_whence(None, "", said))


class _NoRefusals(logging.Filter):
    """For the library's word on a window without its data, where a refusal of ours is the reason.

    An ended session or a number that is gone is an ordinary event: the person is told, and what
    matters of it is in our own log.
    """

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - as the library has it
        return not isinstance(sys.exc_info()[1], MyAccountError)


_NO_REFUSALS = _NoRefusals()


class _StandardError(io.TextIOBase):
    """Standard error as it is now; a log that cannot be written ends nothing it tells of."""

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()


def set_up(level: str) -> None:
    """Configure the product's logs and hold the libraries' down."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OfLibraries())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("aiogram_dialog.window").addFilter(_NO_REFUSALS)
    sys.excepthook = last_words
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _count_alarm,
            _where,
            _whence,
            _only_named_fields,
            structlog.processors.JSONRenderer(_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _StandardError())),
        cache_logger_on_first_use=False,
    )
