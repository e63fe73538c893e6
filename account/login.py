"""Logging in, the first password, and the forgotten one (S01, S02; safety.md section 2).

Whoever asks learns nothing: an unknown number, a wrong password, somebody who is no administrator
and a lock get one answer after the same work. Wrong tries are counted per phone for strangers, and
apart for a Telegram account that has logged in before, so that a stranger cannot lock the owner
out. A code is sent as a message owed, so asking takes the same time whether one is sent or not.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from account.deeds import (
    BindTelegram,
    Channel,
    Deed,
    EndSession,
    EndSessionsOf,
    OpenSession,
    Owed,
    SetPassword,
)
from account.errors import (
    BadCredentials,
    CodeAttemptsExceeded,
    CodeExpired,
    CodeInvalid,
    CodeMalformed,
    CodeSendsExceeded,
    CodeTooEarly,
    PasswordFault,
    PasswordMismatch,
    PasswordWeak,
    ResetExpired,
)
from account.history import Entry, What
from account.identifiers import Msisdn
from account.passwords import check_new_password
from account.sessions import Session

if TYPE_CHECKING:
    from account.companies import Administrator
    from account.passwords import Passwords
    from account.permissions import Actor
    from account.ports import Book, Carrier, Clock, LoginStore
    from account.takeovers import Takeovers

CODE_LIFE = timedelta(minutes=3)
CODE_TRIES = 3
RESEND_AFTER = timedelta(seconds=60)
SENDS_AN_HOUR = 5
SENDS_A_DAY = 10
WRONG_CODES_A_DAY = 10
COUNTED_FOR = timedelta(days=1) + CODE_LIFE
"""Wrong tries count by the moment their code was sent; one may be made at the end of its life."""
GRANT_LIFE = timedelta(minutes=10)
NOTICE_LIFE = timedelta(hours=24)

WRONG_IN_A_ROW = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)


class Purpose(StrEnum):
    """What a code is good for. A step-up code's purpose names the action: `step-up:<id>`."""

    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Credential:
    """What is kept of an administrator's password; `known_to` are Telegram users seen before."""

    administrator_id: str
    password_hash: str | None
    known_to: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Lock:
    """No login for a key until then; `level` counts the locks in a row and doubles them."""

    until: datetime
    level: int


def lock_for(level: int) -> timedelta:
    """How long the `level`-th lock in a row lasts, the first being 1 (S01-2)."""
    return min(FIRST_LOCK * (1 << min(level - 1, 16)), LONGEST_LOCK)


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code as kept: its HMAC, never itself. `purpose` as in `Purpose`.

    Kept for an unknown number too, with a code that nobody was sent.
    """

    id: str
    phone: Msisdn
    telegram_id: int
    purpose: str
    code_mac: str
    sent_at: datetime
    wrong: int = 0

    @property
    def expires_at(self) -> datetime:
        """When it stops being good."""
        return self.sent_at + CODE_LIFE


Judge: TypeAlias = Callable[[Sequence[Code]], None]
"""Shown the codes of a number of the last `COUNTED_FOR`, oldest first; raises what it refuses."""


def no_limits(_codes: Sequence[Code]) -> None:
    """A judge that refuses nothing."""


class CodeOutcome(StrEnum):
    """What became of a try."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True)
