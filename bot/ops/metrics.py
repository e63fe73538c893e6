"""What is counted and measured for those who run this; `bot.ops.health` shows it.

Labels are names of ours (an API, a method, a state, a code of refusal): never a person, a number or
a text. What waits is read from the database by one reading every few seconds at most, however often
somebody looks.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, TypeVar, cast

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from account.errors import MyAccountError
from bot.ops import logs
from storage.errors import StorageUnavailable
from storage.stores.readable import left_out

if TYPE_CHECKING:
    from datetime import datetime

    from prometheus_client.metrics_core import Metric

    from account.values.clock import Clock
    from storage.queue.gauges import Figures, Gauges

READ_EVERY = 5.0
READING_SECONDS = 3.0
REMEMBERED_READINGS = 2000
CALL_BUCKETS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
LAG_BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.3, 1.0, 3.0)

UseCases = TypeVar("UseCases")


class Metrics:
    """Counts of what this process did, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._operator = Histogram(
            "myaccount_operator_call_seconds",
            "Tries at the operator by API and how they ended.",
            ("api", "outcome"),
            registry=self.registry,
            buckets=CALL_BUCKETS,
        )
        self._rows_left_out = Counter(
            "myaccount_operator_rows_left_out",
            "Rows of the operator's that could not be read and were left out, by field.",
            ("api", "field"),
            registry=self.registry,
        )
        self._not_understood = Counter(
            "myaccount_operator_not_understood",
            "Answers of the operator's of which nothing could be read, by field.",
            ("api", "field"),
            registry=self.registry,
        )
        self._telegram = Histogram(
            "myaccount_telegram_call_seconds",
            "Calls of the Bot API by method and how they ended.",
            ("method", "outcome"),
            registry=self.registry,
            buckets=CALL_BUCKETS,
        )
        self._webhook = Counter(
            "myaccount_webhook_calls",
            "Calls at the webhook by the status they were answered with.",
            ("status",),
            registry=self.registry,
        )
        self._receipts = Counter(
            "myaccount_sms_receipts",
            "Receipts of a message centre by what became of the text.",
            ("state",),
            registry=self.registry,
        )
        self._events = Counter(
            "myaccount_operator_events",
            "Events of the operator by what became of them.",
            ("outcome",),
            registry=self.registry,
        )
        self._refused = Counter(
            "myaccount_refusals",
            "Logins and codes refused, by the code of the refusal.",
            ("where", "code"),
            registry=self.registry,
        )
        self._lag = Histogram(
            "myaccount_loop_lag_seconds",
            "How much later than asked for the event loop came round.",
            registry=self.registry,
            buckets=LAG_BUCKETS,
        )
        self._up = Gauge(
            "myaccount_database_up", "Whether the last reading succeeded.", registry=self.registry
        )

        # Looked up by its labels, a child costs more than what is counted in it.
        self._operator_by = cache(self._operator.labels)
        self._telegram_by = cache(self._telegram.labels)

    def operator_call(self, api: str, outcome: str, seconds: float) -> None:
        """One call of the operator; `outcome` is a word of `carrier.http.Observer`."""
        self._operator_by(api, outcome).observe(seconds)

    def row_left_out(self, api: str, field: str) -> None:
        """A row of that API is not shown: its field cannot be read."""
        self._rows_left_out.labels(api, field).inc()

    def not_understood(self, api: str, field: str) -> None:
        """An answer of that API tells nothing that can be used: its field cannot be read."""
        self._not_understood.labels(api, field).inc()

    def telegram_call(self, method: str, outcome: str, seconds: float) -> None:
        """One call of the Bot API; `outcome` is a word of `bot.telegram.client.outcome_of`."""
        self._telegram_by(method, outcome).observe(seconds)

    def webhook_call(self, status: int) -> None:
        """One call at our webhook."""
        self._webhook.labels(str(status)).inc()

    def sms_receipt(self, state: str) -> None:
        """One receipt; `state` is a word of `bot.delivery.sms_receipts`."""
        self._receipts.labels(state).inc()

    def operator_event(self, outcome: str) -> None:
        """One event, or what came in its place; `outcome` is a word of `bot.events`."""
        self._events.labels(outcome).inc()

    def loop_lag(self, seconds: float) -> None:
        """One look at the event loop."""
        self._lag.observe(seconds)

    def database_up(self, *, up: bool) -> None:
        """How a reading ended."""
        self._up.set(up)

    def counting_refusals(self, where: str, use_cases: UseCases) -> UseCases:
        """The same use cases, their refusals counted by code."""
        return cast("UseCases", _Counted(use_cases, where, self._refused))


class _Counted:
    """Stands before use cases and looks at what they refuse."""

    def __init__(self, use_cases: object, where: str, refused: Counter) -> None:
        self._use_cases = use_cases
        self._where = where
        self._refused = refused

    def __getattr__(self, name: str) -> object:
        found = getattr(self._use_cases, name)
        if not iscoroutinefunction(found):
            return found

        async def counted(*arguments: object, **named: object) -> object:
            try:
                return await found(*arguments, **named)
            except MyAccountError as refused:
                self._refused.labels(self._where, refused.code).inc()
                raise

        return counted


