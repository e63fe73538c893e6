"""Writes that belong together.

A use case says what must become true at once, as a row of effects; the store makes them true in one
transaction or not at all. An entry of the history and a message owed are effects like any other, so
that no change is ever remembered without its trace and its final word (safety.md section 1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Protocol, TypeAlias

from account.effects.history import HistoryEntry
from account.errors import MyAccountError
from account.identity.sessions import Session
from account.values.identifiers import Msisdn


class Channel(StrEnum):
    """Where a message goes: `to` is a Telegram chat, an MSISDN or an e-mail address.

    With COLLEAGUES it is an administrator's id, and the message becomes one for each of those who
    administer the same company (`account.chapters.notifications`).
    """

    TELEGRAM = "telegram"
    SMS = "sms"
    MAIL = "mail"
    COLLEAGUES = "colleagues"


class Priority(IntEnum):
    """What goes before what of the messages that are due. Values are persisted.

    A class goes before the next whatever the age; within one the longest due is first.
    """

    CODE = 10
    """Somebody waits for it with the code window open; and a secret to be deleted from a chat."""
    APPROVAL = 20
    """A question of approval, and what a change waits for until it is handed out."""
    FINAL = 30
    """How something ended, and warnings about one's own account."""
    FILE = 40
    NOTICE = 50


_PRIORITIES = {
    "chat.delete": Priority.CODE,
    "action.waiting": Priority.NOTICE,
    "action.not_let_in": Priority.NOTICE,
    "action.not_understood": Priority.NOTICE,
    "action.paused": Priority.NOTICE,
    "action.queued": Priority.NOTICE,
    "action.overdue": Priority.NOTICE,
    "action.taken": Priority.NOTICE,
    "action.order_held": Priority.NOTICE,
    "secret.code": Priority.FINAL,
    "colleague.frozen": Priority.FINAL,
    "device.result": Priority.FINAL,
    "set.preview": Priority.FILE,
    "set.template": Priority.FILE,
    "labels.file": Priority.FILE,
    "set.progress": Priority.NOTICE,
    "document.ready": Priority.FILE,
    "document.again": Priority.FILE,
    "progress.delete": Priority.FILE,
}
_PRIORITIES_OF_AREAS = {
    "code": Priority.CODE,
    "approval": Priority.APPROVAL,
    "action": Priority.FINAL,
    "document": Priority.FINAL,
    "login": Priority.FINAL,
    "password": Priority.FINAL,
    "email": Priority.FINAL,
    "account": Priority.FINAL,
    "takeover": Priority.FINAL,
    "set": Priority.FINAL,
    "schedule": Priority.FINAL,
    "alert": Priority.FINAL,
    "subscription": Priority.FINAL,
}


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message that must reach somebody, kept until it does or `expires_at` (aware, UTC) passes.

    `kind` names the text and `parameters` fill it; both are worded when it is delivered, in the
    language of the person, or in `language` where that is told here. `key` makes it the only one:
    a second message with the same key is not kept (one final word per action).

    `not_before` (aware, UTC) is the earliest moment to deliver it. `ahead_of` is the id of a change
    that is not sent to the operator before this message was handed out
    (`account.changes.sensitive_numbers`).
    """

    channel: Channel
    to: str
    kind: str
    expires_at: datetime
    parameters: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    key: str | None = None
    not_before: datetime | None = None
    ahead_of: str | None = None

    @property
    def priority(self) -> Priority:
        """Its class, by its kind; what is not named here is a notice."""
        if self.ahead_of is not None:
            return Priority.APPROVAL
        area = self.kind.partition(".")[0]
        return _PRIORITIES.get(self.kind) or _PRIORITIES_OF_AREAS.get(area, Priority.NOTICE)


@dataclass(frozen=True, slots=True)
class Approval:
    """One administrator's say over one proposed change, in their own chat until `expires_at` (UTC).

    As an effect: ask them. The token whose hash this is stands on the buttons of the message only.
    """

    token_hash: str
    action_id: str
    company_id: str
    administrator_id: str
    telegram_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SetApproval:
    """The same over a proposed set; `digest` is of the list exactly as it was confirmed."""

    token_hash: str
    set_id: str
    digest: str
    company_id: str
    administrator_id: str
    telegram_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Start a session; any other live one of the same Telegram user ends."""

    session: Session


