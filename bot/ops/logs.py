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
import re
import sys
import time
from collections import Counter
from collections.abc import MutableMapping
from contextlib import suppress
from types import TracebackType
from typing import Any, TextIO, cast

import structlog

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
    }
)

_ADDRESSES = frozenset({"address", "telegram", "operator", "webhook"})
"""Of servers: made by ourselves, without user and password, and a port keeps its digits."""

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


class _Redactor(logging.Filter):
    """For loggers of libraries: no arguments, no exception, no secrets, one line each."""

    def filter(self, record: logging.LogRecord) -> bool:
        # In this order: an escaped break before a number would look like a letter of a word.
        record.msg, record.args = one_line(redacted(record.getMessage())), None
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def _utc(form: str) -> logging.Formatter:
    """Moments as in our own lines, so that both can be put in order."""
    formatter = logging.Formatter(form, datefmt="%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    return formatter


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
    handler.addFilter(_Redactor())
    handler.setFormatter(_utc("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    sys.excepthook = last_words
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _count_alarm,
            _where,
            _only_named_fields,
            structlog.processors.JSONRenderer(_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _StandardError())),
        cache_logger_on_first_use=False,
    )
