"""Call forwarding: the rules as the operator tells them, and the orders that change them (S20)."""

from __future__ import annotations

from typing import Any

import pytest

from account.changes.action import ActionKind
from account.chapters.forwarding import ALL, CONDITION, Condition, Rule, setting
from account.errors import CarrierUnavailable
from account.values.identifiers import Msisdn
from tests.carrier.desk import COMPANY, NUMBER, Desk, action, product

TARGET = "77012115526"
BUSY = {"condition": "conditional_busy", "target": TARGET, "active": True, "suspended": True}
NO_ANSWER = {
    "condition": "conditional_no_answer",
    "target": TARGET,
    "active": False,
    "suspended": False,
    "timer": 20,
}
EVERYTHING = {"condition": "unconditional", "target": "88001234567", "active": True}


async def rules(desk: Desk, value: object) -> tuple[Rule, ...] | None:
    desk.answer("product", [product(forwarding=value)])
    return await desk.carrier.forwarding(COMPANY, NUMBER)


async def test_the_rules_are_read_in_their_order(desk: Desk) -> None:
    assert await rules(desk, [BUSY, NO_ANSWER, EVERYTHING]) == (
        Rule(Condition.UNCONDITIONAL, "88001234567", active=True),
        Rule(Condition.BUSY, TARGET, active=True, suspended=True),
        Rule(Condition.NO_ANSWER, TARGET, active=False, timer=20),
    )
    asked = desk.query("product")
    assert (asked["relatedParty.id"], asked["id"]) == (COMPANY, NUMBER.digits)


async def test_no_rules_are_no_rules(desk: Desk) -> None:
    assert await rules(desk, []) == ()
    assert await rules(desk, None) == ()


async def test_another_companys_number_has_none(desk: Desk) -> None:
    desk.answer("product", [product(company="org-another", forwarding=[BUSY])])
    assert await desk.carrier.forwarding(COMPANY, NUMBER) is None
    desk.answer("product", [product("77010542099", forwarding=[BUSY])])
    assert await desk.carrier.forwarding(COMPANY, NUMBER) is None
    desk.answer("product", [])
    assert await desk.carrier.forwarding(COMPANY, NUMBER) is None


@pytest.mark.parametrize(
    "value",
    [
        "on",
        [1],
        [BUSY | {"condition": "sometimes"}],
        [BUSY | {"target": None}],
        [BUSY | {"active": "perhaps"}],
        [NO_ANSWER | {"timer": "soon"}],
    ],
    ids=str,
)
async def test_what_is_not_as_the_contract_says(desk: Desk, value: Any) -> None:
    with pytest.raises(CarrierUnavailable):
        await rules(desk, value)


@pytest.mark.parametrize(
    ("kind", "parameters", "value"),
    [
        (
            ActionKind.FORWARDING_SET,
            setting(Condition.NO_ANSWER, Msisdn(TARGET), 15),
            [{"condition": "conditional_no_answer", "target": TARGET, "timer": 15}],
        ),
        (
            ActionKind.FORWARDING_SET,
            setting(Condition.UNCONDITIONAL, Msisdn(TARGET)),
            [{"condition": "unconditional", "target": TARGET}],
        ),
        (
            ActionKind.FORWARDING_OFF,
            {CONDITION: Condition.BUSY.value},
            [{"condition": "conditional_busy", "active": False}],
        ),
        (ActionKind.FORWARDING_OFF, {CONDITION: ALL}, []),
    ],
)
async def test_rules_are_ordered_as_the_contract_says(
    desk: Desk, kind: ActionKind, parameters: dict[str, str], value: object
) -> None:
    one = action(kind, parameters=parameters)
    desk.answer(
        "productOrder", {"id": "po-1", "externalId": one.id, "state": "completed"}, status=201
    )
    await desk.carrier.place(one)
    body = desk.sent("productOrder")
    assert body["category"] == kind.value
    assert body["productOrderItem"][0]["action"] == "modify"
    assert body["productOrderItem"][0]["product"] == {
        "id": NUMBER.digits,
        "productCharacteristic": [{"name": "forwarding", "valueType": "array", "value": value}],
    }
