"""Secret codes: how the user of a number gets to see it (S14, FAQ 6; safety.md section 2).

The code is made here, goes to the number itself by SMS and is shown to nobody. It is good for 72 h
until its first use; from then on the Telegram account whose own number it is sees that number, read
only, until the code is deleted, replaced, or access is banned.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, Self

from typing_extensions import override

from account.changes.action import Action, ActionKind, ChangeRequest, Order, OrderState
from account.changes.parameters import ChangeParameters, NoParameters
from account.changes.ports import DispatchGuard
from account.changes.spec import ChangeSpec, P, number_of
from account.credentials.keys import Keys, keys_of
from account.credentials.one_time_codes import COMPANY_SMS_A_DAY, sms_of_day
from account.effects.effect import Channel, Effect, OutboxMessage
from account.errors import (
    AccessBanned,
    NoSecretCode,
    NumberInDebt,
    NumberStateRefused,
    SecretCodeTooEarly,
    SecretCodeTooOften,
)
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.identifiers.plain_text import fold
from account.values.languages import FOR_STRANGERS
from account.values.number import Ban, Number, NumberReader, NumberState
from account.values.rights import Right

FIRST_USE_WITHIN = timedelta(hours=72)
BETWEEN_SENDS = timedelta(seconds=60)
SENDS_A_DAY = 5
SMS_LIFE = timedelta(hours=1)
"""As long as any confirmed change waits for an operator that does not answer."""
UNDELIVERED = "SMS.UNDELIVERED"
LENGTH = 10
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: without I, L, O and U, which are read as other signs."""

COMPANY, BIN = "company", "bin"
"""In a row: name and BIN of the company."""


@dataclass(frozen=True, slots=True)
class SecretCode:
    """A code as kept: its HMAC, never itself. `id` is the id of the action that sent it.

    `telegram_id` is whom it is bound to since its first use.
    """

    id: str
    company_id: str
    company_name: str
    company_bin: str
    msisdn: Msisdn
    code_mac: str
    sent_at: datetime
    telegram_id: int | None = None
    used_at: datetime | None = None
    ended_at: datetime | None = None

    def alive(self, now: datetime) -> bool:
        """Whether it opens the number, or still may."""
        if self.ended_at is not None:
            return False
        return self.telegram_id is not None or now < self.sent_at + FIRST_USE_WITHIN


def read_code(typed: str) -> str | None:
    """What was typed as a code, in its one writing; None when it cannot be one.

    Small letters, spaces and hyphens are fine; O is read as 0, I and L as 1 (Crockford). Of a whole
    SMS it is the only one written as the SMS writes it, `AB12C-DE34F`.
    """
    plain = fold(typed)
    if (whole := _one_writing(plain)) is not None:
        return whole
    found = {_one_writing(one) for one in _WRITTEN.findall(plain)} - {None}
    return found.pop() if len(found) == 1 else None


def _one_writing(typed: str) -> str | None:
    text = re.sub(r"[\s.,;:\-]", "", typed).upper()
    text = text.translate(str.maketrans("OIL", "011"))
    return text if re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", text, re.ASCII) else None


_WRITTEN = re.compile(r"(?<![\w\-])[0-9A-Za-z]{5}-[0-9A-Za-z]{5}(?![\w\-])")


