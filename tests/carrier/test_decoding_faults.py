"""What of the operator's cannot be read is counted by API and field; a whole answer is an alarm."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from account.chapters.numbers import NumbersQuery
from account.errors import CarrierNotUnderstood, CarrierUnavailable, OutcomeUnknown
from bot.ops import logs
from bot.ops.metrics import Metrics
from carrier import decoding_faults
from tests.carrier.desk import COMPANY, NUMBER, Desk, Handler, action, bucket, product
from tests.carrier.test_tmf_party import DEMO, PHONE, individual
from tests.carrier.test_tmf_sim import person

OTHER = "77012115526"
OTHERS = "org-of-others"


async def numbers(desk: Desk, *rows: dict[str, Any]) -> None:
    desk.answer("product", list(rows))
    desk.answer("bucket", [])
    await desk.carrier.numbers(COMPANY, NumbersQuery())


@pytest.mark.parametrize(
    ("odd", "counted"),
    [
        (product(OTHER, banMyKcellAccess="perhaps"), [("TMF637", "banMyKcellAccess")]),
        (
            product(OTHER) | {"productSerialNumber": None, "id": "p-17"},
            [("TMF637", "productSerialNumber")],
        ),
        (product(OTHER, banMyKcellAccess="perhaps", company=OTHERS), []),
        (product(OTHER), []),
    ],
    ids=["word", "number", "of others", "well"],
)
async def test_rows(desk: Desk, odd: dict[str, Any], counted: list[tuple[str, str]]) -> None:
    await numbers(desk, product(), odd)
    assert desk.decoding_faults.rows == counted
    assert desk.decoding_faults.answers == []


ANSWERS: dict[str, tuple[str, object, Callable[[Desk], Awaitable[Any]], tuple[str, str]]] = {
    "page": (
        "product",
        b"<html>",
        lambda desk: desk.carrier.numbers(COMPANY, NumbersQuery()),
        ("TMF637", "not JSON"),
    ),
    "balances of a card": (
        "bucket",
        {},
        lambda desk: desk.carrier.number(COMPANY, NUMBER),
        ("TMF654", "not a list of objects"),
    ),
    "login": (
        "individual",
        [individual() | {"id": None}],
        lambda desk: desk.carrier.administrator(PHONE),
        ("TMF632", "id"),
    ),
    "only company": (
        "organization",
        [DEMO | {"name": None, "tradingName": None}],
        lambda desk: desk.carrier.companies("adm-1"),
        ("TMF632", "organization"),
    ),
}


@pytest.mark.parametrize("name", sorted(ANSWERS))
async def test_an_answer_that_is_not_understood_is_an_alarm_and_tells_api_and_field(
    desk: Desk, name: str
) -> None:
    resource, body, ask, where = ANSWERS[name]
    for one, row in (("product", product()), ("bucket", bucket("main balance"))):
        desk.answer(one, [row])
    desk.answer(resource, body, total=1)
    with capture_logs() as log, pytest.raises(CarrierNotUnderstood) as raised:
        await ask(desk)
    assert (raised.value.api, raised.value.field) == where
    assert desk.decoding_faults.answers == [where]
    [told] = [entry for entry in log if entry["event"] == "operator.not_understood"]
    assert (told["log_level"], told["api"], told["field"]) == ("error", *where)
    assert told["alarm"]


async def test_an_alarm_stands_for_a_quarter_of_an_hour(desk: Desk) -> None:
    desk.answer("individual", b"<html>")

    async def alarms() -> int:
        with capture_logs() as log, pytest.raises(CarrierNotUnderstood):
            await desk.carrier.administrator(PHONE)
        return sum(entry["event"] == "operator.not_understood" for entry in log)

    assert [await alarms(), await alarms()] == [1, 0]
    desk.answer("individual", {})
    assert await alarms() == 1  # another field
    desk.time.seconds += decoding_faults.TOLD_AGAIN_AFTER
    assert await alarms() == 1
    assert len(desk.decoding_faults.answers) == 4


async def test_a_change_that_was_taken_and_not_understood_is_an_alarm_too(desk: Desk) -> None:
    desk.answer("productOrder", {"id": "1", "externalId": action().id, "state": "??"}, status=201)
    with pytest.raises(OutcomeUnknown):
        await desk.carrier.place(action())
    assert desk.decoding_faults.answers == [("TMF622", "state")]


async def test_a_list_that_changed_while_it_was_read_is_nobodys_fault(desk: Desk) -> None:
    def grown(told: int) -> Handler:
        headers = {"X-Total-Count": str(told)}
        content = json.dumps([person(f"adm-{told}")]).encode()
        return lambda _: httpx.Response(206, headers=headers, content=content)

    desk.lay("individual", grown(5), grown(6))
    with pytest.raises(CarrierUnavailable, match="changed") as raised:
        await desk.carrier.colleagues(COMPANY)
    assert not isinstance(raised.value, CarrierNotUnderstood)
    assert desk.decoding_faults.answers == []


async def test_figures_and_the_log_name_the_field() -> None:
    metrics = Metrics()
    metrics.row_left_out("TMF637", "paymentMethod")
    metrics.row_left_out("TMF637", "paymentMethod")
    metrics.not_understood("TMF632", "id")
    value = metrics.registry.get_sample_value
    where = {"api": "TMF637", "field": "paymentMethod"}
    assert value("myaccount_operator_rows_left_out_total", where) == 2
    where = {"api": "TMF632", "field": "id"}
    assert value("myaccount_operator_not_understood_total", where) == 1
    assert "field" in logs.FIELDS
