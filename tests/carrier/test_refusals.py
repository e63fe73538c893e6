"""How operators say no to a change, and what a profile takes for an answer of theirs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from account.errors import CarrierUnavailable, OutcomeUnknown
from carrier.apis import Api
from carrier.profile.loader import load, parse
from carrier.profile.model import Refusals
from carrier.transport import Answer
from carrier.verdict import verdict
from tests.carrier.desk import Desk

FINAL = Refusals(final=True, codes={"24": "NUMBER.STATE", "lowBalance": "FUNDS.INSUFFICIENT"})
PROBLEM = "application/problem+json"


def answered(status: int, body: Any, kind: str = "application/json") -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {"Content-Type": kind}, content)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (answered(400, {"code": 24, "reason": "Invalid body field"}), "NUMBER.STATE"),
        (answered(400, {"code": "24"}), "NUMBER.STATE"),
        (answered(409, {"error": {"code": "lowBalance"}}), "FUNDS.INSUFFICIENT"),
        (answered(422, {"code": "invalidBody"}), "REJECTED"),
        (answered(409, {"error": "conflict", "message": "no"}), "REJECTED"),
        (answered(400, {"title": "No", "status": 400}, PROBLEM), "REJECTED"),
        (answered(404, {"code": 60, "reason": "no such product"}), "REJECTED"),
        (answered(409, {"code": "NUMBER.DEBT"}), "NUMBER.DEBT"),
    ],
)
def test_any_form_of_an_operators_no_is_a_refusal_where_they_are_final(
    answer: Answer, code: str
) -> None:
    assert verdict(answer, FINAL) == code


@pytest.mark.parametrize(
    "answer",
    [
        answered(400, b"<html>"),
        answered(400, []),
        answered(400, {}),
        answered(400, {"code": True}),
        answered(404, {"title": "no Route matched"}),
        answered(404, {"message": "no Route matched with those values"}),
        answered(403, {"code": 24}),
        answered(408, {"code": 24}),
        answered(500, {"code": 24}),
        answered(302, {"code": 24}),
        answered(409, {"code": "IDEMPOTENCY.IN_PROGRESS"}),
    ],
)
def test_what_is_not_surely_the_operators_no_leaves_the_outcome_open(answer: Answer) -> None:
    with pytest.raises(OutcomeUnknown):
        verdict(answer, FINAL)


def test_without_a_word_of_the_profile_only_the_contracts_form_is_a_refusal() -> None:
    with pytest.raises(OutcomeUnknown):
        verdict(answered(400, {"code": 24, "reason": "Invalid body field"}))
    assert verdict(answered(400, {"code": 24}), Refusals(codes={"24": "SIM.TAKEN"})) == "SIM.TAKEN"
    assert load("tmf-plain").refusals.final
    assert not load("kcell").refusals.final


@pytest.mark.parametrize(("codes", "answered"), [('60 = "NOT_FOUND"', True), ("", False)])
async def test_a_question_about_nothing_may_be_answered_by_a_number(
    codes: str, answered: bool
) -> None:
    desk = Desk(profile=parse(f"[refusals.codes]\n{codes}\n", "test"))
    error = {"code": 60, "reason": "Resource not found"}
    desk.answer("queryUsageConsumption", error, status=404)
    if answered:
        assert await desk.http.ask(Api.USAGE_CONSUMPTION, "queryUsageConsumption", {}) is None
    else:
        with pytest.raises(CarrierUnavailable):
            await desk.http.ask(Api.USAGE_CONSUMPTION, "queryUsageConsumption", {})
