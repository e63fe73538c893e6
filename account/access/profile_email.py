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
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from account.changes.action import Action, ActionKind, ChangeRequest
from account.changes.safety_notices import NOT_ME, NOTICE_LIFE, freeze_link
from account.changes.sensitive_numbers import SensitiveNumbers
from account.changes.spec import ChangeSpec
from account.credentials.one_time_codes import Address
from account.effects.effect import Channel, Effect, OutboxMessage, TellAccounts
from account.errors import CompanyNotAccessible, EmailFrozen, EmailInvalid, EmailSame
from account.identity.directory import Administrator, Directory
from account.values.identifiers import Email
from account.values.rights import Right

EMAIL, LANGUAGE = "email", "language"
"""Parameters: the new address, as `Email.address`, and the language of the notices."""
WAS, TRUSTED = "was", "trusted"
"""Addresses that are told, empty for none: what the register has at the offer, and where codes go
by e-mail at that time, which is another one after a change within 72 h."""


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


class ChangeEmail(ChangeSpec[Registered]):
    """Register another address; `msisdn` is the login of the administrator themselves."""

    kind = ActionKind.EMAIL
    right = Right.CHANGE_PROFILE
    what = "email.changed"
    lock_key = "profile.email"
    step_up = True
    identifies = True
    own = True

    def __init__(self, carrier: Directory, sensitive_numbers: SensitiveNumbers) -> None:
        self._carrier = carrier
        self._sensitive_numbers = sensitive_numbers

    @override
    async def read(self, plan: ChangeRequest) -> Registered:
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
    def check(self, subject: Registered, parameters: Mapping[str, str]) -> None:
        """Refuse what is no address (7.6), the present one, and any while codes are held back.

        Whoever has taken the number over would else have the codes go to an address of theirs.
        Raises `EmailInvalid`, `EmailSame`, `EmailFrozen`.
        """
        if Email.parse(parameters.get(EMAIL, "")).address != parameters[EMAIL]:
            raise EmailInvalid
        if subject.address == parameters[EMAIL]:
            raise EmailSame
        if subject.distrusted:
            raise EmailFrozen

    @override
    def fingerprint(self, subject: Registered, parameters: Mapping[str, str]) -> str:
        """The present address."""
        return subject.address

    @override
    def is_applied(self, subject: Registered, parameters: Mapping[str, str]) -> bool:
        """The register has the new address."""
        return subject.address == parameters[EMAIL]

    @override
    def facts(self, subject: Registered, parameters: Mapping[str, str]) -> Mapping[str, str]:
        """The addresses that are told at the end."""
        by_mail = subject.codes_to is not None and subject.codes_to.channel is Channel.MAIL
        trusted = subject.codes_to.to if subject.codes_to is not None and by_mail else ""
        return {WAS: subject.address, TRUSTED: trusted}

    @override
    def code_to(self, action: Action) -> Address:
        """The new address itself: only who reads it can confirm it."""
        return Address(Channel.MAIL, action.parameters[EMAIL])

    @override
    def audit_fields(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """The address, masked (3.2)."""
        return {EMAIL: Email(parameters[EMAIL]).masked}

    @override
    def on_done(self, action: Action, now: datetime) -> Sequence[Effect]:
        """The old address, the telephone and all known accounts are told, and can stop it all."""
        token, link = freeze_link(action.administrator_id, action.administrator, action.msisdn, now)
        told, until = {**self.audit_fields(action.parameters), NOT_ME: token}, now + NOTICE_LIFE
        places = [
            (Channel.SMS, action.msisdn.digits),
            (Channel.MAIL, action.parameters[WAS]),
            (Channel.MAIL, action.parameters.get(TRUSTED, "")),
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
                    language=action.parameters.get(LANGUAGE),
                    key=f"{action.id}:told:{n}",
                )
                for n, (channel, to) in enumerate(dict.fromkeys(places))
                if to
            ),
            accounts,
        ]


def wished(address: Email, language: str) -> dict[str, str]:
    """The parameters of a change to that address."""
    return {EMAIL: address.address, LANGUAGE: language}