class CodeUse:
    """The outcome of a try, and how many are left."""

    outcome: CodeOutcome
    left: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """An MSISDN or an e-mail address, with the channel that reaches it."""

    channel: Channel
    to: str


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A code was asked for; the same whether or not the number is registered (S02-8)."""

    phone: Msisdn
    resend_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CodeMessage:
    """The message that will carry a code: where it goes and what it says besides."""

    address: Address
    kind: str
    language: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def owed(self, code: Code, figures: str) -> Owed:
        """The message as a deed; it is not worth delivering after the code has expired."""
        return Owed(
            channel=self.address.channel,
            to=self.address.to,
            kind=self.kind,
            expires_at=code.expires_at,
            parameters={**self.parameters, "code": figures},
            language=self.language,
            key=f"code:{code.id}",
        )


class Codes:
    """One-time codes: issue, compare, limits (S02-3 to S02-5)."""

    def __init__(self, store: LoginStore, clock: Clock, key: bytes) -> None:
        self._store = store
        self._clock = clock
        self._key = key

    async def issue(
        self, phone: Msisdn, telegram_id: int, purpose: str, message: CodeMessage | None
    ) -> CodeAsked:
        """Make a code and owe `message` with it; without one, the code reaches nobody.

        Raises `CodeTooEarly`, `CodeSendsExceeded`, `CodeAttemptsExceeded`.
        """
        now = self._clock.now()
        figures = f"{secrets.randbelow(10**6):06d}"
        code = Code(
            id=secrets.token_hex(16),
            phone=phone,
            telegram_id=telegram_id,
            purpose=purpose,
            code_mac=self._mac(phone, telegram_id, purpose, figures),
            sent_at=now,
        )
        deeds = [] if message is None else [message.owed(code, figures)]
        await self._store.issue(code, deeds, partial(_check_sends, now=now, purpose=purpose))
        return CodeAsked(phone, now + RESEND_AFTER, code.expires_at)

    async def check(self, phone: Msisdn, telegram_id: int, purpose: str, typed: str) -> None:
        """Use up the code, written with or without gaps.

        Raises `CodeMalformed`, which costs no try, `CodeInvalid`, `CodeExpired` and
        `CodeAttemptsExceeded`.
        """
        figures = re.sub(r"[ \u00a0\-]", "", typed.strip())
        if re.fullmatch(r"[0-9]{6}", figures) is None:
            raise CodeMalformed
        now = self._clock.now()
        mac = self._mac(phone, telegram_id, purpose, figures)
        use = await self._store.try_code(phone, telegram_id, purpose, mac, now, _check_wrong)
        if use.outcome is CodeOutcome.WRONG:
            raise CodeInvalid(use.left)
        if use.outcome is CodeOutcome.EXPIRED:
            raise CodeExpired
        if use.outcome is CodeOutcome.EXHAUSTED:
            raise CodeAttemptsExceeded

    def _mac(self, phone: Msisdn, telegram_id: int, purpose: str, figures: str) -> str:
        bound = "|".join((phone.digits, str(telegram_id), purpose, figures))
        return hmac.new(self._key, bound.encode(errors="replace"), hashlib.sha256).hexdigest()


class Login:
    """Everything that ends with a session, or with a refusal that tells nothing."""

    def __init__(
        self,
        carrier: Carrier,
        store: LoginStore,
        book: Book,
        codes: Codes,
        passwords: Passwords,
        clock: Clock,
        takeovers: Takeovers,
    ) -> None:
        self._carrier = carrier
        self._store = store
        self._book = book
        self._codes = codes
        self._passwords = passwords
        self._clock = clock
        self._takeovers = takeovers

    async def with_password(
        self, telegram_id: int, phone: Msisdn, password: str, language: str
    ) -> Session:
        """Open a session (S01). Raises `BadCredentials`, `CarrierUnavailable`."""
        administrator = await self._carrier.administrator(phone)
        whose = "" if administrator is None else administrator.id
        credential = await self._store.credential(whose)
        known = credential is not None and telegram_id in credential.known_to
        keys = _lock_keys(phone, telegram_id, known=known)
        now = self._clock.now()
        lock = await self._store.lock(keys, now)
        password_hash = None if credential is None or lock else credential.password_hash
        right = await self._passwords.verify(password_hash, password)
        if administrator is None or credential is None or not right:
            await self._refuse(keys, administrator, locked=lock is not None, language=language)
            raise BadCredentials
        session, deeds = self._enter(administrator, telegram_id, known=known, language=language)
        if self._passwords.outdated(credential.password_hash or ""):
            deeds.append(
                SetPassword(administrator.id, phone, await self._passwords.hash(password), now)
            )
        if not await self._store.enter(keys, deeds, unless_locked=self._clock.now()):
            # Many guesses at once: a lock came while this one was being compared.
            await self._refuse(keys, administrator, locked=True, language=language)
            raise BadCredentials
        return session

    async def ask_code(self, telegram_id: int, phone: Msisdn, language: str) -> CodeAsked:
        """Send a code for a new password, if the number is an administrator's (S02 step 1).

        A number that was taken over within 72 h gets none by SMS (S16-5); it is asked about for
        every number, so that nobody learns anything from it.

        Raises `CodeTooEarly`, `CodeSendsExceeded`, `CodeAttemptsExceeded`, `CarrierUnavailable`.
        """
        administrator = await self._carrier.administrator(phone)
        distrusted = await self._takeovers.recent(phone)
        address = None
        if administrator is not None:
            address = code_address(administrator, sms_refused=distrusted)
        message = None if address is None else CodeMessage(address, "code.reset", language)
        return await self._codes.issue(phone, telegram_id, Purpose.RESET, message)

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
        names: tuple[str, ...] = ()
        current = None
        if administrator is not None:
            companies = await self._carrier.companies(administrator.id)
            names = (administrator.name, *(company.name for company in companies))
            current = await self._store.credential(administrator.id)
        taken = check_new_password(password, phone, names)
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
        session, entering = self._enter(administrator, telegram_id, known=True, language=language)
        deeds: list[Deed] = [
            SetPassword(administrator.id, phone, draft, now),
            EndSessionsOf(administrator.id, now),
            *entering,
            _of(administrator, What.PASSWORD_CHANGED, now),
            _notice(administrator, "password.changed", now, language),
        ]
        await self._store.enter(_lock_keys(phone, telegram_id, known=True), deeds)
        return session

    async def log_out(self, actor: Actor) -> None:
        """End the session at once (G-17)."""
        now = self._clock.now()
        await self._book.write(
            [EndSession(actor.session_id, now), Entry.by(actor, What.LOGOUT, at=now)]
        )

    def _enter(
        self, administrator: Administrator, telegram_id: int, *, known: bool, language: str
    ) -> tuple[Session, list[Deed]]:
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
        deeds: list[Deed] = [
            OpenSession(session),
            BindTelegram(administrator.id, administrator.phone, telegram_id, now),
            _of(administrator, What.LOGIN, now),
        ]
        if not known:
            deeds.append(_notice(administrator, "login.new_telegram", now, language))
        return session, deeds

    async def _refuse(
        self,
        keys: Sequence[str],
        administrator: Administrator | None,
        *,
        locked: bool,
        language: str,
    ) -> None:
        now = self._clock.now()
        # Of an unknown number as well: writing nothing would take less time than writing it.
        deeds: list[Deed] = [_of(administrator, What.LOGIN_REFUSED, now, refused=True)]
        if locked:
            await self._book.write(deeds)
            return
        warning: list[Deed] = []
        if administrator is not None:
            warning.append(_notice(administrator, "login.locked", now, language))
        for key in keys:
            await self._store.fail(key, now, warning if key.startswith("phone:") else ())
        await self._book.write(deeds)


def _check_sends(codes: Sequence[Code], *, now: datetime, purpose: str) -> None:
    """How often codes may be sent to a number, whoever asks (S02-4, S02-5).

    A code for one purpose keeps nobody waiting who asks for another; the sums are the number's.
    """
    _check_wrong(codes)
    sent = [code.sent_at for code in codes if code.purpose == purpose]
    if sent and now < sent[-1] + RESEND_AFTER:
        left = (sent[-1] + RESEND_AFTER - now).total_seconds()
        raise CodeTooEarly(max(1, -int(-left // 1)))
    sends = [code.sent_at for code in codes if code.sent_at > now - timedelta(days=1)]
    if len(sends) >= SENDS_A_DAY:
        raise CodeSendsExceeded(sends[-SENDS_A_DAY] + timedelta(days=1))
    hour = [sent_at for sent_at in sends if sent_at > now - timedelta(hours=1)]
    if len(hour) >= SENDS_AN_HOUR:
        raise CodeSendsExceeded(hour[-SENDS_AN_HOUR] + timedelta(hours=1))


def _check_wrong(codes: Sequence[Code]) -> None:
    """A new code never forgets the wrong tries of the day's others (S02-5)."""
    if sum(code.wrong for code in codes) >= WRONG_CODES_A_DAY:
        raise CodeAttemptsExceeded


