"""Another registered e-mail address of an administrator (S03).

The address receives one-time codes and reports. So whoever has an open chat for a minute must not
be able to change it: the person proves that it is them, by the password or a code to where codes
go now, and only then the address, by a code sent to it; both are bound to this very change. For
72 h no code goes to it (`SensitiveNumbers.code_address`). The old address, the telephone and all
Telegram
accounts of theirs are told afterwards. It is the operator's register that knows the address; it is
changed there, and read back before anybody is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from typing_extensions import override

from account.changes.action import Action, ActionKind, ChangeRequest
from account.changes.parameters import ChangeParameters
from account.changes.safety_notices import NOT_ME, NOTICE_LIFE, freeze_link
from account.changes.sensitive_numbers import SensitiveNumbers
from account.changes.spec import ChangeSpec
from account.credentials.one_time_codes import Address
from account.effects.effect import Channel, Effect, OutboxMessage, TellAccounts
from account.errors import CompanyNotAccessible, EmailFrozen, EmailInvalid, EmailSame
from account.identity.directory import Administrator, Directory
from account.values.identifiers import Email
from account.values.rights import Right

EMAIL, LANGUAGE, WAS, TRUSTED = "email", "language", "was", "trusted"
"""The names in a row."""


@dataclass(frozen=True, slots=True)
class Registered:
    """An administrator as the register has them; `distrusted`: their number was taken over.

    `codes_to` is where their codes go.
    """

    administrator: Administrator
    distrusted: bool
    codes_to: Address | None

    @property
    def address(self) -> str:
        """The present address, empty for none."""
        email = self.administrator.email
        return "" if email is None else email.address


@dataclass(frozen=True, slots=True)
class EmailParameters(ChangeParameters):
    """The new address, and the language of the notices.

    `was` and `trusted` are told as well, empty for none: what the register has at the offer, and
    where codes go by e-mail at that time, which is another one after a change within 72 h.
    """

    email: Email
    language: str | None = None
    was: str = ""
    trusted: str = ""

    @override
    def told(self) -> dict[str, str]:
        language = {} if self.language is None else {LANGUAGE: self.language}
        return {EMAIL: self.email.address, **language, WAS: self.was, TRUSTED: self.trusted}

    @override
    @classmethod
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:
        email, was, trusted = Email(told[EMAIL]), told.get(WAS, ""), told.get(TRUSTED, "")
        return cls(email, told.get(LANGUAGE), was, trusted)


class ChangeEmail(ChangeSpec[Registered, EmailParameters]):
    """Register another address; `msisdn` is the login of the administrator themselves."""

    kind = ActionKind.EMAIL
    right = Right.CHANGE_PROFILE
    parameters = EmailParameters
    what = "email.changed"
    lock_key = "profile.email"
    step_up = True
    identifies = True
    own = True

    def __init__(self, carrier: Directory, sensitive_numbers: SensitiveNumbers) -> None:
        self._carrier = carrier
        self._sensitive_numbers = sensitive_numbers

    @override
    async def read(self, plan: ChangeRequest[EmailParameters]) -> Registered:
        """The administrator. Raises `CompanyNotAccessible`, `CarrierUnavailable`."""
        administrator = await self._carrier.administrator(plan.msisdn)
        if administrator is None:
            raise CompanyNotAccessible
        return Registered(
            administrator,
            await self._sensitive_numbers.recent(plan.msisdn),
            await self._sensitive_numbers.code_address(plan.msisdn, administrator),
        )

    @override
    def number(self, subject: Registered) -> None:
        """It is about nobody's number."""
        return

    @override
    def check(self, subject: Registered, parameters: EmailParameters) -> None:
        """Refuse what is no address (7.6), the present one, and any while codes are held back.

        Whoever has taken the number over would else have the codes go to an address of theirs.
        Raises `EmailInvalid`, `EmailSame`, `EmailFrozen`.
        """
        address = parameters.email.address
        if Email.parse(address).address != address:
            raise EmailInvalid
        if subject.address == address:
            raise EmailSame
        if subject.distrusted:
            raise EmailFrozen

    @override
    def fingerprint(self, subject: Registered, parameters: EmailParameters) -> str:
        """The present address."""
        return subject.address

    @override
    def is_applied(self, subject: Registered, parameters: EmailParameters) -> bool:
        """The register has the new address."""
        return subject.address == parameters.email.address

    @override
    def with_facts(self, subject: Registered, parameters: EmailParameters) -> EmailParameters:
        """The addresses that are told at the end."""
        by_mail = subject.codes_to is not None and subject.codes_to.channel is Channel.MAIL
        trusted = subject.codes_to.to if subject.codes_to is not None and by_mail else ""
        return replace(parameters, was=subject.address, trusted=trusted)

    @override
    def code_to(self, action: Action[EmailParameters]) -> Address:
        """The new address itself: only who reads it can confirm it."""
        return Address(Channel.MAIL, action.parameters.email.address)

    @override
    def audit_fields(self, parameters: EmailParameters) -> dict[str, str]:
        """The address, masked (3.2)."""
        return {EMAIL: parameters.email.masked}

    @override
    def on_done(self, action: Action[EmailParameters], now: datetime) -> Sequence[Effect]:
        """The old address, the telephone and all known accounts are told, and can stop it all."""
        token, link = freeze_link(action.administrator_id, action.administrator, action.msisdn, now)
        told, until = {**self.audit_fields(action.parameters), NOT_ME: token}, now + NOTICE_LIFE
        places = [
            (Channel.SMS, action.msisdn.digits),
            (Channel.MAIL, action.parameters.was),
            (Channel.MAIL, action.parameters.trusted),
        ]
        accounts = TellAccounts(
            action.administrator_id, "email.changed", action.id, now, until, told
        )
        return [
            link,
            *(
                OutboxMessage(
                    channel=channel,
                    to=to,
                    kind="email.changed",
                    expires_at=until,
                    parameters=told,
                    language=action.parameters.language,
                    key=f"{action.id}:told:{n}",
                )
                for n, (channel, to) in enumerate(dict.fromkeys(places))
                if to
            ),
            accounts,
        ]
