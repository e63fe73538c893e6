"""Known accounts, links and freezes in memory, held to the ports by the tests of the storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from account.access.known_accounts import KnownAccount
from account.changes.action import ActionState
from account.effects.effect import (
    BindTelegram,
    ForgetAccounts,
    Freeze,
    FreezeLink,
    RemoveAccount,
    TellAccounts,
    Thaw,
)
from account.identity.sessions import KNOWN_FOR
from account.values.identifiers import Msisdn

if TYPE_CHECKING:
    from account.effects.effect import Effect
    from tests.account.fakes.ledger import Ledger

BACK = timedelta(hours=72)
AboutPerson = (
    BindTelegram | ForgetAccounts | RemoveAccount | TellAccounts | FreezeLink | Freeze | Thaw
)


@dataclass(slots=True)
class KeptAccount:
    """A row of the known accounts' table."""

    first_at: datetime
    bound_at: datetime
    forgotten_at: datetime | None = None
    removed_at: datetime | None = None

    @property
    def known(self) -> bool:
        return self.forgotten_at is None and self.removed_at is None


@dataclass(slots=True)
class KeptFreeze:
    """A row of the freezes' table."""

    administrator_id: str
    phone: Msisdn
    frozen_at: datetime
    pressed_at: datetime
    thawed_at: datetime | None = None


@dataclass(slots=True)
class KeptLink:
    """A row of the links' table."""

    link: FreezeLink
    used_at: datetime | None = None


@dataclass(slots=True)
class People:
    """What the ledger keeps of administrators' accounts."""

    accounts: dict[str, dict[int, KeptAccount]] = field(default_factory=dict)
    freezes: list[KeptFreeze] = field(default_factory=list)
    links: dict[str, KeptLink] = field(default_factory=dict)

    def logged_in(self, administrator_id: str, telegram_id: int, at: datetime) -> None:
        """Somebody was here at that moment."""
        accounts = self.accounts.setdefault(administrator_id, {})
        accounts[telegram_id] = KeptAccount(at, at)

    def active(self, administrator_id: str) -> KeptFreeze | None:
        own = (one for one in self.freezes if one.administrator_id == administrator_id)
        return next((one for one in own if one.thawed_at is None), None)

    def reached(self, ledger: Ledger, administrator_id: str, since: datetime) -> tuple[int, ...]:
        """Telegram accounts that are told, the one of the latest login first."""
        own = self.accounts.get(administrator_id, {})
        known = {one: kept.bound_at for one, kept in own.items() if kept.known}
        latest = sorted(known, key=lambda one: known[one], reverse=True)
        late = [one for one in latest if known[one] > since] or latest[:1]
        return tuple(one for one in late if one not in ledger.blocked)

    def carry_out(self, ledger: Ledger, effect: AboutPerson) -> None:
        match effect:
            case BindTelegram():
                self._bind(effect)
            case ForgetAccounts():
                if self.active(effect.administrator_id) is None:
                    for one, kept in self.accounts.get(effect.administrator_id, {}).items():
                        if one != effect.but and kept.forgotten_at is None:
                            kept.forgotten_at = effect.at
            case RemoveAccount():
                self.accounts[effect.administrator_id][effect.telegram_id].removed_at = effect.at
                ledger.end_sessions(
                    effect.at,
                    administrator_id=effect.administrator_id,
                    telegram_id=effect.telegram_id,
                )
            case TellAccounts():
                whom = self.reached(ledger, effect.administrator_id, effect.at - KNOWN_FOR)
                ledger.carry_out([effect.to(one) for one in whom if one != effect.but])
            case FreezeLink():
                self.links[effect.token_hash] = KeptLink(effect)
            case Freeze():
                self._freeze(ledger, effect)
            case Thaw():
                freeze = self.active(effect.administrator_id)
                if freeze is not None and freeze.frozen_at == effect.frozen_at:
                    freeze.thawed_at = effect.at

    def _bind(self, effect: BindTelegram) -> None:
        frozen = self.active(effect.administrator_id) is not None
        accounts = self.accounts.setdefault(effect.administrator_id, {})
        kept = accounts.get(effect.telegram_id)
        if kept is None:
            kept = KeptAccount(effect.at, effect.at, effect.at if frozen else None)
            accounts[effect.telegram_id] = kept
            return
        kept.bound_at = effect.at
        if not frozen:
            long_ago = kept.forgotten_at is not None and kept.forgotten_at <= effect.at - BACK
            if long_ago or kept.removed_at is not None:
                kept.first_at = effect.at
            kept.forgotten_at = kept.removed_at = None

    def _freeze(self, ledger: Ledger, effect: Freeze) -> None:
        for kept in self.links.values():
            if kept.link.administrator_id == effect.administrator_id and kept.used_at is None:
                kept.used_at = effect.at
        freeze = self.active(effect.administrator_id)
        if freeze is not None:
            freeze.pressed_at = effect.at
        else:
            freeze = KeptFreeze(effect.administrator_id, effect.phone, effect.at, effect.at)
            self.freezes.append(freeze)
            self._restore(effect)
        for row in ledger.actions.values():
            action = row.action
            theirs = action.administrator_id == effect.administrator_id
            number = action.msisdn == effect.phone and action.kind.value in effect.takes_over
            if action.state is ActionState.PROPOSED and (theirs or number):
                row.due, row.lease_until = effect.at, None

    def _restore(self, effect: Freeze) -> None:
        accounts, then = self.accounts.get(effect.administrator_id, {}), effect.at - BACK
        usable = {
            one: kept
            for one, kept in accounts.items()
            if kept.removed_at is None and (kept.forgotten_at is None or kept.forgotten_at > then)
        }
        trusted = [one for one, kept in usable.items() if kept.first_at <= then]
        if not trusted:
            order = {
                one: (kept.forgotten_at is not None, kept.first_at) for one, kept in usable.items()
            }
            trusted = sorted(order, key=lambda one: order[one])[:1]
        for one, kept in accounts.items():
            if one in trusted:
                kept.forgotten_at = None
            elif kept.forgotten_at is None:
                kept.forgotten_at = effect.at


class MemoryAccounts:
    """`AccountStore` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def known(self, administrator_id: str) -> Sequence[KnownAccount]:
        own = self._ledger.people.accounts.get(administrator_id, {})
        known = [
            KnownAccount(one, kept.first_at, kept.bound_at)
            for one, kept in own.items()
            if kept.known
        ]
        return sorted(known, key=lambda account: account.last_at, reverse=True)


class MemoryFreezes:
    """`FreezeStore` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def link(self, token_hash: str) -> tuple[FreezeLink, bool] | None:
        kept = self._ledger.people.links.get(token_hash)
        return None if kept is None else (replace(kept.link), kept.used_at is not None)

    async def use(self, token_hash: str, now: datetime, effects: Sequence[Effect]) -> bool:
        kept = self._ledger.people.links.get(token_hash)
        if kept is None or kept.used_at is not None or kept.link.expires_at <= now:
            return False
        kept.used_at = now
        self._ledger.carry_out(effects)
        return True

    async def frozen_at(self, administrator_id: str) -> datetime | None:
        freeze = self._ledger.people.active(administrator_id)
        return None if freeze is None else freeze.frozen_at

    async def stops(self, administrator_id: str, msisdn: Msisdn | None, begun_at: datetime) -> bool:
        return any(
            one.thawed_at is None
            and (
                one.administrator_id == administrator_id
                or (one.phone == msisdn and one.pressed_at >= begun_at)
            )
            for one in self._ledger.people.freezes
        )
