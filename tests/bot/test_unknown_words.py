"""Windows never say 0, free or "there is none" of what the operator did not tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from account.chapters.numbers import Card
from account.chapters.usage import Direction, UsageKind, UsageRecord, UsageService, UsageTotal
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.number import Number, NumberState, PaymentMethod, SharedFunds
from bot.flows.numbers.getters import card_facts, row_label
from bot.flows.usage.getters import record_line, total_line
from bot.texts.language import Catalogues

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
CALL = UsageRecord(NOW, UsageKind.CALLS, Direction.OUT, "77051234567", 65, Money(2_040))
NUMBER = Number(
    msisdn=Msisdn("77010542006"),
    company_id="org-1",
    state=NumberState.ACTIVE,
    state_since=None,
    account="25060831",
    tariff="Reel",
    payment=PaymentMethod.ADVANCE,
    funds=Money(50_000),
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with Catalogues().speaking("en"):
        yield


def card(number: Number) -> str:
    return "\n".join(card_facts(Card(number, NOW)))


@pytest.mark.parametrize(
    ("told", "said"),
    [("Barter", "“Barter” in the operator's words"), (None, "not provided by the operator")],
)
def test_a_number_of_an_unknown_method_of_payment_has_its_card(told: str | None, said: str) -> None:
    other = replace(NUMBER, payment=PaymentMethod.OTHER, payment_told=told, funds=None)
    lines = card(other).splitlines()
    assert f"Billing method: {said}" in lines
    assert "Balance or credit limit: not known, since the billing method is not known" in lines
    assert not any(line.startswith(("Balance:", "Remaining")) for line in lines)
    assert "Tariff: Reel" in lines
    assert row_label(other).split(" · ")[1] == "—"


def test_a_service_stands_in_the_language_of_the_window() -> None:
    known = replace(CALL, service="Incoming calls", service_kind=UsageService.INCOMING)
    with Catalogues().speaking("kk"):
        assert "Кіріс қоңыраулар" in record_line(known)
        assert "Gudok" in record_line(replace(CALL, service="Gudok"))


def test_a_call_without_a_price_is_not_yet_rated() -> None:
    assert "20.40" in record_line(CALL)
    assert "not yet rated" in record_line(replace(CALL, cost=None))
    assert "not yet rated" not in record_line(replace(CALL, cost=Money(0)))


@pytest.mark.parametrize(
    ("unrated", "said", "not_said"),
    [
        (0, ["3 records", "20.40"], ["rated"]),
        (1, ["3 records", "20.40", "1 not yet rated"], []),
        (3, ["3 records", "3 not yet rated"], ["₸"]),
    ],
)
def test_a_sum_over_less_than_all_says_so(
    unrated: int, said: list[str], not_said: list[str]
) -> None:
    line = total_line(UsageTotal(UsageKind.CALLS, 3, 195, Money(2_040), unrated))
    assert all(word in line for word in said)
    assert not any(word in line for word in not_said)


def test_an_individual_limit_that_is_not_known_is_not_called_none() -> None:
    unknown = replace(NUMBER, limit_unknown=True)
    assert "no individual limit" in card(NUMBER)
    assert "no individual limit" not in card(unknown)
    assert "the individual limit is not known" in card(unknown)


def test_money_that_others_use_too_is_marked() -> None:
    shared = replace(NUMBER, shared=(SharedFunds("b-1", Money(50_000)),))
    assert "500 ₸ (shared with other numbers)" in card(shared).replace("\u00a0", " ")
    assert "shared" not in card(NUMBER)


def test_money_that_was_not_told_is_no_zero() -> None:
    assert "—" in row_label(replace(NUMBER, funds=None))
    assert "0 ₸" not in row_label(replace(NUMBER, funds=None))
