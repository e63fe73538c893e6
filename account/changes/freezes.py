"""“It was not me”: one press stops everything that could be done in somebody's name.

The message that warns an administrator has a button in the chat, and a link in the SMS and in the
letter. The link works from any Telegram account, because the owner may have no other, and tells its
reader nothing of whom it is about; it is random, kept as a hash, good for 72 hours and once.

Frozen: no change is asked for, confirmed, approved or sent that the administrator began, nor one
that takes over the number they log in with and was begun before; their sessions end; the password
alone lets in known accounts only. What is with the operator already goes on to its end.

Only a known account thaws, by setting a new password with a code. Known are the accounts of three
days before: who has come in since can neither thaw nor have made the owner's accounts forgotten.
For the same time back a new e-mail address is not trusted (`SensitiveNumbers.code_address`), for
good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from account.changes.action import Action, ActionKind
from account.changes.colleague_notices import to_colleagues
from account.changes.safety_notices import SafetyNotices, link_hash
from account.changes.sensitive_numbers import SensitiveNumbers
from account.changes.spec import ChangeSpec
from account.effects.effect import Effect, EndSessionsOf, Freeze, FreezeLink
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import AccountFrozen, CarrierUnavailable
from account.identity.directory import Administrator, Directory
from account.identity.permissions import Actor
from account.values.clock import Clock
from account.values.identifiers import Msisdn

NOBODY = 0
"""No Telegram account: everybody is told."""


class FreezeOutcome(StrEnum):
    """What came of a press."""

    FROZEN = "frozen"
    ALREADY = "already"
    """It was pressed before, and nobody has thawed it since."""
    INVALID = "invalid"
    """No such link, or it is over: used, or older than 72 hours."""


async def _unknown(_phone: Msisdn, _administrator: Administrator | None) -> None:
    """Where codes go, when nobody can say."""


class Freezes:
    """Stops an administrator's changes, and knows what is stopped."""

    def __init__(
        self,
        carrier: Directory,
        store: FreezeStore,
        clock: Clock,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
        sensitive_numbers: SensitiveNumbers,
    ) -> None:
        self._carrier = carrier
        self._store = store
        self._clock = clock
        self._specs = specs
        self._takes_over = tuple(kind.value for kind, spec in specs.items() if spec.takes_over)
        self._sensitive_numbers = sensitive_numbers

    # --- the press ---

    async def by_token(self, token: str, language: str) -> FreezeOutcome:
        """Freeze whom the token is about; it says nothing of them, whoever presses.

        `language` is that of who presses. The operator need not answer for it.
        """
        hashed = link_hash(token)
        found = await self._store.link(hashed)
        if found is None:
            return FreezeOutcome.INVALID
        link, _used = found
        now = self._clock.now()
        whom = Administrator(link.administrator_id, link.administrator, link.phone)
        effects: list[Effect] = [
            Freeze(whom.id, whom.phone, now, self._takes_over),
            EndSessionsOf(whom.id, now),
            *await self._notices(whom, now, language),
            to_colleagues(whom, NOBODY, "frozen", now),
            HistoryEntry(
                at=now,
                what=HistoryEvent.FROZEN,
                result="done",
                administrator_id=whom.id,
                administrator=whom.name,
            ),
        ]
        if await self._store.use(hashed, now, effects):
            return FreezeOutcome.FROZEN
        _link, used = await self._store.link(hashed) or found
        frozen = await self._store.frozen_at(whom.id) is not None
        return FreezeOutcome.ALREADY if used and frozen else FreezeOutcome.INVALID

    async def _notices(self, whom: Administrator, now: datetime, language: str) -> Sequence[Effect]:
        """To all accounts and to where codes go; by SMS where the operator does not say."""
        kind = "account.frozen"
        try:
            known = await self._carrier.administrator(whom.phone) or whom
            return await self._sensitive_numbers.notices.to_owner(known, kind, now, language)
        except CarrierUnavailable:
            return await SafetyNotices(_unknown).to_owner(whom, kind, now, language)

    # --- what is stopped ---

    async def since(self, administrator_id: str) -> datetime | None:
        """Since when the administrator is frozen (aware, UTC); None while they are not."""
        return await self._store.frozen_at(administrator_id)

    async def check(self, actor: Actor) -> None:
        """Refuse a change to who is frozen. Raises `AccountFrozen`."""
        if await self._store.frozen_at(actor.administrator_id) is not None:
            raise AccountFrozen

    async def stops(self, action: Action) -> bool:
        """Tell whether this change may not go on: asked before it is approved and sent."""
        takes_over = self._specs[action.kind].takes_over
        number = action.msisdn if takes_over else None
        return await self._store.stops(action.administrator_id, number, action.offered_at)

    async def closing(self, action: Action, now: datetime) -> Sequence[Effect]:
        """What takes the buttons from who was asked about a proposal that is stopped.

        Raises `CarrierUnavailable`.
        """
        companies = await self._carrier.companies(action.administrator_id)
        company = next((one for one in companies if one.id == action.company_id), None)
        if company is None:
            return ()
        return await self._sensitive_numbers.closing(action, company, now)


class FreezeStore(Protocol):
    """Administrators whose changes are stopped, and the links that do it."""

    async def link(self, token_hash: str) -> tuple[FreezeLink, bool] | None:
        """The link of that token, and whether it was used."""

    async def use(self, token_hash: str, now: datetime, effects: Sequence[Effect]) -> bool:
        """Use a link that is unused and in its time, and write the effects; else False."""

    async def frozen_at(self, administrator_id: str) -> datetime | None:
        """Since when the administrator is frozen; None while they are not."""

    async def stops(self, administrator_id: str, msisdn: Msisdn | None, begun_at: datetime) -> bool:
        """Whether the administrator is frozen, or since that moment who logs in with the number."""
