"""TMF681: messages to a phone."""

from __future__ import annotations

from typing import Any

from account.errors import PostRefused
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.tmf.wire import decoding
from carrier.transport import Answer
from carrier.verdict import verdict


def body(phone: str, content: str, sender_id: str, sender_name: str) -> dict[str, Any]:
    """One text to one phone, its number as the operator writes it."""
    return {
        "messageType": "SMS",
        "content": content,
        "sender": {"id": sender_id, "name": sender_name},
        "receiver": [{"phoneNumber": phone}],
    }


async def communication_message(http: OperatorHttp, message: dict[str, Any], key: str) -> None:
    """Hand one message over, under the operator's promise to send a key only once.

    `inProgress` is handed over as well. Raises `PostRefused`, and `CarrierUnavailable` when the
    same message may be handed over again with the same key.
    """
    answer = await http.change(Api.COMMUNICATION, "communicationMessage", message, key)
    refusal = verdict(answer, http.profile.refusals)
    if refusal is not None:
        raise PostRefused(refusal)
    if _state(answer) in ("failed", "cancelled"):
        raise PostRefused("POST.UNDELIVERED")


def _state(answer: Answer) -> str | None:
    """What is said of a message that was taken: a list of it, or nothing at all, is no refusal.

    It must never go out again for an answer that says less than it might; what is no JSON is not
    the operator's word (`Malformed`).
    """
    told = decoding.parsed(answer.body) if answer.body.strip() else None
    if isinstance(told, list) and len(told) == 1:
        [told] = told
    state = told.get("state") if isinstance(told, dict) else None
    return state.casefold() if isinstance(state, str) else None
