"""Logging in, the first password, and the forgotten one (S01, S02; safety.md section 2).

Whoever asks learns nothing: an unknown number, a wrong password, somebody who is no administrator
and a lock get one answer after the same work. Wrong tries are counted per phone for strangers, and
apart for a Telegram account that has logged in before, so that a stranger cannot lock the owner
out. A code is sent as a message owed, so asking takes the same time whether one is sent or not.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from account.changes.colleague_notices import to_colleagues
from account.changes.sensitive_numbers import SensitiveNumbers
from account.credentials.one_time_codes import (
    Asker,
    CodeAsked,
    CodeMessage,
    Codes,
    CodeStore,
    Purpose,
)
from account.credentials.passwords import Passwords
from account.effects.effect import (
    BindTelegram,
    Effect,
    EffectStore,
    EndSession,
    EndSessionsOf,
    ForgetAccounts,
    OpenSession,
    SetPassword,
    Thaw,
)
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import (
    BadCredentials,
    PasswordFault,
    PasswordMismatch,
    PasswordWeak,
    ResetExpired,
)
from account.identity.directory import Administrator, Company, Directory
from account.identity.sessions import Session
from account.values.clock import Clock
from account.values.identifiers import Msisdn

GRANT_LIFE = timedelta(minutes=10)
NOTICE_LIFE = timedelta(hours=24)

WRONG_IN_A_ROW = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Credential:
    """What is kept of an administrator's password; `known_to` are Telegram users seen before."""

    administrator_id: str
    password_hash: str | None
    known_to: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()
    """Accounts that were removed in Profile: the password alone does not let them in."""
    frozen_at: datetime | None = None
    """Since when the administrator is frozen (`account.changes.freezes`): then it lets in known
    ones only.
    """

    def lets_in(self, telegram_id: int) -> bool:
        """Whether the right password opens a session to that account."""
        if self.frozen_at is not None and telegram_id not in self.known_to:
            return False
        return telegram_id not in self.removed


@dataclass(frozen=True, slots=True)
class Lock:
    """No login for a key until then; `level` counts the locks in a row and doubles them."""

    until: datetime
    level: int


def lock_for(level: int) -> timedelta:
    """How long the `level`-th lock in a row lasts, the first being 1 (S01-2)."""
    return min(FIRST_LOCK * (1 << min(level - 1, 16)), LONGEST_LOCK)


class LoginStore(CodeStore, Protocol):
    """Passwords, wrong tries, and codes (S01, S02)."""

    async def credential(self, administrator_id: str) -> Credential | None:
        """The password's hash and the Telegram users that have logged in with it before."""

    async def lock(self, keys: Sequence[str], now: datetime) -> Lock | None:
        """The lock in force on any of the keys, or None."""

    async def fail(self, key: str, now: datetime, effects: Sequence[Effect]) -> Lock | None:
        """Count one wrong try; the lock if this one set it, and then `effects` are written too."""

    async def enter(
        self,
        keys: Sequence[str],
        effects: Sequence[Effect],
        *,
        unless_locked: datetime | None = None,
    ) -> bool:
        """Forget the wrong tries of the keys and write the effects of a login.

        False, and nothing is written, when a lock is in force at `unless_locked`.
        """


