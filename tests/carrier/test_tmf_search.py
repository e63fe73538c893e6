"""The search over the company's numbers: a part of anything, and never more than that."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account.chapters.numbers import NumbersQuery
from account.values.number import NumberState
from carrier.tmf.query import literal, search
from tests.carrier.desk import COMPANY, Desk


def members(typed: str) -> dict[str, str]:
    """The group as the operator reads it: one parameter, decoded, its members apart."""
    group = search(typed)
    assert group is not None
    [(name, value)] = parse_qsl(group, strict_parsing=True)
    parts = (f"{name}={value}").split(";")
    return dict(part.split("=", 1) for part in parts)


async def test_a_search_asks_for_any_of_number_account_tariff_and_label(desk: Desk) -> None:
    desk.answer("product", [])
    await desk.carrier.numbers(COMPANY, NumbersQuery(search=" 2115 "))
    group = desk.query("product")["productSerialNumber.regex"]
    assert group == "2115;billingAccount.id.regex=2115;name.regex=2115;employeeLabel.regex=2115"


@pytest.mark.parametrize(
    ("typed", "number", "account"),
    [
        ("2115526", "2115526", "2115526"),
        ("211 55-26", "2115526", "2115526"),
        ("+7 (701) 211-55-26", "77012115526", "77012115526"),
        ("8 701 211 55 26", "77012115526", "87012115526"),
        ("8701", "8701", "8701"),
        ("701\u00a0211", "701211", "701211"),
    ],
)
def test_a_number_in_any_writing_is_searched_as_digits(
    typed: str, number: str, account: str
) -> None:
    found = members(typed)
    assert found["productSerialNumber.regex"] == number
    assert found["billingAccount.id.regex"] == account


@pytest.mark.parametrize(
    "typed",
    [".*", "a;status=active", "a&relatedParty.id=org-2", "a%3Bb", "(", "\\", "a=b;c.regex=d"],
)
def test_what_was_typed_is_only_ever_a_literal(typed: str) -> None:
    found = members(typed)
    assert len(found) == 4
    assert found["name.regex"] == literal(typed)


@given(st.text(min_size=1, max_size=100))
def test_no_text_gets_out_of_its_member(typed: str) -> None:
    if "\ud800" <= max(typed) <= "\udfff" or not typed.strip():
        return
    group = search(typed)
    if group is None:
        return
    assert "&" not in group
    assert ";" not in group
    assert len(members(typed)) == 4


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_literal_finds_itself_and_nothing_else(text: str, other: str) -> None:
    assert re.fullmatch(literal(text), text)
    assert (re.fullmatch(literal(text), other) is not None) == (text == other)
    assert ";" not in literal(text)


async def test_a_text_longer_than_any_label_finds_nothing_without_asking(desk: Desk) -> None:
    page = await desk.carrier.numbers(COMPANY, NumbersQuery(search="x" * 101, offset=0))
    assert (page.rows, page.total) == ((), 0)
    assert desk.requests == []


async def test_a_search_and_a_state_hold_together(desk: Desk) -> None:
    desk.answer("product", [])
    await desk.carrier.numbers(COMPANY, NumbersQuery(search="склад", state=NumberState.DEBT))
    asked = desk.query("product")
    assert asked["suspensionReason"] == "debt"
    assert asked["productSerialNumber.regex"].endswith("employeeLabel.regex=склад")
