"""The operator asks us to wait, or is known to be shut; and how our tries are found in its log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from structlog.testing import capture_logs

from account.errors import CarrierPaused, CarrierUnavailable
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.pauses import LONGEST_PAUSE, retry_after
from carrier.profile.loader import parse
from carrier.request_id import USER_AGENT
from carrier.transport import Answer
from tests.carrier.desk import Desk, answering, refusing

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
"""A Sunday, noon in Almaty."""


class Operator(Desk):
    """With the time of day, and a profile's lines."""

    def __init__(self, lines: str = "") -> None:
        super().__init__()
        began = self.time.seconds
        self.http = OperatorHttp(
            "http://operator.test",
            None,
            transport=self.transport,
            profile=parse(lines, "my.toml"),
            observer=lambda api, outcome, seconds: self.tries.append((api, outcome, seconds)),
            now=self.time,
            clock=lambda: NOW + timedelta(seconds=self.time.seconds - began),
            sleep=self.time.sleep,
        )

    async def read(self, api: Api = Api.PRODUCT_INVENTORY, resource: str = "product") -> None:
        await self.http.read(api, resource, "limit=0")


def waits(told: str, status: int = 429, **more: str) -> httpx.Response:
    return httpx.Response(status, html="<h1>busy</h1>", headers={"Retry-After": told, **more})


@pytest.mark.parametrize("status", [429, 503])
async def test_a_read_waits_within_its_time_and_asks_again(status: int) -> None:
    operator = Operator()
    operator.lay("product", lambda _: waits("2", status), answering([]))
    await operator.read()
    [slept] = operator.time.slept
    assert 2.0 <= slept < 2.5
    assert len(operator.requests) == 2


@pytest.mark.parametrize("status", [429, 503])
async def test_a_wait_that_is_too_long_is_told_with_its_end_and_nothing_more_leaves(
    status: int,
) -> None:
    operator = Operator()
    operator.lay("product", lambda _: waits("30", status))
    for _ in range(3):
        with pytest.raises(CarrierPaused) as paused:
            await operator.read()
        assert paused.value.until == NOW + timedelta(seconds=30)
    with pytest.raises(CarrierPaused):
        await operator.http.change(Api.PRODUCT_INVENTORY, "product", {}, "key")
    assert len(operator.requests) == 1
    assert operator.time.slept == []
    operator.lay("product", answering([]))
    operator.time.seconds += 25
    await operator.read()
    assert operator.time.slept == [5.0]
    assert len(operator.requests) == 2


async def test_an_api_that_wants_us_to_wait_holds_back_no_other() -> None:
    operator = Operator()
    operator.lay("product", lambda _: waits("30"))
    operator.answer("payment", [])
    with pytest.raises(CarrierPaused):
        await operator.read()
    await operator.read(Api.PAYMENT, "payment")


async def test_nobody_is_shut_out_for_longer_than_a_minute_by_one_answer() -> None:
    operator = Operator()
    operator.lay("product", lambda _: waits("86400"), answering([]))
    with pytest.raises(CarrierPaused):
        await operator.read()
    operator.time.seconds += LONGEST_PAUSE
    await operator.read()


async def test_a_change_that_met_a_pause_holds_back_what_comes_next() -> None:
    operator = Operator()
    operator.lay("productOrder", lambda _: waits("30"))
    answer = await operator.http.change(Api.PRODUCT_ORDER, "productOrder", {}, "key")
    assert answer.status == 429
    with pytest.raises(CarrierPaused):
        await operator.http.change(Api.PRODUCT_ORDER, "productOrder", {}, "key")
    assert len(operator.requests) == 1


