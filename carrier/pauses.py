"""When the operator is not asked: it told us to wait, or its maintenance is planned.

`Retry-After` is honoured by whoever asks next, too, but never for longer than a minute: an answer
with a mistake in it must not shut us out for a day. Planned windows are the profile's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from account.errors import CarrierPaused
from account.values.periods import ALMATY

if TYPE_CHECKING:
    from carrier.profile.limits import LimitsProfile, Maintenance
    from carrier.transport import Answer

LONGEST_PAUSE = 60.0
"""Seconds for which nothing is sent because of one answer."""
_LONGEST_TOLD = 86_400.0
_ASKS_TO_WAIT = frozenset({429, 503})
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Pauses:
    """The pauses of each API. `now` counts seconds, monotonic; `clock` is the time of day."""

    def __init__(
        self, told: LimitsProfile, now: Callable[[], float], clock: Callable[[], datetime]
    ) -> None:
        self._planned = told.maintenance
        self._now = now
        self._clock = clock
        self._until: dict[str, float] = {}

    def note(self, api: str, answer: Answer) -> float | None:
        """The seconds that an answer asks us to wait, None when it asks for nothing."""
        if answer.status not in _ASKS_TO_WAIT:
            return None
        seconds = retry_after(answer, self._clock())
        if seconds is not None:
            self._until[api] = self._now() + min(seconds, LONGEST_PAUSE)
        return seconds

    def left(self, api: str) -> float:
        """Seconds of the pause that the operator asked for."""
        if api not in self._until:
            return 0.0
        left = self._until[api] - self._now()
        if left <= 0:
            del self._until[api]
        return max(left, 0.0)

    def check(self, api: str) -> None:
        """Raises `CarrierPaused` while nothing is to be sent."""
        if self._planned and (until := self._maintenance(api)) is not None:
            raise CarrierPaused(f"{api}: planned maintenance", until)
        if self._until and (left := self.left(api)) > 0:
            raise CarrierPaused(f"{api}: asked to wait", self._clock() + timedelta(seconds=left))

    def _maintenance(self, api: str) -> datetime | None:
        now = self._clock()
        ends = [_end(one, now) for one in self._planned if not one.apis or api in one.apis]
        return max(filter(None, ends), default=None)


def _end(window: Maintenance, now: datetime) -> datetime | None:
    """When a window ends that is open now."""
    today = now.astimezone(ALMATY).date()
    for day in (today, today - timedelta(days=1)):
        if window.on not in (None, day):
            continue
        if window.days and _DAYS[day.weekday()] not in window.days:
            continue
        over = window.ends <= window.begins
        begins = datetime.combine(day, window.begins, ALMATY)
        ends = datetime.combine(day + timedelta(days=over), window.ends, ALMATY)
        if begins <= now < ends:
            return ends.astimezone(UTC)
    return None


def retry_after(answer: Answer, now: datetime) -> float | None:
    """Seconds of `Retry-After`, as a number or as a date beside the answer's own; at most a day."""
    told = (answer.headers.get("Retry-After") or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", told):
        return min(float(told), _LONGEST_TOLD)
    until = _moment(told)
    if until is None:
        return None
    seconds = (until - (_moment(answer.headers.get("Date") or "") or now)).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_TOLD)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
