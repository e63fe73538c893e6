"""Messages outside of Telegram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from account.values.identifiers import Email, Msisdn


class Notifier(Protocol):
    """Messages outside of Telegram.

    Both raise `PostRefused` when sending again is in vain and `CarrierUnavailable` when it is not.
    `reference` (printable ASCII, at most 128 signs) names the message: an SMS sent again with the
    same reference and text is delivered once, a letter sent again has the same Message-ID.
    """

    async def sms(self, phone: Msisdn, text: str, reference: str) -> None:
        """Hand over a text message (TMF681)."""

    async def mail(
        self,
        to: Email,
        subject: str,
        text: str,
        reference: str,
        *,
        html: str | None = None,
        attachments: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """Hand over a letter (SMTP); `attachments` are file names with their content."""
