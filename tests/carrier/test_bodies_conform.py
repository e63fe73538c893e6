"""What we send, held against TM Forum's published schemas, strictly."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from account.changes.action import ActionKind
from account.chapters.devices.registrations import OWNER_ID, OWNER_NUMBER
from account.values.identifiers import Msisdn
from carrier.tmf import (
    atlas,
    balance_transfer,
    communication,
    party,
    product_order,
    usage_consumption,
)
from tests.account.examples import PARAMETERS
from tests.carrier.desk import action

OWNER = {OWNER_NUMBER: "77012115299", OWNER_ID: "850115300011"}
CONTRACTS = Path(__file__).resolve().parents[3] / "shared" / "contracts"

Check = Callable[[str, str, Any], list[str]]


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> Check:
    if not (CONTRACTS / "tmf_check.py").exists():
        pytest.skip("the published schemas are not beside the repository")
    monkeypatch.syspath_prepend(CONTRACTS)
    import tmf_check  # type: ignore[import-not-found]

    assert sys.modules["tmf_check"].__file__ == str(CONTRACTS / "tmf_check.py")
    check: Check = tmf_check.errors
    return check


@pytest.mark.parametrize("kind", product_order.ORDERED)
@pytest.mark.parametrize("reference", ["A-20261122-0001", None])
def test_every_order_conforms(errors: Check, kind: ActionKind, reference: str | None) -> None:
    one = action(kind, reference=reference, parameters=PARAMETERS[kind], sealed=OWNER)
    body = product_order.body(one)
    assert errors("TMF622", "ProductOrder_Create", body) == []


@pytest.mark.parametrize("fee", ["0", "1050"])
def test_a_transfer_conforms(errors: Check, fee: str) -> None:
    told = PARAMETERS[ActionKind.TRANSFER].told() | {"fee": fee}
    body = balance_transfer.body(action(ActionKind.TRANSFER, parameters=told))
    assert errors("TMF654", "TransferBalance_Create", body) == []


def test_a_text_message_conforms(errors: Check) -> None:
    body = communication.body("77010542006", "Код: 123456", "kcell", "Kcell")
    assert errors("TMF681", "CommunicationMessage_Create", body) == []


def test_a_question_about_allowances_conforms(errors: Check) -> None:
    body = usage_consumption.body("org-180140000018", "77010542006")
    assert errors("TMF677", "QueryUsageConsumption_Create", body) == []


@pytest.mark.parametrize("numbers", [(), (Msisdn("77010542012"), Msisdn("77010542015"))])
def test_a_question_about_atlas_pro_conforms(errors: Check, numbers: tuple[Msisdn, ...]) -> None:
    body = atlas.question("org-180140000018", numbers)
    assert errors("TMF677", "QueryUsageConsumption_Create", body) == []


def test_another_address_conforms(errors: Check) -> None:
    login = {"contactType": "login", "phoneNumber": "77010542007"}
    person = {"contactMedium": [{"mediumType": "mobile phone", "characteristic": login}]}
    body = party.with_email(person, "new@demo.example", datetime(2026, 11, 22, tzinfo=UTC))
    assert errors("TMF632", "Individual_Update", body) == []


def test_the_check_would_notice(errors: Check) -> None:
    body = product_order.body(action()) | {"externalID": "typo"}
    assert errors("TMF622", "ProductOrder_Create", body) != []