@pytest.mark.parametrize("told", ["", "soon", "-1", "1.5", "1e3", "٣", "Sun, 99 Nov 2026"])
async def test_what_is_no_time_to_wait_is_none(told: str) -> None:
    answer = Answer(429, {"Retry-After": told}, b"")
    assert retry_after(answer, NOW) is None
    operator = Operator()
    operator.lay("product", refusing(429, "RATE.LIMITED"))
    with pytest.raises(CarrierUnavailable) as failed:
        await operator.read()
    assert not isinstance(failed.value, CarrierPaused)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": " 0 "}, 0.0),
        ({"Retry-After": "999999999"}, 86_400.0),
        ({"Retry-After": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}, 90.0),
        ({"Retry-After": format_datetime(NOW - timedelta(days=1), usegmt=True)}, 0.0),
        # The operator's clock is an hour ahead: its own date counts.
        (
            {
                "Retry-After": format_datetime(NOW + timedelta(minutes=61), usegmt=True),
                "Date": format_datetime(NOW + timedelta(minutes=60), usegmt=True),
            },
            60.0,
        ),
    ],
)
def test_seconds_and_dates_are_read(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(Answer(503, headers, b""), NOW) == seconds


# --- planned maintenance ---

WINDOW = '[[limits.maintenance]]\nbegins = "11:30"\nends = "12:30"\n'


@pytest.mark.parametrize(
    ("lines", "ends"),
    [
        (WINDOW, "2026-11-22T07:30"),
        (WINDOW + 'days = ["sun"]\n', "2026-11-22T07:30"),
        (WINDOW + 'days = ["mon"]\n', None),
        (WINDOW + "on = 2026-11-22\n", "2026-11-22T07:30"),
        (WINDOW + "on = 2026-11-23\n", None),
        (WINDOW + 'apis = ["TMF637"]\n', "2026-11-22T07:30"),
        (WINDOW + 'apis = ["TMF622"]\n', None),
        ('[[limits.maintenance]]\nbegins = "23:00"\nends = "12:15"\n', "2026-11-22T07:15"),
        (
            '[[limits.maintenance]]\nbegins = "23:00"\nends = "12:15"\ndays = ["sat"]\n',
            "2026-11-22T07:15",
        ),
        ('[[limits.maintenance]]\nbegins = "23:00"\nends = "12:15"\ndays = ["sun"]\n', None),
        ('[[limits.maintenance]]\nbegins = "11:00"\nends = "12:00"\n', None),
        (WINDOW + '[[limits.maintenance]]\nbegins = "12:00"\nends = "14:00"\n', "2026-11-22T09:00"),
    ],
)
async def test_within_a_planned_window_nothing_leaves_and_its_end_is_told(
    lines: str, ends: str | None
) -> None:
    operator = Operator(lines)
    operator.answer("product", [])
    if ends is None:
        await operator.read()
        return
    with pytest.raises(CarrierPaused) as paused:
        await operator.read()
    assert paused.value.until == datetime.fromisoformat(ends + "+00:00")
    with pytest.raises(CarrierPaused):
        await operator.http.change(Api.PRODUCT_INVENTORY, "product", {}, "key")
    assert operator.requests == []
    operator.time.seconds += (paused.value.until - NOW).total_seconds()
    await operator.read()


# --- who asks, and which try it was ---


async def test_each_try_has_ids_of_its_own_and_stands_in_the_log_with_them() -> None:
    operator = Operator()
    operator.lay("product", refusing(503, "INTERNAL"), answering([]))
    with capture_logs() as logs:
        await operator.read()
        await operator.http.change(Api.PRODUCT_INVENTORY, "product", {}, "key")
    sent = [request.headers for request in operator.requests]
    assert [one["User-Agent"] for one in sent] == [USER_AGENT] * 3
    assert USER_AGENT.startswith("MyAccount/")
    parents = [one["traceparent"].split("-") for one in sent]
    assert [(one[0], len(one[1]), len(one[2]), one[3]) for one in parents] == [
        ("00", 32, 16, "01")
    ] * 3
    assert parents[0][1] == parents[1][1] != parents[2][1]
    assert len({one[2] for one in parents}) == 3
    assert [one["X-Request-Id"] for one in sent] == [f"{one[1]}-{one[2]}" for one in parents]
    told = [one for one in logs if one["event"] == "operator.call"]
    assert [(one["request_id"], one["status"], one["log_level"]) for one in told] == [
        (sent[0]["X-Request-Id"], 503, "info"),
        (sent[1]["X-Request-Id"], 200, "debug"),
        (sent[2]["X-Request-Id"], 200, "debug"),
    ]


async def test_a_header_of_the_profile_stands_before_ours() -> None:
    operator = Operator('[apis.TMF637.headers]\nUser-Agent = "known"\nX-Channel = "bot"\n')
    operator.answer("product", [])
    await operator.read()
    [request] = operator.requests
    assert (request.headers["User-Agent"], request.headers["X-Channel"]) == ("known", "bot")
