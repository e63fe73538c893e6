"""Who is told what without asking (section 9): colleagues of security, oneself of what one wants.

What concerns security reaches every other administrator of the company in their own chat, and
nobody can switch it off. What is a convenience can be switched off in Profile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from account.changes.action import Action, ActionKind
from account.changes.colleague_notices import (
    COMPANY,
    MESSAGE,
    TELEGRAM,
)
from account.changes.ports import ApprovalStore
from account.changes.spec import ChangeSpec
from account.chapters.alerts.rule import USUAL_QUIET
from account.credentials.one_time_codes import notice_address
from account.effects.effect import Channel, OutboxMessage
from account.errors import (
    AccessRefused,
    CarrierUnavailable,
    CompanyNotAccessible,
    SessionExpired,
)
from account.identity.directory import Administrator, Directory
from account.identity.permissions import GRANTED, Actor
from account.identity.sessions import KNOWN_FOR, Sessions
from account.values.clock import Clock
from account.values.languages import FOR_STRANGERS
from account.values.rights import Right

URGENT = frozenset({"colleague.frozen"})
"""What those hear by SMS or letter who have no chat here."""


class Topic(StrEnum):
    """What can be switched off. Values are persisted."""

    LONG_REQUESTS = "requests.sound"
    """The sound of the final word of what takes hours; the word itself always comes."""
    MONTHLY = "documents.monthly"
    """That a month's certificate and register can be had."""


class Notifications:
    """Settings of one's own notifications, and the spreading of those to colleagues."""

    def __init__(
        self,
        carrier: Directory,
        approvals: ApprovalStore,
        store: NotificationStore,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
        sessions: Sessions,
        clock: Clock,
    ) -> None:
        self._carrier = carrier
        self._sessions = sessions
        self._approvals = approvals
        self._store = store
        self._specs = specs
        self._clock = clock

    async def muted(self, administrator_id: str) -> frozenset[Topic]:
        """What the administrator has switched off."""
        return await self._store.muted(administrator_id)

    async def switch(self, actor: Actor, topic: Topic) -> None:
        """Switch it off where it is on, and on where it is off. Raises `SessionExpired`."""
        if not actor.session_id:
            raise SessionExpired
        off = await self._store.muted(actor.administrator_id)
        await self._store.mute(actor.administrator_id, topic, off=topic not in off)

    async def is_silent(self, action: Action) -> bool:
        """Whether its final word comes without a sound: it took long, and its person wished so."""
        if not self._specs[action.kind].promise:
            return False
        return Topic.LONG_REQUESTS in await self._store.muted(action.administrator_id)

    def hushes_scheduled(self) -> bool:
        """Whether what becomes of schedules now is told without a sound: it is night (SC-10)."""
        now = self._clock.now()
        return USUAL_QUIET.over(now) != now

    async def barred(
        self, telegram_id: int, administrator_id: str, company_id: str
    ) -> AccessRefused | None:
        """Why a word to that chat may not say what it is about; None where it may.

        Who has left the chat, by a log-out here or everywhere or by a new password, still hears
        that what they confirmed has ended, and no more (`SessionExpired`); the same where somebody
        else has logged in since. A session that merely ran out leaves the chat its person's: what
        takes hours is told there. Nor is anything said of a company that is theirs no more
        (`CompanyNotAccessible`), as far as the operator answers now.
        """
        last = await self._sessions.last_in(telegram_id)
        if last is None or last.ended_at or last.administrator_id != administrator_id:
            return SessionExpired()
        try:
            companies = await self._carrier.companies(administrator_id)
        except CarrierUnavailable:
            return None
        known = any(company.id == company_id for company in companies)
        return None if known else CompanyNotAccessible()

    async def company_name(self, administrator_id: str, company_id: str) -> str | None:
        """As its administrator sees it; None where it is not theirs, or the operator is silent."""
        try:
            companies = await self._carrier.companies(administrator_id)
        except CarrierUnavailable:
            return None
        return next((one.name for one in companies if one.id == company_id), None)

    async def spread(
        self, did: str, kind: str, told: Mapping[str, str], expires_at: datetime
    ) -> Sequence[OutboxMessage]:
        """The messages that one to colleagues becomes: each once, in a chat of their own.

        Raises `CarrierUnavailable`.
        """
        names = {company.id: company.name for company in await self._carrier.companies(did)}
        companies = [told[COMPANY]] if COMPANY in told else list(names)
        owed: dict[int, OutboxMessage] = {}
        for company_id in companies:
            for administrator_id, telegram_id in await self._chats(company_id, did):
                if str(telegram_id) == told[TELEGRAM] or telegram_id in owed:
                    continue
                if company_id not in names:
                    theirs = await self._carrier.companies(administrator_id)
                    names |= {company.id: company.name for company in theirs}
                owed[telegram_id] = OutboxMessage(
                    channel=Channel.TELEGRAM,
                    to=str(telegram_id),
                    kind=kind,
                    expires_at=expires_at,
                    parameters={**told, COMPANY: names.get(company_id, "")},
                    key=f"{told[MESSAGE]}:{telegram_id}",
                )
        urgent = await self._without_chat(did, kind, told, companies, names, expires_at)
        return [*owed.values(), *urgent]

    async def _without_chat(
        self,
        did: str,
        kind: str,
        told: Mapping[str, str],
        companies: Sequence[str],
        names: Mapping[str, str],
        expires_at: datetime,
    ) -> Sequence[OutboxMessage]:
        """What cannot wait goes to where the codes of those go who have no chat."""
        owed: dict[str, OutboxMessage] = {}
        for company_id in companies if kind in URGENT else ():
            chats = {known for known, _one in await self._chats(company_id, did)}
            for other in await self._others(company_id, did):
                if other.id in chats or other.id in owed:
                    continue
                address = notice_address(other)
                owed[other.id] = OutboxMessage(
                    channel=address.channel,
                    to=address.to,
                    kind=kind,
                    expires_at=expires_at,
                    parameters={**told, COMPANY: names.get(company_id, "")},
                    language=FOR_STRANGERS,
                    key=f"{told[MESSAGE]}:{other.id}",
                )
        return list(owed.values())

    async def _others(self, company_id: str, but: str) -> Sequence[Administrator]:
        """Those of the company who may approve, without one of them."""
        return [
            other.administrator
            for other in await self._carrier.colleagues(company_id)
            if other.administrator.id != but
            and Right.APPROVE in GRANTED.get(other.role, frozenset())
        ]

    async def _chats(self, company_id: str, but: str) -> Sequence[tuple[str, int]]:
        """Administrators of the company, without one of them, with each chat known of them."""
        others = [other.id for other in await self._others(company_id, but)]
        since = self._clock.now() - KNOWN_FOR
        chats = await self._approvals.telegrams(others, since, blocked=True)
        return [(known, one) for known, accounts in chats.items() for one in accounts]


class NotificationStore(Protocol):
    """What administrators have switched off."""

    async def muted(self, administrator_id: str) -> frozenset[Topic]:
        """The topics that are off."""

    async def mute(self, administrator_id: str, topic: Topic, *, off: bool) -> None:
        """Switch a topic off or on."""