def code_mac(key: bytes, msisdn: Msisdn, code: str) -> str:
    """What the store keeps of a code; the same code for another number is another one."""
    return hmac.new(key, f"secret:{msisdn.digits}:{code}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class SecretCodeStatus:
    """A number, its code if one is alive, and when codes were sent in the last 24 h."""

    number: Number
    code: SecretCode | None
    sends: Sequence[datetime]
    now: datetime


@dataclass(frozen=True, slots=True)
class SendCodeParameters(ChangeParameters):
    """The company as the employee will see it above the number."""

    company: str
    bin: str

    @override
    def told(self) -> dict[str, str]:
        return {COMPANY: self.company, BIN: self.bin}

    @override
    @classmethod
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:
        return cls(told[COMPANY], told[BIN])


class _SecretCodeSpec(ChangeSpec[SecretCodeStatus, P]):
    right = Right.SECRET_CODE
    lock_key = "secret"

    def __init__(
        self,
        carrier: NumberReader,
        store: SecretCodeStore,
        clock: Clock,
        executor: SecretCodeExecutor,
        sms_a_day: int = COMPANY_SMS_A_DAY,
    ) -> None:
        self._carrier = carrier
        self._store = store
        self._clock = clock
        self.executor = executor
        self._sms_a_day = sms_a_day

    @override
    async def read(self, plan: ChangeRequest[P]) -> SecretCodeStatus:
        """The number and its codes. Raises `NumberNotFound`, `CarrierUnavailable`."""
        number = await number_of(self._carrier, plan.company_id, plan.msisdn)
        return await standing(self._store, number, self._clock.now())

    @override
    def number(self, subject: SecretCodeStatus) -> Number:
        return subject.number

    @override
    def audit_fields(self, parameters: P) -> dict[str, str]:
        """Nothing of the parameters is worth keeping: they name the company once more."""
        return {}


async def standing(store: SecretCodeStore, number: Number, now: datetime) -> SecretCodeStatus:
    """What is known of the number's codes."""
    code, sends = await store.of_number(number.company_id, number.msisdn, now - timedelta(days=1))
    return SecretCodeStatus(
        number, code if code is not None and code.alive(now) else None, sends, now
    )


class SendCode(_SecretCodeSpec[SendCodeParameters]):
    """Send a code to the number by SMS; an earlier one ends (S14-1)."""

    kind = ActionKind.SECRET_SEND
    parameters = SendCodeParameters
    what = "secret_code.sent"

    @override
    def check(self, subject: SecretCodeStatus, parameters: SendCodeParameters) -> None:
        """Refuse what cannot arrive (not Active), contradicts a ban (S14-3), or comes too often.

        Raises `NumberInDebt`, `NumberStateRefused`, `AccessBanned`, `SecretCodeTooEarly`,
        `SecretCodeTooOften` (S14-4).
        """
        number = subject.number
        if number.state is NumberState.DEBT:
            raise NumberInDebt(number.state, number.debt)
        if number.state is not NumberState.ACTIVE:
            raise NumberStateRefused(number.state)
        if Ban.ACCESS in number.bans:
            raise AccessBanned
        if not subject.sends:
            return
        wait = subject.sends[-1] + BETWEEN_SENDS - subject.now
        if wait > timedelta(0):
            raise SecretCodeTooEarly(-int(-wait.total_seconds() // 1))
        if len(subject.sends) >= SENDS_A_DAY:
            raise SecretCodeTooOften(subject.sends[-SENDS_A_DAY] + timedelta(days=1))

    @override
    def fingerprint(self, subject: SecretCodeStatus, parameters: SendCodeParameters) -> str:
        """The state; the rest is checked anew."""
        return subject.number.state.value

    @override
    def undone_by(self, parameters: SendCodeParameters) -> tuple[ActionKind, ChangeParameters]:
        return ActionKind.SECRET_DELETE, NoParameters()

    @override
    def is_applied(self, subject: SecretCodeStatus, parameters: SendCodeParameters) -> None:
        """A code that is alive may be an earlier one."""
        return

    @override
    def on_accepted(self, action: Action[SendCodeParameters], now: datetime) -> Sequence[Effect]:
        """One of the SMS with codes that the company may have on one day: `CodeSmsExceeded`."""
        return [sms_of_day(action.company_id, now, self._sms_a_day)]

    @override
    def on_rejected(self, action: Action[SendCodeParameters], now: datetime) -> Sequence[Effect]:
        """What was not sent does not count."""
        counted = sms_of_day(action.company_id, action.accepted_at or now, self._sms_a_day)
        return [replace(counted, amount=-1, bounds=())]


class DeleteCode(_SecretCodeSpec[ChangeParameters]):
    """End the code; whoever was let in by it is out at once."""

    kind = ActionKind.SECRET_DELETE
    what = "secret_code.deleted"

    @override
    def check(self, subject: SecretCodeStatus, parameters: ChangeParameters) -> None:
        """In any state of the number. Raises `NoSecretCode` (S14-2)."""
        if subject.code is None:
            raise NoSecretCode

    @override
    def fingerprint(self, subject: SecretCodeStatus, parameters: ChangeParameters) -> str:
        """Nothing: whatever code there is, none is wanted."""
        return ""

    @override
    def is_applied(self, subject: SecretCodeStatus, parameters: ChangeParameters) -> bool:
        """No code is alive."""
        return subject.code is None


def sms_key(action_id: str) -> str:
    """The key of the SMS with the code that this action sends."""
    return f"{action_id}:secret"


class SecretCodes:
    """What an administrator sees of a number's code."""

    def __init__(self, carrier: NumberReader, store: SecretCodeStore, clock: Clock) -> None:
        self._carrier = carrier
        self._store = store
        self._clock = clock

    async def standing(self, actor: Actor, msisdn: Msisdn) -> SecretCodeStatus:
        """The number's code, if one is alive.

        Raises the refusals of `require`, `NumberNotFound`, `CarrierUnavailable`.
        """
        company = require(actor, Right.SECRET_CODE)
        number = await number_of(self._carrier, company.id, msisdn)
        require(actor, Right.SECRET_CODE, number)
        return await standing(self._store, number, self._clock.now())


class SecretCodeExecutor:
    """Carries out both kinds: the codes are ours, not the operator's."""

    def __init__(self, store: SecretCodeStore, clock: Clock, key: bytes | Keys) -> None:
        self._store = store
        self._clock = clock
        self._keys = keys_of(key)

    async def place(self, action: Action[Any], guard: DispatchGuard | None = None) -> Order:
        """Send or end a code, once for this action, with all that belongs to it."""
        if guard is not None:
            await guard()
        now = self._clock.now()
        if action.kind is ActionKind.SECRET_DELETE:
            await self._store.end(action.company_id, action.msisdn, now)
            return Order(action.id, OrderState.COMPLETED)
        if await self._store.read(action.id) is None:
            await self._send(action, now)
        return await self._sent(action)

    async def order(self, action: Action) -> Order | None:
        """The sending that was made for this action, or None."""
        made = await self._store.read(action.id)
        return None if made is None else await self._sent(action)

    async def _sent(self, action: Action) -> Order:
        """Only an SMS that was handed over was sent; the code of one that never will be, ends."""
        arrived = await self._store.handed_over(sms_key(action.id))
        if arrived is None:
            return Order(action.id, OrderState.UNDER_WAY)
        if arrived:
            return Order(action.id, OrderState.COMPLETED)
        await self._store.end(action.company_id, action.msisdn, self._clock.now())
        return Order(action.id, OrderState.FAILED, UNDELIVERED)

    async def _send(self, action: Action[SendCodeParameters], now: datetime) -> None:
        asked = action.parameters
        figures = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        code = SecretCode(
            id=action.id,
            company_id=action.company_id,
            company_name=asked.company,
            company_bin=asked.bin,
            msisdn=action.msisdn,
            code_mac=code_mac(self._keys()[0], action.msisdn, figures),
            sent_at=now,
        )
        sms = OutboxMessage(
            Channel.SMS,
            action.msisdn.digits,
            "secret.code",
            now + SMS_LIFE,
            {"code": f"{figures[:5]}-{figures[5:]}"},
            language=FOR_STRANGERS,
            key=sms_key(action.id),
        )
        await self._store.send(code, [sms])


class SecretCodeStore(Protocol):
    """Secret codes. A number has one that is alive at most."""

    async def of_number(
        self, company_id: str, msisdn: Msisdn, since: datetime
    ) -> tuple[SecretCode | None, Sequence[datetime]]:
        """The newest code that has not ended, and when codes were sent since then, oldest first."""

    async def live(self, msisdn: Msisdn, now: datetime) -> SecretCode | None:
        """The code of that number that is alive, whichever company sent it."""

    async def of_person(self, telegram_id: int) -> SecretCode | None:
        """The code that lets this Telegram user in."""

    async def read(self, code_id: str) -> SecretCode | None:
        """The code with that id."""

    async def send(self, code: SecretCode, effects: Sequence[Effect]) -> None:
        """Keep a code and write the effects; earlier codes of the number end. Once for its id."""

    async def handed_over(self, key: str) -> bool | None:
        """Whether the message owed under that key was delivered; None while it is still owed."""

    async def bind(self, code_id: str, telegram_id: int, now: datetime) -> bool:
        """Bind a code to its first user; False when it ended or is somebody else's."""

    async def end(self, company_id: str, msisdn: Msisdn, now: datetime) -> None:
        """End the codes of the company's number; whoever they let in is owed a word."""