@dataclass(frozen=True, slots=True)
class EndSession:
    """End one session, and void what it was offered."""

    session_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EndSessionsOf:
    """End every session of an administrator, except one."""

    administrator_id: str
    at: datetime
    but: str | None = None


@dataclass(frozen=True, slots=True)
class SetPassword:
    """Keep the argon2id hash of a new password and lift the locks of the phone."""

    administrator_id: str
    phone: Msisdn
    password_hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BindTelegram:
    """Remember that this Telegram user logged in as the administrator.

    From then on the account is known, save while the administrator is frozen: then one that was not
    known stays unknown. That it ever logged in is remembered for good.
    """

    administrator_id: str
    phone: Msisdn
    telegram_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ForgetAccounts:
    """No account but one is known any more, save while the administrator is frozen."""

    administrator_id: str
    but: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RemoveAccount:
    """The account is not known any more, and its sessions end; the password alone does not let it
    in again.
    """

    administrator_id: str
    telegram_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class FreezeLink:
    """A way to freeze an administrator, until `expires_at`; the token itself is in a message only.

    `administrator` is their name, for what is told afterwards.
    """

    token_hash: str
    administrator_id: str
    administrator: str
    phone: Msisdn
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Freeze:
    """Stop what an administrator began, and what was begun on the number they log in with.

    Proposals of either come to their end at once, all links of the administrator are used up, and
    the accounts that are known are those of three days before (`account.changes.freezes`).
    """

    administrator_id: str
    phone: Msisdn
    at: datetime
    takes_over: tuple[str, ...] = ()
    """The kinds of changes that are stopped on the number, whoever began them."""


@dataclass(frozen=True, slots=True)
class Thaw:
    """End the freeze that began at that moment; a later one stays."""

    administrator_id: str
    frozen_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class EndSecretCode:
    """End the number's secret code; whoever it let in is told that the access has ended."""

    company_id: str
    msisdn: Msisdn
    at: datetime


@dataclass(frozen=True, slots=True)
class TellEmployee:
    """A message for whoever the number's secret code lets in, if it lets in anybody."""

    company_id: str
    msisdn: Msisdn
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Bound:
    """What a total may come to at most; `refusal` makes what comes out of how much was left."""

    most: int
    refusal: Callable[[int], MyAccountError]


@dataclass(frozen=True, slots=True)
class TellAccounts:
    """A message to each Telegram account in which the administrator has logged in lately.

    `key` becomes one for each account; `but` is an account that is not told.
    """

    administrator_id: str
    kind: str
    key: str
    at: datetime
    expires_at: datetime
    parameters: Mapping[str, str] = field(default_factory=dict)
    but: int | None = None

    def to(self, telegram_id: int) -> OutboxMessage:
        """The message for one of them."""
        return OutboxMessage(
            channel=Channel.TELEGRAM,
            to=str(telegram_id),
            kind=self.kind,
            expires_at=self.expires_at,
            parameters=self.parameters,
            key=f"{self.key}:{self.kind}:{telegram_id}",
        )


@dataclass(frozen=True, slots=True)
class AddToDailyTotal:
    """Count `amount` towards a total of the day of Almaty in which `at` lies; negative gives back.

    Where the total would pass a bound, its refusal comes out, and nothing of what was to be written
    with it is written: what a question knew of the total may be another one by now.
    """

    name: str
    at: datetime
    amount: int
    bounds: Sequence[Bound] = ()


Effect: TypeAlias = (
    HistoryEntry
    | AddToDailyTotal
    | OutboxMessage
    | Approval
    | SetApproval
    | OpenSession
    | EndSession
    | EndSessionsOf
    | SetPassword
    | BindTelegram
    | EndSecretCode
    | TellEmployee
    | TellAccounts
    | ForgetAccounts
    | RemoveAccount
    | FreezeLink
    | Freeze
    | Thaw
)


class EffectStore(Protocol):
    """Plain writes that belong together."""

    async def write(self, effects: Sequence[Effect]) -> None:
        """Make all of them true, or none."""


class DailyTotals(Protocol):
    """Sums of a day of Almaty that `AddToDailyTotal` counts."""

    async def taken(self, name: str, now: datetime) -> int:
        """How much was counted under that name on the day of `now`."""
