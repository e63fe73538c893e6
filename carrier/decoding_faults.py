"""What of the operator's answers is not understood: counted by API and field, and an alarm.

A row that cannot be read is left out and hides no other one. An answer of which nothing can be read
is a fault that no waiting mends: somebody at the operator, or with its profile, has to look.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)

TOLD_AGAIN_AFTER = 900.0
"""Seconds for which an alarm stands: the same field of the same API is no new one until then."""

asked_api: ContextVar[str] = ContextVar("asked_api", default="")
"""The API (`TMF637`) that this task has asked last: what it reads now is that one's."""


class DecodingObserver(Protocol):
    """Told of each thing that could not be read: the API's number, and the field's name."""

    def row_left_out(self, api: str, field: str) -> None:
        """Count a row; must not raise."""

    def not_understood(self, api: str, field: str) -> None:
        """Count an answer; must not raise."""


class DecodingFaults:
    """Tells log and observer of what could not be read, never what stood there."""

    def __init__(self, now: Callable[[], float], observer: DecodingObserver | None) -> None:
        self._now = now
        self._observer = observer
        self._told: dict[tuple[str, str], float] = {}

    def row(self, api: str, field: str) -> None:
        """One row of ours was left out for that field."""
        log.warning("operator_row_left_out", api=api, field=field)
        if self._observer is not None:
            self._observer.row_left_out(api, field)

    def answer(self, api: str, field: str) -> None:
        """A whole answer was not understood for that field."""
        if self._observer is not None:
            self._observer.not_understood(api, field)
        now, known = self._now(), self._told.get((api, field))
        if known is None or now - known >= TOLD_AGAIN_AFTER:
            self._told[api, field] = now
            log.error(
                "operator.not_understood",
                alarm="an answer of the operator's cannot be read",
                api=api,
                field=field,
            )
