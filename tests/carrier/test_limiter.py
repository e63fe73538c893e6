"""Calls a second over all processes: their turns, taps before files, and what it costs."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from structlog.testing import capture_logs

from account.errors import CarrierTurnTaken
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.limiter import CallLimiter, SharedTurns, background
from carrier.profile.limits import LimitsProfile
from tests.carrier.desk import Desk, Time


class Shared:
    """What the database keeps, for processes of one clock."""

    def __init__(self, time: Time) -> None:
        self.time = time
        self.until: dict[str, float] = {}
        self.asked = 0
        self.away = False

    async def take(self, name: str, count: int, per_second: float, within: float) -> float | None:
        self.asked += 1
        if self.away:
            raise OSError
        begins = max(self.until.get(name, 0.0), self.time())
        if begins > self.time() + within:
            return None
        self.until[name] = begins + count / per_second
        return begins - self.time()


def limiter(time: Time, shared: Shared, rate: float = 10.0, share: float = 0.5) -> CallLimiter:
    told = LimitsProfile(calls_per_second=rate, background_share=share)
    return CallLimiter(told, SharedTurns(shared, time, time.sleep))


async def test_several_processes_together_do_not_call_more_often_than_is_told() -> None:
    time = Time()
    shared = Shared(time)
    processes = [limiter(time, shared) for _ in range(3)]
    began, calls = time(), []
    for number in range(60):
        await processes[number % 3].wait("TMF637", time() + 8)
        calls.append(time() - began)
    assert max(sum(at <= one < at + 1 for one in calls) for at in calls) <= 11
    assert calls[-1] == pytest.approx(5.9)


async def test_a_process_asks_the_database_ten_times_a_second_at_most() -> None:
    time = Time()
    shared = Shared(time)
    one = limiter(time, shared, rate=100.0)
    for _ in range(200):
        await one.wait("TMF637", time() + 8)
    assert shared.asked == 20


async def test_what_comes_too_late_is_not_sent_and_takes_nothing() -> None:
    time = Time()
    shared = Shared(time)
    one = limiter(time, shared, rate=1.0)
    shared.until["TMF637"] = time() + 8.5
    with pytest.raises(CarrierTurnTaken):
        await one.wait("TMF637", time() + 8)
    assert shared.until["TMF637"] == time() + 8.5
    await one.wait("TMF620", time() + 8)


async def test_what_reads_long_lists_rests_while_somebody_waits_for_a_screen(desk: Desk) -> None:
    desk.lay("usage", lambda _request: httpx.Response(200, json=[]))
    with background():
        await desk.http.read(Api.USAGE, "usage", "")
        await desk.http.others_first()
    assert desk.time.slept == [0]

    await desk.http.read(Api.USAGE, "usage", "")
    await desk.http.others_first()
    with background():
        await desk.http.others_first()
        desk.time.seconds += 3
        await desk.http.others_first()
    assert desk.time.slept[1] == 0
    assert desk.time.slept[2] > 0
    assert desk.time.slept[3:] == [0]


async def test_the_background_has_its_share_and_taps_the_rest() -> None:
    time = Time()
    shared = Shared(time)
    one = limiter(time, shared, rate=10.0, share=0.2)
    with background():
        for _ in range(5):
            await one.wait("TMF637", time() + 8)
    waited = sum(time.slept)
    assert waited == pytest.approx(2.0)
    before = len(time.slept)
    await one.wait("TMF637", time() + 8)
    assert sum(time.slept[before:]) <= 0.1 + 1e-9


async def test_an_api_without_a_limit_asks_nobody() -> None:
    time = Time()
    shared = Shared(time)
    told = LimitsProfile(apis={"TMF637": 5.0})
    one = CallLimiter(told, SharedTurns(shared, time, time.sleep))
    await one.wait("TMF620", time() + 8)
    assert shared.asked == 0
    await one.wait("TMF637", time() + 8)
    assert shared.asked == 1


async def test_without_the_database_calls_go_out_and_the_log_tells() -> None:
    time = Time()
    shared = Shared(time)
    shared.away = True
    with capture_logs() as logs:
        await limiter(time, shared).wait("TMF637", time() + 8)
    assert [one["event"] for one in logs] == ["operator.limit_unknown"]


async def test_many_at_once_wait_one_after_the_other() -> None:
    time = Time()
    shared = Shared(time)
    one = limiter(time, shared, rate=5.0)
    await asyncio.gather(*(one.wait("TMF637", time() + 8) for _ in range(10)))
    assert shared.asked == 10


async def test_reads_and_changes_wait_for_their_turn_and_leave_nothing_when_there_is_none() -> None:
    desk = Desk()
    shared = Shared(desk.time)
    desk.answer("product", [])
    http = OperatorHttp(
        "http://operator.test",
        None,
        transport=desk.transport,
        now=desk.time,
        sleep=desk.time.sleep,
        limiter=limiter(desk.time, shared, rate=1.0),
    )
    await http.read(Api.PRODUCT_INVENTORY, "product", "limit=0")
    await http.change(Api.PRODUCT_INVENTORY, "product", {}, "key")
    assert desk.time.slept == [1.0]
    shared.until["TMF637"] = desk.time() + 9
    with pytest.raises(CarrierTurnTaken):
        await http.read(Api.PRODUCT_INVENTORY, "product", "limit=0")
    with pytest.raises(CarrierTurnTaken):
        await http.change(Api.PRODUCT_INVENTORY, "product", {}, "key")
    assert len(desk.requests) == 2
