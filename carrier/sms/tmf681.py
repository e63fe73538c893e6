"""One-time codes and notices by SMS, through the operator's own TMF681."""

from __future__ import annotations

from account.values.identifiers import Msisdn
from carrier.http import OperatorHttp
from carrier.tmf import communication


class SmsSender:
    """Sends texts under one sender; `sender_id` is the alphanumeric name the operator knows."""

    def __init__(
        self, http: OperatorHttp, *, sender_id: str = "kcell", sender_name: str = "Kcell"
    ) -> None:
        self._http = http
        self._sender = (sender_id, sender_name)

    async def send(self, phone: Msisdn, text: str, reference: str) -> None:
        """Hand over `text`. With the same reference and text again it is delivered only once.

        Raises `PostRefused` when it will never be delivered, `CarrierNotReached`, `OutcomeUnknown`
        or `CarrierUnavailable` when it may be handed over again with the same reference.
        """
        message = communication.body(phone, text, *self._sender)
        await communication.communication_message(self._http, message, reference)