def _lock_keys(phone: Msisdn, telegram_id: int, *, known: bool) -> tuple[str, ...]:
    """The budgets of wrong tries that a login draws on."""
    if known:
        return (f"phone:{phone.digits}:{telegram_id}",)
    return (f"phone:{phone.digits}", f"telegram:{telegram_id}")


def _of(
    administrator: Administrator | None, what: What, now: datetime, *, refused: bool = False
) -> Entry:
    return Entry(
        at=now,
        what=what,
        result="refused" if refused else "done",
        administrator_id="" if administrator is None else administrator.id,
        administrator="" if administrator is None else administrator.name,
    )


def code_address(administrator: Administrator, *, sms_refused: bool = False) -> Address | None:
    """Where one-time codes go: the register's word, else the prefix's (S02-1).

    None when they would go by e-mail, as they do while SMS is refused, and no address is registered
    (S02-2).
    """
    by_email = administrator.code_by_email
    if by_email is None:
        by_email = administrator.phone.code_by_email
    if not (by_email or sms_refused):
        return Address(Channel.SMS, administrator.phone.digits)
    if administrator.email is None:
        return None
    return Address(Channel.MAIL, administrator.email.address)


def _notice(administrator: Administrator, kind: str, now: datetime, language: str) -> Owed:
    """A security notice, to where codes go; by SMS where they have nowhere to go."""
    address = code_address(administrator) or Address(Channel.SMS, administrator.phone.digits)
    return Owed(address.channel, address.to, kind, now + NOTICE_LIFE, language=language)
