"""Odd members of numbers (TMF637): shown as they came, or one row left out, told of ours alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from account.chapters.forwarding import Condition, Rule
from account.chapters.numbers import NumberCounts, NumbersQuery
from account.errors import CarrierNotUnderstood
from carrier.profile.loader import parse
from tests.carrier.desk import COMPANY, NUMBER, Desk, bucket, characteristic, product, reply

OTHER = "77012115526"
OTHERS = "org-of-others"
SERIAL = '[find]\nnumber_by = "serial"\ntotals = "collection"\n'


async def page(desk: Desk, *rows: Any) -> tuple[list[str], int]:
    """The numbers of a page, and how many were left out."""
    desk.answer("product", list(rows))
    desk.answer("bucket", [])
    found = await desk.carrier.numbers(COMPANY, NumbersQuery())
    return [one.msisdn.digits for one in found.rows], found.left_out


def more(*extra: Any) -> dict[str, Any]:
    """A number that says more of itself."""
    return {"productCharacteristic": [*product()["productCharacteristic"], *extra]}


SHOWN: list[tuple[dict[str, Any], str, object]] = [
    ({"billingAccount": "25060831"}, "account", "25060831"),
    ({"billingAccount": [{"id": "1"}]}, "account", "1"),
    ({"billingAccount": [{"id": "1"}, {"id": "2"}]}, "account", "—"),
    ({"billingAccount": {"id": {"x": 1}}}, "account", "—"),
    ({"productOffering": "junior"}, "tariff", "Business Class Junior"),
    ({"name": ["Junior"]}, "tariff", "—"),
    ({"name": 7}, "tariff", "7"),
    ({"productSerialNumber": int(NUMBER.digits)}, "msisdn", NUMBER),
    (more("odd", 5, ["x"]), "label", None),
    (more(characteristic("EMPLOYEELABEL", "Асель")), "label", "Асель"),
    ({"id": None}, "msisdn", NUMBER),
    ({"id": {"x": 1}}, "msisdn", NUMBER),
    ({"description": {"a": [[[]]]}, "@type": None}, "msisdn", NUMBER),
]


@pytest.mark.parametrize(("changes", "field", "value"), SHOWN, ids=range(len(SHOWN)))
async def test_a_number_with_an_odd_member_is_there(
    desk: Desk, changes: dict[str, Any], field: str, value: object
) -> None:
    assert await page(desk, product() | changes, product(OTHER)) == ([NUMBER.digits, OTHER], 0)
    desk.answer("product", [product() | changes])
    card = await desk.carrier.number(COMPANY, NUMBER)
    assert card is not None
    assert getattr(card, field) == value
    desk.http.profile = parse(SERIAL, "test")
    walked = await desk.carrier.numbers(COMPANY, NumbersQuery())
    assert [getattr(one, field) for one in walked.rows] == [value]
    assert desk.decoding_faults.rows == []


ODD: list[tuple[dict[str, Any], str]] = [
    ({"productCharacteristic": {"name": "paymentMethod"}}, "productCharacteristic"),
    ({"productRelationship": "none"}, "productRelationship"),
    ({"productRelationship": [{"product": "x"}]}, "productRelationship.product"),
    ({"productSerialNumber": "unknown"}, "productSerialNumber"),
    ({"productSerialNumber": [NUMBER.digits]}, "productSerialNumber"),
    ({"status": {"value": "active"}}, "status"),
]


@pytest.mark.parametrize(("changes", "field"), ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("profile", ["", SERIAL], ids=["asked", "walked"])
async def test_a_number_that_cannot_be_read_is_left_out_of_ours_alone(
    changes: dict[str, Any], field: str, profile: str
) -> None:
    desk = Desk(profile=parse(profile, "test"))
    odd = product() | changes
    assert await page(desk, odd, product(OTHER)) == ([OTHER], 1)
    assert desk.decoding_faults.rows == [("TMF637", field)]
    desk = Desk(profile=parse(profile, "test"))
    others = odd | {"relatedParty": [{"id": OTHERS, "role": "customer"}]}
    assert await page(desk, others, product(OTHER)) == ([OTHER], 0)
    assert desk.decoding_faults.rows == []


@pytest.mark.parametrize("profile", ["", SERIAL], ids=["asked", "walked"])
async def test_a_number_that_is_there_and_cannot_be_read_is_not_said_to_be_none(
    profile: str,
) -> None:
    desk = Desk(profile=parse(profile, "test"))
    desk.answer("product", [product() | {"productCharacteristic": "odd"}])
    desk.answer("bucket", [bucket("main balance")])
    with pytest.raises(CarrierNotUnderstood, match="productCharacteristic"):
        await desk.carrier.number(COMPANY, NUMBER)
    for others in (product(OTHER), product(company=OTHERS)):
        desk.answer("product", [others | {"productCharacteristic": "odd"}])
        assert await desk.carrier.number(COMPANY, NUMBER) is None


@pytest.mark.parametrize(
    "parties",
    [
        COMPANY,
        [COMPANY],
        [{"id": COMPANY, "role": "customer"}, "x"],
        [{"id": [COMPANY], "role": "customer"}],
        [{"partyOrPartyRole": COMPANY, "role": "customer"}],
        [{"id": COMPANY, "role": "customer", "partyOrPartyRole": {"id": OTHERS}}],
    ],
    ids=range(6),
)
async def test_in_doubt_it_is_nobodys_and_leaves_no_trace(desk: Desk, parties: Any) -> None:
    odd = product() | {"relatedParty": parties, "status": None}
    assert await page(desk, odd, product(OTHER)) == ([OTHER], 0)
    assert desk.decoding_faults.rows == []
    desk.answer("product", [odd])
    assert await desk.carrier.number(COMPANY, NUMBER) is None


@pytest.mark.parametrize(
    "broken", [b'"cut \\ud83d"', b"NaN", b"1e999", b"[" * 400 + b"]" * 400], ids=range(4)
)
async def test_what_the_strict_decoder_refuses_costs_no_other_row(
    desk: Desk, broken: bytes
) -> None:
    rows = [product() | {"name": "@"}, product(OTHER)]
    body = json.dumps(rows).encode().replace(b'"@"', broken)
    desk.answer("product", body, total=2)
    desk.answer("bucket", [])
    found = await desk.carrier.numbers(COMPANY, NumbersQuery())
    assert [one.msisdn.digits for one in found.rows] == [NUMBER.digits, OTHER]
    assert found.left_out == 0


async def test_half_a_letter_in_a_members_name_costs_no_row(desk: Desk) -> None:
    body = json.dumps([product() | {"@": 1, "billingAccount": "odd"}]).encode()
    desk.answer("product", body.replace(b'"@"', b'"\\ud83d"'), total=1)
    desk.answer("bucket", [])
    found = await desk.carrier.numbers(COMPANY, NumbersQuery())
    assert [one.account for one in found.rows] == ["odd"]


async def test_rows_without_ids_are_each_counted(desk: Desk) -> None:
    """Where all is counted from the rows, two numbers without an id are two, again and again."""
    desk.http.profile = parse(SERIAL, "test")
    rows = [product(number) | {"id": None} for number in (NUMBER.digits, OTHER)]
    desk.lay("product", lambda _: reply(rows, total=2))
    assert await desk.carrier.tally(COMPANY) == NumberCounts(2, active=2, blocked=0, debt=0)


async def test_forwarding_is_read_of_an_operator_that_makes_its_own_ids(desk: Desk) -> None:
    desk.http.profile = parse(SERIAL, "test")
    rules = [{"condition": "conditional_busy", "target": OTHER, "active": True}]
    row = product(forwarding=rules) | {"id": "7f3c"}
    desk.answer("product", [row])
    assert await desk.carrier.forwarding(COMPANY, NUMBER) == (
        Rule(Condition("conditional_busy"), OTHER, active=True, suspended=False, timer=None),
    )
    assert desk.query("product")["productSerialNumber"] == NUMBER.digits
