"""The `Notifier` port: SMS over the operator's TMF681 or by SMPP, letters over SMTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from account.errors import PostRefused
from account.values.identifiers import Email, Msisdn
from carrier.mail import MailSender

if TYPE_CHECKING:
    from account.effects.notifier import Notifier


class TextSender(Protocol):
    """A way for short texts."""

    async def send(self, phone: Msisdn, text: str, reference: str) -> None:
        """Hand over `text`; the same reference and text again is the same message.

        Raises `PostRefused` when it will never be delivered, `CarrierNotReached`, `OutcomeUnknown`
        or `CarrierUnavailable` when it may be handed over again with the same reference.
        """


class CarrierNotifier:
    """Both ways to somebody who is not in Telegram; `mail` None where no server is set."""

    def __init__(self, sms: TextSender, mail: MailSender | None) -> None:
        self._sms = sms
        self._mail = mail

    async def sms(self, phone: Msisdn, text: str, reference: str) -> None:
        """Hand over a text message; errors as in `TextSender.send`."""
        await self._sms.send(phone, text, reference)

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
        """Hand over a letter; errors as in `MailSender.send`, `PostRefused` without a server."""
        if self._mail is None:
            raise PostRefused("MAIL.NOT_SET_UP")
        await self._mail.send(to, subject, text, reference, html=html, attachments=attachments)


if TYPE_CHECKING:

    def _is_a_post(post: CarrierNotifier) -> Notifier:
        return post
