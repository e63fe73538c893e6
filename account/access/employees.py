"""Employees: the user of one number sees that number, read only (S14, FAQ 6; safety.md section 2).

Nobody gets in by knowing a number: the secret code went to it by SMS, and the Telegram account that
uses it has to be the number's own, as Telegram says when the contact is shared. From then on the
door is looked at with every update: the code, the company's number, and the ban on access.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Protocol

from account.access.login import LoginStore
from account.access.secret_codes import SecretCode, SecretCodeStore, code_mac, read_code
from account.credentials.keys import Keys, keys_of
from account.effects.effect import EffectStore, EndSecretCode
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import BadSecretCode, EmployeeAccessEnded
from account.identity.directory import Company
from account.identity.permissions import Actor
from account.values.capabilities import Capability
from account.values.clock import Clock
from account.values.identifiers import Bin, Msisdn
from account.values.number import Ban, NumberReader
from account.values.rights import Role

PROOF_LIFE = timedelta(minutes=10)
"""How long a right code waits for the contact that proves whose number it is."""


class EmployeeSource(NumberReader, Protocol):
    """What an employee's access rests on."""

    @property
    def lacks(self) -> frozenset[Capability]:
        """What the operator does not have."""


class Employees:
    """The door of the employee mode."""

    def __init__(
        self,
        carrier: EmployeeSource,
        store: SecretCodeStore,
        login: LoginStore,
        effect_store: EffectStore,
        clock: Clock,
        key: bytes | Keys,
    ) -> None:
        self._carrier = carrier
        self._store = store
        self._login = login
        self._effect_store = effect_store
        self._clock = clock
        self._keys = keys_of(key)

    async def check(self, telegram_id: int, msisdn: Msisdn, typed: str) -> SecretCode:
        """The code that was typed, if it is the number's and may still be used by this person.

        One answer for an unknown number, a wrong, used or ended code, a ban and a lock: raises
        `BadSecretCode`, and `CarrierUnavailable`. Five wrong ones in a row make a pause, as with
        passwords.
        """
        now = self._clock.now()
        key = f"secret:{telegram_id}"
        code, figures = await self._store.live(msisdn, now), read_code(typed) or ""
        macs = [code_mac(key, msisdn, figures) for key in self._keys()]
        locked = await self._login.lock([key], now) is not None
        if (
            locked
            or code is None
            or not any(hmac.compare_digest(code.code_mac, mac) for mac in macs)
            or code.telegram_id not in (None, telegram_id)
        ):
            await self._login.fail(key, now, [])
            raise BadSecretCode
        if not await self._open(code):
            raise BadSecretCode
        # Many guesses at once: a lock may have come while this one was being compared.
        if not await self._login.enter([key], [], unless_locked=self._clock.now()):
            raise BadSecretCode
        return code

    async def bind(self, telegram_id: int, code_id: str, own: Msisdn, since: datetime) -> None:
        """Let the person in for good: `own` is the number of their Telegram account.

        `since` is when their code was found right. Raises `BadSecretCode` for another number, for
        a code that somebody else used first, and after `PROOF_LIFE`.
        """
        now = self._clock.now()
        code = await self._store.read(code_id)
        if (
            code is None
            or not code.alive(now)
            or code.msisdn != own
            or now >= since + PROOF_LIFE
            or not await self._store.bind(code_id, telegram_id, now)
        ):
            raise BadSecretCode

    async def log_out(self, telegram_id: int) -> Msisdn | None:
        """Note that somebody closes their own number, and say which; None where they have none.

        What binds the person to the number stays, until the company ends it (S14-1).
        """
        code = await self._store.of_person(telegram_id)
        if code is None:
            return None
        left = HistoryEntry(
            at=self._clock.now(),
            what=HistoryEvent.LOGOUT,
            result="done",
            administrator_id=f"employee:{code.msisdn.digits}",
            administrator=code.msisdn.shown,
            company_id=code.company_id,
            number=code.msisdn.digits,
        )
        await self._effect_store.write([left])
        return code.msisdn

    async def knows(self, telegram_id: int) -> bool:
        """Whether a code lets this person in, as far as we know without asking the operator."""
        return await self._store.of_person(telegram_id) is not None

    async def actor(self, telegram_id: int) -> Actor | None:
        """Who acts as an employee, None for a person that no code lets in.

        Raises `EmployeeAccessEnded` when the number left the company or access is banned by now,
        and then the code has ended; `CarrierUnavailable`.
        """
        code = await self._store.of_person(telegram_id)
        if code is None:
            return None
        if not await self._open(code):
            raise EmployeeAccessEnded
        company = Company(
            code.company_id,
            code.company_name,
            Bin(code.company_bin),
            Role.EMPLOYEE,
            lacks=self._carrier.lacks,
        )
        return Actor(
            telegram_id=telegram_id,
            session_id="",
            administrator_id=f"employee:{code.msisdn.digits}",
            name=code.msisdn.shown,
            phone=code.msisdn,
            companies=(company,),
            company_id=company.id,
            only=code.msisdn,
        )

    async def _open(self, code: SecretCode) -> bool:
        """Whether the number still is the company's and access is not banned; if not, it ends."""
        number = await self._carrier.number(code.company_id, code.msisdn)
        if number is not None and Ban.ACCESS not in number.bans:
            return True
        await self._effect_store.write(
            [EndSecretCode(code.company_id, code.msisdn, self._clock.now())]
        )
        return False
