"""A login under attack, as the product wires it: over a real database, with a clock that is set.

The counters that hold an attacker back live in the database, so the attacks are run against it and
not against a stand-in. Time is moved by hand; a month of guessing takes seconds.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from account.access.login import Login
from account.changes.sensitive_numbers import SensitiveNumbers
from account.credentials.one_time_codes import Codes
from account.credentials.passwords import Passwords
from account.effects.effect import Channel
from account.errors import BadCredentials
from account.identity.directory import Administrator
from account.values.identifiers import Email, Msisdn
from storage.encryption.secrets import Secrets
from storage.open import Stores, open_stores
from storage.tables.outbox import outbox
from tests.account.fakes.carrier import FakeCarrier
from tests.account.fakes.clock import FakeClock
from tests.account.world import AIGUL, HER_PHONE, NOON
from tests.schema import migrated

PASSWORD = "copper lantern on the river"
OTHER = "a quite different password"
SENT = "424242"
"""Every code that is sent, so that a guess is surely a wrong one."""
GUESS = "111111"
DAY = timedelta(days=1)
MONTH = timedelta(days=30)


class ToldPasswords(Passwords):
    """Cheap ones, that note each comparison: with a kept hash (True) or with the dummy (False)."""

    def __init__(self) -> None:
        self.compared: list[bool] = []
        super().__init__(b"pepper", time_cost=1, memory_kib=8, threads=2)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        self.compared.append(password_hash is not None)
        return await super().verify(password_hash, password)


class AttackedLogin:
    """The login, one administrator with a password, and as many strangers as are needed."""

    def __init__(self, stores: Stores) -> None:
        self.stores = stores
        self.clock = FakeClock(NOON)
        self.carrier = FakeCarrier()
        self.passwords = ToldPasswords()
        self.codes = Codes(stores.login, self.clock, b"key")
        self.login = Login(
            self.carrier,
            stores.login,
            stores.effect_store,
            self.codes,
            self.passwords,
            self.clock,
            SensitiveNumbers(self.carrier, stores.approvals, self.clock, {}),
        )
        self._strangers = count(1_000_000)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def wait_until(self, moment: datetime) -> None:
        self.clock.advance(max(timedelta(0), moment - self.now))

    def stranger(self) -> int:
        """A Telegram account nobody has seen before."""
        return next(self._strangers)

    def administrator(self, phone: Msisdn, ident: str) -> None:
        person = Administrator(ident, "Айгүл Серікова", phone, Email("aigul@alpha.kz"))
        self.carrier.administrators[phone.digits] = person

    async def moves_in(self, phone: Msisdn = HER_PHONE, who: int = AIGUL) -> None:
        """The owner sets her password the way everybody does."""
        await self.login.ask_code(who, phone, "en")
        await self.login.enter_code(who, phone, SENT)
        draft = await self.login.draft_password(who, phone, PASSWORD)
        await self.login.set_password(who, phone, draft, PASSWORD, "en")

    async def tries(
        self, password: str = "a wrong guess", *, who: int | None = None, phone: Msisdn = HER_PHONE
    ) -> bool:
        """One guess at a password; whether it was a guess at all, and not one against a lock."""
        before = len(self.passwords.compared)
        with pytest.raises(BadCredentials):
            await self.login.with_password(who or self.stranger(), phone, password, "en")
        [compared] = self.passwords.compared[before:]
        return compared

    async def gets_in(self, who: int = AIGUL, phone: Msisdn = HER_PHONE) -> bool:
        try:
            await self.login.with_password(who, phone, PASSWORD, "en")
        except BadCredentials:
            return False
        return True

    async def sms(self) -> list[str]:
        """Kinds of all messages by SMS that were ever owed."""
        kinds = select(outbox.c.kind).where(outbox.c.channel == Channel.SMS.value)
        return await self.stores.database.read(lambda conn: list(conn.execute(kinds).scalars()))


@asynccontextmanager
async def attacked_login(directory: Path) -> AsyncIterator[AttackedLogin]:
    """One with its database; every code that is sent in it is `SENT`."""
    url = f"sqlite:///{directory / 'attacked.db'}"
    await migrated(url)
    stores = open_stores(url, Secrets.from_master(b"m" * 32))
    attacked = AttackedLogin(stores)
    attacked.administrator(HER_PHONE, "adm-1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "account.credentials.one_time_codes.secrets.randbelow", lambda _below: int(SENT)
        )
        try:
            yield attacked
        finally:
            attacked.passwords.close()
            await stores.close()
