"""The Telegram accounts that are known of an administrator (S03).

A known account is warned, has a budget of wrong passwords of its own, and thaws what was frozen.
Removing one takes all of that away, and the login by password alone. What is removed here stays in
the record that four eyes are judged by (`SensitiveNumbers.one_person`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from account.access.profile import Profile
from account.changes.freezes import Freezes
from account.changes.sensitive_numbers import SensitiveNumbers
from account.effects.effect import Effect, EffectStore, RemoveAccount
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import AccountTooNew, SessionExpired
from account.identity.permissions import Actor
from account.values.clock import Clock

TRUSTED_AFTER = timedelta(hours=72)
"""How long after its first login an account may remove others."""


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """One Telegram account; the first and the latest login are aware, UTC."""

    telegram_id: int
    first_at: datetime
    last_at: datetime


class KnownAccounts:
    """Lists one's own accounts, and removes them."""

    def __init__(
        self,
        store: AccountStore,
        profile: Profile,
        sensitive_numbers: SensitiveNumbers,
        freezes: Freezes,
        effect_store: EffectStore,
        clock: Clock,
    ) -> None:
        self._store = store
        self._profile = profile
        self._notices = sensitive_numbers.notices
        self._freezes = freezes
        self._effect_store = effect_store
        self._clock = clock

    async def of(self, actor: Actor) -> tuple[KnownAccount, ...]:
        """The latest login first. Raises `SessionExpired`."""
        if not actor.session_id:
            raise SessionExpired
        return tuple(await self._store.known(actor.administrator_id))

    async def check(self, actor: Actor) -> None:
        """Refuse to remove any. Raises `AccountFrozen`, `AccountTooNew`, `SessionExpired`.

        Who has logged in for the first time within three days removes nobody: a thief would be the
        only one left to hear.
        """
        await self._freezes.check(actor)
        own = [one for one in await self.of(actor) if one.telegram_id == actor.telegram_id]
        if not own or self._clock.now() - own[0].first_at < TRUSTED_AFTER:
            raise AccountTooNew

    async def remove(self, actor: Actor, telegram_id: int, password: str, language: str) -> bool:
        """Remove one, with the present password; False when it is none of theirs, or this one.

        All accounts are told, the removed one among them, and can say that it was not them. Raises
        as `check` and `Profile.prove`.
        """
        await self.check(actor)
        known = {account.telegram_id for account in await self.of(actor)}
        if telegram_id == actor.telegram_id or telegram_id not in known:
            return False
        await self._profile.prove(actor, password, language, what=HistoryEvent.ACCOUNT_REMOVED)
        administrator, now = await self._profile.register(actor), self._clock.now()
        effects: list[Effect] = [
            # Before it is removed: it is told as well.
            *await self._notices.to_owner(
                administrator, "account.removed", now, language, but=actor.telegram_id, not_me=True
            ),
            RemoveAccount(actor.administrator_id, telegram_id, now),
            HistoryEntry.by(actor, HistoryEvent.ACCOUNT_REMOVED, at=now),
        ]
        await self._effect_store.write(effects)
        return True


class AccountStore(Protocol):
    """The Telegram accounts in which administrators have logged in."""

    async def known(self, administrator_id: str) -> Sequence[KnownAccount]:
        """Those that nobody has removed or forgotten, the latest login first."""
