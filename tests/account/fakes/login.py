"""`LoginStore` over a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from account.access.login import WRONG_IN_A_ROW, Credential, Lock, lock_for
from account.credentials.one_time_codes import (
    COUNTED_FOR,
    Code,
    CodeTry,
    CodeUse,
    SendLimits,
)
from account.effects.effect import (
    Effect,
)
from account.values.identifiers import Msisdn
from tests.account.fakes.ledger import KeptCode, KeptTries, Ledger


class MemoryLogin:
    """`LoginStore` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def credential(self, administrator_id: str) -> Credential | None:
        password_hash = self._ledger.passwords.get(administrator_id)
        accounts = self._ledger.people.accounts.get(administrator_id)
        if password_hash is None and accounts is None:
            return None
        accounts, freeze = accounts or {}, self._ledger.people.active(administrator_id)
        return Credential(
            administrator_id,
            password_hash,
            frozenset(one for one, kept in accounts.items() if kept.known),
            frozenset(one for one, kept in accounts.items() if kept.removed_at is not None),
            None if freeze is None else freeze.frozen_at,
        )

    async def lock(self, keys: Sequence[str], now: datetime) -> Lock | None:
        for key in keys:
            lock = self._ledger.tries.get(key, KeptTries()).lock
            if lock is not None and now < lock.until:
                return lock
        return None

    async def fail(self, key: str, now: datetime, effects: Sequence[Effect]) -> Lock | None:
        tries = self._ledger.tries.setdefault(key, KeptTries())
        if tries.lock is not None and now < tries.lock.until:
            return None
        tries.wrong += 1
        if tries.wrong < WRONG_IN_A_ROW:
            return None
        level = 1 if tries.lock is None else tries.lock.level + 1
        tries.wrong, tries.lock = 0, Lock(now + lock_for(level), level)
        self._ledger.carry_out(effects)
        return tries.lock

    async def enter(
        self,
        keys: Sequence[str],
        effects: Sequence[Effect],
        *,
        unless_locked: datetime | None = None,
    ) -> bool:
        if unless_locked is not None and await self.lock(keys, unless_locked) is not None:
            return False
        for key in keys:
            self._ledger.tries.pop(key, None)
        self._ledger.carry_out(effects)
        return True

    async def code_sends(self, phone: Msisdn, since: datetime) -> Sequence[Code]:
        return self._ledger.codes_of(phone, since)

    async def issue(self, code: Code, effects: Sequence[Effect], judge: SendLimits) -> None:
        since = code.sent_at - COUNTED_FOR
        judge(
            [
                one
                for one in self._ledger.every_code()
                if one.sent_at > since
                and (one.phone == code.phone or one.telegram_id == code.telegram_id)
            ]
        )
        self._ledger.carry_out(effects)
        for kept in self._ledger.codes_for(code.phone, code.telegram_id, code.purpose):
            kept.void = True
        self._ledger.codes.append(KeptCode(code))

    async def try_code(
        self,
        phone: Msisdn,
        telegram_id: int,
        purpose: str,
        code_mac: str,
        now: datetime,
        judge: SendLimits,
        *,
        older: Sequence[str] = (),
    ) -> CodeUse:
        one = CodeTry(phone, telegram_id, purpose, (code_mac, *older), judge)
        return self._ledger.use_code(one, now)

    async def take_grant(
        self, phone: Msisdn, telegram_id: int, purpose: str, since: datetime
    ) -> Code | None:
        for kept in self._ledger.codes_for(phone, telegram_id, purpose):
            if kept.verified_at is not None and kept.verified_at >= since and not kept.granted:
                kept.granted = True
                return kept.code
        return None

    async def granted(self, phone: Msisdn, telegram_id: int, purpose: str, since: datetime) -> bool:
        return any(
            kept.verified_at is not None and kept.verified_at >= since and not kept.granted
            for kept in self._ledger.codes_for(phone, telegram_id, purpose)
        )
