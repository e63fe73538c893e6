"""TMF681: messages to a phone."""

from __future__ import annotations

from typing import Any

from account.errors import PostRefused
from account.values.identifiers import Msisdn
from carrier.http import Api, OperatorHttp, verdict
from carrier.tmf import fields


def body(phone: Msisdn, content: str, sender_id: str, sender_name: str) -> dict[str, Any]:
    """One text to one phone."""
    return {
        "messageType": "SMS",
        "content": content,
        "sender": {"id": sender_id, "name": sender_name},
        "receiver": [{"phoneNumber": phone.digits}],
    }


async def communication_message(http: OperatorHttp, message: dict[str, Any], key: str) -> None:
    """Hand one message over, under the operator's promise to send a key only once.

    `inProgress` is handed over as well. Raises `PostRefused`, and `CarrierUnavailable` when the
    same message may be handed over again with the same key.
    """
    answer = await http.change(Api.COMMUNICATION, "communicationMessage", message, key)
    refusal = verdict(answer)
    if refusal is not None:
        raise PostRefused(refusal)
    if fields.item(answer).get("state") in ("failed", "cancelled"):
        raise PostRefused("POST.UNDELIVERED")
