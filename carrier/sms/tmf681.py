"""One-time codes and notices by SMS, through the operator's own TMF681."""

from __future__ import annotations

from account.values.identifiers import Msisdn
from carrier.http import OperatorHttp
from carrier.tmf import communication


class SmsSender:
    """Sends texts under the name that the operator's profile gives."""

    def __init__(self, http: OperatorHttp) -> None:
        self._http = http
        self._sender = (http.profile.names.sms_sender_id, http.profile.names.sms_sender)

    async def send(self, phone: Msisdn, text: str, reference: str) -> None:
        """Hand over `text`. With the same reference and text again it is delivered only once.

        Raises `PostRefused` when it will never be delivered, `CarrierNotReached`, `OutcomeUnknown`
        or `CarrierUnavailable` when it may be handed over again with the same reference.
        """
        message = communication.body(self._http.profile.phone(phone.digits), text, *self._sender)
        await communication.communication_message(self._http, message, reference)
