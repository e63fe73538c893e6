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
    from account.effects.effect import Deed
    from tests.account.fakes import Ledger

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

    def carry_out(self, ledger: Ledger, deed: AboutPerson) -> None:
        match deed:
            case BindTelegram():
                self._bind(deed)
            case ForgetAccounts():
                if self.active(deed.administrator_id) is None:
                    for one, kept in self.accounts.get(deed.administrator_id, {}).items():
                        if one != deed.but and kept.forgotten_at is None:
                            kept.forgotten_at = deed.at
            case RemoveAccount():
                self.accounts[deed.administrator_id][deed.telegram_id].removed_at = deed.at
                ledger.end_sessions(
                    deed.at, administrator_id=deed.administrator_id, telegram_id=deed.telegram_id
                )
            case TellAccounts():
                whom = self.reached(ledger, deed.administrator_id, deed.at - KNOWN_FOR)
                ledger.carry_out([deed.to(one) for one in whom if one != deed.but])
            case FreezeLink():
                self.links[deed.token_hash] = KeptLink(deed)
            case Freeze():
                self._freeze(ledger, deed)
            case Thaw():
                freeze = self.active(deed.administrator_id)
                if freeze is not None and freeze.frozen_at == deed.frozen_at:
                    freeze.thawed_at = deed.at

    def _bind(self, deed: BindTelegram) -> None:
        frozen = self.active(deed.administrator_id) is not None
        accounts = self.accounts.setdefault(deed.administrator_id, {})
        kept = accounts.get(deed.telegram_id)
        if kept is None:
            kept = KeptAccount(deed.at, deed.at, deed.at if frozen else None)
            accounts[deed.telegram_id] = kept
            return
        kept.bound_at = deed.at
        if not frozen:
            long_ago = kept.forgotten_at is not None and kept.forgotten_at <= deed.at - BACK
            if long_ago or kept.removed_at is not None:
                kept.first_at = deed.at
            kept.forgotten_at = kept.removed_at = None

    def _freeze(self, ledger: Ledger, deed: Freeze) -> None:
        for kept in self.links.values():
            if kept.link.administrator_id == deed.administrator_id and kept.used_at is None:
                kept.used_at = deed.at
        freeze = self.active(deed.administrator_id)
        if freeze is not None:
            freeze.pressed_at = deed.at
        else:
            freeze = KeptFreeze(deed.administrator_id, deed.phone, deed.at, deed.at)
            self.freezes.append(freeze)
            self._restore(deed)
        for row in ledger.actions.values():
            action = row.action
            theirs = action.administrator_id == deed.administrator_id
            number = action.msisdn == deed.phone and action.kind.value in deed.takes_over
            if action.state is ActionState.PROPOSED and (theirs or number):
                row.due, row.lease_until = deed.at, None

    def _restore(self, deed: Freeze) -> None:
        accounts, then = self.accounts.get(deed.administrator_id, {}), deed.at - BACK
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
                kept.forgotten_at = deed.at


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

    async def use(self, token_hash: str, now: datetime, deeds: Sequence[Deed]) -> bool:
        kept = self._ledger.people.links.get(token_hash)
        if kept is None or kept.used_at is not None or kept.link.expires_at <= now:
            return False
        kept.used_at = now
        self._ledger.carry_out(deeds)
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