class Waiting(Collector):
    """What waits in the database, read when somebody asks and the last reading is old."""

    def __init__(
        self,
        gauges: Gauges,
        clock: Clock,
        metrics: Metrics,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gauges = gauges
        self._clock = clock
        self._metrics = metrics
        self._seconds = seconds
        self._reading: asyncio.Task[Figures | None] | None = None
        self._read_at = -READ_EVERY
        self._figures: Figures | None = None
        # The greatest id of a message there was, and when: tells since when one waits.
        self._marks: deque[tuple[int, float]] = deque(maxlen=REMEMBERED_READINGS)

    async def figures(self) -> Figures | None:
        """The latest figures, at most a few seconds old; None when the database does not answer."""
        if self._reading is None and self._seconds() - self._read_at >= READ_EVERY:
            # A task of its own: whoever asks may hang up.
            self._reading = asyncio.get_running_loop().create_task(self._read(), name="figures")
        if self._reading is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(READING_SECONDS):
                    return await asyncio.shield(self._reading)
            self._metrics.database_up(up=False)
            return None
        return self._figures

    async def _read(self) -> Figures | None:
        try:
            figures = await self._gauges.read(self._clock.now())
        except StorageUnavailable:
            self._figures = None
        else:
            self._figures = figures
            self._mark(figures)
        finally:
            self._read_at, self._reading = self._seconds(), None
        self._metrics.database_up(up=self._figures is not None)
        return self._figures

    def _mark(self, figures: Figures) -> None:
        marks, now = self._marks, self._seconds()
        if figures.due_message is None:
            marks.clear()
        else:
            while marks and marks[0][0] < figures.due_message:
                marks.popleft()
        if not marks or marks[-1][0] < figures.last_message:
            marks.append((figures.last_message, now))

    def _seconds_since(self, moment: datetime | None) -> float:
        if moment is None:
            return 0.0
        return max(0.0, (self._clock.now() - moment).total_seconds())

    def collect(self) -> Iterator[Metric]:
        """For the registry: the figures of the last reading, or nothing."""
        figures = self._figures
        if figures is None:
            return
        waits = self._seconds() - self._marks[0][1] if self._marks else 0.0
        told: dict[str, tuple[float, str]] = {
            "inbox_waiting": (figures.inbox, "Updates kept and not yet handled."),
            "inbox_lag_seconds": (
                self._seconds_since(figures.oldest_update),
                "Age of the oldest update that is not yet handled.",
            ),
            "inbox_quarantined": (figures.quarantined, "Updates that could not be handled."),
            "actions_oldest_unknown_seconds": (
                self._seconds_since(figures.oldest_unknown),
                "Time since the oldest change of unknown outcome was sent.",
            ),
            "outbox_waiting": (figures.messages, "Messages owed."),
            "outbox_lag_seconds": (
                0.0 if figures.due_message is None else waits,
                "How long the oldest message that may be sent has been seen waiting.",
            ),
            "documents_waiting": (figures.documents, "Documents ordered and not yet made."),
        }
        for name, (value, text) in told.items():
            yield GaugeMetricFamily(f"myaccount_{name}", text, value=value)
        states = GaugeMetricFamily(
            "myaccount_actions", "Changes that are not finished, by state.", labels=["state"]
        )
        for state, count in figures.actions.items():
            states.add_metric([state], count)
        yield states


class Present(Collector):
    """What is known at any moment without counting: breakers, seals, and the alarms in the log."""

    def __init__(
        self,
        breakers: Callable[[], Mapping[str, str]],
        states: Iterable[str],
        unopened: Mapping[str, int] | None = None,
    ) -> None:
        self._breakers = breakers
        self._unopened = {} if unopened is None else unopened
        self._states = tuple(states)

    def collect(self) -> Iterator[Metric]:
        """For the registry."""
        breakers = GaugeMetricFamily(
            "myaccount_operator_breaker",
            "1 for the state in which the breaker of an API of the operator is.",
            labels=["api", "state"],
        )
        for api, present in self._breakers().items():
            for state in self._states:
                breakers.add_metric([api, state], float(state == present))
        yield breakers
        alarms = CounterMetricFamily(
            "myaccount_alarms", "Log entries that call for somebody.", labels=["event"]
        )
        for event, count in logs.ALARMS.items():
            alarms.add_metric([event], count)
        yield alarms
        unreadable = CounterMetricFamily(
            "myaccount_rows_unreadable",
            "Rows of a newer program, or damaged ones, that were left out, by the table.",
            labels=["table"],
        )
        for table, count in left_out().items():
            unreadable.add_metric([table], count)
        yield unreadable
        seals = CounterMetricFamily(
            "myaccount_seals_broken", "Seals that did not open, by the table.", labels=["kind"]
        )
        for kind, count in self._unopened.items():
            seals.add_metric([kind], count)
        yield seals
