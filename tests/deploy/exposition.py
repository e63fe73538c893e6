"""Every figure that a process can show, with values, as `/metrics` shows it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from prometheus_client.exposition import generate_latest

from bot.ops import logs
from bot.ops.metrics import Metrics, Present, Waiting
from carrier.breaker import BreakerState
from storage.queue.gauges import Figures

NOW = datetime(2026, 11, 30, 7, tzinfo=UTC)


class _Gauges:
    async def read(self, now: datetime) -> Figures:
        return Figures(
            inbox=3,
            oldest_update=now - timedelta(seconds=2),
            quarantined=1,
            actions={"sent": 2, "unknown": 1, "unconfirmed": 1},
            oldest_unknown=now - timedelta(minutes=5),
            messages=4,
            due_message=7,
            last_message=9,
            documents=2,
        )


class _Clock:
    def now(self) -> datetime:
        return NOW


async def exposed() -> bytes:
    """The page of a process to which everything has happened once."""
    metrics = Metrics()
    metrics.operator_call("637", "answered", 0.2)
    metrics.row_left_out("637", "status")
    metrics.not_understood("622", "state")
    metrics.telegram_call("sendMessage", "answered", 0.1)
    metrics.webhook_call(200)
    metrics.sms_receipt("delivered")
    metrics.operator_event("woken")
    metrics.loop_lag(0.001)
    metrics._refused.labels("login", "CODE.INVALID").inc()
    waiting = Waiting(_Gauges(), _Clock(), metrics)  # type: ignore[arg-type]
    await waiting.figures()
    metrics.registry.register(waiting)
    metrics.registry.register(Present(lambda: {"637": "open"}, BreakerState, {"outbox": 1}))
    with patch.object(logs, "ALARMS", Counter({"poll.conflict": 1})):
        return generate_latest(metrics.registry)
