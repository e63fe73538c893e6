"""Asking the operator: second tries, the budget, the breaker, and the one try of a change."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from account.chapters.numbers import NumbersQuery
from account.errors import (
    CarrierNotReached,
    CarrierNotUnderstood,
    CarrierUnavailable,
    OutcomeUnknown,
)
from carrier.apis import Api
from carrier.breaker import BreakerRules, BreakerState
from carrier.http import Limits, OperatorHttp
from tests.carrier.desk import (
    COMPANY,
    NUMBER,
    TOKEN,
    Desk,
    action,
    answering,
    failing,
    product,
    refusing,
)

PATIENT = BreakerRules(in_a_row=10**6, window=10**6)

FLEETING: dict[str, Any] = {
    "500": answering(b"oops", status=500),
    "502 of a gateway": answering(b"<html>", status=502),
    "503": refusing(503, "INTERNAL"),
    "read timeout": failing(httpx.ReadTimeout),
    "hung up": failing(httpx.RemoteProtocolError),
    "reset": failing(httpx.ReadError),
    "no connection": failing(httpx.ConnectError),
}


async def read(desk: Desk) -> None:
    await desk.http.read(Api.PRODUCT_INVENTORY, "product", "limit=0")


async def hang(_: httpx.Request) -> httpx.Response:
    await asyncio.sleep(3600)
    raise AssertionError


# --- what goes out ---


async def test_every_request_says_who_we_are_and_what_we_read(desk: Desk) -> None:
    desk.answer("product", [])
    await read(desk)
    [request] = desk.requests
    assert str(request.url) == (
        "http://operator.test/root/tmf-api/productInventory/v4/product?limit=0"
    )
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.headers["Accept"] == "application/json"


async def test_without_a_token_nothing_is_said(desk: Desk) -> None:
    desk.answer("product", [])
    http = OperatorHttp("https://operator.test", None, transport=desk.transport)
    await http.read(Api.PRODUCT_INVENTORY, "product", "limit=0")
    assert "Authorization" not in desk.requests[0].headers


@pytest.mark.parametrize(
    "url", ["", "operator.test", "ftp://x", "http://", "http://x?a=b", "http:// x"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        OperatorHttp(url, TOKEN)


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX-Evil: 1", "тайна"])
def test_a_token_that_no_header_can_carry_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(ValueError, match="token") as refusal:
        OperatorHttp("http://operator.test", token)
    assert not token or token not in str(refusal.value)


@pytest.mark.parametrize("key", ["", "a" * 129, "ключ", "a\r\nb"])
async def test_a_key_that_no_header_can_carry_is_refused(desk: Desk, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        await desk.http.change(Api.PRODUCT_ORDER, "productOrder", {}, key)
    assert desk.requests == []


# --- reads ---


@pytest.mark.parametrize("fault", FLEETING)
async def test_a_read_gets_over_a_passing_fault(desk: Desk, fault: str) -> None:
    desk.lay("product", FLEETING[fault], FLEETING[fault], answering([]))
    await read(desk)
    assert len(desk.requests) == 3


@pytest.mark.parametrize("fault", FLEETING)
async def test_a_read_is_asked_again_at_most_twice(desk: Desk, fault: str) -> None:
    desk.lay("product", FLEETING[fault])
    with pytest.raises(CarrierUnavailable):
        await read(desk)
    assert len(desk.requests) == 3


async def test_a_read_that_never_found_a_connection_says_so(desk: Desk) -> None:
    desk.lay("product", failing(httpx.ConnectTimeout))
    with pytest.raises(CarrierNotReached):
        await read(desk)


async def test_the_pauses_grow_and_are_not_in_step(desk: Desk) -> None:
    firsts = set()
    for _ in range(5):
        desk.time.slept.clear()
        desk.lay("product", FLEETING["500"], FLEETING["500"], answering([]))
        await read(desk)
        first, second = desk.time.slept
        assert 0.05 <= first <= 0.15
        assert 0.1 <= second <= 0.3
        firsts.add(first)
    assert len(firsts) == 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 301])
async def test_a_read_that_is_refused_is_not_asked_again(desk: Desk, status: int) -> None:
    desk.lay("product", refusing(status, "QUERY.UNKNOWN"))
    with pytest.raises(CarrierUnavailable):
        await read(desk)
    assert len(desk.requests) == 1


@pytest.mark.parametrize("status", [400, 405, 422])
async def test_a_question_that_is_not_understood_is_not_said_to_be_unanswered(
    desk: Desk, status: int
) -> None:
    desk.lay("product", refusing(status, "QUERY.UNKNOWN"))
    with pytest.raises(CarrierNotUnderstood) as fault:
        await read(desk)
    assert (fault.value.api, fault.value.field) == ("TMF637", "question")


async def test_second_tries_are_at_most_a_tenth_in_the_long_run() -> None:
    desk = Desk(Limits(breaker=PATIENT))
    desk.lay("product", FLEETING["500"])
    for _ in range(500):
        with pytest.raises(CarrierUnavailable):
            await read(desk)
    assert 500 + 50 <= len(desk.requests) <= 500 + 50 + 10


async def test_there_is_no_second_try_after_the_time_of_the_call(desk: Desk) -> None:
    def slow(_: httpx.Request) -> httpx.Response:
        desk.time.seconds += 7.99
        return httpx.Response(500)

    desk.lay("product", slow)
    with pytest.raises(CarrierUnavailable):
        await read(desk)
    assert len(desk.requests) == 1


async def test_a_second_try_waits_only_for_what_is_left_of_the_time(desk: Desk) -> None:
    def slow(request: httpx.Request) -> httpx.Response:
        desk.time.seconds += 6
        raise httpx.ReadTimeout("slow", request=request)

    desk.lay("product", slow, answering([]))
    await read(desk)
    first, second = desk.transport.reads
    assert first == 6
    assert 1.8 <= second < 2


async def test_a_call_of_the_port_ends_in_time_whatever_it_waits_for() -> None:
    desk = Desk(Limits(total=0.02))
    desk.lay("product", hang)
    desk.lay("bucket", hang)
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.number(COMPANY, NUMBER)
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.numbers(COMPANY, NumbersQuery())


# --- the breaker ---


async def test_after_five_faults_nobody_waits_for_the_operator_any_more() -> None:
    desk = Desk(Limits(retries=0))
    desk.lay("product", FLEETING["500"])
    for _ in range(5):
        with pytest.raises(CarrierUnavailable):
            await read(desk)
    assert desk.http.breakers["TMF637"] is BreakerState.OPEN
    with pytest.raises(CarrierNotReached):
        await read(desk)
    assert len(desk.requests) == 5


async def test_it_tries_again_after_a_while_and_heals() -> None:
    desk = Desk(Limits(retries=0))
    desk.lay("product", *[FLEETING["500"]] * 5, answering([]))
    for _ in range(5):
        with pytest.raises(CarrierUnavailable):
            await read(desk)
    desk.time.seconds += 5
    await read(desk)
    assert desk.http.breakers["TMF637"] is BreakerState.CLOSED
    await read(desk)
    assert len(desk.requests) == 7


async def test_one_broken_system_does_not_close_the_others() -> None:
    desk = Desk(Limits(retries=0))
    desk.lay("usage", FLEETING["500"])
    for _ in range(5):
        with pytest.raises(CarrierUnavailable):
            await desk.http.read(Api.USAGE, "usage", "")
    assert desk.http.breakers["TMF635"] is BreakerState.OPEN
    desk.answer("product", [])
    await read(desk)


async def test_refusals_do_not_open_it(desk: Desk) -> None:
    desk.lay("product", refusing(429, "RATE.LIMITED"))
    for _ in range(20):
        with pytest.raises(CarrierUnavailable):
            await read(desk)
    assert desk.http.breakers["TMF637"] is BreakerState.CLOSED


async def test_a_probe_that_its_asker_left_does_not_block_the_next_one() -> None:
    desk = Desk(Limits(retries=0))
    desk.lay("product", *[FLEETING["500"]] * 5, hang, answering([]))
    for _ in range(5):
        with pytest.raises(CarrierUnavailable):
            await read(desk)
    desk.time.seconds += 5
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(read(desk), 0.01)
    await read(desk)
    assert desk.http.breakers["TMF637"] is BreakerState.CLOSED


async def test_a_change_through_an_open_breaker_surely_did_not_happen() -> None:
    desk = Desk(Limits(retries=0))
    desk.lay("productOrder", FLEETING["500"])
    for _ in range(5):
        with pytest.raises(OutcomeUnknown):
            await desk.carrier.place(action())
    with pytest.raises(CarrierNotReached):
        await desk.carrier.place(action())
    assert len(desk.requests) == 5


# --- changes ---


async def test_a_change_without_an_answer_ends_in_time() -> None:
    desk = Desk(Limits(total=0.02))
    desk.lay("productOrder", hang)
    with pytest.raises(OutcomeUnknown):
        await desk.carrier.place(action())
    assert len(desk.requests) == 1


# --- what others learn of it ---


async def test_every_try_is_told_to_the_observer(desk: Desk) -> None:
    def slow(_: httpx.Request) -> httpx.Response:
        desk.time.seconds += 0.25
        return httpx.Response(503)

    desk.lay("product", slow, failing(httpx.ReadTimeout), answering([]))
    await read(desk)
    assert [(api, end) for api, end, _ in desk.tries] == [
        ("TMF637", "fault"),
        ("TMF637", "timeout"),
        ("TMF637", "answered"),
    ]
    assert desk.tries[0][2] == pytest.approx(0.25)


async def test_neither_numbers_nor_the_token_reach_a_log_or_an_error(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for fault in (
        refusing(400, "QUERY.UNKNOWN"),
        *FLEETING.values(),
        answering([product(status="x")]),
    ):
        desk.lay("product", fault)
        desk.lay("bucket", fault)
        with pytest.raises(CarrierUnavailable) as error:
            await desk.carrier.number(COMPANY, NUMBER)
        said.append(f"{error.value!r} {error.value.__cause__!r}")
    printed = capsys.readouterr()
    for text in (*said, printed.out, printed.err, repr(desk.http)):
        assert NUMBER.digits not in text
        assert TOKEN not in text
    assert "operator_refused_read" in printed.out
