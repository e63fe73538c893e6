"""From the operator's answer to the outcome of a change: one table for every kind of change.

Each row is tried with an order (TMF622), a transfer (TMF654) and, where the answer needs no body to
be read, with an address in the register (TMF632).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from account.changes.action import Action, ActionKind, Order, OrderState
from account.errors import (
    CarrierNotReached,
    CarrierRefused,
    CarrierTokenRefused,
    CarrierTurnTaken,
    CarrierUnavailable,
    OutcomeUnknown,
)
from account.values.identifiers import Msisdn
from tests.carrier.desk import Desk, Handler, action, answering, failing, refusing

REFERENCE = "c0ffee00-0000-4000-8000-000000000001"


@dataclass(frozen=True)
class Way:
    """A kind of change, where it is sent, and how the operator writes it down."""

    change: Action
    resource: str
    reference_field: str = ""
    state_field: str = ""
    open_state: str = ""
    with_reason: Callable[[str], dict[str, Any]] = lambda _: {}

    def written(self, state: str = "completed", /, **changes: Any) -> dict[str, Any]:
        return {"id": "x-1", self.reference_field: REFERENCE, self.state_field: state} | changes


ORDER = Way(
    action(id=REFERENCE),
    "productOrder",
    "externalId",
    "state",
    "inProgress",
    lambda text: {"note": [{"text": "A-1"}, {"text": text}]},
)
TRANSFER = Way(
    action(ActionKind.TRANSFER, id=REFERENCE),
    "transferBalance",
    "description",
    "status",
    "created",
    lambda text: {"reason": text},
)
EMAIL = Way(
    action(
        ActionKind.EMAIL,
        msisdn=Msisdn("77010540001"),
        parameters={"email": "new@demo.example", "language": "en", "was": "old@demo.example"},
    ),
    "adm-1",
)
BOTH = [pytest.param(ORDER, id="order"), pytest.param(TRANSFER, id="transfer")]
ALL = [*BOTH, pytest.param(EMAIL, id="email")]


def laid(desk: Desk, way: Way, handler: Handler) -> None:
    login = {"contactType": "login", "phoneNumber": EMAIL.change.msisdn.digits}
    media = [{"mediumType": "phone", "characteristic": login}]
    desk.answer("individual", [{"id": "adm-1", "contactMedium": media}])
    desk.lay(way.resource, handler)


# --- the answer to the change ---

NOT_TAKEN: list[tuple[str, Handler, type[Exception]]] = [
    ("no connection", failing(httpx.ConnectError), CarrierNotReached),
    ("no connection in time", failing(httpx.ConnectTimeout), CarrierNotReached),
    ("no free connection", failing(httpx.PoolTimeout), CarrierNotReached),
    ("token refused", refusing(401, "UNAUTHENTICATED"), CarrierTokenRefused),
    ("too many", refusing(429, "RATE.LIMITED"), CarrierTurnTaken),
    ("too many, says a gateway", answering(b"slow down", status=429), CarrierTurnTaken),
    ("came too late", refusing(422, "ORDER.EXPIRED"), CarrierNotReached),
    ("debt", refusing(409, "NUMBER.DEBT"), CarrierRefused),
    ("another's number", refusing(404, "NUMBER.NOT_FOUND"), CarrierRefused),
    ("not supported", refusing(400, "ORDER.UNSUPPORTED"), CarrierRefused),
    ("unprocessable", refusing(422, "REJECTED"), CarrierRefused),
    ("first try under way", refusing(409, "IDEMPOTENCY.IN_PROGRESS"), OutcomeUnknown),
    ("key used before", refusing(422, "IDEMPOTENCY.REUSED"), OutcomeUnknown),
    ("no such address", refusing(404, "NOT_FOUND"), OutcomeUnknown),
    ("a gateway's 404", answering(b"<html>", status=404), OutcomeUnknown),
    ("a gateway's 400", answering({"code": 7}, status=400), OutcomeUnknown),
    ("a code that is a sentence", refusing(409, "drop table <b>"), OutcomeUnknown),
    ("forbidden", refusing(403, "FORBIDDEN"), OutcomeUnknown),
    ("408", refusing(408, "TIMEOUT"), OutcomeUnknown),
    ("moved", refusing(307, "MOVED"), OutcomeUnknown),
    ("500", refusing(500, "INTERNAL"), OutcomeUnknown),
    ("503", refusing(503, "INTERNAL"), OutcomeUnknown),
    ("read timeout", failing(httpx.ReadTimeout), OutcomeUnknown),
    ("write timeout", failing(httpx.WriteTimeout), OutcomeUnknown),
    ("reset", failing(httpx.ReadError), OutcomeUnknown),
    ("hung up", failing(httpx.RemoteProtocolError), OutcomeUnknown),
]


@pytest.mark.parametrize("way", ALL)
@pytest.mark.parametrize(
    ("end", "error"),
    [pytest.param(end, error, id=name) for name, end, error in NOT_TAKEN],
)
async def test_a_change_is_sent_once_whatever_becomes_of_it(
    desk: Desk, way: Way, end: Handler, error: type[Exception]
) -> None:
    laid(desk, way, end)
    with pytest.raises(error) as raised:
        await desk.carrier.place(way.change)
    assert type(raised.value) is error
    assert len(desk.asked(way.resource)) == 1
    assert desk.time.slept == []


@pytest.mark.parametrize("way", ALL)
async def test_a_refusal_brings_the_operators_code(desk: Desk, way: Way) -> None:
    laid(desk, way, refusing(409, "NUMBER.DEBT"))
    with pytest.raises(CarrierRefused) as refused:
        await desk.carrier.place(way.change)
    assert refused.value.reason_code == "NUMBER.DEBT"


MALFORMED: dict[str, Callable[[Way], Any]] = {
    "not JSON": lambda _: b"ok",
    "no body": lambda _: b"",
    "a list": lambda way: [way.written()],
    "nothing in it": lambda _: {},
    "no id": lambda way: way.written(id=None),
    "no reference": lambda way: way.written(**{way.reference_field: None}),
    "another's": lambda way: way.written(**{way.reference_field: "another"}),
    "no state": lambda way: way.written(**{way.state_field: None}),
    "a state that is no text": lambda way: way.written(**{way.state_field: 1}),
    "a state of no contract": lambda way: way.written("partial"),
}
"""Answers to a change that was taken, which do not tell what became of it."""


@pytest.mark.parametrize("way", BOTH)
@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("body", MALFORMED)
async def test_a_change_that_was_taken_and_cannot_be_read_is_unknown(
    desk: Desk, way: Way, status: int, body: str
) -> None:
    laid(desk, way, answering(MALFORMED[body](way), status=status))
    with pytest.raises(OutcomeUnknown) as raised:
        await desk.carrier.place(way.change)
    assert type(raised.value) is OutcomeUnknown
    assert len(desk.asked(way.resource)) == 1


def outcomes(way: Way) -> list[tuple[dict[str, Any], Order]]:
    reason = way.with_reason("NUMBER.DEBT: Debt is 1500.00 KZT")
    return [
        (way.written(way.open_state), Order("x-1", OrderState.UNDER_WAY)),
        (way.written("completed"), Order("x-1", OrderState.COMPLETED)),
        (way.written("failed"), Order("x-1", OrderState.FAILED)),
        (way.written("cancelled"), Order("x-1", OrderState.FAILED)),
        (way.written("failed", **reason), Order("x-1", OrderState.FAILED, "NUMBER.DEBT")),
        (way.written("failed", **way.with_reason("sorry")), Order("x-1", OrderState.FAILED)),
        (way.written("completed", **reason), Order("x-1", OrderState.COMPLETED)),
        (way.written(way.open_state, **reason), Order("x-1", OrderState.UNDER_WAY)),
    ]


@pytest.mark.parametrize("way", BOTH)
async def test_what_was_taken_tells_where_it_stands(desk: Desk, way: Way) -> None:
    for body, order in outcomes(way):
        laid(desk, way, answering(body, status=201))
        assert await desk.carrier.place(way.change) == order, body


# --- the search for it ---


@pytest.mark.parametrize("way", BOTH)
async def test_what_is_found_tells_where_it_stands(desk: Desk, way: Way) -> None:
    for body, order in outcomes(way):
        desk.answer(way.resource, [body])
        assert await desk.carrier.order(way.change) == order, body
        assert desk.query(way.resource)[way.reference_field] == REFERENCE


@pytest.mark.parametrize("way", BOTH)
async def test_there_is_none_when_the_list_is_empty(desk: Desk, way: Way) -> None:
    desk.answer(way.resource, [])
    assert await desk.carrier.order(way.change) is None


NOT_NONE: dict[str, Callable[[Way], Any]] = {
    **{
        f"a row: {name}": lambda way, body=body: [body(way)]  # type: ignore[misc]
        for name, body in MALFORMED.items()
        if name not in {"not JSON", "no body"}
    },
    "mine and another's": lambda way: [
        way.written(),
        way.written(id="x-2", **{way.reference_field: "another"}),
    ],
    "an object": lambda _: {},
    "null": lambda _: None,
    "a list of null": lambda _: [None],
    "not JSON": lambda _: b"<html>",
}


@pytest.mark.parametrize("way", BOTH)
@pytest.mark.parametrize("body", NOT_NONE)
async def test_nothing_but_an_empty_list_says_that_there_is_none(
    desk: Desk, way: Way, body: str
) -> None:
    desk.answer(way.resource, NOT_NONE[body](way))
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.order(way.change)


@pytest.mark.parametrize("way", BOTH)
@pytest.mark.parametrize("status", [401, 403, 404, 409, 429, 500])
async def test_a_failing_search_does_not_say_that_there_is_none(
    desk: Desk, way: Way, status: int
) -> None:
    desk.lay(way.resource, answering([], status=status))
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.order(way.change)


@pytest.mark.parametrize("way", BOTH)
async def test_of_several_the_one_that_did_something_counts(desk: Desk, way: Way) -> None:
    for states, meaning in (
        (["failed", "completed"], OrderState.COMPLETED),
        ([way.open_state, "completed", "cancelled"], OrderState.COMPLETED),
        (["failed", way.open_state], OrderState.UNDER_WAY),
        (["failed", "cancelled"], OrderState.FAILED),
    ):
        rows = [way.written(state, id=f"x-{state}") for state in states]
        desk.answer(way.resource, rows)
        found = await desk.carrier.order(way.change)
        assert found is not None
        assert found.state is meaning, states