class Login:
    """Everything that ends with a session, or with a refusal that tells nothing."""

    def __init__(
        self,
        carrier: Directory,
        store: LoginStore,
        effect_store: EffectStore,
        codes: Codes,
        passwords: Passwords,
        clock: Clock,
        sensitive_numbers: SensitiveNumbers,
    ) -> None:
        self._carrier = carrier
        self._store = store
        self._effect_store = effect_store
        self._codes = codes
        self._passwords = passwords
        self._clock = clock
        self._sensitive_numbers = sensitive_numbers

    async def with_password(
        self, telegram_id: int, phone: Msisdn, password: str, language: str
    ) -> Session:
        """Open a session (S01). Raises `BadCredentials`, `CarrierUnavailable`.

        An account that the administrator has removed is refused like a wrong password, and so is,
        while they are frozen, any that is not known.
        """
        administrator = await self._carrier.administrator(phone)
        whose = "" if administrator is None else administrator.id
        credential = await self._store.credential(whose)
        known = credential is not None and telegram_id in credential.known_to
        keys = lock_keys(phone, telegram_id, known=known)
        now = self._clock.now()
        lock = await self._store.lock(keys, now)
        closed = credential is None or lock or not credential.lets_in(telegram_id)
        password_hash = None if closed or credential is None else credential.password_hash
        right = await self._passwords.verify(password_hash, password)
        if administrator is None or credential is None or not right:
            await self._refuse(
                keys, phone, administrator, locked=lock is not None, language=language
            )
            raise BadCredentials
        session, effects = await self._enter(
            administrator, telegram_id, known=known, language=language
        )
        if self._passwords.outdated(credential.password_hash or ""):
            effects.append(
                SetPassword(administrator.id, phone, await self._passwords.hash(password), now)
            )
        if not await self._store.enter(keys, effects, unless_locked=self._clock.now()):
            # Many guesses at once: a lock came while this one was being compared.
            await self._refuse(keys, phone, administrator, locked=True, language=language)
            raise BadCredentials
        return session

    async def ask_code(
        self, telegram_id: int, phone: Msisdn, language: str, *, shared: bool = False
    ) -> CodeAsked:
        """Send a code for a new password, if the number is an administrator's (S02 step 1).

        `shared`: Telegram says that the number is this account's own. Then, and where the account
        has logged in before, strangers' asking does not count.

        A number that was taken over within 72 h gets none by SMS (S16-5), an address registered
        within 72 h none by e-mail; both are asked about for every number, so that nobody learns
        anything from it.

        Raises `CodeTooEarly`, `CodeSendsExceeded`, `CodeOwnerUnproven`, `CodeAttemptsExceeded`,
        `CarrierUnavailable`.
        """
        administrator = await self._carrier.administrator(phone)
        whose = "" if administrator is None else administrator.id
        credential = await self._store.credential(whose)
        known_to = frozenset[int]() if credential is None else credential.known_to
        asker = Asker(telegram_id, shared or telegram_id in known_to, known_to)
        address = await self._sensitive_numbers.code_address(phone, administrator)
        message = None if address is None else CodeMessage(address, "code.reset", language)
        return await self._codes.issue(phone, asker, Purpose.RESET, message)

    async def enter_code(self, telegram_id: int, phone: Msisdn, typed: str) -> None:
        """Check the code of a reset; a right one lets this person set a password for 10 minutes.

        Raises `CodeMalformed`, `CodeInvalid`, `CodeExpired`, `CodeAttemptsExceeded`.
        """
        await self._codes.check(phone, telegram_id, Purpose.RESET, typed)

    async def draft_password(self, telegram_id: int, phone: Msisdn, password: str) -> str:
        """The hash of a new password that may be taken, to be confirmed by typing it again.

        The hash may be kept between the two messages, the password may not. Only who may set a
        password now is told anything about one: "the same as the present one" would be a way to
        guess it without a lock. Raises `ResetExpired`, `PasswordWeak`, `CarrierUnavailable`.
        """
        since = self._clock.now() - GRANT_LIFE
        if not await self._store.granted(phone, telegram_id, Purpose.RESET, since):
            raise ResetExpired
        administrator = await self._carrier.administrator(phone)
        person, current = "", None
        companies: tuple[Company, ...] = ()
        if administrator is not None:
            person, companies = administrator.name, await self._carrier.companies(administrator.id)
            current = await self._store.credential(administrator.id)
        taken = await self._passwords.taken(password, phone, person, companies)
        held = None if current is None else current.password_hash
        if await self._passwords.verify(held, taken):
            raise PasswordWeak(PasswordFault.SAME)
        return await self._passwords.hash(taken)

    async def set_password(
        self, telegram_id: int, phone: Msisdn, draft: str, again: str, language: str
    ) -> Session:
        """Take the password of `draft_password`, end every other session, log in (S02-6, S02-7).

        Raises `PasswordMismatch`, `ResetExpired`, `CarrierUnavailable`.
        """
        if not await self._passwords.verify(draft, again):
            raise PasswordMismatch
        administrator = await self._carrier.administrator(phone)
        now = self._clock.now()
        grant = await self._store.take_grant(phone, telegram_id, Purpose.RESET, now - GRANT_LIFE)
        if grant is None or administrator is None:
            raise ResetExpired
        session, entering = await self._enter(
            administrator, telegram_id, known=True, language=language
        )
        effects: list[Effect] = [
            SetPassword(administrator.id, phone, draft, now),
            EndSessionsOf(administrator.id, now),
            # Before the others are forgotten: they are told, and can say that it was not them.
            *await self._sensitive_numbers.notices.to_owner(
                administrator, "password.changed", now, language, but=telegram_id, not_me=True
            ),
            *await self._thawing(administrator, telegram_id, now),
            *entering,
            ForgetAccounts(administrator.id, telegram_id, now),
            _of(administrator, HistoryEvent.PASSWORD_CHANGED, now),
            to_colleagues(administrator, telegram_id, "password", now),
        ]
        await self._store.enter(lock_keys(phone, telegram_id, known=True), effects)
        return session

    async def _thawing(
        self, administrator: Administrator, telegram_id: int, now: datetime
    ) -> Sequence[Effect]:
        """What ends a freeze: a new password, set in an account that was known before it."""
        credential = await self._store.credential(administrator.id)
        if (
            credential is None
            or credential.frozen_at is None
            or telegram_id not in credential.known_to
        ):
            return ()
        return [
            Thaw(administrator.id, credential.frozen_at, now),
            _of(administrator, HistoryEvent.THAWED, now),
            to_colleagues(administrator, telegram_id, "thawed", now),
        ]

    async def log_out(self, session: Session) -> None:
        """End the session at once (G-17), whether or not the operator answers."""
        now = self._clock.now()
        left = HistoryEntry.of_session(session, HistoryEvent.LOGOUT, at=now)
        await self._effect_store.write([EndSession(session.id, now), left])

    async def _enter(
        self, administrator: Administrator, telegram_id: int, *, known: bool, language: str
    ) -> tuple[Session, list[Effect]]:
        now = self._clock.now()
        session = Session(
            id=secrets.token_hex(16),
            telegram_id=telegram_id,
            administrator_id=administrator.id,
            administrator_name=administrator.name,
            phone=administrator.phone,
            company_id=None,
            opened_at=now,
            seen_at=now,
        )
        effects: list[Effect] = [
            OpenSession(session),
            BindTelegram(administrator.id, administrator.phone, telegram_id, now),
            _of(administrator, HistoryEvent.LOGIN, now),
        ]
        if not known:
            effects += await self._sensitive_numbers.notices.to_owner(
                administrator, "login.new_telegram", now, language, but=telegram_id, not_me=True
            )
            effects.append(to_colleagues(administrator, telegram_id, "login", now))
        return session, effects

    async def _refuse(
        self,
        keys: Sequence[str],
        phone: Msisdn,
        administrator: Administrator | None,
        *,
        locked: bool,
        language: str,
    ) -> None:
        now = self._clock.now()
        # Of an unknown number as well: writing nothing would take less time than writing it.
        effects: list[Effect] = [_of(administrator, HistoryEvent.LOGIN_REFUSED, now, refused=True)]
        if locked:
            await self._effect_store.write(effects)
            return
        warning: list[Effect] = []
        if administrator is None:
            # The same reads as for one who is told where their codes go.
            await self._sensitive_numbers.code_address(phone, None)
        else:
            warning = await self._sensitive_numbers.notices.to_owner(
                administrator, "login.locked", now, language
            )
        for key in keys:
            await self._store.fail(key, now, warning if key.startswith("phone:") else ())
        await self._effect_store.write(effects)


def lock_keys(phone: Msisdn, telegram_id: int, *, known: bool) -> tuple[str, ...]:
    """The budgets of wrong tries that a login draws on."""
    if known:
        return (f"phone:{phone.digits}:{telegram_id}",)
    return (f"phone:{phone.digits}", f"telegram:{telegram_id}")


def _of(
    administrator: Administrator | None, what: HistoryEvent, now: datetime, *, refused: bool = False
) -> HistoryEntry:
    return HistoryEntry(
        at=now,
        what=what,
        result="refused" if refused else "done",
        administrator_id="" if administrator is None else administrator.id,
        administrator="" if administrator is None else administrator.name,
    )
