from __future__ import annotations

from typing import Any

import httpx
import pytest

from account.errors import CarrierNotReached, CarrierUnavailable, OutcomeUnknown, PostRefused
from account.values.identifiers import Msisdn
from carrier.sms.tmf681 import SmsSender
from tests.carrier.desk import Desk, answering, failing, refusing

PHONE = Msisdn("77010542006")
TEXT = "Код: 123456. {0} <b>"


async def send(desk: Desk) -> None:
    await SmsSender(desk.http).send(PHONE, TEXT, "code-1")


async def test_a_text_is_handed_over_as_the_contract_says(desk: Desk) -> None:
    desk.answer("communicationMessage", {"id": "m-1", "state": "completed"}, status=201)
    await send(desk)
    [request] = desk.requests
    assert request.url.path.endswith("/tmf-api/communicationManagement/v4/communicationMessage")
    assert request.headers["Idempotency-Key"] == "code-1"
    assert desk.sent("communicationMessage") == {
        "messageType": "SMS",
        "content": TEXT,
        "sender": {"id": "kcell", "name": "Kcell"},
        "receiver": [{"phoneNumber": "77010542006"}],
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [({"state": "inProgress"}, 201), ({"state": "completed"}, 200), ({"id": "m-1"}, 201)],
)
async def test_it_is_handed_over(desk: Desk, body: Any, status: int) -> None:
    desk.answer("communicationMessage", body, status=status)
    await send(desk)


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (answering({"state": "failed"}, status=201), "POST.UNDELIVERED"),
        (refusing(409, "REJECTED"), "REJECTED"),
        (refusing(400, "REQUEST.MALFORMED"), "REQUEST.MALFORMED"),
    ],
)
async def test_it_will_never_be_delivered(desk: Desk, end: Any, code: str) -> None:
    desk.lay("communicationMessage", end)
    with pytest.raises(PostRefused) as refused:
        await send(desk)
    assert refused.value.reason_code == code


@pytest.mark.parametrize("body", [[{"state": "completed"}], [], {}, b"", {"state": None}], ids=str)
@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_whatever_2xx_says_it_was_taken(desk: Desk, body: object, status: int) -> None:
    desk.answer("communicationMessage", body, status=status)
    await send(desk)
    assert len(desk.requests) == 1


@pytest.mark.parametrize(
    ("end", "error"),
    [
        (failing(httpx.ConnectError), CarrierNotReached),
        (refusing(429, "RATE.LIMITED"), CarrierNotReached),
        (failing(httpx.ReadTimeout), OutcomeUnknown),
        (refusing(500, "INTERNAL"), OutcomeUnknown),
        (refusing(409, "IDEMPOTENCY.IN_PROGRESS"), OutcomeUnknown),
        (answering(b"?", status=201), CarrierUnavailable),
    ],
)
async def test_it_may_be_handed_over_again_but_not_from_here(
    desk: Desk, end: Any, error: type[Exception]
) -> None:
    desk.lay("communicationMessage", end)
    with pytest.raises(CarrierUnavailable) as failed:
        await send(desk)
    assert isinstance(failed.value, error)
    assert len(desk.requests) == 1
    assert TEXT not in str(failed.value)
